"""What each matter of a post is called, what would make it fine, and what is asked about it.

None of these sentences states a rule: whether something is ruled on stands in the clause quoted beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from knowledge.checking.post import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterWords:
    """The words for one matter."""

    name: str
    """Two to five words that stand beside the marked part of the draft."""

    remedy: str
    """What the writer can do so that nothing stands against it any more."""


MATTER_WORDS: Mapping[str, MatterWords] = MappingProxyType(
    {
        "pupil_pictures": MatterWords(
            name="students in the picture",
            remedy="Look up the release of every student in it{consent_system}, and leave out whoever has none.",
        ),
        "adult_pictures": MatterWords(
            name="adults in the picture", remedy="Make sure of what the clause asks for, for each adult in it."
        ),
        "pupil_facts": MatterWords(
            name="private facts of a student",
            remedy="Take out what is private about a student, or the student altogether.",
        ),
        "pupil_names": MatterWords(
            name="a student's name", remedy="Leave the name out, or make sure of what the clause asks for."
        ),
        "contact_details": MatterWords(
            name="private contact details",
            remedy="Take out private numbers and addresses.",
        ),
        "office_contacts": MatterWords(name="office contact", remedy=""),
        "id_numbers": MatterWords(
            name="identification number", remedy="Take the number out, in the text and in the picture."
        ),
        "screen_names_hobbies": MatterWords(
            name="screen name or hobbies",
            remedy="Leave screen name and hobbies out, or make sure of what the clause asks for.",
        ),
        "collecting_data": MatterWords(
            name="asks for personal data",
            remedy="Do not ask for it in the post; let people call or come to the office.",
        ),
        "private_third_party": MatterWords(
            name="private matters of others", remedy="Take out what is private about other people."
        ),
        "staff_confidential": MatterWords(
            name="private matters of staff", remedy="Take out what is private about the employee or former student."
        ),
        "internal_information": MatterWords(
            name="internal information", remedy="Wait until the district has made it public itself, or take it out."
        ),
        "security": MatterWords(
            name="security", remedy="Take out what would help an intruder, in the words and in the picture."
        ),
        "copyright": MatterWords(
            name="somebody else's work",
            remedy="Use your own work, or make sure that you may use this one.",
        ),
        "tone": MatterWords(name="tone", remedy="Drop or reword what puts others down."),
        "harassment": MatterWords(name="aimed at a person", remedy="Take out what ridicules or goes after a person."),
        "discrimination": MatterWords(name="demeans a group", remedy="Take out what demeans people for what they are."),
        "obscene_defamatory": MatterWords(
            name="language or accusation", remedy="Take out the swearing or the accusation."
        ),
        "violence": MatterWords(
            name="violence or injury", remedy="Leave out what shows or threatens violence or injury."
        ),
        "guesswork": MatterWords(
            name="guess or exaggeration", remedy="Say only what you know, and as plainly as it is."
        ),
        "politics": MatterWords(
            name="for or against in an election",
            remedy="Take out what is for or against a side.",
        ),
        "civic_neutral": MatterWords(name="neutral election facts", remedy=""),
        "promotion": MatterWords(name="promotes a business", remedy="Take out the brand, the offer or the link."),
        "fundraising": MatterWords(name="asks for money", remedy="Leave the request for money out, or ask first."),
        "off_purpose": MatterWords(
            name="outside the account's purpose", remedy="Post it somewhere else, or bring it back to the school."
        ),
        "policy_text": MatterWords(name="policy text", remedy="Leave the text out and link to the page that holds it."),
        "outdated": MatterWords(name="out of date", remedy="Check date, place and facts, and correct them."),
        "controversy": MatterWords(
            name="a live matter", remedy="Talk to the {specialist} first, and post nothing before."
        ),
        "new_account": MatterWords(
            name="a new account", remedy="Have the answer to your request first, and announce it then."
        ),
        "rename_account": MatterWords(name="a new account name", remedy="Tell the office named here first."),
        "add_administrator": MatterWords(name="a new administrator", remedy="Tell the office named here first."),
        "close_account": MatterWords(name="closing an account", remedy="Tell the office named here first."),
        "unregistered_account": MatterWords(
            name="an account nobody knows of", remedy="Report the account to the office named here."
        ),
        "personal_profile": MatterWords(
            name="a personal profile for school", remedy="Post it on the school's own page instead."
        ),
        "district_logo": MatterWords(
            name="the district's logo", remedy="Get the approval named in the clause, or leave the logo out."
        ),
        "school_logo": MatterWords(
            name="the school's logo or mascot", remedy="Get the approval named in the clause, or leave it out."
        ),
        "pupil_contact": MatterWords(
            name="private contact with students", remedy="Leave out the invitation; use the school's own channels."
        ),
        "disappearing": MatterWords(name="disappears after a while", remedy="Make it an ordinary post that stays."),
        "unapproved_platform": MatterWords(name="the platform", remedy="Use a platform that the clause names."),
        "reshare_official": MatterWords(name="shares an official post", remedy=""),
        "reputation": MatterWords(
            name="your standing at work", remedy="Read it as a parent or your principal would, and decide then."
        ),
        "third_party_apps": MatterWords(
            name="an app of others", remedy="Make sure of who runs the app and what it takes."
        ),
        "good_news": MatterWords(name="school news", remedy=""),
    }
)
"""By the matter's id; a matter without a remedy is one that nothing stands against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactWords:
    """A short question, and the answers as buttons: label and value."""

    question: str
    answers: tuple[tuple[str, str], ...]


FACT_WORDS: Mapping[Fact, FactWords] = MappingProxyType(
    {
        Fact.CONSENT: FactWords(
            question="Is a release on file for every student in it?",
            answers=(("Yes, for each", "yes"), ("No, or not sure", "no"), ("No student is in it", "nobody")),
        ),
        Fact.ADULT_PERMISSION: FactWords(
            question="Have the adults shown agreed in writing?",
            answers=(("Yes, in writing", "yes"), ("No", "no"), ("Nobody is in it", "nobody")),
        ),
        Fact.DETAILS_PERMISSION: FactWords(
            question="Is there written permission to publish the name or details?",
            answers=(("Yes, in writing", "yes"), ("No", "no"), ("No student is named", "nobody")),
        ),
        Fact.RIGHTS: FactWords(
            question="Whose music, picture or text is it?",
            answers=(
                ("Our own", "nobody"),
                ("Others', with written permission", "yes"),
                ("Others', without", "no"),
            ),
        ),
        Fact.APPROVAL: FactWords(
            question="Has the office named in the clause agreed, or been told?",
            answers=(("Yes", "yes"), ("Not yet", "no")),
        ),
        Fact.USE: FactWords(
            question="Whose account is it for?",
            answers=(("A school or class account", "educational"), ("My own personal account", "personal")),
        ),
        Fact.PLATFORM: FactWords(question="Which platform is it for?", answers=()),
    }
)
"""What is asked of the writer; the platform's answers are the district's own."""


def question_and_answer(fact: str, answer: str) -> str:
    """Return a question with the answer that was given, as one line."""
    words = FACT_WORDS[Fact(fact)]
    label = next((label for label, value in words.answers if value == answer), answer)
    return f"{words.question} {label}"
