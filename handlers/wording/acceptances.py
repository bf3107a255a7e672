"""What named administrators are asked and told."""

from handlers.replies import (
    Button,
    ButtonStyle,
    Choices,
    ClauseQuote,
    FieldProblem,
    Form,
    Paragraph,
    Part,
    Reply,
    TextField,
)
from handlers.wording.forms import address_problem, carried
from handlers.wording.names import account_name, person_name
from knowledge.district import District
from knowledge.filings import Filing, FilingKind, NamedPerson
from knowledge.handles import AddressProblem
from knowledge.registry import Account, AccountStatus, Administrator


def asked(account: Account, filing: Filing, *, quote: ClauseQuote | None) -> Reply:
    """Ask a named person to administer an account."""
    by = person_name(filing.filer)
    if filing.kind is FilingKind.HAND_OVER:
        first = f"{by} wants to hand an account over to you: {account_name(account)}."
        second = "Will you take it over? Then say so to them in person as well, so that you get its password."
    else:
        first = f"{by} named you as an administrator of {account_name(account)}."
        second = "Will you be one? You would post, watch comments, and stand in when the others are away."
    parts: list[Part] = [Paragraph(text=first, is_headline=True), Paragraph(text=second)]
    if quote is not None:
        parts.append(quote)
    value = str(account.number)
    parts.append(
        Choices(
            buttons=(
                Button(label="Yes, I will", verb="accept", value=value, style=ButtonStyle.PRIMARY),
                Button(label="No", verb="decline", value=value),
            )
        )
    )
    return Reply(parts=tuple(parts))


def accepted(account: Account, *, district: District) -> Reply:
    """Thank a person who said yes, and say how the account stands."""
    return Reply(
        parts=(
            Paragraph(text=f"You are an administrator of {account_name(account)}.", is_headline=True),
            Paragraph(text=f"{standing(account, district)} Something about it changes? Write /addadmin."),
        )
    )


def declined(account: Account) -> Reply:
    """Confirm a no."""
    return Reply(
        parts=(
            Paragraph(text=f"All right: you are not an administrator of {account_name(account)}.", is_headline=True),
        )
    )


def declined_to_filer(account: Account, person: Administrator, kind: FilingKind, *, district: District) -> Reply:
    """Tell the filer of a no, and what to do."""
    name = person_name(NamedPerson(name=person.name, email=person.email))
    if kind is FilingKind.HAND_OVER:
        again = Button(
            label="Hand it to somebody else", verb="open", value=carried(kind, {"account": str(account.number)})
        )
        return Reply(
            parts=(
                Paragraph(text=f"{name} does not take over {account_name(account)}.", is_headline=True),
                Paragraph(text="You are still on it. Find somebody else before you leave."),
                Choices(buttons=(again,)),
            )
        )
    return Reply(
        parts=(
            Paragraph(text=f"{name} declined to administer {account_name(account)}.", is_headline=True),
            Paragraph(text=f"{standing(account, district)} Name somebody else, if you need one more."),
            _name_somebody(account),
        )
    )


def no_answer(account: Account, people: tuple[Administrator, ...], *, district: District) -> Reply:
    """Tell the filer who has not answered, and what to do."""
    names = ", ".join(person_name(NamedPerson(name=each.name, email=each.email)) for each in people)
    return Reply(
        parts=(
            Paragraph(text=f"No answer yet from {names} about {account_name(account)}.", is_headline=True),
            Paragraph(
                text=f"{standing(account, district)} Speak to them: the question stands in their messages from me. "
                "Whom I cannot write to has to send me any message first. Or name somebody else."
            ),
            _name_somebody(account),
        )
    )


def _name_somebody(account: Account) -> Choices:
    return Choices(
        buttons=(
            Button(
                label="Add an administrator",
                verb="open",
                value=carried(FilingKind.ADD_ADMINISTRATOR, {"account": str(account.number)}),
            ),
        )
    )


def why_declined(person: Administrator) -> str:
    """Say why an account may have too few."""
    return f"{person_name(NamedPerson(name=person.name, email=person.email))} declined."


def why_left(person: Administrator) -> str:
    """Say why an account may have too few."""
    return f"{person_name(NamedPerson(name=person.name, email=person.email))} no longer administers it."


def standing(account: Account, district: District) -> str:  # noqa: C901 - one branch for each status
    """Say in one sentence how an account stands."""
    have, minimum = len(account.accepted), district.minimum_administrators
    match account.status:
        case AccountStatus.REQUESTED:
            first = "It waits for approval."
        case AccountStatus.APPROVED:
            first = "It is approved, not yet live."
        case AccountStatus.ANNOUNCED:
            first = "It is announced, not yet live."
        case AccountStatus.LIVE:
            first = "It is live, and not in order yet."
            if minimum is None:
                first = "It is live."
            elif account.is_in_order(minimum):
                first = "It is live and in order."
        case AccountStatus.DENIED:
            first = "It was denied."
        case AccountStatus.WITHDRAWN:
            first = "Its filing was withdrawn."
        case AccountStatus.CLOSED:
            first = "It is closed."
        case AccountStatus.ASKED_TO_REMOVE:
            first = "Its people were asked to remove it."
    if minimum is None and not have:
        return f"{first} Nobody has accepted to administer it."
    if minimum is None:
        return f"{first} {have} {'person has' if have == 1 else 'people have'} accepted."
    return f"{first} {have} of at least {minimum} administrators have accepted."


def asks_confirmation(account: Account, *, district: District, why: str) -> Reply:
    """Ask an administrator whether an account is still theirs and current."""
    value = str(account.number)
    return Reply(
        parts=(
            Paragraph(text=f"Is {account_name(account)} still yours, and current?", is_headline=True),
            Paragraph(text=f"{why} {standing(account, district)}"),
            Choices(
                buttons=(
                    Button(label="Yes, still mine", verb="confirm", value=value, style=ButtonStyle.PRIMARY),
                    Button(label="No longer mine", verb="not-mine", value=value),
                    Button(
                        label="Close it", verb="open", value=carried(FilingKind.CLOSE, {"account": str(account.number)})
                    ),
                )
            ),
        )
    )


YEARLY = "I ask once a year, so that no account is forgotten."
GUIDELINES_CHANGED = (
    "The guidelines on accounts have changed; please look at them and say that your account still follows them."
)


def confirmed(account: Account) -> Reply:
    """Thank for the answer."""
    return Reply(parts=(Paragraph(text=f"Thank you: {account_name(account)} is noted as current.", is_headline=True),))


def no_longer(account: Account) -> Reply:
    """Confirm that a person is off an account."""
    return Reply(
        parts=(
            Paragraph(text=f"You are off {account_name(account)} in the registry.", is_headline=True),
            Paragraph(text="Please give its password to the others, and take yourself off on the platform."),
        )
    )


def handed_over(account: Account, successor: Administrator) -> Reply:
    """Tell who leaves that the account is taken over."""
    name = person_name(NamedPerson(name=successor.name, email=successor.email))
    return Reply(
        parts=(
            Paragraph(text=f"{name} has taken over {account_name(account)}.", is_headline=True),
            Paragraph(
                text="You are off it in the registry. Please give them its password, and take yourself off on the platform."
            ),
        )
    )


def asks_address(
    account: Account, *, typed: str = "", reason: AddressProblem | None = None, platform: str = ""
) -> Reply:
    """Ask for the address of an account that may exist now."""
    opened_by = Button(label="Send its address", verb="send-address", value=str(account.number))
    problem = FieldProblem(text=address_problem(reason, platform)) if reason else None
    form = Form(
        title="Its address",
        verb="send-address",
        value=str(account.number),
        fields=(
            TextField(
                name="handle",
                label="Handle or web address",
                hint="Once it exists. Like @lincolnrobotics, or the address your browser shows.",
                value=typed or account.handle,
                max_characters=300,
                problem=problem,
            ),
        ),
        submit_label="It is live",
        opened_by=opened_by,
        has_problems=problem is not None,
    )
    return Reply(parts=(Paragraph(text=f"Where is {account_name(account)}?", is_headline=True), form))


def address_not_wanted(account: Account) -> Reply:
    """Answer an address for an account that does not wait for one."""
    return Reply(
        parts=(
            Paragraph(text=f"{account_name(account)} does not wait for its address.", is_headline=True),
            Paragraph(text="Nothing was changed. To change its handle, write /addadmin rename."),
        )
    )


def is_live(account: Account, *, district: District, quote: ClauseQuote | None) -> Reply:
    """Confirm to whoever sent the address that the account is live."""
    parts: list[Part] = [
        Paragraph(text=f"{account_name(account)} is live in the registry.", is_headline=True),
        Paragraph(text=standing(account, district)),
    ]
    if account.is_below(district.minimum_administrators) and quote is not None:
        parts.append(quote)
    return Reply(parts=tuple(parts))


def went_live(account: Account, *, district: District) -> Reply:
    """Tell the channel and the administrators that an account went live."""
    return Reply(
        parts=(
            Paragraph(text=f"Live now: {account_name(account)}.", is_headline=True),
            Paragraph(text=standing(account, district)),
        )
    )
