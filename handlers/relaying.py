"""The talk of a case: what is written under its card reaches the other side, and both see whether it arrived."""

from __future__ import annotations

import re

from handlers import cases, reporting
from handlers.context import HandlerContext
from handlers.incoming import ThreadMessage
from handlers.outcome import Outcome, Reminder
from handlers.telling import Telling
from handlers.wording import escalations, problems, relays
from handlers.wording.names import person_name
from knowledge.cases import (
    LONGEST_SAID_CHARACTERS,
    Arrival,
    Case,
    CaseNotFoundError,
    CaseState,
    CaseStep,
    NotOfThisCaseError,
    TimelineEntry,
    may_work,
)
from knowledge.search.danger import tells_of_danger

_KEPT_HERE = re.compile(r"//\s*|[\W_]*(?:@\S+\s+)*[\W_]*notes?\b[\W_]*", re.IGNORECASE)
"""How a message begins that stays among the specialists; where it is in doubt, it stays."""


async def said(message: ThreadMessage, context: HandlerContext) -> Outcome:
    """Bring what was written under a card to the other side of its case.

    Raises
    ------
    CaseNotFoundError, NotOfThisCaseError
        As their names say.
    """
    district = context.shelf.district
    card = await context.unit.outbox.card_of(
        district_id=district.id, conversation=message.conversation, message_id=message.message
    )
    if not card.startswith("case/"):
        return Outcome(reply=problems.thread_of_nothing(), is_promised=False)
    own = await cases.case_of(card.removeprefix("case/").partition("/")[0], context)
    case = await cases.main_case(own, context)
    text = message.text.strip()
    if len(text) > LONGEST_SAID_CHARACTERS:
        text = text[: LONGEST_SAID_CHARACTERS - len(relays.CUT)] + relays.CUT
    cases.check_staff(message.person)
    telling = Telling(context)
    is_in_channel = message.conversation == context.channel
    if is_in_channel and not may_work(message.person, district.roles_of(message.person)):
        telling.channel(relays.not_sent(district=district), thread=own.subject)
    elif not is_in_channel and not own.is_of(message.person):
        raise NotOfThisCaseError(own)
    elif is_in_channel and own.number != case.number:
        return Outcome(reply=relays.write_under(case), is_promised=False)
    elif not text and not message.attachment_names:
        return Outcome(reply=relays.nothing_said(), is_promised=False)
    elif is_in_channel:
        return await _from_specialist(case, text, message, context, telling)
    else:
        return await _from_opener(own, case, text, message, context, telling)
    return Outcome(reply=None, posts=telling.posts)


async def _from_specialist(
    case: Case, text: str, message: ThreadMessage, context: HandlerContext, telling: Telling
) -> Outcome:
    who, district = message.person, context.shelf.district
    begins = _KEPT_HERE.match(text)
    if begins:
        noted = await cases.step(case, case, CaseStep.NOTE, who, context, text=text[begins.end() :] or text)
        telling.channel(relays.noted(noted), thread=noted.subject)
        await cases.show(noted, context, telling)
        return Outcome(reply=None, posts=telling.posts)
    # Whoever answers a case that nobody has, has it: two must not answer at once, and nobody is pinged for it any more.
    takes_it = case.state is CaseState.OPEN
    if takes_it:
        await cases.put_pings_to_rest(case, context, telling)
    after = cases.had_by(case, who, context) if takes_it else case
    changed = await context.unit.cases.change(case, cases.active(after, context))
    if takes_it:
        await cases.note(changed, CaseStep.CLAIMED, who, context)
        await cases.tell_openers(escalations.claimed(changed), changed, context, telling)
    entry = await context.unit.cases.note(
        changed,
        CaseStep.TO_PERSON,
        who=who,
        at=context.clock.now(),
        text=relays.with_names(text, message.attachment_names),
    )
    arrivals: dict[str, str] = {}
    names: dict[str, str] = {}
    reply = relays.to_person(changed, who, text, message.attachment_names, district=district)
    for each in await cases.participants(changed, context):
        receipt = f"{changed.number}.{entry.position}.{each.number}"
        names[receipt] = person_name(each.opener)
        is_known = await telling.person(each.opener, reply, thread=each.subject, receipt=receipt)
        arrivals[receipt] = Arrival.UNDER_WAY.value if is_known else f"{Arrival.NOT_DELIVERED.value}: left"
    entry = await context.unit.cases.set_arrivals(entry, arrivals)
    shown = relays.sent(entry, names, district=district)
    telling.channel(shown, card=_receipt_card(changed, entry), thread=changed.subject)
    await cases.show(changed, context, telling)
    return Outcome(
        reply=None,
        posts=telling.posts,
        cancelled=(changed.subject,),
        reminders=cases.reminders(changed, context),
    )


async def _from_opener(  # noqa: PLR0917 - both cases, and what was written
    own: Case, case: Case, text: str, message: ThreadMessage, context: HandlerContext, telling: Telling
) -> Outcome:
    who, district = message.person, context.shelf.district
    is_danger = tells_of_danger(text) and case.is_live
    louder = await cases.alarm(case, who, text, context, telling) if is_danger else case
    entry = await reporting.add(louder, text, who, context, telling, attachments=message.attachment_names)
    shown = relays.sent(entry, dict.fromkeys(entry.arrivals, _readers(louder, context)), district=district)
    await telling.person(who, shown, card=_receipt_card(own, entry), thread=own.subject)
    reminders = cases.reminders_of_alarm(case, louder, context) if is_danger else ()
    return Outcome(
        reply=None,
        posts=telling.posts,
        cancelled=(case.subject,) if reminders else (),
        reminders=reminders,
    )


async def arrived(reminder: Reminder, context: HandlerContext) -> Outcome:
    """Tell the writer of a message what became of it, and the card as well where it did not arrive."""
    number, position, _ = (int(part) for part in reminder.value.split("."))
    district_id = context.shelf.district.id
    try:
        case = await context.unit.cases.get(district_id=district_id, number=number)
    except CaseNotFoundError:
        return Outcome(reply=None)
    timeline = await context.unit.cases.timeline(district_id=district_id, number=number)
    entry = next((each for each in timeline if each.position == position), None)
    if entry is None:
        return Outcome(reply=None)  # retention was faster
    is_delivered = reminder.facts.get("state") == Arrival.DELIVERED.value
    why = reminder.facts.get("error", "")
    arrival = Arrival.DELIVERED.value if is_delivered else f"{Arrival.NOT_DELIVERED.value}: {why}"
    entry = await context.unit.cases.set_arrivals(entry, {**entry.arrivals, reminder.value: arrival})
    telling = Telling(context)
    await _tell_writer(case, entry, context, telling)
    if not is_delivered:
        await cases.show(case, context, telling)
    return Outcome(reply=None, posts=telling.posts)


async def _tell_writer(case: Case, entry: TimelineEntry, context: HandlerContext, telling: Telling) -> None:
    district = context.shelf.district
    joined = await context.unit.cases.joined_to(district_id=case.district_id, number=case.number)
    if entry.step is CaseStep.TO_PERSON:
        readers = {each.number: person_name(each.opener) for each in (case, *joined)}
        names = {receipt: readers.get(int(receipt.rpartition(".")[2]), "its opener") for receipt in entry.arrivals}
        shown = relays.sent(entry, names, district=district)
        telling.channel(shown, card=_receipt_card(case, entry), thread=case.subject)
        return
    own = next((each for each in (case, *joined) if each.is_of(entry.who)), case)
    shown = relays.sent(entry, dict.fromkeys(entry.arrivals, _readers(case, context)), district=district)
    await telling.person(entry.who, shown, card=_receipt_card(own, entry), thread=own.subject)


def _readers(case: Case, context: HandlerContext) -> str:
    return person_name(case.claimed_by) if case.claimed_by else f"the {context.shelf.district.specialist.title}"


def _receipt_card(own: Case, entry: TimelineEntry) -> str:
    return f"{own.subject}/said/{entry.case_number}.{entry.position}"
