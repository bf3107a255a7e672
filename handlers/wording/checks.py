"""The reply to a post that was checked: verdict, clauses, what in the draft they concern, and what would make it fine."""

from collections.abc import Sequence
from itertools import pairwise

from handlers.replies import (
    Bullets,
    Button,
    ButtonStyle,
    Choices,
    ClauseQuote,
    CopyText,
    MarkedText,
    Paragraph,
    Part,
    Reply,
    Span,
)
from handlers.wording import answers
from handlers.wording.matters import FACT_WORDS, MATTER_WORDS
from knowledge.checking.circumstances import ACCOUNT_CHANGES
from knowledge.checking.judging import CheckedPost
from knowledge.checking.matters import Force, matters
from knowledge.checking.post import Fact
from knowledge.checking.signs import masked_types
from knowledge.checking.verdicts import Concern
from knowledge.district import District
from knowledge.personal_data import MARKS
from knowledge.search.judging import Judgement, Urgency, Verdict

HEADLINES = {
    Verdict.ALLOWED: "Nothing in the guidelines stands against it.",
    Verdict.ALLOWED_WITH_CONDITIONS: "Only if the conditions below are met.",
    Verdict.NEEDS_APPROVAL: "Not yet: an office has to approve it, or be told, first.",
    Verdict.NOT_ALLOWED: "Not as it stands: the guidelines are against it.",
    Verdict.ASK_SPECIALIST: "Not without the {specialist}: let them decide with you before anything is posted.",
}
"""One sentence for each verdict."""

ONLY_A_DOUBT = "Have someone check it first: I am not sure about it."
"""Where what was read is too unsure for a verdict of its own."""

DANGER = "Do not post about it: first get help."
"""Where a post speaks of danger to a person; no clause is needed for that."""

LONGEST_MARKED_CHARACTERS = 2200
"""Longest draft that is shown back whole with its marks; of a longer one the marked parts alone are shown."""


def checked_reply(
    checked: CheckedPost,
    *,
    district: District,
    document: str,
    question_id: str,
    contact: ClauseQuote | None,
    was_cut: bool,
    unseen_files: int = 0,
) -> Reply:
    """Tell what the guidelines make of a post.

    Parameters
    ----------
    checked
        The judgement and what it rests on.
    contact
        The clause that prints whom to reach, where the district has one.
    was_cut
        True where only the beginning of a very long draft was read.
    unseen_files
        How many files came with the message; they were not looked into.
    """
    judgement, check = checked.judgement, checked.check
    assert judgement.verdict is not None  # a checked post has one
    parts: list[Part] = []
    is_danger = judgement.urgency is Urgency.SAFETY
    if is_danger:
        parts.append(Paragraph(text=district.emergency_wording, is_headline=True))
    told = [concern for concern in check.concerns if concern.force is not Force.HARMLESS]
    is_only_doubt = judgement.verdict is Verdict.ALLOWED_WITH_CONDITIONS and all(one.is_doubt for one in told)
    headline = ONLY_A_DOUBT if is_only_doubt else HEADLINES[judgement.verdict]
    if is_danger:
        headline = DANGER
    parts.append(Paragraph(text=headline.format(specialist=district.specialist.title), is_headline=True))
    if unseen_files:
        parts.append(answers.not_looked_into(unseen_files))
    if told and not is_danger:
        parts.append(Paragraph(text=_what_it_touches(told)))
    if not checked.post.is_described:
        parts += _marked(checked, told)
    parts += _quotes(judgement, document)
    if is_danger:
        # Nothing else matters now: no checklist, no questions.
        return Reply(parts=(*parts, _last_buttons(judgement, district, question_id)))
    parts += _doubts(judgement, told, district, is_described=checked.post.is_described)
    remedies = _remedies([concern.matter for concern in told] or _live(check.unspoken), district)
    if remedies:
        parts += [Paragraph(text="What would make it fine, as we suggest:"), Bullets(items=remedies)]
    parts += _whom_to_tell(checked, district, contact)
    parts += [_question(fact, question_id, district) for fact in check.asks]
    if not checked.post.is_described and not was_cut and masked_types(checked.post.text):
        parts.append(CopyText(label="Your draft without the personal data", text=checked.post.text))
    if was_cut:
        parts.append(Paragraph(text=answers.CUT))
    parts.append(_last_buttons(judgement, district, question_id))
    return Reply(parts=tuple(parts))


def _marked(checked: CheckedPost, told: Sequence[Concern]) -> list[Part]:
    """Show the draft with the parts that concerns and personal data mark."""
    text = checked.post.text
    labels: list[tuple[int, int, str]] = []
    for concern in told:
        if concern.segment is not None and checked.segments:
            start, end = checked.segments[concern.segment]
            if start >= 0:
                labels.append((start, end, MATTER_WORDS[concern.matter].name))
    for mark in MARKS.values():
        place = text.find(mark)
        while place >= 0:
            labels.append((place, place + len(mark), ""))  # "[phone number]" says itself what it is
            place = text.find(mark, place + 1)
    if not labels:
        return []
    spans = _spans(text, labels)
    if len(text) > LONGEST_MARKED_CHARACTERS:
        marked = [span for span in spans if span.is_marked]
        spans = tuple(piece for span in marked for piece in (span, Span(text=" … ")))
    return [MarkedText(label="Your draft, with what the clauses concern", spans=spans)]


def _spans(text: str, labels: Sequence[tuple[int, int, str]]) -> tuple[Span, ...]:
    """Cut a text at every beginning and end of a mark; a mark's note stands where the mark ends."""
    borders = sorted({0, len(text), *(start for start, _, _ in labels), *(end for _, end, _ in labels)})
    spans = []
    for start, end in pairwise(borders):
        covering = [label for label in labels if label[0] <= start and end <= label[1]]
        notes = dict.fromkeys(note for _, last, note in covering if last == end and note)
        spans.append(Span(text=text[start:end], is_marked=bool(covering), note=", ".join(notes)))
    return tuple(spans)


def _quotes(judgement: Judgement, document: str) -> list[Part]:
    shown = judgement.matches[: judgement.shown]
    return [answers.quote(match.clause, document) for match in shown]


def _what_it_touches(told: Sequence[Concern]) -> str:
    """Name in a few plain words what the clauses below concern, the unsure behind the sure."""
    sure = dict.fromkeys(MATTER_WORDS[concern.matter].name for concern in told if not concern.is_doubt)
    names = (MATTER_WORDS[concern.matter].name for concern in told if concern.is_doubt)
    unsure = dict.fromkeys(name for name in names if name not in sure)
    sentences = [f"It touches: {', '.join(sure)}."] if sure else []
    sentences += [f"It may touch: {', '.join(unsure)}."] if unsure else []
    return " ".join(sentences)


def _doubts(judgement: Judgement, told: Sequence[Concern], district: District, *, is_described: bool) -> list[Part]:
    """Say what the check is not sure of, where "it may touch" has not said it already."""
    if any(concern.is_doubt for concern in told):
        return []
    if judgement.verdict is Verdict.ALLOWED and not judgement.matches:
        return [Paragraph(text=f"I found no clause in {district.possessive} guidelines that speaks to it.")]
    if not told and is_described and judgement.verdict is Verdict.ALLOWED_WITH_CONDITIONS:
        return [
            Paragraph(text="Paste the text of the post itself, or tell me what is in the picture, and I look again.")
        ]
    if judgement.is_unsure and judgement.verdict is not Verdict.ALLOWED:
        return [Paragraph(text=f"I may not have read it right. If in doubt, ask the {district.specialist.title}.")]
    return []


def _live(unspoken: Sequence[str]) -> list[str]:
    """A live matter is warned of even where no clause speaks to it."""
    return [matter for matter in unspoken if matters()[matter].force is Force.SPECIALIST]


def _remedies(raised: Sequence[str], district: District) -> tuple[str, ...]:
    where = f" in {district.consent_system}" if district.consent_system else ""
    words = (
        MATTER_WORDS[matter].remedy.format(consent_system=where, specialist=district.specialist.title)
        for matter in raised
    )
    return tuple(dict.fromkeys(filter(None, words)))[:5]


def _whom_to_tell(checked: CheckedPost, district: District, contact: ClauseQuote | None) -> list[Part]:
    """Name who decides or has to know, with the contact as the document prints it."""
    verdict = checked.judgement.verdict
    account = any(concern.matter in ACCOUNT_CHANGES for concern in checked.check.concerns)
    goes_to_specialist = verdict is Verdict.ASK_SPECIALIST or (verdict is Verdict.NEEDS_APPROVAL and account)
    if not goes_to_specialist:
        return []
    parts: list[Part] = []
    if not district.specialist.named_in_guidelines and verdict is Verdict.ASK_SPECIALIST:
        parts.append(Paragraph(text=answers.who_is_the_specialist(district)))
    if contact is not None and district.specialist.named_in_guidelines:
        already = {match.clause.id for match in checked.judgement.matches[: checked.judgement.shown]}
        if contact.clause_id not in already:
            parts += [Paragraph(text="The contact, as the guidelines print it:"), contact]
    elif district.specialist.contact and verdict is Verdict.ASK_SPECIALIST:
        parts.append(Paragraph(text=f"By the district's own settings: {district.specialist.contact}"))
    return parts


def _question(fact: Fact, question_id: str, district: District) -> Choices:
    words = FACT_WORDS[fact]
    possible = words.answers or _platform_answers(district)
    return Choices(
        prompt=words.question,
        buttons=tuple(
            Button(label=label, verb="said", value=f"{question_id} {fact.value} {value}") for label, value in possible
        ),
    )


def is_answer(fact: Fact, answer: str, district: District) -> bool:
    """Tell whether a value is one that a button offers."""
    possible = FACT_WORDS[fact].answers or _platform_answers(district)
    return answer in {value for _, value in possible}


def _platform_answers(district: District) -> tuple[tuple[str, str], ...]:
    approved = [(platform.name, platform.name.lower()) for platform in district.platforms[:4]]
    return (*approved, ("A story or snap", "snapchat"), ("Another", "another platform"))


def _last_buttons(judgement: Judgement, district: District, question_id: str) -> Choices:
    style = ButtonStyle.PLAIN if judgement.verdict is Verdict.ALLOWED else ButtonStyle.PRIMARY
    ask = Button(label="Ask the specialist", verb="refer", value=question_id, style=style)
    buttons = [ask, Button(label="That helped", verb="helpful", value=question_id)]
    buttons.append(Button(label="That is wrong", verb="unhelpful", value=question_id))
    if district.specialist.contact_clause or district.specialist.contact:
        buttons.append(Button(label="Contact", verb="contact", value=question_id))
    return Choices(buttons=tuple(buttons))
