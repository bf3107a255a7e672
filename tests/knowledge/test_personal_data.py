"""Personal data in drafts, as a school posts them and as staff ask about them."""

import pytest

from knowledge.personal_data import PersonalDataType, find_personal_data, mask, mask_all


def found(text: str) -> list[tuple[str, str]]:
    """Return what is found, as pairs of type and value."""
    return [(str(datum.type), datum.value) for datum in find_personal_data(text)]


def test_pupils_of_a_list_are_found_and_their_school_is_not() -> None:
    """Every pupil who is congratulated in one sentence is named, and Lincoln Elementary is no pupil."""
    text = "Congrats to Mia, Jayden and Sofia for winning the spelling bee at Lincoln Elementary!"

    names = found(text)

    assert names == [("STUDENT_NAME", "Mia"), ("STUDENT_NAME", "Jayden"), ("STUDENT_NAME", "Sofia")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Huge shout-out to senior Marcus Bell, who signed this morning.", "Marcus Bell"),
        ("#12 forward Isaiah Grant scored 24 points.", "Isaiah Grant"),
        ("Game story: T. Okafor had 12 rebounds.", "T. Okafor"),
        ("Our alumna Grace Kim ('14) came back to talk about JPL.", "Grace Kim"),
        ("ASB president Tomas Rivera spoke at graduation.", "Tomas Rivera"),
        ("CONGRATULATIONS DESTINY WALKER! STUDENT OF THE YEAR!", "DESTINY WALKER"),
        ("congrats to mia our star student this month!!", "mia"),
    ],
)
def test_name_beside_words_for_pupils_is_a_pupils(text: str, name: str) -> None:
    """A name with senior, forward, alumna or praise beside it is a pupil's, however it is written."""
    assert found(text) == [("STUDENT_NAME", name)]


@pytest.mark.parametrize(
    "text",
    [
        "Oluwaseun turned six on Sunday and brought cupcakes for the class.",
        "Dear families, Iolani from Room 6 has head lice.",
        "A boy in my class, Dashiell, has ADHD.",
        "I need to send the nurse Quetzalli's epilepsy plan.",
    ],
)
def test_uncommon_first_name_is_found_by_the_words_beside_it(text: str) -> None:
    """A pupil whose first name is rare is protected like any other."""
    assert "STUDENT_NAME" in [what for what, _ in found(text)]


def test_uncommon_name_shares_what_the_list_around_it_tells() -> None:
    """A rare name between two common ones is a pupil's like theirs."""
    names = [value for _, value in found("Congrats to Mia, Iolani and Sofia!")]

    assert names == ["Mia", "Iolani", "Sofia"]


@pytest.mark.parametrize(
    "text",
    [
        "Congratulations to our Teacher of the Year, Mrs. Patricia Nguyen!",
        "Shout out to custodian Hector Ruiz, cafeteria lead Wanda Price and secretary Lynn Cho!",
        "Principal Anne Sullivan and Assistant Principal Joel Kim greeted students at the gate.",
        "Contact PTA President Nicole Adams to volunteer.",
        "Thanks to crossing guard Frank Mills, who has been with us since 1998.",
        "Teresa Vaughn, bus driver, is our Employee of the Month.",
    ],
)
def test_staff_and_other_adults_are_not_pupils(text: str) -> None:
    """A title or a job beside a name makes it an adult's."""
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Today we remember Dr. Martin Luther King Jr. and Rosa Parks. No school on Monday.",
        "The third graders learned about Harriet Tubman and Frederick Douglass.",
        'Our book club is reading "Tales of a Fourth Grade Nothing" by Judy Blume.',
        "No school on Cesar Chavez Day.",
        "Visit Washington Elementary this Friday for Jefferson Day and the Lincoln lecture.",
        "Please drive slowly on Colton Avenue near Redlands East Valley High.",
        "Thank you Target and Stater Bros. for donating 300 backpacks!",
        "Spirit week: Monday pajamas, Tuesday twins, Wednesday wacky hair.",
        "Good luck to the Lady Falcons tonight!",
    ],
)
def test_history_books_places_shops_and_teams_are_not_pupils(text: str) -> None:
    """What is capitalised for another reason is no pupil's name."""
    assert found(text) == []


def test_bare_first_name_is_found_as_unsure() -> None:
    """A first name that nothing explains is asked about."""
    data = find_personal_data("I have not seen Marcus since Tuesday.")

    assert [(datum.value, datum.is_unsure) for datum in data] == [("Marcus", True)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Please text me at 909-555-0187 if you can bring water.", "909-555-0187"),
        ("Home phone (909) 793-5512.", "(909) 793-5512"),
        ("Reach the counseling office at 760-555-0111 or my cell, 760-555-0112.", "760-555-0112"),
        ("Just call, 562.555.0144.", "562.555.0144"),
    ],
)
def test_private_phone_is_found(text: str, number: str) -> None:
    """A cell, a home line and a number that nobody explains are private."""
    assert found(text) == [("PHONE", number)]


@pytest.mark.parametrize(
    "text",
    [
        "Call the office at (909) 555-0142 with any questions.",
        "Call Lincoln High School at 909-555-0100 ext. 204.",
        "Visit our page or call 909.307.5300, extension 6712.",
        "If you are struggling, call or text 988, or 1-800-273-8255.",
        "Zoom Meeting ID: 845 123 4567, passcode terriers.",
        "Our fax number at Vista Elementary is (760) 555-0122.",
    ],
)
def test_office_lines_hotlines_and_meeting_numbers_are_not_private(text: str) -> None:
    """Numbers that the school or a hotline publishes stay."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Send it to jennifer.ortiz82@gmail.com, please.", "jennifer.ortiz82@gmail.com"),
        ("Ask mgonzalez@student.hesperiausd.org for notes.", "mgonzalez@student.hesperiausd.org"),
        ("noah.patel2027@student.redlands.k12.ca.us won.", "noah.patel2027@student.redlands.k12.ca.us"),
    ],
)
def test_private_and_pupils_email_is_found(text: str, address: str) -> None:
    """A family's and a pupil's mailbox are private."""
    assert found(text) == [("EMAIL", address)]


@pytest.mark.parametrize(
    "text",
    [
        "Write to office@lincolnelementary.org or asb@rhsterriers.org.",
        "E-mail Mr. Price at jprice@hesperiausd.org for tickets.",
        "E-mail rhsbandboosters@gmail.com for the bake sale.",
    ],
)
def test_role_and_staff_mailboxes_are_not_private(text: str) -> None:
    """A role's mailbox and a teacher's at work stay."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("The family lives at 1432 Brookside Ave, Apt 4, and needs help.", "1432 Brookside Ave, Apt 4"),
        ("Mail the card to 918 Via Verde Court, Redlands 92374.", "918 Via Verde Court, Redlands 92374"),
        ("They moved to 12 Oak Lane last summer.", "12 Oak Lane"),
    ],
)
def test_home_address_is_found(text: str, address: str) -> None:
    """The street address where somebody lives is private."""
    assert found(text) == [("ADDRESS", address)]


@pytest.mark.parametrize(
    "text",
    [
        "Join us at Smiley Elementary, 1210 W. Cypress Ave, Redlands, CA 92373 for Open House.",
        "Drop donations at St. Mary's Church, 1400 Church Street, by Friday.",
        "Car wash at AutoZone, 1100 W. Redlands Blvd, all day Saturday.",
    ],
)
def test_venue_address_is_not_private(text: str) -> None:
    """The address of a school, a church or a shop stays."""
    assert found(text) == []


def test_social_security_number_is_found_even_where_never_issued() -> None:
    """A mistyped social security number is masked like a right one."""
    assert found("The form says 900-12-3456.") == [("SSN", "900-12-3456")]


def test_spaced_social_security_number_needs_the_word() -> None:
    """Nine digits are a social security number only where the text says so."""
    assert found("Social security no. 457 55 5462.") == [("SSN", "457 55 5462")]
    assert found("Order 457 55 5462.") == []


def test_card_number_needs_its_check_digit() -> None:
    """Sixteen digits are a card only where the last digit is right."""
    assert found("Use 4111 1111 1111 1111 for banners.") == [("CREDIT_CARD", "4111 1111 1111 1111")]
    assert found("Barcode 4111 1111 1111 1112 is on the textbook.") == []


def test_student_number_needs_the_word_that_names_it() -> None:
    """A pupil's number is found by its name; a projector's serial number stays."""
    assert found("Student ID 20481937 needs a charger.") == [("STUDENT_ID", "20481937")]
    assert found("Serial number 20481937 on the projector.") == []


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("DOB: 04/12/2014. Please add her.", "04/12/2014"),
        ("She was born on June 2, 2012 so she is too young.", "June 2, 2012"),
        ("He turns 9 on March 3.", "9 on March 3"),
    ],
)
def test_date_of_birth_is_found(text: str, date: str) -> None:
    """A pupil's birth date is private, also as an age and a day."""
    assert ("DOB", date) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "The game is on 10/12/2025 at 7 p.m.",
        "Mr. Bennett turns 50 on Friday!",
        "Rosa Parks was born on February 4, 1913.",
        "Lincoln Elementary was founded on September 4, 1924.",
    ],
)
def test_other_dates_are_not_dates_of_birth(text: str) -> None:
    """Games, staff, history and foundations have dates that stay."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Daniela is out this week because of an asthma attack.", "asthma attack"),
        ("One of our students has a severe peanut allergy.", "peanut allergy"),
        ("Does Serenity's 504 plan let me post her project?", "504 plan"),
        ("My daughter was diagnosed with lupus.", "diagnosed with lupus"),
    ],
)
def test_medical_fact_of_a_pupil_is_found(text: str, fact: str) -> None:
    """What ails one pupil is private, named or not."""
    assert ("MEDICAL", fact) in found(text)


def test_fact_is_cut_out_whole_after_a_letter_that_grows_in_lower_case() -> None:
    """A Turkish capital before it does not shift what is marked."""
    assert ("MEDICAL", "asthma") in found("İİİ Daniela has asthma today.")


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Sorry to hear about Mrs. Lopez's surgery. Get well soon!", "surgery"),
        ("Mr. Tolliver is out until May. His chemo is on Mondays.", "chemo"),
        ("Coach Bell started treatment for alcohol dependency.", "treatment for alcohol dependency"),
    ],
)
def test_health_of_a_named_member_of_staff_is_found(text: str, fact: str) -> None:
    """What ails a colleague is as private as what ails a pupil."""
    assert ("MEDICAL", fact) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "I have a migraine today so I will not be running the account.",
        "Counseling corner: Mr. Lopez answers your questions.",
        "Students with IEPs and 504 plans will meet their case managers.",
        "There is a case of head lice in our school.",
        "Two of our students tested positive for COVID-19 this week.",
        "Autism Acceptance Month kicks off with a walk.",
    ],
)
def test_health_of_the_writer_groups_and_nobody_is_not_found(text: str) -> None:
    """The writer's own health, groups' and campaigns stay."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Tyler was suspended for three days.", "suspended"),
        ("Emily Chen, a 5th grader, has a 4.0 GPA.", "4.0 GPA"),
        ("Brandon is failing algebra.", "failing algebra"),
        ("Trevor got an F in chemistry.", "an F in chemistry"),
    ],
)
def test_grade_and_discipline_of_a_named_pupil_are_found(text: str, fact: str) -> None:
    """A mark or a punishment of one pupil is private."""
    assert ("GRADE_OR_DISCIPLINE", fact) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "The average GPA of our senior class rose to 3.21 this year.",
        "Three seniors were suspended after the prank.",
        "She fell and practice was suspended.",
        "Any student who fails two classes is placed on academic probation.",
    ],
)
def test_aggregates_and_rules_are_not_grades_of_anyone(text: str) -> None:
    """Averages, groups, rules and cancelled practices stay."""
    assert found(text) == []


def test_mask_names_what_stood_there() -> None:
    """The stored text says in words what was taken out."""
    text = "Text Zoe's dad at 909.555.0119."

    assert mask(text) == "Text [student's name]'s dad at [phone number]."


def test_mask_takes_out_the_unsure_too() -> None:
    """What is stored errs on the side of saying less."""
    assert mask("I have not seen Marcus since Tuesday.") == "I have not seen [student's name] since Tuesday."


def test_mask_all_takes_out_only_what_it_is_given() -> None:
    """A person who keeps a name and drops a number gets just that."""
    text = "Text Zoe's dad at 909.555.0119."
    phones = [datum for datum in find_personal_data(text) if datum.type is PersonalDataType.PHONE]

    assert mask_all(phones, text) == "Text Zoe's dad at [phone number]."


def test_mark_tells_nothing_of_the_next_word() -> None:
    """A shop's address is not taken for a home because a masked home stands before it."""
    assert found("Left [home address] for AutoZone, 1100 W. Redlands Blvd.") == []
