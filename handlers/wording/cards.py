"""The card of a filing in the specialist channel, and how a filing is told of in a few words."""

from collections.abc import Sequence

from handlers.replies import Bullets, Button, ButtonStyle, Choices, ClauseQuote, Form, Paragraph, Part, Reply
from handlers.wording.forms import decides, text_form
from handlers.wording.names import account_name, day, filing_title, named_with_email, office_name, person_name
from knowledge.district import District
from knowledge.filings import Filing, FilingForce, FilingKind, FilingState, NamedPerson, Office, decider
from knowledge.handles import platform_title
from knowledge.registry import Account, AdministratorState


def card(
    filing: Filing,
    *,
    district: District,
    account: Account | None,
    quote: ClauseQuote | None,
    likely: Sequence[Account] = (),
    platform_quote: ClauseQuote | None = None,
    is_of_channel: bool = True,
) -> Reply:
    """Draw a filing for those who decide it; the same card is edited with every step.

    Parameters
    ----------
    likely
        Accounts in the registry that its filer was shown and said are others.
    platform_quote
        The clause against its platform, where the account is there already on one that is not approved.
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
    if platform_quote is not None:
        parts += [Paragraph(text=f"{platform_title(filing.details.platform)} is not approved here:"), platform_quote]
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
        # Nothing is asked about a notice: it has come into effect, and the filer is a message away.
        return [Choices(buttons=(Button(label="Seen", verb="acknowledge", value=value, style=ButtonStyle.PRIMARY),))]
    if is_of_channel and decider(filing, district.rule(filing.kind)) is not Office.SPECIALIST:
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


def still_waiting(filing: Filing, *, district: District, absent: Office | None = None) -> Reply:
    """Remind those who decide that a filing waits, with the buttons at hand.

    Parameters
    ----------
    absent
        The office that decides it, where nobody who holds it can be written to.
    """
    parts: list[Part] = [
        Paragraph(text=f"{filing.name} still waits: {what(filing)}.", is_headline=True),
        Paragraph(text=f"{status(filing, district)} Filed by {_filer(filing)}."),
    ]
    if absent is not None:
        name = office_name(absent, district)
        parts.append(
            Paragraph(text=f"I cannot write to {name}, who decides it. Please ask them to send me any message.")
        )
    if filing.state is FilingState.WAITING:
        parts += _deciding(filing, district, is_of_channel=True)
    return Reply(parts=tuple(parts))


def filer_not_told(filing: Filing) -> Reply:
    """Tell the channel that the filer does not know of a step: we know no way to write to them."""
    text = f"I cannot write to {person_name(filing.filer)}, so they do not know this about {filing.name} yet. Please tell them."
    return Reply(parts=(Paragraph(text=text, is_headline=True),))


def filer_is_gone(filing: Filing, *, district: District) -> Reply:
    """Tell the channel that the filer of whom something was asked cannot be written to."""
    return Reply(
        parts=(
            Paragraph(
                text=f"{filing.name} waits for {person_name(filing.filer)}, whom I cannot write to.", is_headline=True
            ),
            Paragraph(text=f"{status(filing, district)} Asked: {filing.reason} If nothing comes of it, deny it."),
            Choices(buttons=(Button(label="Deny", verb="deny", value=card_value(filing), style=ButtonStyle.DANGER),)),
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


def what(filing: Filing) -> str:  # noqa: PLR0911 - one return for each kind
    """Say in a few words what is filed."""
    details = filing.details
    who = ", ".join(person_name(person) for person in details.administrators)
    match filing.kind:
        case FilingKind.NEW_ACCOUNT | FilingKind.REGISTER:
            handle = details.handle or "an account"
            return f"{handle} on {platform_title(details.platform)} for {details.organization}"
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
            whose = {"district": "the district's logo", "school": "a school's logo or mascot"}.get(
                details.logo, "a logo"
            )
            return f"{whose} for {details.organization}"
        case FilingKind.ASKED_TO_REMOVE:
            return "its people were asked to remove it"
