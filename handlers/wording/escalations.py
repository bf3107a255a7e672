"""What staff read when something is brought before the specialist: what will be sent, that it was sent, how far it is."""

from collections.abc import Sequence
from datetime import datetime

from handlers.replies import (
    Bullets,
    Button,
    ButtonStyle,
    Choices,
    ClauseQuote,
    MarkedText,
    Paragraph,
    Part,
    Reply,
    Span,
    Thread,
)
from handlers.wording.answers import who_is_the_specialist
from handlers.wording.matters import question_and_answer
from handlers.wording.names import day, day_and_hour, hour, person_name
from knowledge.cases import (
    LONGEST_SAID_CHARACTERS,
    LONGEST_SUMMARY_CHARACTERS,
    URGENT_FIRST,
    Case,
    CaseKind,
    CaseState,
    TimelineEntry,
)
from knowledge.district import District
from knowledge.questions import QuestionRecord

_SENT_LABEL = "What was sent, personal data masked"


def told_of(question: QuestionRecord) -> str:
    """Put a remembered question, with the post that it was about, into the words of a case."""
    lines = [question.masked_text]
    kept = question.post
    if kept and kept["text"]:
        if kept["text"] not in question.masked_text:
            lines.append(f"The post: {kept['text']}")
        if kept["attachment"] and kept["attachment"] not in question.masked_text:
            lines.append(f"Attached: {kept['attachment']}")
        lines += [question_and_answer(fact, answer) for fact, answer in kept["said"].items()]
    return "\n".join(lines)


def preview(
    summary: str, kind: CaseKind, *, district: District, question_id: str, quote: ClauseQuote | None, known: Case | None
) -> Reply:
    """Show what would be sent, before anybody is pinged.

    Parameters
    ----------
    quote
        The clause that asks to work together with the specialist; None where the district has none.
    known
        A live case of the same person, to which it can be added.
    """
    parts: list[Part] = [
        *safety_first(kind, district),
        Paragraph(
            text=f"This is what the {district.specialist.title} will read. Nothing was sent yet.", is_headline=True
        ),
        *sending(summary, kind, question_id=question_id, known=known),
    ]
    if quote is not None and kind is CaseKind.CONTROVERSY:
        parts.append(quote)
    if not district.specialist.named_in_guidelines:
        parts.append(Paragraph(text=who_is_the_specialist(district)))
    return Reply(parts=tuple(parts))


def sending(summary: str, kind: CaseKind, *, question_id: str, known: Case | None = None) -> tuple[Part, ...]:
    """Show what would be sent, with the buttons that send, change or drop it."""
    buttons = []
    if known is not None:
        buttons.append(
            Button(
                label=f"Add it to {known.name}",
                verb="case-add",
                value=f"{known.number}.{question_id}",
                style=ButtonStyle.PRIMARY,
            )
        )
    style = ButtonStyle.PLAIN if known is not None else ButtonStyle.PRIMARY
    buttons.append(Button(label="Send it", verb="escalate", value=question_id, style=style))
    if kind is CaseKind.QUESTION:
        buttons.append(Button(label="Send it as urgent", verb="escalate-urgent", value=question_id))
    buttons.append(Button(label="Change it first", verb="escalate-edit", value=question_id))
    buttons.append(Button(label="Do not send", verb="escalate-cancel", value=question_id))
    return (
        MarkedText(label="What will be sent, personal data masked", spans=(Span(text=_cut(summary)),)),
        Choices(buttons=tuple(buttons)),
    )


UNKNOWN_ACCOUNT = "Account, as they wrote it, not in the registry:"

A_MISTAKE = "It was a mistake, its opener says."


def mistake_told(case: Case) -> Reply:
    """Say that the specialists were told of a mistake, and that they close the case."""
    return _line(f"Thank you. It stands on {case.name} that it was a mistake; whoever looks at it closes it.")


def opened(
    case: Case,
    *,
    district: District,
    quotes: Sequence[ClauseQuote],
    contact: ClauseQuote | None,
    plan: str,
) -> Reply:
    """Draw the opener's card of a case that was just opened: what was sent, what happens next, and whom to call."""
    return status(
        case,
        case,
        district=district,
        timeline=(),
        quotes=quotes,
        contact=contact_of(contact, case.kind, district=district),
        plan=plan,
    )


def with_offer(
    reply: Reply,
    summary: str,
    *,
    question_id: str,
    quote: ClauseQuote | None,
    known: Case | None,
    district: District,
) -> Reply:
    """Put what one press would send under the answer to an alarm, in the place of its other buttons."""
    headlines = [part for part in reply.parts if isinstance(part, Paragraph) and part.is_headline]
    others = [part for part in reply.parts if part not in headlines and not _sends(part)]
    if quote is not None and not any(
        isinstance(part, ClauseQuote) and part.clause_id == quote.clause_id for part in others
    ):
        others.append(quote)
    return Reply(
        parts=(
            *headlines,
            Paragraph(text=f"Nothing was sent yet. One press brings it before the {district.specialist.title}."),
            # Whoever is in a hurry need not scroll past the clauses to the button.
            *sending(summary, CaseKind.CONTROVERSY, question_id=question_id, known=known),
            *others,
        )
    )


def _sends(part: Part) -> bool:
    return isinstance(part, Choices) and any(button.verb == "refer" for button in part.buttons)


def with_add_button(reply: Reply, case: Case, *, question_id: str) -> Reply:
    """Let somebody add what they wrote to the case that they have open."""
    button = Button(label=f"Add it to {case.name}", verb="case-add", value=f"{case.number}.{question_id}")
    prompt = f"Was this meant for {case.name}?"
    return Reply(parts=(*reply.parts, Choices(buttons=(button,), prompt=prompt)))


def how_to(*, district: District) -> Reply:
    """Explain /escalate."""
    return Reply(
        parts=(
            Paragraph(text=f"/escalate brings a situation before the {district.specialist.title}.", is_headline=True),
            Paragraph(
                text="Write /escalate and what happened, for example: /escalate our page is flooded with comments about the coach. "
                "You see what will be sent before it goes, personal data masked."
            ),
            Paragraph(text=district.emergency_wording),
        )
    )


def dropped() -> Reply:
    """Say that nothing was sent."""
    return Reply(parts=(Paragraph(text="Nothing was sent. Write /escalate whenever you want to.", is_headline=True),))


def status(
    own: Case,
    case: Case,
    *,
    district: District,
    timeline: Sequence[TimelineEntry],
    quotes: Sequence[ClauseQuote] = (),
    contact: Sequence[Part] = (),
    plan: str = "",
) -> Reply:
    """Draw the card that a case's opener keeps; it is edited with every step.

    Parameters
    ----------
    own
        The case that they opened.
    case
        The case that is worked on: the same, or the one that theirs was joined to.
    timeline
        Steps of the case that is worked on, in order.
    quotes, contact
        Clauses, and how to reach the specialist; shown when it is opened.
    plan
        What happens next, and when.
    """
    parts: list[Part] = []
    if case.is_live:
        parts += safety_first(min(own.kind, case.kind, key=URGENT_FIRST.index), district)
    parts.append(Paragraph(text=_how_far(own, case, district), is_headline=True))
    if plan:
        parts.append(Paragraph(text=plan))
    parts += contact
    parts += quotes
    may_read = own.number == case.number or own.takes_part
    if case.state is CaseState.RESOLVED and case.ruling and may_read:
        parts.append(_in_their_words(case))
    added = [entry for entry in timeline if entry.step.value == "from person" and own.is_of(entry.who)]
    parts.append(MarkedText(label=_SENT_LABEL, spans=(Span(text=own.summary or "No longer kept."),)))
    if added:
        parts.append(Paragraph(text=f"Added since: {len(added)} message{'s' if len(added) != 1 else ''}."))
    if own.kind is CaseKind.SAFETY and case.state is CaseState.OPEN:
        mistake = Button(label="It was a mistake", verb="case-mistake", value=str(own.number))
        parts.append(Choices(buttons=(mistake,)))
    parts.append(
        Thread(
            hint=f"Add something for {_who(case, district)}.",
            max_characters=LONGEST_SAID_CHARACTERS,
        )
    )
    return Reply(parts=tuple(parts))


def _who(case: Case, district: District) -> str:
    return person_name(case.claimed_by) if case.claimed_by else f"the {district.specialist.title}"


def _in_their_words(case: Case) -> MarkedText:
    by = person_name(case.resolved_by) if case.resolved_by else "the specialist"
    return MarkedText(label=f"In the words of {by}", spans=(Span(text=case.ruling),))


def safety_first(kind: CaseKind, district: District) -> list[Part]:
    """Return the district's emergency wording where somebody may be in danger; nothing else ever stands before it."""
    return [Paragraph(text=district.emergency_wording, is_headline=True)] if kind is CaseKind.SAFETY else []


def going_on(kind: CaseKind, *, district: District) -> str:
    """Say what happens with a case that still waits, without a moment that may have passed."""
    if kind is CaseKind.SAFETY:
        return (
            f"Until somebody claims it, it is brought up again every {district.cases.safety_minutes} minutes, "
            "by day and by night."
        )
    return "It is brought up again until somebody claims it."


def _how_far(own: Case, case: Case, district: District) -> str:
    is_other = own.number != case.number
    joined = f" It is worked on as one with {case.name}." if is_other and case.is_live else ""
    match case.state:
        case CaseState.OPEN:
            at = hour(own.opened_at, district)
            return f"{own.name} is with the {district.specialist.title} since {at}. Nobody has claimed it yet.{joined}"
        case CaseState.CLAIMED:
            return f"{own.name}: {person_name(case.claimed_by) if case.claimed_by else 'somebody'} has it now.{joined}"
        case CaseState.JOINED:
            return f"{own.name} is worked on as one with C-{case.joined_to}."
        case CaseState.RESOLVED:
            on = f" on {day(case.resolved_at, district)}" if case.resolved_at else ""
            return f"{own.name} is resolved{on}."


def plan(
    kind: CaseKind, *, district: District, is_open: bool, opens_at: datetime, again_at: datetime, now: datetime
) -> str:
    """Say what happens next with a case that was just opened, and when."""
    again = day_and_hour(again_at, district, now=now)
    match kind:
        case CaseKind.SAFETY:
            closed = "" if is_open else "The office is closed now, and the channel is pinged all the same. "
            return (
                f"It was sent at once, because somebody may be in danger. {closed}{going_on(kind, district=district)}"
            )
        case CaseKind.CONTROVERSY if is_open:
            return f"If nobody has claimed it by {again}, it is brought up again, then the deputy is asked."
        case CaseKind.CONTROVERSY:
            opens = day_and_hour(opens_at, district, now=now)
            return (
                f"The office is closed now. It stands in the channel already; the office opens {opens}, and if nobody has "
                f"claimed it by {again}, it is brought up again. Is somebody in danger? {district.emergency_wording}"
            )
        case CaseKind.QUESTION:
            return f"If nobody has answered by {again}, it is brought up again."


def contact_of(quote: ClauseQuote | None, kind: CaseKind, *, district: District) -> tuple[Part, ...]:
    """Tell how to reach the specialist, only as the document or the district's settings print it."""
    if quote is not None:
        return (Paragraph(text="If it cannot wait, the guidelines give this contact:"), quote)
    if district.specialist.contact:
        return (
            Paragraph(text=f"If it cannot wait, by {district.possessive} own settings: {district.specialist.contact}"),
        )
    if kind is CaseKind.SAFETY:
        return (
            Paragraph(text="The district has set no phone number. Call your principal or your supervisor as well."),
        )
    return ()


def phone_given(case: Case, quote: ClauseQuote | None, *, district: District) -> Reply:
    """Give the number to whoever waits, because nobody has claimed their case."""
    parts = safety_first(case.kind, district)
    parts.append(Paragraph(text=f"Nobody has claimed {case.name} yet. Please call.", is_headline=True))
    if quote is not None:
        parts += [Paragraph(text="The guidelines give this contact:"), quote]
    elif district.specialist.contact:
        parts.append(Paragraph(text=f"By {district.possessive} own settings: {district.specialist.contact}"))
    else:
        parts.append(
            Paragraph(
                text=f"{district.possessive} guidelines print no phone number and the district has set none. "
                "Call your principal or your supervisor."
            )
        )
    parts.append(Paragraph(text="I go on bringing it up in the channel until somebody claims it."))
    return Reply(parts=tuple(parts))


def known_already(case: Case, main: Case, *, district: District) -> Reply:
    """Say that a question was brought before the specialist before.

    Parameters
    ----------
    main
        The case that is worked on: the same, or the one that it was joined to.
    """
    return Reply(
        parts=(
            *safety_first(case.kind, district),
            Paragraph(text=f"It was sent already, as {case.name}. Nothing was sent twice.", is_headline=True),
            Paragraph(text=_how_far(case, main, district)),
        )
    )


def added(case: Case, summary: str, question_id: str, *, district: District, is_danger: bool) -> Reply:
    """Say that another message was added to a case that is live already; where it tells of danger, safety first."""
    parts: list[Part] = []
    if is_danger:
        parts.append(Paragraph(text=district.emergency_wording, is_headline=True))
    parts += [
        Paragraph(
            text=f"I have added this to {case.name}, which you opened at {hour(case.opened_at, district)}.",
            is_headline=True,
        ),
        MarkedText(label=_SENT_LABEL, spans=(Span(text=_cut(summary)),)),
    ]
    if question_id:
        parts.append(
            Choices(buttons=(Button(label="It is another matter", verb="escalate-another", value=question_id),))
        )
    return Reply(parts=tuple(parts))


def claimed(case: Case) -> Reply:
    """Tell the opener who works on it now."""
    return _line(
        f"{person_name(case.claimed_by) if case.claimed_by else 'Somebody'} has claimed {case.name} and will write to you here."
    )


def given_back(case: Case, *, district: District) -> Reply:
    """Tell the opener that nobody has it for the moment."""
    return _line(
        f"{case.name} is back with everybody in the {district.specialist.title}'s channel. I bring it up until somebody claims it."
    )


def resolved(case: Case, outcome: str) -> Reply:
    """Tell the opener how it ended."""
    return Reply(
        parts=(
            Paragraph(text=f"{case.name} is resolved: {outcome.lower()}.", is_headline=True),
            _in_their_words(case),
        )
    )


def reopened(case: Case, by: str) -> Reply:
    """Tell the opener that it is worked on again."""
    return _line(f"{by} has opened {case.name} again.")


def settled(case: Case) -> Reply:
    """Tell an opener who does not take part in the talk that the matter is over."""
    return _line(f"The matter of {case.name} is resolved. Write under its card if it goes on.")


def same_matter(known: Case, *, question_id: str, district: District) -> Reply:
    """Ask whether something that is to be sent is what somebody has told of already."""
    since = hour(known.opened_at, district)
    yes = Button(
        label=f"Yes, add mine to {known.name}",
        verb="escalate-same",
        value=f"{known.number}.{question_id}",
        style=ButtonStyle.PRIMARY,
    )
    no = Button(label="No, it is another matter", verb="escalate-another", value=question_id)
    return Reply(
        parts=(
            Paragraph(text=f"{known.name} tells of the same since {since}. Is it this?", is_headline=True),
            Paragraph(text="Nothing was sent yet."),
            Choices(buttons=(yes, no)),
        )
    )


def joined(case: Case, main: Case) -> Reply:
    """Tell the opener that theirs is worked on together with another."""
    return _line(f"{case.name} is now worked on as one with {main.name}, which tells of the same.")


def one_of_mine(case: Case, main: Case, *, district: District) -> Reply:
    """Tell how far one case has come."""
    return _line(_how_far(case, main, district))


def mine(cases: Sequence[Case], *, district: District, now: datetime) -> Reply:
    """List somebody's own cases."""
    if not cases:
        return _line("You have brought nothing before the specialist so far. Write /escalate to do so.")
    lines = tuple(
        f"{case.name}, opened {day_and_hour(case.opened_at, district, now=now)}: {_state_word(case)}" for case in cases
    )
    return Reply(parts=(Paragraph(text="Your cases, the newest first:", is_headline=True), Bullets(items=lines)))


def _state_word(case: Case) -> str:
    match case.state:
        case CaseState.OPEN:
            return "nobody has claimed it yet"
        case CaseState.CLAIMED:
            return f"{person_name(case.claimed_by) if case.claimed_by else 'somebody'} has it"
        case CaseState.JOINED:
            return f"worked on as one with C-{case.joined_to}"
        case CaseState.RESOLVED:
            return "resolved"


def _line(text: str) -> Reply:
    return Reply(parts=(Paragraph(text=text, is_headline=True),))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SUMMARY_CHARACTERS else f"{text[:LONGEST_SUMMARY_CHARACTERS]}…"
