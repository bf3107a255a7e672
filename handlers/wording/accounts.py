"""What the registry says: who runs what, what is official, what has to be mended."""

from collections.abc import Mapping, Sequence
from datetime import date

from handlers.replies import Bullets, Button, Choices, ClauseQuote, Paragraph, Part, Reply
from handlers.wording.acceptances import standing
from handlers.wording.cards import status, what
from handlers.wording.forms import carried
from handlers.wording.names import account_name, day, filing_title, person_name
from handlers.wording.tables import csv_file
from knowledge.district import District
from knowledge.filings import Filing, FilingForce, FilingKind, FilingState, NamedPerson
from knowledge.handles import platform_title
from knowledge.registry import Account, Administrator, Change, Task, TaskKind

MOST_LISTED = 20
"""Longer lists are cut and say so; the CSV export has everything."""


def who_runs(accounts: Sequence[Account], *, district: District) -> Reply:
    """Tell who administers an account."""
    parts: list[Part] = []
    for account in accounts[:5]:
        names = [_with_answer(person) for person in account.named]
        parts.append(Paragraph(text=f"{account_name(account)}:", is_headline=not parts))
        parts.append(Bullets(items=tuple(names) or ("Nobody is named in the registry.",)))
        parts.append(Paragraph(text=standing(account, district)))
    return Reply(parts=tuple(parts))


def is_official(account: Account, entry: Filing | None, *, district: District) -> Reply:
    """Tell what the registry knows of an account: that it is there, on what ground, and how it stands.

    Parameters
    ----------
    entry
        The filing that brought it in; None where nobody filed it.
    """
    name = account_name(account)
    is_in_order = account.is_in_order(district.minimum_administrators)
    if is_in_order and entry is not None and entry.state.is_open:
        first = f"{name} is in {district.possessive} registry."
    elif is_in_order:
        first = f"Yes: {name} is in {district.possessive} registry."
    elif account.status.is_official:
        first = f"{name} is in {district.possessive} registry, but not in order yet."
    else:
        first = f"{name} is in {district.possessive} registry, but not as a live account."
    parts = [
        Paragraph(text=first, is_headline=True),
        Paragraph(text=f"{standing(account, district)} {_ground(entry, district)}"),
    ]
    return Reply(parts=tuple(parts))


def _ground(entry: Filing | None, district: District) -> str:
    """Say what an account's place in the registry rests on. Registered is not the same as approved."""
    if entry is None:
        return ""
    filed = f"{entry.name}, filed by {person_name(entry.filer)}"
    if entry.state is FilingState.APPROVED:
        return f"It was approved ({filed})."
    if entry.force is FilingForce.APPROVAL:
        return status(entry, district)
    seen = "" if entry.state is not FilingState.WAITING else " Nobody has acknowledged the notice yet."
    return f"It was registered ({filed}), which is not an approval.{seen}"


def not_in_registry(shown: str, *, district: District) -> Reply:
    """Tell that the registry does not know an account; it may still be somebody's."""
    return Reply(
        parts=(
            Paragraph(text=f"{shown} is not in {district.possessive} registry.", is_headline=True),
            Paragraph(
                text="So I cannot say that it is official. If it is yours, register it. "
                f"If it pretends to be a school, tell the {district.specialist.title}: write what you see there."
            ),
            Choices(
                buttons=(
                    Button(label="Register it", verb="open", value=carried(FilingKind.REGISTER, {"handle": shown})),
                )
            ),
        )
    )


def mine(accounts: Sequence[Account], filings: Sequence[Filing], *, district: District) -> Reply:
    """List a person's accounts and filings."""
    parts: list[Part] = []
    if accounts:
        count = "one account" if len(accounts) == 1 else f"{len(accounts)} accounts"
        parts.append(Paragraph(text=f"You are on {count}:", is_headline=True))
        parts.append(
            Bullets(items=tuple(f"{account_name(each)}. {standing(each, district)}" for each in accounts[:MOST_LISTED]))
        )
    else:
        parts.append(Paragraph(text="The registry has you on no account.", is_headline=True))
    if filings:
        parts.append(Paragraph(text="Your filings, the latest first:"))
        parts.append(Bullets(items=tuple(_filing_line(each, district) for each in filings[:MOST_LISTED])))
    return Reply(parts=tuple(parts))


def _filing_line(filing: Filing, district: District) -> str:
    return f"{filing.name}, {filing_title(filing.kind).lower()}, {what(filing)}: {status(filing, district)}"


def all_accounts(accounts: Sequence[Account], *, district: District) -> Reply:
    """List the registry for a specialist."""
    if not accounts:
        return Reply(parts=(Paragraph(text="The registry is empty.", is_headline=True),))
    lines = tuple(f"{account_name(each)}. {standing(each, district)}" for each in accounts[:MOST_LISTED])
    parts: list[Part] = [
        Paragraph(
            text=f"The registry has {len(accounts)} current {'account' if len(accounts) == 1 else 'accounts'}.",
            is_headline=True,
        ),
        Bullets(items=lines),
    ]
    if len(accounts) > MOST_LISTED:
        parts.append(Paragraph(text=f"These are the first {MOST_LISTED}; the export has all of them."))
    parts.append(Choices(buttons=(Button(label="Export as CSV", verb="export"),)))
    return Reply(parts=tuple(parts))


def waiting_filings(filings: Sequence[Filing], *, district: District) -> Reply:
    """List the open filings for a specialist."""
    if not filings:
        return Reply(parts=(Paragraph(text="No filing waits.", is_headline=True),))
    lines = tuple(
        f"{_filing_line(each, district)} Filed by {person_name(each.filer)}." for each in filings[:MOST_LISTED]
    )
    count = "One filing waits" if len(filings) == 1 else f"{len(filings)} filings wait"
    return Reply(parts=(Paragraph(text=f"{count}:", is_headline=True), Bullets(items=lines)))


def open_tasks(tasks: Sequence[Task], accounts: Mapping[int, Account], *, district: District) -> Reply:
    """List what has to be mended, for a specialist."""
    if not tasks:
        return Reply(parts=(Paragraph(text="No account has anything to mend.", is_headline=True),))
    words = {
        TaskKind.BELOW_MINIMUM: "has too few administrators",
        TaskKind.SEND_ADDRESS: "is approved or announced, and nobody has sent where it is",
        TaskKind.CONFIRM: "waits to be confirmed by its administrators",
        TaskKind.PERHAPS_ABANDONED: "is perhaps abandoned: nobody confirmed it",
    }
    lines = tuple(
        f"{account_name(accounts[task.account_number])} {words[task.kind]}. Due {day(task.due_on, district)}."
        for task in tasks[:MOST_LISTED]
        if task.account_number in accounts
    )
    return Reply(parts=(Paragraph(text="To be mended:", is_headline=True), Bullets(items=lines)))


_COLUMNS = (
    "number",
    "platform",
    "handle",
    "address",
    "organization",
    "status",
    "in order",
    "administrators",
    "guideline version",
    "entered",
    "changed",
    "confirmed",
)


def export(accounts: Sequence[Account], urls: Mapping[int, str], *, district: District) -> Reply:
    """Give the whole registry as a CSV file."""
    count = f"{len(accounts)} {'account' if len(accounts) == 1 else 'accounts'}"
    rows = (_row(account, urls, district) for account in accounts)
    return Reply(
        parts=(
            Paragraph(text=f"The registry of {district.short_name}: {count}, closed ones too.", is_headline=True),
            csv_file(f"{district.id}-registry.csv", (_COLUMNS, *rows)),
        )
    )


def _row(account: Account, urls: Mapping[int, str], district: District) -> Sequence[str]:
    people = "; ".join(f"{person.name} <{person.email}> {person.state.value}" for person in account.administrators)
    return (
        str(account.number),
        platform_title(account.platform),
        account.handle,
        urls.get(account.number, ""),
        account.organization,
        account.status.value,
        "yes" if account.is_in_order(district.minimum_administrators) else "no",
        people,
        str(account.guideline_version),
        f"{account.created_at:%Y-%m-%d}",
        f"{account.changed_at:%Y-%m-%d}",
        f"{account.confirmed_at:%Y-%m-%d}" if account.confirmed_at else "",
    )


def closed(account: Account, filing: Filing) -> Reply:
    """Tell the administrators that an account is closed."""
    return Reply(
        parts=(
            Paragraph(
                text=f"{person_name(filing.filer)} filed that {account_name(account)} is closed.", is_headline=True
            ),
            Paragraph(
                text="The registry has it as closed. If that is a mistake, register it again with /newaccount register."
            ),
        )
    )


def asked_to_remove(account: Account, *, district: District, quote: ClauseQuote | None) -> Reply:
    """Tell the administrators that they are asked to remove an account."""
    parts: list[Part] = [
        Paragraph(text=f"The {district.specialist.title} asks you to remove {account_name(account)}.", is_headline=True)
    ]
    if quote is not None:
        parts.append(quote)
    parts.append(
        Paragraph(
            text="When it is removed, file that it is closed. For questions, ask the specialist before you post again."
        )
    )
    parts.append(
        Choices(
            buttons=(
                Button(
                    label="It is removed",
                    verb="open",
                    value=carried(FilingKind.CLOSE, {"account": str(account.number)}),
                ),
            )
        )
    )
    return Reply(parts=tuple(parts))


def removed(account: Account, filing: Filing, *, district: District) -> Reply:
    """Tell a person that they are off an account."""
    return Reply(
        parts=(
            Paragraph(
                text=f"{person_name(filing.filer)} took you off {account_name(account)} ({filing.name}).",
                is_headline=True,
            ),
            Paragraph(text=f"If that is a mistake, tell the {district.specialist.title}."),
        )
    )


def other_removed(account: Account, person: NamedPerson, filing: Filing) -> Reply:
    """Tell the others that somebody was taken off."""
    text = f"{person_name(filing.filer)} took {person_name(person)} off {account_name(account)} ({filing.name})."
    return Reply(parts=(Paragraph(text=text, is_headline=True),))


def why_removed(person: NamedPerson, filing: Filing) -> str:
    """Say why an account may have too few."""
    return f"{person_name(person)} was taken off it ({filing.name})."


def renamed(before: Account, after: Account, filing: Filing) -> Reply:
    """Tell the administrators of a new name."""
    text = f"{person_name(filing.filer)} filed a new name ({filing.name}): {account_name(before)} is now {account_name(after)}."
    return Reply(parts=(Paragraph(text=text, is_headline=True),))


def left(account: Account, person: Administrator) -> Reply:
    """Tell the others that an administrator is gone."""
    name = person_name(NamedPerson(name=person.name, email=person.email))
    return Reply(parts=(Paragraph(text=f"{name} no longer administers {account_name(account)}.", is_headline=True),))


def why_gone(person: Administrator) -> str:
    """Say why an account may have too few."""
    return f"{person_name(NamedPerson(name=person.name, email=person.email))} has left."


def below_minimum(
    account: Account, *, district: District, quote: ClauseQuote | None, why: str, due_on: date, is_again: bool = False
) -> Reply:
    """Tell that an account has too few administrators, until when to mend it, and how."""
    still = "still " if is_again else ""
    parts: list[Part] = [
        Paragraph(text=f"{account_name(account)} {still}has too few administrators.", is_headline=True),
        Paragraph(text=f"{why} {standing(account, district)} Please name another by {day(due_on, district)}.".strip()),
    ]
    if quote is not None:
        parts.append(quote)
    else:
        parts.append(Paragraph(text=f"The number is {district.possessive} own setting."))
    parts.append(
        Choices(
            buttons=(
                Button(
                    label="Add an administrator",
                    verb="open",
                    value=carried(FilingKind.ADD_ADMINISTRATOR, {"account": str(account.number)}),
                ),
            )
        )
    )
    return Reply(parts=tuple(parts))


def nobody_left(account: Account, *, why: str) -> Reply:
    """Tell the channel that nobody administers an account any more."""
    return Reply(
        parts=(
            Paragraph(text=f"Nobody administers {account_name(account)} any more.", is_headline=True),
            Paragraph(text=f"{why} Find somebody who knows its password, and name them with /addadmin."),
        )
    )


def mended(account: Account, *, district: District) -> Reply:
    """Tell the channel that an account has enough administrators again."""
    text = f"{account_name(account)} has enough administrators again. {standing(account, district)}"
    return Reply(parts=(Paragraph(text=text, is_headline=True),))


def perhaps_abandoned(account: Account) -> Reply:
    """Tell the channel that nobody confirmed an account."""
    names = ", ".join(person.email for person in account.named) or "nobody"
    return Reply(
        parts=(
            Paragraph(text=f"{account_name(account)} is perhaps abandoned.", is_headline=True),
            Paragraph(text=f"Nobody confirmed that it is theirs and current. Named in the registry: {names}."),
        )
    )


def person_marked_left(email: str, accounts: Sequence[Account]) -> Reply:
    """Confirm to a specialist that somebody was taken off every account."""
    if not accounts:
        return Reply(parts=(Paragraph(text=f"{email} was on no account.", is_headline=True),))
    return Reply(
        parts=(
            Paragraph(
                text=f"{email} is off {len(accounts)} {'account' if len(accounts) == 1 else 'accounts'}:",
                is_headline=True,
            ),
            Bullets(items=tuple(account_name(account) for account in accounts[:MOST_LISTED])),
        )
    )


def history(account: Account, changes: Sequence[Change], *, district: District) -> Reply:
    """Tell a specialist what happened to an account, the latest first."""
    lines = tuple(f"{day(change.at, district)}: {change.what}, by {person_name(change.who)}" for change in changes)
    return Reply(
        parts=(
            Paragraph(text=f"{account_name(account)}. {standing(account, district)}", is_headline=True),
            Bullets(items=lines[:MOST_LISTED]),
        )
    )


def _with_answer(person: Administrator) -> str:
    name = f"{person.name}, {person.email}" if person.name else person.email
    answers = {"asked": " (asked, not answered yet)", "unreachable": " (not reached yet)", "accepted": ""}
    return name + answers.get(person.state.value, f" ({person.state.value})")
