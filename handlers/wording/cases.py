"""What the specialist channel reads of a case: its card, its pings, and the forms under it."""

from collections.abc import Sequence
from datetime import datetime

from handlers.replies import (
    Bullets,
    Button,
    ButtonStyle,
    Choices,
    ClauseQuote,
    MarkedText,
    Mentioned,
    Mentions,
    Paragraph,
    Part,
    Reply,
    Span,
    Thread,
)
from handlers.wording.names import account_name, day, day_and_hour, hour, named_with_email, person_name, took
from knowledge.cases import (
    LONGEST_SAID_CHARACTERS,
    Arrival,
    Case,
    CaseKind,
    CaseOutcome,
    CaseState,
    CaseStep,
    PingStep,
    TimelineEntry,
)
from knowledge.district import District
from knowledge.handles import platform_title
from knowledge.people import Person
from knowledge.registry import Account

MOST_STEPS_SHOWN = 6
"""Latest steps on a card; the whole timeline is a press away. Our own figure."""

OUTCOMES = {
    CaseOutcome.RESPONDED: "A response was posted",
    CaseOutcome.ANSWERED: "The question was answered",
    CaseOutcome.TAKEN_DOWN: "The content was taken down",
    CaseOutcome.HANDED_ON: "Handed on to another office or the police",
    CaseOutcome.NOTHING_TO_DO: "Nothing had to be done",
}
KINDS = {
    CaseKind.SAFETY: "SAFETY, a person may be in danger",
    CaseKind.CONTROVERSY: "a controversial-post situation",
    CaseKind.QUESTION: "a question for the specialist",
}


def card(
    case: Case,
    *,
    district: District,
    timeline: Sequence[TimelineEntry],
    account: Account | None,
    similar: Sequence[Case],
    joined: Sequence[Case],
    quotes: Sequence[ClauseQuote],
    woken: Sequence[Mentioned],
) -> Reply:
    """Draw a case for those who work on it; the same card is edited with every step.

    Parameters
    ----------
    similar
        Other live cases that may tell of the same matter.
    joined
        Cases that are worked on as one with it.
    woken
        Whom the platform should notify; only where the card is new, an edit notifies nobody.
    """
    parts: list[Part] = [Paragraph(text=f"{case.name}: {KINDS[case.kind]}", is_headline=True)]
    if woken:
        parts.append(Mentions(people=tuple(woken)))
    parts += [
        Paragraph(text=_status(case, district)),
        told(case.summary),
        Bullets(items=tuple(_facts(case, account, joined))),
    ]
    for other in similar:
        parts.append(Paragraph(text=f"Perhaps the same as {other.name}, opened at {hour(other.opened_at, district)}."))
    parts.append(Choices(buttons=tuple(_buttons(case, similar, joined))))
    parts += quotes
    if timeline:
        parts.append(Bullets(items=tuple(_latest(timeline, case, district))))
    if case.state is not CaseState.JOINED:
        parts.append(
            Thread(
                hint=f"Write here to {_openers(case, joined)}. Begin with note: to keep it among yourselves.",
                max_characters=LONGEST_SAID_CHARACTERS,
            )
        )
    return Reply(parts=tuple(parts))


def told(summary: str) -> MarkedText:
    """Show what somebody wrote, as it is kept."""
    return MarkedText(
        label="What they wrote, personal data masked",
        spans=(Span(text=summary or "No longer kept."),),
    )


def _openers(case: Case, joined: Sequence[Case]) -> str:
    names = dict.fromkeys(person_name(each.opener) for each in (case, *joined) if each is case or each.takes_part)
    return " and ".join(names)


def _status(case: Case, district: District) -> str:
    match case.state:
        case CaseState.OPEN:
            return (
                f"Nobody has claimed it. Opened on {day(case.opened_at, district)}, {hour(case.opened_at, district)}."
            )
        case CaseState.CLAIMED:
            since = (
                f", since {day(case.claimed_at, district)}, {hour(case.claimed_at, district)}"
                if case.claimed_at
                else ""
            )
            return f"{person_name(case.claimed_by) if case.claimed_by else 'Somebody'} has it{since}."
        case CaseState.JOINED:
            return f"It is worked on as one with C-{case.joined_to}."
        case CaseState.RESOLVED:
            by = f" by {person_name(case.resolved_by)}" if case.resolved_by else ""
            how = f": {OUTCOMES[case.outcome]}" if case.outcome else ""
            return f"Resolved{by}{how}."


def _facts(case: Case, account: Account | None, joined: Sequence[Case]) -> list[str]:
    facts = [f"From {_reached_by(each.opener)}" for each in (case, *joined)]
    if case.school:
        facts.append(f"School or office: {case.school}")
    if case.platform:
        facts.append(f"Platform: {platform_title(case.platform)}")
    facts += [f"Link: {link}" for link in case.links]
    if account is not None:
        people = "; ".join(named_with_email(person) for person in account.accepted) or "nobody who has accepted"
        facts.append(f"Account: {account_name(account)}. Its administrators: {people}")
    if joined:
        facts.append(f"With it: {', '.join(each.name for each in joined)}")
    if case.ruling:
        facts.append(f"In the specialist's words: {case.ruling}")
    return facts


_PLATFORMS = {"slack": "Slack", "teams": "Teams", "local": "this page"}


def _reached_by(person: Person) -> str:
    name = person_name(person)
    email = f", {person.email}" if person.email and person.email != name else ""
    return f"{name}{email}, writing from {_PLATFORMS.get(person.platform, person.platform) or 'somewhere'}"


_STEPS = {
    CaseStep.OPENED: "{who} opened it",
    CaseStep.PINGED: "brought up again, nobody had claimed it",
    CaseStep.DEPUTY_ASKED: "brought up again, the deputy was asked",
    CaseStep.PHONE_GIVEN: "brought up again, its opener was given the phone number",
    CaseStep.CLAIMED: "{who} claimed it",
    CaseStep.UNCLAIMED: "{who} gave it back",
    CaseStep.FORGOTTEN: "unclaimed, nothing was done for too long",
    CaseStep.HANDED_OVER: "{who} handed it over: {text}",
    CaseStep.TAKEN_OVER: "{who} took it over: {text}",
    CaseStep.NOTE: "{who} noted: {text}",
    CaseStep.TO_PERSON: "{who} wrote: {text}",
    CaseStep.FROM_PERSON: "{who} added: {text}",
    CaseStep.JOINED: "{who} joined it with another: {text}",
    CaseStep.MADE_SAFETY: "marked safety, {who} wrote of danger",
    CaseStep.RESOLVED: "{who} resolved it: {text}",
    CaseStep.REOPENED: "{who} opened it again",
}
LONGEST_STEP_CHARACTERS = 160


def step_line(entry: TimelineEntry, case: Case, district: District) -> str:
    """Say one step of a case in a line."""
    said = _STEPS[entry.step].format(who=person_name(entry.who), text=_shortened(entry.text))
    when = day_and_hour(entry.at, district, now=case.opened_at)
    failed = any(arrival.startswith(Arrival.NOT_DELIVERED.value) for arrival in entry.arrivals.values())
    return f"{when}: {said}{' (not delivered)' if failed else ''}"


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_STEP_CHARACTERS else f"{line[:LONGEST_STEP_CHARACTERS]}…"


def _latest(timeline: Sequence[TimelineEntry], case: Case, district: District) -> list[str]:
    left_out = len(timeline) - MOST_STEPS_SHOWN
    lines = [step_line(entry, case, district) for entry in timeline[-MOST_STEPS_SHOWN:]]
    return [f"{left_out} earlier steps: press Timeline", *lines] if left_out > 0 else lines


def _buttons(case: Case, similar: Sequence[Case], joined: Sequence[Case]) -> list[Button]:
    value = str(case.number)
    timeline = Button(label="Timeline", verb="case-timeline", value=value)
    match case.state:
        case CaseState.OPEN:
            buttons = [
                claim_button(case),
                Button(label="Resolve", verb="case-resolve", value=value),
                Button(label="Add a note", verb="case-note", value=value),
            ]
        case CaseState.CLAIMED:
            buttons = [
                Button(label="Resolve", verb="case-resolve", value=value, style=ButtonStyle.PRIMARY),
                Button(label="Add a note", verb="case-note", value=value),
                Button(label="Hand over", verb="case-hand-over", value=value),
                Button(label="Give it back", verb="case-unclaim", value=value),
                Button(label="Take it over", verb="case-take-over", value=value),
            ]
        case CaseState.JOINED:
            return [timeline]
        case CaseState.RESOLVED:
            return [
                Button(label="Save as precedent", verb="precedent", value=value),
                Button(label="Open it again", verb="case-reopen", value=value),
                timeline,
            ]
    buttons += [
        Button(label=f"Same as {other.name}", verb="case-join", value=f"{case.number}.{other.number}")
        for other in similar
    ]
    buttons += [
        Button(label=f"Let {other.name} take part", verb="case-join", value=f"{other.number}.{case.number}")
        for other in joined
        if not other.takes_part
    ]
    return [*buttons, timeline]


def claim_button(case: Case) -> Button:
    """The button by which a case is claimed."""
    return Button(label="Claim", verb="case-claim", value=str(case.number), style=ButtonStyle.PRIMARY)


def mentioned(person: Person) -> Mentioned:
    """Name a person whom the platform should notify."""
    return Mentioned(platform=person.platform, id=person.id, name=person_name(person))


def ping(
    case: Case,
    step: PingStep,
    *,
    district: District,
    now: datetime,
    woken: Sequence[Mentioned],
    has_phone: bool,
    absent: str = "",
) -> Reply:
    """Bring an unclaimed case up again.

    Parameters
    ----------
    has_phone
        True where a clause or the district's settings give a contact.
    absent
        Why a deputy could not be asked; empty where that was not tried, or one was.
    """
    minutes = int((now - case.opened_at).total_seconds() // 60)
    waited = f"{minutes} minutes" if minutes < 180 else f"since {day_and_hour(case.opened_at, district, now=now)}"
    parts: list[Part] = [
        Paragraph(
            text=f"{case.name} still waits: {KINDS[case.kind]}. Nobody has claimed it for {waited}.", is_headline=True
        )
        if minutes < 180
        else Paragraph(text=f"{case.name} still waits {waited}: {KINDS[case.kind]}.", is_headline=True)
    ]
    if woken:
        parts.append(Mentions(people=tuple(woken)))
    if step is PingStep.DEPUTY:
        parts.append(Paragraph(text=absent or "The deputy was asked as well."))
    if step is PingStep.PHONE:
        how = (
            "how to reach you by phone"
            if has_phone
            else "to call their principal or supervisor: no phone number is set"
        )
        parts.append(Paragraph(text=f"{person_name(case.opener)} was told {how}."))
    parts += [told(case.summary), Choices(buttons=(claim_button(case),))]
    return Reply(parts=tuple(parts))


def more_danger(case: Case, words: str, *, woken: Sequence[Mentioned]) -> Reply:
    """Wake the channel because the opener of a case that it knows tells of danger."""
    has_it = f" {person_name(case.claimed_by)} has it." if case.claimed_by else " Nobody has claimed it."
    parts: list[Part] = [Paragraph(text=f"{case.name}: {KINDS[CaseKind.SAFETY]}.{has_it}", is_headline=True)]
    if woken:
        parts.append(Mentions(people=tuple(woken)))
    parts.append(
        MarkedText(label=f"{person_name(case.opener)} writes now, personal data masked", spans=(Span(text=words),))
    )
    if case.state is CaseState.OPEN:
        parts.append(Choices(buttons=(claim_button(case),)))
    return Reply(parts=tuple(parts))


def ping_at_rest(case: Case, entry: TimelineEntry, *, district: District) -> Reply:
    """Draw a ping that asks for nothing any more."""
    return Reply(
        parts=(
            Paragraph(text=f"{case.name} was brought up at {hour(entry.at, district)}. Its card says how far it is."),
        )
    )


def asks_deputy(case: Case, *, district: District) -> Reply:
    """Ask a deputy in person to claim a case."""
    return Reply(
        parts=(
            Paragraph(
                text=f"{case.name} waits for somebody: {KINDS[case.kind]}. The {district.specialist.title} has not claimed it.",
                is_headline=True,
            ),
            told(case.summary),
            Paragraph(text=f"From {_reached_by(case.opener)}."),
            Choices(buttons=(claim_button(case),)),
        )
    )


def no_deputy(*, is_set: bool) -> str:
    """Say why no deputy was asked."""
    if is_set:
        return "No deputy could be written to: none of them has ever written to Postwise."
    return "No deputy is named in the district's settings, so nobody else was asked."


def still_claimed(case: Case, *, district: District) -> Reply:
    """Remind whoever has a case that nothing was done with it."""
    who = person_name(case.claimed_by) if case.claimed_by else "Somebody"
    return Reply(
        parts=(
            Paragraph(
                text=f"{case.name}: {who} has had it since {hour(case.active_at, district)} without a step.",
                is_headline=True,
            ),
            Paragraph(text="A message, a note or its outcome counts as one. Otherwise it goes back to everybody."),
            told(case.summary),
            Choices(
                buttons=(
                    Button(label="Still on it", verb="case-still", value=str(case.number), style=ButtonStyle.PRIMARY),
                    Button(label="Resolve", verb="case-resolve", value=str(case.number)),
                    Button(label="Give it back", verb="case-unclaim", value=str(case.number)),
                )
            ),
        )
    )


def given_back(case: Case, by: Person | None, *, woken: Sequence[Mentioned]) -> Reply:
    """Tell the channel that a case has nobody any more."""
    first = (
        f"{person_name(by)} gave {case.name} back."
        if by
        else f"{case.name} was unclaimed: nothing was done for too long."
    )
    parts: list[Part] = [Paragraph(text=f"{first} It needs somebody: {KINDS[case.kind]}.", is_headline=True)]
    if woken:
        parts.append(Mentions(people=tuple(woken)))
    return Reply(parts=(*parts, told(case.summary), Choices(buttons=(claim_button(case),))))


def lost_claim(case: Case, by: Person) -> Reply:
    """Tell somebody that another has taken over the case that they had."""
    return Reply(
        parts=(
            Paragraph(text=f"{person_name(by)} has taken {case.name} over from you.", is_headline=True),
            Paragraph(text="It stands in its timeline. Speak with them if you are in the middle of it."),
        )
    )


def got_claim(case: Case, by: Person) -> Reply:
    """Tell somebody that a case was handed to them."""
    return Reply(
        parts=(
            Paragraph(text=f"{person_name(by)} handed {case.name} over to you: {KINDS[case.kind]}.", is_headline=True),
            told(case.summary),
            Paragraph(text="Its card stands in the specialist channel."),
        )
    )


def done(case: Case, *, district: District) -> Reply:
    """Answer a press that was made elsewhere than in the channel."""
    return Reply(
        parts=(
            Paragraph(text=f"{case.name}: {_status(case, district)}", is_headline=True),
            Paragraph(text="Its card stands in the specialist channel."),
        )
    )


def whole_timeline(case: Case, timeline: Sequence[TimelineEntry], *, district: District) -> Reply:
    """Tell everything that happened to a case, with the times that it took."""
    parts: list[Part] = [Paragraph(text=f"{case.name}: {_status(case, district)}", is_headline=True)]
    if timeline:
        parts.append(Bullets(items=tuple(_whole(entry, district) for entry in timeline)))
    else:
        parts.append(Paragraph(text="What was said in it is no longer kept."))
    times = []
    if case.first_claimed_at:
        times.append(f"Claimed after {took(case.first_claimed_at - case.opened_at)}.")
    if case.resolved_at:
        times.append(f"Resolved after {took(case.resolved_at - case.opened_at)}.")
    if times:
        parts.append(Paragraph(text=" ".join(times)))
    return Reply(parts=tuple(parts))


def _whole(entry: TimelineEntry, district: District) -> str:
    said = _STEPS[entry.step].format(who=person_name(entry.who), text=" ".join(entry.text.split()))
    arrivals = f" ({', '.join(dict.fromkeys(entry.arrivals.values()))})" if entry.arrivals else ""
    return f"{day(entry.at, district)}, {hour(entry.at, district)}: {said}{arrivals}"


def open_cases(cases: Sequence[Case], *, district: District, now: datetime) -> Reply:
    """List the live cases for a specialist."""
    if not cases:
        return Reply(parts=(Paragraph(text="No case is open.", is_headline=True),))
    lines = [
        f"{case.name}, {case.kind.value}, opened {day_and_hour(case.opened_at, district, now=now)}: "
        f"{_status(case, district).partition(' Opened')[0]} {_shortened(case.summary)}"
        for case in cases
    ]
    return Reply(
        parts=(
            Paragraph(text=f"{len(cases)} case{'s are' if len(cases) != 1 else ' is'} open.", is_headline=True),
            Bullets(items=tuple(lines)),
        )
    )
