"""What happens to a case when nobody does anything: pings until it is claimed, and a look at what was claimed and forgotten."""

from __future__ import annotations

from handlers import cases
from handlers.context import HandlerContext
from handlers.outcome import Outcome, Reminder
from handlers.telling import Telling
from handlers.wording import cases as wording
from handlers.wording import escalations
from knowledge.cases import Case, CaseNotFoundError, CaseState, CaseStep, PingStep, ping_step
from knowledge.people import Role
from knowledge.registry import POSTWISE

_STEPS = {
    PingStep.CHANNEL: CaseStep.PINGED,
    PingStep.DEPUTY: CaseStep.DEPUTY_ASKED,
    PingStep.PHONE: CaseStep.PHONE_GIVEN,
}


async def unclaimed(reminder: Reminder, context: HandlerContext) -> Outcome:
    """Bring a case up that nobody has claimed yet, once for this moment, and say when it is brought up next."""
    number, turn, count = (int(part) for part in reminder.value.split("."))
    case = await _found(number, context)
    if case is None or case.state is not CaseState.OPEN or case.turn != turn:
        return Outcome(reply=None)
    telling = Telling(context)
    step = ping_step(case.kind, count)
    absent = await _ask_deputies(case, context, telling) if step is PingStep.DEPUTY else ""
    contact = cases.contact_quote(context)
    if step is PingStep.PHONE:
        phone = escalations.phone_given(case, contact, district=context.shelf.district)
        await cases.tell_openers(phone, case, context, telling)
    await cases.put_pings_to_rest(case, context, telling)
    entry = await cases.note(case, _STEPS[step], POSTWISE, context)
    telling.channel(
        wording.ping(
            case,
            step,
            district=context.shelf.district,
            now=context.clock.now(),
            woken=await cases.woken(context),
            has_phone=contact is not None or bool(context.shelf.district.specialist.contact),
            absent=absent,
        ),
        card=cases.ping_card(case, entry),
    )
    await cases.show(case, context, telling)
    return Outcome(reply=None, posts=telling.posts, reminders=(cases.next_ping(case, context, count=count + 1),))


async def _ask_deputies(case: Case, context: HandlerContext, telling: Telling) -> str:
    """Ask every deputy in person; return why none could be."""
    district = context.shelf.district
    deputies = cases.once_each(await cases.holders(Role.DEPUTY, context))
    reached = [await telling.person(each, wording.asks_deputy(case, district=district)) for each in deputies]
    is_set = bool(deputies) or any(member.role is Role.DEPUTY for member in district.people)
    return "" if any(reached) else wording.no_deputy(is_set=is_set)


async def forgotten(reminder: Reminder, context: HandlerContext) -> Outcome:
    """Look at a claimed case: remind whoever has it of one without a step, then give it back to everybody."""
    number, turn, count, stamp = (int(part) for part in reminder.value.split("."))
    case = await _found(number, context)
    if case is None or case.state is not CaseState.CLAIMED or case.turn != turn:
        return Outcome(reply=None)
    if int(case.active_at.timestamp()) != stamp:
        return Outcome(reply=None, reminders=(cases.next_look(case, context, count=1),))
    telling = Telling(context)
    if count == 1:
        reply = wording.still_claimed(case, district=context.shelf.district)
        if case.claimed_by is None or not await telling.person(case.claimed_by, reply):
            telling.channel(reply)
        return Outcome(reply=None, posts=telling.posts, reminders=(cases.next_look(case, context, count=2),))
    free = await cases.step(case, cases.freed(case), CaseStep.FORGOTTEN, POSTWISE, context)
    telling.channel(wording.given_back(free, None, woken=await cases.woken(context)))
    district = context.shelf.district
    await cases.tell_openers(escalations.given_back(free, district=district), free, context, telling)
    await cases.show(free, context, telling)
    return Outcome(reply=None, posts=telling.posts, cancelled=(free.subject,), reminders=cases.reminders(free, context))


async def give_next_steps(context: HandlerContext) -> Outcome:
    """Give every live case a reminder that has none; the audit calls it."""
    lost = await context.unit.cases.without_next_step(district_id=context.shelf.district.id)
    reminders = [
        cases.next_ping(case, context, count=await cases.pings_so_far(case, context) + 1)
        if case.state is CaseState.OPEN
        else cases.next_look(case, context, count=1)
        for case in lost
    ]
    return Outcome(reply=None, reminders=tuple(reminders))


async def _found(number: int, context: HandlerContext) -> Case | None:
    try:
        return await context.unit.cases.get(district_id=context.shelf.district.id, number=number)
    except CaseNotFoundError:
        return None
