"""Names of pupils, told from everybody else's by the words around them.

No list of names decides: a common first name is one reason among several. Where nothing beside a
name tells whose it is, it is found as unsure.
"""

from collections.abc import Iterator

from knowledge.personal_data.candidates import Candidate, Nature, find_candidates
from knowledge.personal_data.cues import ACCOUNT_WORDS, DEED_AFTER, HUMAN_AFTER, LIST_GAP, PUPIL_WORDS
from knowledge.personal_data.datum import PersonalDataType, PersonalDatum, cut
from knowledge.personal_data.judging import Message, Verdict, judge
from knowledge.personal_data.reading import read
from knowledge.personal_data.words import NO_NAME_ENDINGS

_LONGEST_LIST_GAP_CHARACTERS = 70


def find_names(text: str) -> Iterator[PersonalDatum]:
    """Find names of pupils."""
    tokens = read(text)
    candidates = list(find_candidates(tokens, text))
    has_pupils = PUPIL_WORDS.search(text) is not None
    message = Message(
        text=text,
        tokens=tokens,
        places=frozenset(
            word for candidate in candidates if candidate.nature is Nature.PLACE for word in candidate.words
        ),
        has_pupils=has_pupils,
        is_about_accounts=not has_pupils and ACCOUNT_WORDS.search(text) is not None,
    )
    verdicts = [judge(candidate, message) for candidate in candidates]
    _spread_over_lists(candidates, verdicts, message)
    _spread_over_repeats(candidates, verdicts)
    for candidate, verdict in zip(candidates, verdicts, strict=True):
        if verdict in {Verdict.PUPIL, Verdict.UNSURE}:
            is_unsure = verdict is Verdict.UNSURE
            yield cut(text, PersonalDataType.STUDENT_NAME, candidate.start, candidate.end, is_unsure=is_unsure)


def _spread_over_lists(candidates: list[Candidate], verdicts: list[Verdict], message: Message) -> None:
    """Let the names of one list share what is known of any of them."""
    for group in _lists(candidates, message.text):
        end = candidates[group[-1]].end
        is_of_plurals = all(candidates[number].words[-1].endswith("s") for number in group)
        if not is_of_plurals and all(_could_be_rare(candidates[number], verdicts[number]) for number in group):
            if DEED_AFTER.match(message.text, end) or HUMAN_AFTER.match(message.text, end):
                verdicts[group[0]] = Verdict.PUPIL
            elif len(group) > 2 and message.has_pupils:
                verdicts[group[0]] = Verdict.UNSURE
        known = {verdicts[number] for number in group}
        for number in group:
            if candidates[number].nature is not Nature.NAME or verdicts[number] in {Verdict.PUPIL, Verdict.ADULT}:
                continue
            if Verdict.PUPIL in known:
                verdicts[number] = Verdict.PUPIL
            elif Verdict.ADULT in known and len(candidates[number].words) > 1:
                verdicts[number] = Verdict.ADULT
            elif Verdict.UNSURE in known and (
                len(group) > 2
                or (len(candidates[number].words) == 1 and _could_be_rare(candidates[number], verdicts[number]))
            ):
                verdicts[number] = Verdict.UNSURE


def _could_be_rare(candidate: Candidate, verdict: Verdict) -> bool:
    """Whether nothing speaks against an uncommon word's being a first name."""
    return (
        candidate.nature is Nature.NAME
        and verdict is not Verdict.ADULT
        and not candidate.is_plain
        and not candidate.words[0].endswith(NO_NAME_ENDINGS)
    )


def _lists(candidates: list[Candidate], text: str) -> list[list[int]]:
    """Return the candidates that stand in one list together, two or more to a list."""
    groups: list[list[int]] = []
    for number, candidate in enumerate(candidates):
        # What stands in brackets tells of the name before it: "Caleb West (UCR), Danny Ochoa (CSUSB)".
        if text[max(0, candidate.start - 1) : candidate.start] == "(":
            continue
        if groups:
            gap = text[candidates[groups[-1][-1]].end : candidate.start]
            if len(gap) <= _LONGEST_LIST_GAP_CHARACTERS and LIST_GAP.fullmatch(gap):
                groups[-1].append(number)
                continue
        groups.append([number])
    return [group for group in groups if len(group) > 1]


def _spread_over_repeats(candidates: list[Candidate], verdicts: list[Verdict]) -> None:
    """Let a name that comes again mean the same person."""
    known = {
        candidate.words[0] for candidate, verdict in zip(candidates, verdicts, strict=True) if verdict is Verdict.PUPIL
    }
    adults = {
        word
        for candidate, verdict in zip(candidates, verdicts, strict=True)
        if verdict is Verdict.ADULT and candidate.nature is not Nature.PLACE
        for word in candidate.words
    }
    for number, candidate in enumerate(candidates):
        if candidate.nature is Nature.NAME and verdicts[number] in {Verdict.NOBODY, Verdict.UNSURE}:
            if candidate.words[0] in known and candidate.is_given:
                verdicts[number] = Verdict.PUPIL
            elif candidate.words[0] in adults:
                verdicts[number] = Verdict.ADULT
