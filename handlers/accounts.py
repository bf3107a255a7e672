"""Questions to the registry, in words or as commands: who runs it, is it official, what is mine; lists and exports."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from handlers import finding_accounts, forms, upkeep
from handlers.context import HandlerContext
from handlers.incoming import FormSubmission, Press, Question
from handlers.outcome import Outcome
from handlers.telling import Telling
from handlers.wording import accounts
from handlers.wording import leaving as leaving_wording
from knowledge.filings import NEW_IN_REGISTRY, FilingKind, NotASpecialistError
from knowledge.handles import AddressNotValidError, read_address
from knowledge.people import Person, Standing, is_email

if TYPE_CHECKING:
    from handlers.replies import Reply
    from knowledge.registry import Account

_WHO_RUNS = re.compile(
    r"\bwho(?:'s|s| is| are|ever)?\b.{0,40}\b(?:runs?|running|in charge of|responsible for|admins?|administers?|administrators?|manages?|owns?|handles?|posts (?:for|on))\b"
    r"|\bwhose\b.{0,30}\b(?:account|page|handle|is)\b",
    re.IGNORECASE,
)
_OFFICIAL = re.compile(
    r"\b(?:is|are|isn't|check (?:if|whether))\b.{0,80}\b(?:official|legit(?:imate)?|fake|ours?|us|active|registered|in the registry)\b"
    r"|\b(?:is|are)\b.{0,60}\b(?:a |our |the )?(?:real|approved)(?: (?:account|page|one))?(?: by the district)?\W*$",
    re.IGNORECASE,
)
_MINE = re.compile(
    r"\b(?:which|what|list|show)\b.{0,30}\b(?:accounts?|pages?|handles?)\b.{0,20}\b(?:am i|i am|i'm|im|do i|i) (?:on|in|an? admin|administer|run|manage|have|handle)\b"
    r"|^\W*(?:show |list )?(?:me )?my (?:accounts?|pages?|filings?|requests?)\W*$",
    re.IGNORECASE,
)
_MY_FILINGS = re.compile(
    r"\br-\d{1,6}\b|\b(?:status of|what happened (?:to|with)|where is|any news (?:on|about)|cancel|withdraw) (?:my|our|the) (?:request|filing|account request|form)\b"
    r"|\b(?:is|was|has) (?:my|our) (?:account|page|request|filing)\b.{0,20}\b(?:approved|denied|decided|through)\b.{0,10}$"
    r"|\bwhat do i (?:need|have) to accept\b",
    re.IGNORECASE,
)
_WAITING = re.compile(
    r"^\W*(?:what(?:'s| is) waiting|(?:show|list)(?: me)? (?:the|all|open) (?:open )?(?:requests?|filings?)|open (?:requests?|filings?))\W*$",
    re.IGNORECASE,
)
_ASKS_FOR_A_RULE = re.compile(
    r"\b(?:can|could|should|shall|may|must|allowed|supposed|permitted|okay|ok) \b|\bapproved (?:to|for me)\b|\ballowed to\b|\bto use\b",
    re.IGNORECASE,
)
"""Words by which a message asks what one may do, and not what stands in the registry."""

LONGEST_READ_CHARACTERS = 300
"""A longer message is no question to the registry."""


def may_ask_registry(text: str) -> bool:
    """Tell whether a message can be a question to the registry; cheap enough for every message."""
    if len(text) > LONGEST_READ_CHARACTERS:
        return False
    if any(pattern.search(text) for pattern in (_MINE, _MY_FILINGS, _WAITING)):
        return True
    return not _ASKS_FOR_A_RULE.search(text) and bool(_WHO_RUNS.search(text) or _OFFICIAL.search(text))


async def answer(question: Question, context: HandlerContext) -> Reply | None:
    """Answer a question to the registry; None where the guidelines are meant after all."""
    text, district = question.text, context.shelf.district
    if question.person.standing is not Standing.MEMBER:
        return None
    if _WAITING.search(text) and forms.is_specialist(question.person, context):
        found_open = await context.unit.filings.open(district_id=district.id)
        return accounts.waiting_filings(found_open, district=district)
    if _MINE.search(text) or _MY_FILINGS.search(text):
        return await _mine(question.person, context)
    found, shown = await finding_accounts.mentioned(text, context)
    asks_who = bool(_WHO_RUNS.search(text))
    if asks_who and not shown:
        by_name = await finding_accounts.named_account(text, context)
        found = (by_name,) if by_name else ()
    if found and asks_who:
        return accounts.who_runs(found, district=district)
    if found and _OFFICIAL.search(text):
        filed = await context.unit.filings.on_account(district_id=district.id, account_number=found[0].number)
        entry = next((each for each in filed if each.kind in NEW_IN_REGISTRY), None)
        return accounts.is_official(found[0], entry, district=district)
    return accounts.not_in_registry(shown, district=district) if shown else None


async def my_accounts(incoming: Question | Press, context: HandlerContext) -> Outcome:
    """List what a person administers and has filed."""
    return Outcome(reply=await _mine(incoming.person, context))


async def _mine(person: Person, context: HandlerContext) -> Reply:
    district = context.shelf.district
    contact = await context.unit.people.by_person(
        district_id=district.id, platform=person.platform, person_id=person.id
    )
    known = contact.person if contact is not None and not person.email else person
    found = []
    if known.email:
        found = await context.unit.registry.of_person(district_id=district.id, email=known.email)
    filings = await context.unit.filings.of_person(district_id=district.id, person=known)
    return accounts.mine(found, filings, district=district)


def _check_specialist(person: Person, context: HandlerContext) -> None:
    if not forms.is_specialist(person, context):
        raise NotASpecialistError


async def everything(incoming: Question | Press, context: HandlerContext) -> Outcome:
    """List the registry for a specialist."""
    _check_specialist(incoming.person, context)
    district = context.shelf.district
    current = await context.unit.registry.current(district_id=district.id)
    return Outcome(reply=accounts.all_accounts(current, district=district), is_promised=False)


async def export(incoming: Question | Press, context: HandlerContext) -> Outcome:
    """Give a specialist the registry as CSV."""
    _check_specialist(incoming.person, context)
    district = context.shelf.district
    found = await context.unit.registry.everything(district_id=district.id)
    urls = {each.number: _url(each) for each in found}
    return Outcome(reply=accounts.export(found, urls, district=district), is_promised=False)


def _url(account: Account) -> str:
    """Return where an account can be looked at; empty where it is not live or has no address of its own."""
    if account.address_key is None:
        return ""
    try:
        return read_address(account.handle, account.platform).url
    except AddressNotValidError:
        return ""


async def waiting(incoming: Question | Press, context: HandlerContext) -> Outcome:
    """List the open filings for a specialist."""
    _check_specialist(incoming.person, context)
    district = context.shelf.district
    found = await context.unit.filings.open(district_id=district.id)
    return Outcome(reply=accounts.waiting_filings(found, district=district), is_promised=False)


async def to_mend(incoming: Question | Press, context: HandlerContext) -> Outcome:
    """List the open tasks for a specialist."""
    _check_specialist(incoming.person, context)
    district = context.shelf.district
    tasks = await context.unit.registry.open_tasks(district_id=district.id)
    current = await context.unit.registry.current(district_id=district.id)
    by_number = {account.number: account for account in current}
    return Outcome(reply=accounts.open_tasks(tasks, by_number, district=district), is_promised=False)


async def history(question: Question, context: HandlerContext) -> Outcome:
    """Tell a specialist what happened to an account."""
    _check_specialist(question.person, context)
    district = context.shelf.district
    text = " ".join(question.text.split()[2:])
    found = await finding_accounts.account_meant(text, context)
    if not found:
        return Outcome(reply=accounts.not_in_registry(text[:60] or "That", district=district), is_promised=False)
    changes = await context.unit.history.of(district_id=district.id, subject=found[0].subject)
    return Outcome(reply=accounts.history(found[0], changes, district=district), is_promised=False)


async def ask_who_left(incoming: Question | Press, context: HandlerContext) -> Outcome:
    """Open the form by which a specialist records that somebody left."""
    _check_specialist(incoming.person, context)
    return Outcome(reply=leaving_wording.who_left(), is_promised=False)


async def record_left(submission: FormSubmission, context: HandlerContext) -> Outcome:
    """Take somebody who left off every account, on a specialist's word."""
    _check_specialist(submission.person, context)
    typed = submission.fields.get("administrator", "").strip().lower()
    if not is_email(typed):
        return Outcome(
            reply=leaving_wording.who_left(typed=typed[:100]), is_promised=False, replaces_pressed_message=True
        )
    telling = Telling(context)
    found = await upkeep.leave_everywhere(typed, submission.person, context, telling)
    reply = accounts.person_marked_left(typed, found)
    return Outcome(reply=reply, replaces_pressed_message=True, posts=telling.posts)


async def ask_to_remove(question: Question, context: HandlerContext) -> Outcome:
    """Open the form by which a specialist records that an account's people were asked to remove it."""
    values = {"account": " ".join(question.text.split()[2:])}
    reply = await forms.form_for(FilingKind.ASKED_TO_REMOVE, person=question.person, context=context, values=values)
    return Outcome(reply=reply, is_promised=False)


_Command: TypeAlias = Callable[[Question, HandlerContext], Awaitable[Outcome]]
COMMANDS: Mapping[str, _Command] = MappingProxyType(
    {
        "mine": my_accounts,
        "accounts": everything,
        "registry": everything,
        "export": export,
        "filings": waiting,
        "tasks": to_mend,
        "history": history,
        "left": ask_who_left,
        "remove": ask_to_remove,
    }
)
"""Second word of ``/postwise`` to what it does, as far as the registry and the filings go."""
