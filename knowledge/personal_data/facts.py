"""Medical facts, grades and discipline, where they are told of one person.

A fact counts when the nearest person named before it in its sentence is a pupil or may be one:
a name that was found, "a boy", "she". Of a named adult medical facts count alone: grades are not told of staff, and
their illness is nobody's business either. Groups and the writer do not count.
"""

import re
from collections.abc import Iterator, Sequence
from string import ascii_uppercase

from knowledge.personal_data.datum import PersonalDataType, PersonalDatum, cut

_BODY = r"(?:arms?|legs?|wrists?|ankles?|foot|feet|hands?|fingers?|thumb|nose|collarbone|ribs?|hip|elbow|acl|mcl|meniscus|hamstring|shoulder|knee|jaw|toe|bones?|neck|back|tailbone|pelvis|skull|tooth|teeth|femur|achilles)"
_SMALL_LETTERS = {ord(letter): letter.lower() for letter in ascii_uppercase}
MEDICAL = re.compile(
    r"\b(?:"
    r"diagnosed with (?:[\w-]{1,20} ){0,2}?(?:(?:bipolar|eating|anxiety|seizure|blood) disorder|[\w-]{3,25})"
    r"|asthma(?: attacks?)?|(?:(?:tree )?(?:pea)?nuts?|bee|dairy|milk|egg|soy|food|shellfish|gluten|wheat|latex|penicillin) allerg(?:y|ies)"
    r"|allergic (?:reaction|to [\w-]{1,20}(?: and [\w-]{1,20})?)|anaphyla\w{2,5}|(?:type (?:1|2|one|two) )?diabet(?:es|ic)|epilep(?:sy|tic)|seizures?"
    r"|(?:brain |bone |breast )?cancer(?: diagnosis| treatments?)?|leukemia|lymphoma|chemo(?:therapy)?|(?:brain )?tumor|adhd|autis(?:m|tic)"
    r"|(?:on the )?(?:autism )?spectrum|asperger\w{0,3}|down syndrome|dyslexi[ac]|deaf|hard of hearing|hearing (?:aids?|loss)|legally blind|wheelchair"
    r"|cerebral palsy|anxiety(?: disorder| attacks?)?|panic attacks?|depress(?:ion|ed)|bipolar(?: disorder)?|ptsd|ocd|schizophreni[ac]"
    r"|eating disorder|anorexi[ac]|bulimi[ac]|self-harm\w{0,3}|cutting (?:her|him|them)sel(?:f|ves)|suicidal|suicide attempt|attempted suicide"
    r"|(?:drug |alcohol |opioid |gambling )(?:dependen(?:cy|ce)|addiction)|(?:in )?treatment for [\w-]{3,20}(?: (?:dependency|addiction|abuse|disorder))?|(?:is |in )(?:remission|recovery)\b(?= from)|addict(?:ed|ion)"
    r"|tried to kill (?:her|him|them)sel(?:f|ves)|overdos(?:e|ed)|(?:in|out of|from) (?:drug )?rehab|hospitali[sz]ed|hospitali[sz]ation"
    r"|(?:in|to|at|from) (?:the )?(?:icu|er|emergency room|(?:\w{2,20} ){0,3}hospital(?! (?:selfie|volunteer)))"
    r"|(?:heart |knee |back |brain |hip |foot |open-heart )?surgery|concussions?"
    r"|(?:broke|fractured|sprained|tore|dislocated|twisted) (?:his|her|their|an?|the) (?:left |right )?"
    rf"{_BODY}"
    r"|(?:broken|fractured|sprained|torn|dislocated|twisted) (?:left |right )?"
    rf"{_BODY}"
    r"|(?:knee|ankle|head|back|shoulder|leg|arm|hamstring|spinal|brain|elbow|wrist|neck|foot|hip|acl) injur(?:y|ies)|stitches"
    r"|covid(?:-19)?|(?:the )?flu|strep(?: throat)?|pneumonia|mononucleosis|mono|(?:head )?lice|chicken ?pox|measles|pink ?eye|ringworm|scabies|meningitis|hepatitis"
    r"|pregnan(?:t|cy)|miscarriage|(?:adhd |anxiety )?med(?:s|ication)|ritalin|adderall|concerta|insulin|inhaler|antidepressants?|prozac|zoloft"
    r"|(?:grief |foster |trauma |family |mental health )?counseling|(?:speech |physical |occupational )?therapy"
    r"|(?:sees|seeing|saw) (?:the |a |our )?(?:school )?(?:psychologist|counselor|therapist|psychiatrist)"
    r"|i\.?e\.?p\b|504(?: plan)?|special ed(?:ucation)?|(?:learning |intellectual |physical )?disabilit(?:y|ies)|disabled"
    r"|an[a]?emi[ac]|celiac(?: disease)?|sickle cell(?: disease| anemia)?|cystic fibrosis|muscular dystrophy|heart (?:condition|murmur|defect)|migraines?|scoliosis|tourette\w{0,3}|fainted"
    r")\b",
)
"""Medical facts, in a text in lower case: matching without regard to case takes four times as long."""

_MARK = r"[A-F][+-]?"
_COUNT = r"(?:an?|one|two|three|four|five|six|all|straight|mostly|his|her)"
GRADE = re.compile(
    r"(?<![\w.])(?:"
    r"[0-5]\.\d{1,2} (?:(?:cumulative|weighted|unweighted) )?(?:GPA|gpa)"
    r"|(?:GPA|gpa)(?: is| was| of|:| at| dropped to| fell to| just| now| only| a){0,3} ?[0-5]\.\d{1,2}"
    r"|from (?:an? )?[A-F][+-]? to (?:an? )?[A-F][+-]?(?!\w)"
    r"|(?:Math|Science|English|History|Algebra|Geometry|Biology|Chemistry|Physics|Spanish|Reading|Writing|P\.?E\.?|ELA)(?::| -)? "
    r"(?:\d{1,3}%|[A-F][+-]?(?![\w’']))"
    r"|1?\d{3} (?:SAT|PSAT)|[1-3]\d ACT|(?:SAT|PSAT|ACT)(?: score)?(?: of|:| was| is)? \d{2,4}\b"
    r"|(?:[Ss]traight|[Aa]ll)[ -][A-D][’']?s\b"
    rf"|{_COUNT} {_MARK}[’']?s?(?: and {_COUNT} {_MARK}[’']?s?)(?!\w)"
    rf"|{_COUNT} {_MARK}(?:[’']?s)? (?:in|on) (?:(?:the|his|her|their|my|AP) )?\w{{2,20}}"
    rf"|(?:two|three|four|five|six) {_MARK}[’']?s\b"
    r"|[Gg]rades (?:dropped|fell|went|slipped|are|were|went down|have dropped)(?: down)?(?: to)?(?: all)? (?:[A-F][+-]?[’']?s?|[a-z]{3,12})\b"
    r"|\d{1,4}(?:%|/\d{1,3}| percent| out of \d{1,3})? on (?:the |his |her |their |my |a |an |our )?(?:[\w’'-]{1,15} ){0,2}"
    r"(?:tests?|exam|quiz|final|midterm|SAT|ACT|PSAT|ELPAC|CAASPP|essay|paper)\b"
    r"|scored? (?:of |a |an )?\d{1,4}%? (?:on|in) (?:the |his |her )?(?:[\w-]{1,15} ){0,2}\w{2,15}"
    r"|(?i:fail(?:ing|ed|s)|flunk(?:ing|ed|s)) (?:(?:his|her|the|my|all|two|three|of|out|every) ){0,3}(?:AP |[\w-]{1,12} )?(?:algebra|math|english|science|history|"
    r"geometry|biology|chemistry|physics|spanish|class(?:es)?|grade|test|exam|final|course|reading|calculus|period|pe|out|everything|art|health)\b"
    r"|(?i:failing|held back|repeating (?:the )?\w{1,10} grade|below grade level|credit deficient)\b"
    r"|(?i:(?:in-school |out-of-school )?(?:suspended|suspensions?)|expelled|expulsion|(?:lunch |after-school )?detention|written up(?: for \w{2,15})?|sent to the office|"
    r"(?:put |placed )?on (?:academic |disciplinary |athletic )?probation|kicked (?:off|out of) (?:the |his |her )?(?:\w{1,12} )?(?:team|squad|class|school|band)|"
    r"(?:off )?academic probation|(?:got |was |been )?caught (?:vaping|cheating|smoking|stealing|fighting|drinking|plagiari[sz]ing|with \w{2,12})|plagiari[sz]ed|cheated on|truan(?:t|cy)|"
    r"academically ineligible|cut from the team|disciplined|referral for \w{2,15}|arrested(?: for \w{2,15})?)\b"
    r")"
)
THING_BEFORE = re.compile(
    r"\b(?:practices?|games?|service|bus(?:es)?|account|page|license|classes|school|season|activities|program|meeting|post|"
    r"event)(?: (?:is|are|was|were|has been|have been|will be|got))? $",
    re.IGNORECASE,
)
_GENERAL_AFTER = re.compile(
    r" (?:awareness|acceptance|action|prevention|training|trainings|shots?|clinic|season|walk|week|month|research|foundation|"
    r"protocol|policy|team|vaccin\w{1,6}|information|forms?|department|office|meetings?)\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"(?P<somebody>\b(?:an?|any|some|another|ex|each|no|whether a|if a) (?:[\w-]{1,12} ){0,2}?(?:student|pupil|boy|girl|kid|child|athlete|player|senior|junior|sophomore|"
    r"freshman|kindergartner|grader|classmate|teammate)\b)"
    r"|(?P<pupil>\b(?:one of (?:our|my|the|her|his|your) [a-z0-9 ]{0,15}?(?:students|kids|pupils|seniors|players|children|athletes|graders|boys|girls)|"
    r"(?<!each )(?<!every )(?<!your )(?:(?:my|his|her|their|our) (?:\w{2,12} )?(?:son|daughter|stepson|stepdaughter)|student|pupil|boy|girl|kid|child|athlete|player|senior|junior|sophomore|freshman|"
    r"kindergartner|grader|classmate|teammate|alumna|alumnus))\b(?! (?:who fails|council|body|section|store)))"
    r"|(?P<own>\b(?:i|i[’']m|i[’']ve|me|my (?:own )?(?:surgery|doctor|therapist|migraines?|meds|husband|wife))\b)"
    r"|(?P<group>\b(?:students|pupils|kids|children|seniors|juniors|athletes|scholars|graders|players|girls|boys|families|staff|everyone|everybody|nobody|anyone|"
    r"(?:any|each|every|your|a) (?:student|child|pupil)(?: who)?|teams?|(?:whole|entire) class|classes|class average|teachers|donors|average)\b)"
    r"|(?P<adult>\b(?:(?:mr|mrs|ms|miss|dr|coach|principal|officer)\.? (?:and mrs\. )?[a-z]\w{0,20}(?![\w]|[’']s? (?:[\w-]{1,15} ){0,3}(?:class|room|team|group|period))|teacher|principal|coach|para|paraeducator|librarian|colleague|coworker|staff member|husband|wife|nurse|"
    r"custodian|counselor|secretary|employee|grandmother|grandfather|mother|mom|father|dad)\b)"
    r"|(?P<pronoun>\b(?:he|she|his|her|him|hers)\b)",
)
_SENTENCE_END = re.compile(r"(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\b[A-Z])[.!?]{1,3}(?=\s)|\n")


def in_small_letters(text: str) -> str:
    """Return a text in lower case and of the same length, which ``str.lower`` does not promise."""
    return text.translate(_SMALL_LETTERS)


def find_facts(text: str, names: Sequence[PersonalDatum]) -> Iterator[PersonalDatum]:
    """Find medical facts, grades and discipline of pupils.

    Parameters
    ----------
    text
        The text that is looked through.
    names
        Pupils' names found in it.
    """
    small = in_small_letters(text)
    facts = [(PersonalDataType.MEDICAL, found) for found in MEDICAL.finditer(small)]
    facts += [(PersonalDataType.GRADE_OR_DISCIPLINE, found) for found in GRADE.finditer(text)]
    if not facts:
        return
    subjects = sorted(
        [(found.start(), str(found.lastgroup)) for found in _SUBJECT.finditer(small)]
        + [(name.start, "pupil") for name in names]
    )
    ends = [0, *(found.end() for found in _SENTENCE_END.finditer(text)), len(text) + 1]
    for what, found in facts:
        if THING_BEFORE.search(text[max(0, found.start() - 30) : found.start()]) or _GENERAL_AFTER.match(
            text, found.end()
        ):
            continue
        sentence = max(end for end in ends if end <= found.start())
        until = min(end for end in ends if end > found.start())
        whose = _whose(subjects, sentence, found.start(), until)
        if whose == "pupil" or (whose in {"somebody", "adult"} and what is PersonalDataType.MEDICAL):
            yield cut(text, what, *found.span())


def _whose(subjects: Sequence[tuple[int, str]], sentence: int, fact: int, until: int) -> str | None:
    """Say what kind of person a fact is told of; a pronoun means whoever was told of before."""
    before = [whose for at, whose in subjects if sentence <= at < fact]
    if not before:
        after = [whose for at, whose in subjects if fact < at < until]
        # "Counseling corner: Mr. Bell ..." tells nothing of him.
        return {"pronoun": "pupil", "adult": None}.get(after[0], after[0]) if after else None
    if before[-1] == "somebody" and "pupil" in before:
        # "Emily Chen, a 5th grader, ..."
        return "pupil"
    if before[-1] != "pronoun":
        return before[-1]
    known = {whose for at, whose in subjects if at < fact}
    # "His" with no adult told of is a pupil's: nobody else is the subject of a school's post.
    return next((whose for whose in ("pupil", "somebody", "adult") if whose in known), "pupil")
