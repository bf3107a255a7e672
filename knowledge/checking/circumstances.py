"""What is known of a post and need not be read: masked data, consent in so many words, and its writer's answers."""

from collections.abc import Mapping
from dataclasses import replace

from knowledge.checking.matters import State
from knowledge.checking.post import Fact, Post, Use, whole_of
from knowledge.checking.reading import DOUBTFUL_FROM, GRAVE_FROM, RAISED_FROM, Raised, Reading
from knowledge.checking.signs import (
    consent_is_missing,
    disappears,
    masked_types,
    shows_own_children,
    shows_students,
    swears,
)
from knowledge.personal_data import MARKS, PersonalDataType

CERTAIN = 0.98
"""Chance of what is known and not read."""

ACCOUNT_CHANGES = frozenset({"new_account", "rename_account", "add_administrator", "close_account"})
"""Matters by which a post announces a change that the specialist has to know of first."""

DECIDED_BY: Mapping[Fact, frozenset[str]] = {
    Fact.CONSENT: frozenset({"pupil_pictures"}),
    Fact.ADULT_PERMISSION: frozenset({"adult_pictures"}),
    Fact.DETAILS_PERMISSION: frozenset({"screen_names_hobbies", "pupil_names", "contact_details"}),
    Fact.RIGHTS: frozenset({"copyright"}),
    Fact.APPROVAL: frozenset({"district_logo", "school_logo", *ACCOUNT_CHANGES, "unregistered_account"}),
}
"""Which matters an answer settles."""

_MATTER_OF_DATA = {
    PersonalDataType.SSN: "id_numbers",
    PersonalDataType.STUDENT_ID: "id_numbers",
    PersonalDataType.CREDIT_CARD: "id_numbers",
    PersonalDataType.PHONE: "contact_details",
    PersonalDataType.EMAIL: "contact_details",
    PersonalDataType.ADDRESS: "contact_details",
    PersonalDataType.DOB: "contact_details",
}
_PRIVATE_FACTS = frozenset({PersonalDataType.MEDICAL, PersonalDataType.GRADE_OR_DISCIPLINE})
YES, NO, NOBODY = "yes", "no", "nobody"
"""What a person can answer; nobody: there is no pupil, no work of others, no such thing in the post."""


def answered(post: Post, fact: Fact, answer: str) -> Post:
    """Return the post with one more answer of its writer."""
    said = {**post.said, fact: answer}
    match fact:
        case Fact.USE:
            return replace(post, said=said, use=Use(answer))
        case Fact.PLATFORM:
            return replace(post, said=said, platform=answer)
        case _:
            return replace(post, said=said)


def with_circumstances(reading: Reading, post: Post) -> dict[str, Raised]:
    """Overrule what was read by what is known: masked data, platform, words on consent, the writer's answers."""
    raised = dict(reading.raised)
    raised |= _by_masked_data(reading, post)
    raised |= _by_pictures(raised, post)
    if swears(post.text):
        raised["obscene_defamatory"] = certainly(State.AGAINST, raised["obscene_defamatory"].segment)
    if disappears(post):
        raised["disappearing"] = certainly(State.AGAINST, raised["disappearing"].segment)
    for fact, settled in DECIDED_BY.items():
        answer = post.said.get(fact)
        for matter in settled:
            # An answer settles what hung on it; what is against the rules anyway stays so.
            hangs_on_it = raised[matter].state is State.OPEN or fact is Fact.APPROVAL
            if answer and hangs_on_it and raised[matter].chance >= DOUBTFUL_FROM:
                raised[matter] = _settled(answer, raised[matter])
    return raised


def _by_masked_data(reading: Reading, post: Post) -> dict[str, Raised]:
    """Return the matters that masked personal data raises for certain, each in the sentence where the data stood."""
    raised, types = reading.raised, masked_types(whole_of(post))
    found = {}
    for kind, matter in _MATTER_OF_DATA.items():
        # A private number may be published with its owner's permission; nobody's social security number may.
        is_permitted = matter == "contact_details" and raised[matter].chances[State.MET] >= GRAVE_FROM
        if kind in types and not is_permitted:
            found[matter] = certainly(State.AGAINST, _segment_with(kind, reading))
    if PersonalDataType.STUDENT_NAME in types:
        where = _segment_with(PersonalDataType.STUDENT_NAME, reading)
        if not _PRIVATE_FACTS.isdisjoint(types):
            found["pupil_facts"] = certainly(State.AGAINST, where)
        elif raised["pupil_names"].chance < GRAVE_FROM:
            found["pupil_names"] = certainly(State.OPEN, where)
    return found


def _segment_with(kind: PersonalDataType, reading: Reading) -> int | None:
    """Return the place of the first sentence in which data of a type was masked; None for the whole post."""
    return next((place for place, part in enumerate(reading.segments) if MARKS[kind] in part.text), None)


def _by_pictures(raised: Mapping[str, Raised], post: Post) -> dict[str, Raised]:
    """Return what is certain of pupils in pictures: an unseen file, missing consent, one's own children."""
    pictures = raised["pupil_pictures"]
    if pictures.chance < RAISED_FROM and (post.has_unseen_files or shows_students(post)):
        state = State.AGAINST if consent_is_missing(post) else State.OPEN
        return {"pupil_pictures": certainly(state, None)}
    if pictures.chance < DOUBTFUL_FROM:
        return {}
    if consent_is_missing(post):
        # Not certain where an answer given later says otherwise.
        state = State.OPEN if Fact.CONSENT in post.said else State.AGAINST
        return {"pupil_pictures": certainly(state, pictures.segment)}
    if post.use is Use.PERSONAL and shows_own_children(post):
        return {"pupil_pictures": _settled(NOBODY, pictures)}
    return {"pupil_pictures": certainly(State.OPEN, None)} if post.has_unseen_files else {}


def _settled(answer: str, before: Raised) -> Raised:
    if answer == NOBODY:
        return Raised(chances=dict.fromkeys(State, 0.0), segment=None)
    return certainly(State.MET if answer == YES else State.AGAINST, before.segment)


def certainly(state: State, segment: int | None) -> Raised:
    """Return a reading that is certain of one state."""
    return Raised(chances={**dict.fromkeys(State, 0.0), state: CERTAIN}, segment=segment)
