"""What filers, administrators, supervisors and specialists are told of a filing, from filed to decided."""

from collections.abc import Sequence

from handlers.replies import Bullets, Button, ButtonStyle, Choices, ClauseQuote, CopyText, Form, Paragraph, Part, Reply
from handlers.wording.acceptances import asks_address
from handlers.wording.forms import carried, decides, text_form
from handlers.wording.names import (
    account_name,
    day,
    filing_title,
    named_with_email,
    office_name,
    person_name,
)
from knowledge.district import District
from knowledge.filings import Filing, FilingForce, FilingKind, FilingState, NamedPerson, Office, decider
from knowledge.handles import platform_title
from knowledge.registry import Account, Administrator, AdministratorState

NOTHING_FILED = "Nothing was filed."


def filed(
    filing: Filing,
    *,
    district: District,
    account: Account | None,
    unreachable: Sequence[Administrator],
    not_told: Sequence[str],
) -> Reply:
    """Tell the filer that it is filed, and what happens now.

    Parameters
    ----------
    unreachable
        Named administrators whom we know no way to write to.
    not_told
        Offices that the clause wants told and that we cannot write to, as they are called.
    """
    parts: list[Part] = [
        Paragraph(text=_filed_headline(filing), is_headline=True),
        Paragraph(text=_next_step(filing, district)),
    ]
    asked = [person for person in (account.named if account else ()) if person.state is AdministratorState.ASKED]
    if asked and filing.kind is not FilingKind.REMOVE_ADMINISTRATOR:
        names = ", ".join(person_name(NamedPerson(name=person.name, email=person.email)) for person in asked)
        parts.append(Paragraph(text=f"I asked {names} to accept. The account is in order once enough have."))
    if unreachable:
        parts.append(unreachable_people(unreachable))
    if not_told:
        parts += _tell_them_yourself(filing, not_told, district)
    if filing.state.is_open:
        parts.append(
            Choices(buttons=(Button(label=f"Withdraw {filing.name}", verb="withdraw", value=card_value(filing)),))
        )
    return Reply(parts=tuple(parts))


def _filed_headline(filing: Filing) -> str:
    if filing.state is FilingState.RECORDED:
        return f"Recorded as {filing.name}: {_what(filing)}."
    return f"Filed as {filing.name}: {_what(filing)}."


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


def _tell_them_yourself(filing: Filing, not_told: Sequence[str], district: District) -> list[Part]:
    return [
        Paragraph(text=f"I cannot write to {' or '.join(not_told)} here. Please send this yourself:"),
        CopyText(label="The notice", text=_notice_text(filing, district)),
    ]


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
        Paragraph(text=f"{filing.name}: {filing_title(filing.kind).lower()}, {_what(filing)}.", is_headline=True),
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


def status(filing: Filing, district: District) -> str:  # noqa: PLR0911 - one return for each state
    """Say in one sentence how far a filing has come."""
    by = f" by {person_name(filing.decided_by)}" if filing.decided_by else ""
    on = f" on {day(filing.decided_at, district)}" if filing.decided_at else ""
    match filing.state:
        case FilingState.WAITING if filing.force is FilingForce.APPROVAL:
            return f"It waits for {decides(filing, district)} since {day(filing.filed_at, district)}."
        case FilingState.WAITING:
            return f"The notice was given on {day(filing.filed_at, district)} and waits to be seen."
        case FilingState.ASKED:
            return f"Something was asked{by}{on}; it waits for {person_name(filing.filer)}."
        case FilingState.APPROVED:
            return f"It was approved{by}{on}."
        case FilingState.DENIED:
            return f"It was denied{by}{on}: {filing.reason}"
        case FilingState.ACKNOWLEDGED:
            return f"The notice was seen{by}{on}."
        case FilingState.RECORDED:
            return f"It was recorded on {day(filing.filed_at, district)}."
        case FilingState.WITHDRAWN:
            return f"It was withdrawn{by}{on}."


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


def card(
    filing: Filing,
    *,
    district: District,
    account: Account | None,
    quote: ClauseQuote | None,
    likely: Sequence[Account] = (),
    is_of_channel: bool = True,
) -> Reply:
    """Draw a filing for those who decide it; the same card is edited with every step.

    Parameters
    ----------
    likely
        Accounts in the registry that its filer was shown and said are others.
    is_of_channel
        True for the specialist channel; False for the one who decides in their own direct message.
    """
    parts: list[Part] = [
        Paragraph(text=f"{filing.name}: {filing_title(filing.kind).lower()}", is_headline=True),
        Bullets(items=tuple(_facts(filing, district, account))),
    ]
    if likely:
        parts.append(
            Paragraph(
                text=f"Its filer says that it is another account than {'; '.join(account_name(each) for each in likely)}."
            )
        )
    if quote is not None:
        parts.append(quote)
    elif filing.force is FilingForce.RECORD:
        parts.append(Paragraph(text=f"{district.possessive} guidelines say nothing about this; it is only recorded."))
    else:
        parts.append(Paragraph(text=f"This stands in {district.possessive} own settings, not in its guidelines."))
    parts.append(Paragraph(text=status(filing, district)))
    if filing.state is FilingState.ASKED:
        parts.append(Paragraph(text=f"Asked: {filing.reason}"))
    if filing.state is FilingState.WAITING:
        parts += _deciding(filing, district, is_of_channel=is_of_channel)
    return Reply(parts=tuple(parts))


def _facts(filing: Filing, district: District, account: Account | None) -> list[str]:
    details = filing.details
    facts = [f"Filed by {_filer(filing)} on {day(filing.filed_at, district)}"]
    if account is not None and filing.kind not in {FilingKind.NEW_ACCOUNT, FilingKind.REGISTER}:
        facts.append(f"Account: {account_name(account)}")
    if details.organization:
        label = "New name" if filing.kind is FilingKind.RENAME else "For"
        facts.append(f"{label}: {details.organization}")
    if filing.kind in {FilingKind.NEW_ACCOUNT, FilingKind.REGISTER}:
        wished = ", wished for" if filing.kind is FilingKind.NEW_ACCOUNT and details.handle else ""
        facts.append(
            f"Where: {platform_title(details.platform)}{f', {details.handle}{wished}' if details.handle else ''}"
        )
    elif details.handle:
        facts.append(f"New handle: {details.handle}")
    if details.logo:
        facts.append("The district's logo" if details.logo == "district" else "A school's logo or mascot")
    facts += [f"{_as_what(filing)}: {_with_answer(person, account)}" for person in details.administrators]
    if details.supervisor:
        facts.append(f"Supervisor: {named_with_email(details.supervisor)}")
    if details.principal:
        facts.append(f"Principal or designee: {named_with_email(details.principal)}")
    if details.note:
        facts.append(f"In their words: {details.note}")
    return facts


def _filer(filing: Filing) -> str:
    filer = filing.filer
    return f"{filer.name}, {filer.email}" if filer.name and filer.email else person_name(filer)


def _as_what(filing: Filing) -> str:
    match filing.kind:
        case FilingKind.REMOVE_ADMINISTRATOR:
            return "To be removed"
        case FilingKind.HAND_OVER:
            return "Handed over to"
        case _:
            return "Administrator"


def _with_answer(person: NamedPerson, account: Account | None) -> str:
    known = account.administrator(person.email) if account else None
    answer = (
        {
            AdministratorState.ASKED: ", asked to accept",
            AdministratorState.UNREACHABLE: ", not reached yet",
            AdministratorState.ACCEPTED: ", has accepted",
            AdministratorState.DECLINED: ", has declined",
        }.get(known.state, "")
        if known
        else ""
    )
    return named_with_email(person) + answer


def _deciding(filing: Filing, district: District, *, is_of_channel: bool) -> list[Part]:
    value = card_value(filing)
    if filing.force is not FilingForce.APPROVAL:
        return [
            Choices(
                buttons=(
                    Button(label="Seen", verb="acknowledge", value=value, style=ButtonStyle.PRIMARY),
                    Button(label="Ask for something", verb="ask-for", value=value),
                )
            )
        ]
    if is_of_channel and office_of(filing, district) is not Office.SPECIALIST:
        return [Paragraph(text=f"{decides(filing, district)} decides this.".capitalize())]
    return [
        Choices(
            buttons=(
                Button(label="Approve", verb="approve", value=value, style=ButtonStyle.PRIMARY),
                Button(label="Deny", verb="deny", value=value, style=ButtonStyle.DANGER),
                Button(label="Ask for something", verb="ask-for", value=value),
            )
        )
    ]


def office_of(filing: Filing, district: District) -> Office:
    """Return the office that decides a filing here."""
    return decider(filing, district.rule(filing.kind))


def card_value(filing: Filing) -> str:
    """Return what the buttons of a card carry: which filing, as it was when the card was drawn."""
    return f"{filing.number}.{filing.revision}"


def why_denied(filing: Filing) -> Reply:
    """Ask for the reason of a denial."""
    return _one_text(
        filing,
        headline=f"Deny {filing.name}? {person_name(filing.filer)} is told the reason.",
        label="Reason",
        verb="deny",
        submit=f"Deny {filing.name}",
    )


def what_to_ask(filing: Filing) -> Reply:
    """Ask what is wanted of the filer."""
    return _one_text(
        filing,
        headline=f"What do you need for {filing.name}? {person_name(filing.filer)} gets the form again with your words.",
        label="What is missing",
        verb="ask-for",
        submit="Send",
    )


def _one_text(filing: Filing, *, headline: str, label: str, verb: str, submit: str) -> Reply:
    opened_by = Button(label=submit, verb=verb, value=card_value(filing))
    form: Form = text_form(
        title=filing.name, label=label, verb=verb, value=card_value(filing), submit=submit, opened_by=opened_by
    )
    return Reply(parts=(Paragraph(text=headline, is_headline=True), form))


def approved(filing: Filing, *, district: District, account: Account | None) -> Reply:
    """Tell the filer of an approval, and what is still to do."""
    parts: list[Part] = [
        Paragraph(text=f"{filing.name} is approved: {_what(filing)}.", is_headline=True),
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
            Paragraph(text=f"{filing.name} was denied: {_what(filing)}.", is_headline=True),
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
            Paragraph(text=f"{filing.name} was seen: {_what(filing)}.", is_headline=True),
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
        parts=(Paragraph(text=f"{filing.name}, {_what(filing)}: {status(filing, district)}", is_headline=True),)
    )


def still_waiting(filing: Filing, *, district: District) -> Reply:
    """Remind those who decide that a filing waits."""
    return Reply(
        parts=(
            Paragraph(text=f"{filing.name} still waits: {_what(filing)}.", is_headline=True),
            Paragraph(text=f"{status(filing, district)} Its card with the buttons stands above in this channel."),
        )
    )


def still_asked(filing: Filing) -> Paragraph:
    """Remind the filer that something was asked of them."""
    return Paragraph(text=f"{filing.name} still waits for you: {filing.reason}", is_headline=True)


def _what(filing: Filing) -> str:  # noqa: PLR0911 - one return for each kind
    """Say in a few words what is filed."""
    details = filing.details
    who = ", ".join(person_name(person) for person in details.administrators)
    match filing.kind:
        case FilingKind.NEW_ACCOUNT | FilingKind.REGISTER:
            handle = f"{details.handle} " if details.handle else ""
            return f"{handle}on {platform_title(details.platform)} for {details.organization}"
        case FilingKind.ADD_ADMINISTRATOR:
            return f"add {who}"
        case FilingKind.REMOVE_ADMINISTRATOR:
            return f"remove {who}"
        case FilingKind.RENAME:
            return f"rename it to {' '.join(part for part in (details.organization, details.handle) if part)}"
        case FilingKind.CLOSE:
            return "close it"
        case FilingKind.HAND_OVER:
            return f"hand it over to {who}"
        case FilingKind.LOGO:
            whose = "the district's logo" if details.logo != "school" else "a school's logo or mascot"
            return f"{whose} for {details.organization}"
        case FilingKind.ASKED_TO_REMOVE:
            return "its people were asked to remove it"


def asked_again(filing: Filing, form: Reply) -> Reply:
    """Give the filer the form again, with what was asked for above it."""
    return Reply(parts=(asked_for(filing), *form.parts[1:]))
