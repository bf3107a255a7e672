"""Which account of the registry somebody means: by number, handle, web address or name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from handlers.wording.names import account_name
from knowledge.handles import AccountAddress, AddressNotValidError, mentioned_in, read_address
from knowledge.likeness import Known, Relation, closest, likely_same

if TYPE_CHECKING:
    from handlers.context import HandlerContext
    from knowledge.filings import Details
    from knowledge.registry import Account, ListedAccount

LONGEST_READ_CHARACTERS = 300
"""A longer text names no account."""

MOST_LIKELY = 5
"""Most accounts that a filer is asked about. Our own figure."""


async def account_meant(text: str, context: HandlerContext) -> Sequence[Account]:
    """Return the accounts that a field can mean: one where it is clear, several where it is not.

    Parameters
    ----------
    text
        The number of an account of a list that we showed, a handle, a web address or a name, as typed. A handle or an
        address means that very account, a closed one too, and never one that is only called alike.
    """
    wanted = text.strip()
    if not wanted or len(wanted) > LONGEST_READ_CHARACTERS:
        return ()
    listed = await _listed(context)
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 10:
        numbers = [account.number for account in listed if account.number == int(wanted)]
    else:
        numbers = _current_first(_by_address(wanted, listed), listed)
        if not numbers and not _is_address(wanted):
            numbers = _by_name(wanted, listed)
    return await _loaded(numbers, context)


async def named_account(text: str, context: HandlerContext) -> Account | None:
    """Return the account that a name in a sentence clearly means, or None."""
    numbers = _by_name(text, await _listed(context))
    return (await _loaded(numbers, context))[0] if len(numbers) == 1 else None


async def mentioned(text: str, context: HandlerContext) -> tuple[Sequence[Account], str]:
    """Return the accounts that a sentence names by handle or address, and the first such name as it can be shown.

    Closed ones are among them only where no current one has the name.
    """
    named = mentioned_in(text)
    if not named:
        return (), ""
    listed = await _listed(context)
    numbers: dict[int, None] = {}
    for each in named:
        found = _of_handle(each, listed) if isinstance(each, str) else _at_address(each, listed)
        numbers |= dict.fromkeys(_current_first(found, listed))
    first = named[0]
    return await _loaded(list(numbers), context), f"@{first}" if isinstance(first, str) else first.shown


async def likely_accounts(details: Details, context: HandlerContext) -> Sequence[Account]:
    """Return the accounts of the registry that may be the one a form is about, the same address first."""
    listed = await _listed(context)
    numbers = dict.fromkeys(_at(details.address_key, listed))
    for alike in likely_same(
        details.organization,
        details.handle,
        details.platform,
        [_known(account) for account in listed if account.is_current],
    ):
        if alike.relation is not Relation.ELSEWHERE:
            numbers[int(alike.id)] = None
    return await _loaded(list(numbers)[:MOST_LIKELY], context)


def wished_key(account: Account) -> str:
    """Return the canonical form of the handle that an account shows, also where it is a wish still."""
    try:
        return read_address(account.handle, account.platform).key
    except AddressNotValidError:
        return ""


def _is_address(text: str) -> bool:
    """Tell whether a text is a handle or an address, which means one account and no other."""
    return "@" in text or "/" in text or bool(mentioned_in(text))


def _by_address(text: str, listed: Sequence[ListedAccount]) -> list[int]:
    """Return the accounts at an address, or of a bare handle on whatever platform."""
    try:
        at_address = _at_address(read_address(text), listed)
    except AddressNotValidError:
        at_address = []
    return at_address or _of_handle(text, listed)


def _at_address(address: AccountAddress, listed: Sequence[ListedAccount]) -> list[int]:
    """Return the account at an address; a closed one, which has none any more, by platform and handle."""
    found = _at(address.key, listed)
    shown = address.shown.casefold()
    return found or [
        account.number
        for account in listed
        if account.address_key is None and account.platform == address.platform and account.handle.casefold() == shown
    ]


def _at(key: str, listed: Sequence[ListedAccount]) -> list[int]:
    return [account.number for account in listed if key and account.address_key == key]


def _of_handle(handle: str, listed: Sequence[ListedAccount]) -> list[int]:
    bare = handle.lstrip("@").casefold()
    return [account.number for account in listed if bare and account.handle.lstrip("@").casefold() == bare]


def _current_first(numbers: Sequence[int], listed: Sequence[ListedAccount]) -> list[int]:
    """Leave closed accounts out, unless there are no others; of several closed ones the last."""
    current = {account.number for account in listed if account.is_current}
    return [number for number in numbers if number in current] or list(numbers)[-1:]


def _by_name(text: str, listed: Sequence[ListedAccount]) -> list[int]:
    meant = closest(text, [_known(account) for account in listed if account.is_current])
    numbers = [int(each.id) for each in meant.best]
    return numbers[:1] if meant.is_clear else numbers


def _known(account: ListedAccount) -> Known:
    return Known(
        id=str(account.number), platform=account.platform, organization=account.organization, handle=account.handle
    )


async def _listed(context: HandlerContext) -> Sequence[ListedAccount]:
    return await context.unit.registry.listed(district_id=context.shelf.district.id)


async def _loaded(numbers: Sequence[int], context: HandlerContext) -> Sequence[Account]:
    return (
        await context.unit.registry.numbered(district_id=context.shelf.district.id, numbers=numbers) if numbers else ()
    )


def shown_names(accounts: Sequence[Account]) -> str:
    """Return the names of some accounts in one line."""
    return "; ".join(account_name(account) for account in accounts)
