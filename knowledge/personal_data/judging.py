"""Whose name a candidate is, by the words beside it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from knowledge.personal_data.candidates import Candidate, Nature
from knowledge.personal_data.cues import (
    ADULT_AFTER,
    APPOSED_BEFORE,
    DEED_AFTER,
    FAMILY_AFTER,
    FIGURES_AFTER,
    GRADE_AFTER,
    HAVING,
    HUMAN_AFTER,
    LIST_HEAD_BEFORE,
    NAMED_BEFORE,
    OWNED_AFTER,
    PLACED_IN_CLASS,
)
from knowledge.personal_data.facts import GRADE, MEDICAL, THING_BEFORE, in_small_letters
from knowledge.personal_data.reading import Token, ends_sentence
from knowledge.personal_data.words import (
    ADULT_ROLES,
    LINKS,
    NO_NAME_ENDINGS,
    PLACE_PREPOSITIONS,
    PRAISE,
    PUPIL_NOUNS,
    PUPIL_OFFICES,
)


class Verdict(Enum):
    """Whose name it is."""

    NOBODY = auto()
    UNSURE = auto()
    PUPIL = auto()
    ADULT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A text, and what all of it tells about the names in it."""

    text: str
    """As written."""

    tokens: list[Token]
    """Its words, numbers and marks."""

    places: frozenset[str]
    """Words that are part of a place's or a body's name somewhere in it."""

    has_pupils: bool
    """Whether it has any word for pupils, classes or teams."""

    is_about_accounts: bool
    """Whether it is about who runs an account, so that its names are those of staff."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What stands directly beside a candidate."""

    before: str
    """The text before it, a short piece."""

    after: str
    """The text after it, a short piece."""

    told: Verdict
    """What the nearest telling word before it says."""


def judge(candidate: Candidate, message: Message) -> Verdict:
    """Say whose name a candidate is: the first rule that has an answer gives it."""
    if candidate.nature is Nature.ADULT:
        return Verdict.ADULT
    if candidate.nature is Nature.PLACE or _is_no_name(candidate, message):
        return Verdict.NOBODY
    beside = Beside(
        before=message.text[max(0, candidate.start - 60) : candidate.start],
        after=message.text[candidate.end : candidate.end + 90],
        told=_told_before(candidate, message.tokens),
    )
    return next(verdict for rule in _RULES if (verdict := rule(candidate, message, beside)))


def _is_no_name(candidate: Candidate, message: Message) -> bool:
    """Whether a candidate's own shape speaks against a name too strongly for any words beside it."""
    if candidate.is_plain:
        return not candidate.is_given or candidate.is_ambiguous
    return len(candidate.words) == 1 and not candidate.is_given and candidate.words[0] in message.places


def _by_family(_candidate: Candidate, _message: Message, beside: Beside) -> Verdict | None:
    """Zoe's dad, Hailey's epilepsy plan."""
    is_owner = FAMILY_AFTER.match(beside.after) or _is_followed_by_own_fact(beside.after)
    return Verdict.PUPIL if is_owner else None


def _by_staff_words(_candidate: Candidate, _message: Message, beside: Beside) -> Verdict | None:
    """Custodian Hector Ruiz; Teresa Vaughn, bus driver."""
    is_adult = beside.told is Verdict.ADULT or ADULT_AFTER.match(beside.after)
    return Verdict.ADULT if is_adult else None


def _by_deeds(candidate: Candidate, _message: Message, beside: Beside) -> Verdict | None:
    """Noah Patel, Class of 2027, took first place; T. Okafor had 12 rebounds."""
    if not candidate.is_known:
        return None
    found = GRADE_AFTER.match(beside.after) or DEED_AFTER.match(beside.after) or FIGURES_AFTER.match(beside.after)
    return Verdict.PUPIL if found else None


def _by_words_for_persons(candidate: Candidate, message: Message, beside: Beside) -> Verdict | None:
    """Iolani from Room 6; his name is Ngozi: what is said of persons only makes even a rare word a name."""
    if beside.told is Verdict.PUPIL or candidate.is_plain or candidate.words[0].endswith(NO_NAME_ENDINGS):
        return None
    if _is_said_of_person(beside) and (candidate.is_known or not THING_BEFORE.search(f"{candidate.words[0]} ")):
        return Verdict.PUPIL
    return Verdict.UNSURE if message.has_pupils and NAMED_BEFORE.search(beside.before) else None


def _by_words_before(candidate: Candidate, message: Message, beside: Beside) -> Verdict | None:
    """Congrats to Mia; senior Marcus Bell. One uncommon word may be a rare name, or a team or a town."""
    if beside.told is not Verdict.PUPIL:
        return None
    if candidate.is_known:
        return Verdict.PUPIL
    previous = message.tokens[candidate.first - 1].lower
    is_place = previous in PLACE_PREPOSITIONS or previous in {"from", "on", "the"}
    return Verdict.NOBODY if is_place or candidate.words[0].endswith(("s", *NO_NAME_ENDINGS)) else Verdict.UNSURE


def _by_nothing(candidate: Candidate, message: Message, beside: Beside) -> Verdict:
    """Marcus, with nothing beside it that explains him."""
    if not candidate.is_given or candidate.is_plain or message.is_about_accounts:
        return Verdict.NOBODY
    # Charlotte's Web, Dee's Donuts
    if candidate.is_possessive and _TITLE_AFTER.match(beside.after):
        return Verdict.NOBODY
    if not candidate.is_ambiguous:
        return Verdict.UNSURE
    if not candidate.first or candidate.words[0] in message.places:
        return Verdict.NOBODY
    previous = message.tokens[candidate.first - 1]
    is_place = previous.lower in PLACE_PREPOSITIONS or previous.lower in {"the", "to", "of"}
    is_inside_sentence = previous.text[0].isalpha() or previous.text == ","
    return Verdict.UNSURE if is_inside_sentence and not is_place else Verdict.NOBODY


_RULES: tuple[Callable[[Candidate, Message, Beside], Verdict | None], ...] = (
    _by_family,
    _by_staff_words,
    _by_deeds,
    _by_words_for_persons,
    _by_words_before,
    _by_nothing,
)
_TITLE_AFTER = re.compile(r"[’']s [A-Z]")


def _is_followed_by_own_fact(after: str) -> bool:
    """Whether a possessive and a fact follow, as in "Hailey's epilepsy plan"."""
    owned = OWNED_AFTER.match(after)
    return owned is not None and _is_fact_at(after, owned.end())


def _is_fact_at(text: str, place: int) -> bool:
    """Whether a medical fact, a grade or a punishment stands at a place."""
    return MEDICAL.match(in_small_letters(text), place) is not None or GRADE.match(text, place) is not None


def _is_said_of_person(beside: Beside) -> bool:
    """Whether what stands beside a capitalised word is said of persons only."""
    having = HAVING.match(beside.after)
    if having and any(_is_fact_at(beside.after, place) for place in (having.end(), beside.after.find(" ") + 1)):
        return True
    if PLACED_IN_CLASS.match(beside.after) or HUMAN_AFTER.match(beside.after):
        return True
    if ":" in beside.before and LIST_HEAD_BEFORE.search(beside.before):
        return True
    return beside.after.startswith(",") and APPOSED_BEFORE.search(beside.before) is not None


def _told_before(candidate: Candidate, tokens: list[Token]) -> Verdict:
    """Walk back from a name to the word that tells whose it is."""
    place = candidate.first - 1
    for _ in range(_FARTHEST_TELLING_WORD):
        if place < 0 or ends_sentence(tokens, place):
            break
        verdict = _told_by(tokens, place)
        if verdict:
            return verdict
        place -= 1
    return Verdict.NOBODY


def _told_by(tokens: list[Token], place: int) -> Verdict | None:
    """Say whose name a word makes the one that follows; None where the word before it should be asked."""
    word = tokens[place].lower
    previous = tokens[place - 1].lower if place else ""
    if tokens[place].is_possessive:
        return Verdict.NOBODY
    if (word in _OFFICES and previous in PUPIL_OFFICES) or (previous, word) == ("led", "by"):
        return Verdict.PUPIL
    if word in ADULT_ROLES or (word == "guard" and previous in {"crossing", "security"}):
        return Verdict.ADULT
    is_second_word = (previous, word) in {("welcome", "back"), ("to", "go"), ("#", word)}
    if word in PUPIL_NOUNS or word in PRAISE or is_second_word:
        return Verdict.PUPIL
    is_passed_over = word in LINKS or word[0].isdigit() or word in {"st", "nd", "rd", "th", "(", ".", "#"}
    return None if is_passed_over else Verdict.NOBODY


_FARTHEST_TELLING_WORD = 8
_OFFICES = frozenset({"president", "secretary", "treasurer", "vice-president"})
