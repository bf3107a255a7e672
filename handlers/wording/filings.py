"""What filers, administrators, supervisors and specialists are told of a filing, from filed to decided."""

from collections.abc import Sequence

from handlers.replies import Button, ButtonStyle, Choices, ClauseQuote, CopyText, Paragraph, Part, Reply
from handlers.wording.acceptances import asks_address
from handlers.wording.cards import card_value, status, what
from handlers.wording.forms import carried, decides
from handlers.wording.names import (
    account_name,
    filing_title,
    office_name,
    person_name,
)
from knowledge.district import District
from knowledge.filings import Filing, FilingForce, FilingKind, FilingState, NamedPerson, Office
from knowledge.handles import platform_title
from knowledge.registry import Account, Administrator, AdministratorState

NOTHING_FILED = "Nothing was filed."


def filed(
    filing: Filing,
    *,
    district: District,
    account: Account | None,
    unreachable: Sequence[Administrator] = (),
    told: Sequence[Office] = (),
    not_told: Sequence[Office] = (),
    platform_quote: ClauseQuote | None = None,
) -> Reply:
    """Tell the filer that it is filed, and what happens now.

    Parameters
    ----------
    unreachable
        Named administrators whom we know no way to write to.
    told, not_told
        Offices that had to be told, or that decide, and those of them that we cannot write to.
    platform_quote
        The clause against an account's platform, where an account is there already on one that is not approved.
    """
    parts: list[Part] = [
        Paragraph(text=_filed_headline(filing), is_headline=True),
        Paragraph(text=_next_step(filing, district)),
    ]
    if told:
        names = " and ".join(office_name(office, district) for office in told)
        parts.append(Paragraph(text=f"I told {names}."))
    asked = _asked_by(filing, account)
    if asked:
        names = ", ".join(person_name(person) for person in asked)
        parts.append(Paragraph(text=f"I asked {names} to accept. Who is named counts once they have."))
    if platform_quote is not None:
        name = platform_title(filing.details.platform)
        parts += [
            Paragraph(text=f"{name} is not approved here. The specialist will speak with you about it."),
            platform_quote,
        ]
    if unreachable:
        parts.append(unreachable_people(unreachable))
    if not_told:
        parts += _tell_them_yourself(filing, not_told, district)
    if filing.state.is_open and filing.force is FilingForce.APPROVAL:
        parts.append(
            Choices(buttons=(Button(label=f"Withdraw {filing.name}", verb="withdraw", value=card_value(filing)),))
        )
    return Reply(parts=tuple(parts))


def _asked_by(filing: Filing, account: Account | None) -> list[NamedPerson]:
    """Return whom this filing named and who has not answered yet."""
    if account is None or filing.kind is FilingKind.REMOVE_ADMINISTRATOR:
        return []
    entries = [(person, account.administrator(person.email)) for person in filing.details.administrators]
    return [person for person, entry in entries if entry is not None and entry.state is AdministratorState.ASKED]


def _filed_headline(filing: Filing) -> str:
    if filing.state is FilingState.RECORDED:
        return f"Recorded as {filing.name}: {what(filing)}."
    return f"Filed as {filing.name}: {what(filing)}."


def _next_step(filing: Filing, district: District) -> str:
    """Say what happens now, and what the filer must not do before."""
    if filing.force is FilingForce.APPROVAL:
        decider = decides(filing, district)
        wait = (
            "Please do not create the account before you have the answer."
            if filing.kind is FilingKind.NEW_ACCOUNT
            else "Please wait for the answer."
        )
        return f"It waits for {decider}. You are told here. {wait}"
    if filing.force is FilingForce.NOTICE:
        return f"The {district.specialist.title} has the notice. Nobody has to approve it; you are told when it has been seen."
    if filing.clause_id:
        return "It stands in the registry. Nobody has to approve it."
    return f"{district.possessive} guidelines say nothing about this, so it is only recorded in the registry."


def unreachable_people(people: Sequence[Administrator]) -> Paragraph:
    """Say whom we cannot write to, and what to do."""
    names = ", ".join(person.email for person in people)
    return Paragraph(
        text=f"I know no way to write to {names}. Ask them to send me any message here; then I ask them to accept. "
        "If an address is mistyped, file it again with the right one."
    )


def _tell_them_yourself(filing: Filing, not_told: Sequence[Office], district: District) -> list[Part]:
    names = " and ".join(office_name(office, district) for office in not_told)
    if filing.force is FilingForce.APPROVAL:
        wait = f"I cannot write to {names} yet, who decides this. Ask them to send me any message here; then I put it before them."
        return [Paragraph(text=wait), CopyText(label="A text to send them", text=_request_text(filing, district))]
    return [
        Paragraph(
            text=f"I cannot write to {names} here. Please send this to {'them' if len(not_told) > 1 else names} yourself:"
        ),
        CopyText(label="The notice", text=_notice_text(filing, district)),
    ]


def _request_text(filing: Filing, district: District) -> str:
    return (
        f"{person_name(filing.filer)} asks for your approval ({filing.name}, {what(filing)}), as {district.possessive} "
        "guidelines want it. Please send Postwise any message; it then shows you the request."
    )


def _notice_text(filing: Filing, district: District) -> str:
    details = filing.details
    where = f" on {platform_title(details.platform)}" if details.platform else ""
    return (
        f"Notice {filing.name} under {district.possessive} guidelines: {person_name(filing.filer)} wishes to establish "
        f"a social media site{where} for {details.organization}."
    )


def notice_to(filing: Filing, office: Office, *, district: District, quote: ClauseQuote | None) -> Reply:
    """Tell a supervisor or an office of a filing that their clause wants them to know."""
    as_what = "as the supervisor" if office is Office.SUPERVISOR else f"as {office_name(office, district)}"
    parts: list[Part] = [
        Paragraph(text=f"{filing.name}: {filing_title(filing.kind).lower()}, {what(filing)}.", is_headline=True),
        Paragraph(
            text=f"{person_name(filing.filer)} gives this notice. You are told {as_what}; nothing is asked of you."
        ),
    ]
    return Reply(parts=(*parts, *([quote] if quote else [])))


def already_filed(filing: Filing, *, district: District) -> Reply:
    """Answer a filing that was made before."""
    return Reply(
        parts=(
            Paragraph(text=f"That is already filed as {filing.name}.", is_headline=True),
            Paragraph(text=f"{status(filing, district)} Nothing was filed a second time."),
        )
    )


def same_account(account: Account) -> Reply:
    """Answer a filer who says that an account in the registry is the one they mean."""
    return Reply(
        parts=(
            Paragraph(text=f"The registry has it: {account_name(account)}.", is_headline=True),
            Paragraph(text=f"{NOTHING_FILED} You can file a change to it instead."),
            Choices(
                buttons=(
                    Button(
                        label="Add an administrator",
                        verb="open",
                        value=carried(FilingKind.ADD_ADMINISTRATOR, {"account": str(account.number)}),
                        style=ButtonStyle.PRIMARY,
                    ),
                    Button(
                        label="Rename it",
                        verb="open",
                        value=carried(FilingKind.RENAME, {"account": str(account.number)}),
                    ),
                )
            ),
        )
    )


def approved(filing: Filing, *, district: District, account: Account | None) -> Reply:
    """Tell the filer of an approval, and what is still to do."""
    parts: list[Part] = [
        Paragraph(text=f"{filing.name} is approved: {what(filing)}.", is_headline=True),
        Paragraph(text=status(filing, district)),
    ]
    if filing.kind is FilingKind.NEW_ACCOUNT and account is not None:
        parts.append(
            Paragraph(text="You may create it now. It counts as approved, not yet live, until you send me its address:")
        )
        parts += asks_address(account).parts[1:]
    return Reply(parts=tuple(parts))


def denied(filing: Filing, *, district: District) -> Reply:
    """Tell the filer of a denial, with the reason."""
    return Reply(
        parts=(
            Paragraph(text=f"{filing.name} was denied: {what(filing)}.", is_headline=True),
            Paragraph(text=f"{person_name(filing.decided_by) if filing.decided_by else 'They'} wrote: {filing.reason}"),
            Paragraph(
                text=f"Your filing is kept. Mend what it says and file it anew, or ask the {district.specialist.title}."
            ),
        )
    )


def asked_for(filing: Filing) -> Paragraph:
    """Tell the filer what was asked for; the form follows."""
    by = person_name(filing.decided_by) if filing.decided_by else "The specialist"
    return Paragraph(text=f"{by} asks about {filing.name}: {filing.reason}", is_headline=True)


def acknowledged(filing: Filing, *, district: District) -> Reply:
    """Tell the filer that a notice was seen."""
    return Reply(
        parts=(
            Paragraph(text=f"{filing.name} was seen: {what(filing)}.", is_headline=True),
            Paragraph(text=status(filing, district)),
        )
    )


def withdrawn(filing: Filing) -> Reply:
    """Tell the filer that it is withdrawn."""
    return Reply(parts=(Paragraph(text=f"{filing.name} is withdrawn. Nobody decides it any more.", is_headline=True),))


def done_in_channel(filing: Filing, *, district: District) -> Reply:
    """Tell whoever decided in their own direct message that it counts."""
    return Reply(parts=(Paragraph(text=f"{filing.name}: {status(filing, district)}", is_headline=True),))


def step_for_others(filing: Filing, *, district: District) -> Reply:
    """Tell administrators, the supervisor and the offices that something was decided."""
    return Reply(
        parts=(Paragraph(text=f"{filing.name}, {what(filing)}: {status(filing, district)}", is_headline=True),)
    )


def still_asked(filing: Filing) -> Paragraph:
    """Remind the filer that something was asked of them."""
    return Paragraph(text=f"{filing.name} still waits for you: {filing.reason}", is_headline=True)


def sent_again(filing: Filing, before: Filing) -> Reply:
    """Tell the channel, under the card, that what was asked for has come."""
    return Reply(
        parts=(
            Paragraph(text=f"{person_name(filing.filer)} has sent {filing.name} again.", is_headline=True),
            Paragraph(text=f"Asked was: {before.reason}"),
        )
    )


def asked_again(filing: Filing, form: Reply) -> Reply:
    """Give the filer the form again, with what was asked for above it."""
    return Reply(parts=(asked_for(filing), *form.parts[1:]))
