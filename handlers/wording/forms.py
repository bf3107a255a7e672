"""The forms by which something is filed: their titles, labels, hints, and what is wrong with what was typed."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence

from handlers.replies import (
    Button,
    ButtonStyle,
    ChoiceField,
    Choices,
    FieldProblem,
    Form,
    FormField,
    Naming,
    Option,
    Paragraph,
    Part,
    Reply,
    TextField,
)
from handlers.wording.clauses import quote_of
from handlers.wording.names import account_name, filing_title, office_name
from knowledge.district import District
from knowledge.filing_checks import Fault, FormProblem, fields_of, is_required
from knowledge.filings import Filing, FilingForce, FilingKind, decider
from knowledge.guidelines import Guideline
from knowledge.handles import PLATFORMS, AddressProblem, platform_title
from knowledge.registry import Account

_LABELS = {
    "organization": "Organization or department",
    "platform": "Platform",
    "page_type": "What kind of Facebook page is it?",
    "handle": "Handle or web address",
    "administrators": "Administrators",
    "administrator": "Administrator to remove",
    "successor": "School site administrator who takes it over",
    "supervisor": "Your supervisor",
    "principal": "Principal or designee",
    "logo": "Whose logo or mascot?",
    "account": "Which account?",
    "note": "Anything else?",
}
_HINTS = {
    "organization": "As people know it: Lincoln High School Robotics Club.",
    "administrators": "One per line: name, e-mail.",
    "administrator": "The e-mail address.",
    "successor": "Name, e-mail.",
    "supervisor": "Name, e-mail.",
    "principal": "Name, e-mail.",
    "account": "Its handle, web address or name.",
    "note": "Leave students' names out.",
}
_NAMES_PEOPLE = {
    "administrators": Naming.SEVERAL,
    "administrator": Naming.ONE,
    "successor": Naming.ONE,
    "supervisor": Naming.ONE,
    "principal": Naming.ONE,
}
_SUBMIT = {
    FilingKind.ASKED_TO_REMOVE: "Record it",
}


def form(
    kind: FilingKind,
    *,
    district: District,
    guideline: Guideline,
    document: str,
    values: Mapping[str, str],
    problems: Sequence[FormProblem] = (),
    my_accounts: Sequence[Account] = (),
    filing: Filing | None = None,
    likely: Sequence[Account] = (),
) -> Reply:
    """Draw the form of one kind of filing.

    Parameters
    ----------
    values
        What stands in the fields already, by name.
    problems
        What is wrong with it; each is shown at its field with the clause it is wrong by.
    my_accounts
        The accounts the person administers, to choose from.
    filing
        The filing that is mended, where something was asked of its filer.
    likely
        Accounts in the registry that may be the same one.
    """
    rule = district.rule(kind)
    by_field: dict[str, list[FormProblem]] = defaultdict(list)
    for each in problems:
        by_field[each.name].append(each)
    drawn: list[FormField] = []
    if likely:
        drawn.append(_which_one(likely, by_field["is_same"], district, guideline, document))
    for name in fields_of(kind, district):
        problem = _problem(by_field[name], district, guideline, document)
        drawn.append(_field(name, kind, district, value=values.get(name, ""), problem=problem, my_accounts=my_accounts))
    opening = Button(label=filing_title(kind), verb="open", value=carried(kind, values, filing))
    parts: list[Part] = [
        Paragraph(text=filing_title(kind), is_headline=True),
        Paragraph(text=_what_it_is(kind, district)),
    ]
    quote = quote_of(district.clause_id(rule.clause), guideline, document)
    if quote is not None and not problems:
        parts.append(quote)
    parts.append(
        Form(
            title=filing_title(kind),
            verb="file",
            value=carried(kind, {}, filing),
            fields=tuple(drawn),
            submit_label="Send it again" if filing else _SUBMIT.get(kind, "Send"),
            opened_by=opening,
            has_problems=bool(problems) or bool(likely),
        )
    )
    return Reply(parts=tuple(parts))


_CARRIED = frozenset({"organization", "platform", "handle", "account", "administrator"})
"""What a button may fill in beforehand."""


def carried(kind: FilingKind, values: Mapping[str, str], filing: Filing | None = None) -> str:
    """Return what a button or a form carries: the kind, what is filled in beforehand, the filing that is mended."""
    said: dict[str, object] = {"kind": kind.value}
    if filing is not None:
        said["filing"] = filing.number  # what it said is read again from there
        return json.dumps(said)
    # Slack's buttons carry 2,000 characters: what was prefilled from a message is short, what was typed is not carried.
    said["values"] = {name: value[:150] for name, value in values.items() if name in _CARRIED and value}
    return json.dumps(said, ensure_ascii=False)


def _what_it_is(kind: FilingKind, district: District) -> str:
    """Say what the filing does here, before anything is filled in."""
    rule = district.rule(kind)
    receives = f"the {district.specialist.title}"
    by = "" if rule.clause else f" by {district.possessive} own settings"
    if kind is FilingKind.LOGO and len(rule.decided_by) > 1:
        return f"This needs approval: {office_name(rule.decided_by[0], district)} approves the district's logo, the principal a school's."
    if rule.force is FilingForce.APPROVAL:
        decides = " or ".join(office_name(office, district) for office in rule.decided_by)
        return (
            f"This needs approval{by}: {decides} decides, and you are told here. Wait for the answer before you do it."
        )
    if rule.force is FilingForce.NOTICE:
        told = " and ".join(office_name(office, district) for office in rule.tells) or receives
        are = "are" if len(rule.tells) > 1 else "is"
        return f"This is a notice{by}: {told} {are} told. Give it before you make the change; nobody has to approve it."
    if rule.clause:
        return f"This is recorded in {district.possessive} registry. Nobody has to approve it."
    return f"{district.possessive} guidelines say nothing about this, so it is only recorded in the registry."


def _field(
    name: str,
    kind: FilingKind,
    district: District,
    *,
    value: str,
    problem: FieldProblem | None,
    my_accounts: Sequence[Account],
) -> FormField:
    needed = is_required(name, kind, district)
    label, hint = _LABELS[name], _HINTS.get(name, "")
    match name:
        case "platform":
            options = tuple(Option(value=each.name, label=each.title) for each in PLATFORMS.values())
            return ChoiceField(
                name=name, label=label, options=options, value=value, is_required=needed, problem=problem
            )
        case "page_type":
            options = (
                Option(value="page", label="A page of the organization"),
                Option(value="profile", label="A personal profile"),
            )
            return ChoiceField(
                name=name,
                label=label,
                hint="Only for Facebook.",
                options=options,
                value=value,
                is_required=False,
                problem=problem,
            )
        case "logo":
            options = (
                Option(value="district", label="The district's"),
                Option(value="school", label="A school's"),
            )
            return ChoiceField(
                name=name, label=label, options=options, value=value, is_required=needed, problem=problem
            )
        case "account" if 1 <= len(my_accounts) <= 20 and not value:
            options = tuple(Option(value=str(each.number), label=account_name(each)) for each in my_accounts)
            chosen = options[0].value if len(options) == 1 else ""
            return ChoiceField(
                name=name, label=label, options=options, value=chosen, is_required=needed, problem=problem
            )
        case _:
            pass
    if name == "handle":
        label, hint = _handle(kind, needed=needed)
    if name == "organization" and kind is FilingKind.RENAME:
        label, hint = "New name", "Leave it empty where only the handle changes."
    if name == "organization" and kind is FilingKind.LOGO:
        label = "School, organization or department"
    if name == "note" and kind is FilingKind.LOGO:
        label, hint = "What is it to be used for?", "The account, and what the post or page is."
    if name == "note" and kind is FilingKind.ASKED_TO_REMOVE:
        label, hint = "What happened?", "Leave names out."
    return TextField(
        name=name,
        label=label,
        hint=hint,
        value=value,
        is_required=needed,
        is_multiline=name in {"administrators", "note"},
        max_characters=4000 if name == "administrators" else 1000 if name == "note" else 300,
        people=_NAMES_PEOPLE.get(name, Naming.NOBODY),
        problem=problem,
    )


def _handle(kind: FilingKind, *, needed: bool) -> tuple[str, str]:
    if kind is FilingKind.RENAME:
        return "New handle or web address", "Leave it empty where only the name changes."
    if needed:
        return _LABELS["handle"], "Like @lincolnrobotics, or the address your browser shows."
    return "Handle you would like", "Do not create it before you have the answer. Like @lincolnrobotics."


def _which_one(
    likely: Sequence[Account], problems: Sequence[FormProblem], district: District, guideline: Guideline, document: str
) -> ChoiceField:
    return ChoiceField(
        name="is_same",
        label="The registry has something like it. Is it one of these?",
        options=(
            *(Option(value=str(account.number), label=f"This is it: {account_name(account)}") for account in likely),
            Option(value="another", label="No, this is another account"),
        ),
        problem=_problem(problems, district, guideline, document),
    )


def _problem(
    problems: Sequence[FormProblem], district: District, guideline: Guideline, document: str
) -> FieldProblem | None:
    """Say everything that is wrong with a field at once, with the first clause that it is wrong by."""
    if not problems:
        return None
    clause_id = next((each.clause_id for each in problems if each.clause_id), "")
    return FieldProblem(
        text=" ".join(dict.fromkeys(_sentence(each, district) for each in problems)),
        quote=quote_of(clause_id, guideline, document) if clause_id else None,
    )


_ADDRESS_REASONS = {
    AddressProblem.LOOKALIKE: "It holds letters that only look like ours. Type it by hand in plain letters.",
    AddressProblem.HIDDEN_CHARACTERS: "It holds characters that cannot be seen. Type it by hand.",
    AddressProblem.SINGLE_POST: "That leads to a single post. Send the address of the account itself.",
    AddressProblem.NOT_AN_ACCOUNT: "That is one of the platform's own pages. Send the address of the account itself.",
    AddressProblem.SHORTENED: "Short links hide where they lead. Send the full address.",
    AddressProblem.DECEPTIVE_HOST: "That address is not the platform's own. Copy it from your browser.",
    AddressProblem.EMAIL: "That is an e-mail address. Send the handle or web address of the account.",
    AddressProblem.SEVERAL: "That is more than one account. File each one by itself.",
    AddressProblem.PLATFORM_MISSING: "Choose the platform, so that the handle can be found.",
    AddressProblem.TOO_LONG: "This is too long for a handle or a web address.",
}


def _sentence(problem: FormProblem, district: District) -> str:  # noqa: C901, PLR0911, PLR0912 - one return for each fault
    facts = problem.facts
    match problem.fault:
        case Fault.MISSING:
            return "Please fill this in."
        case Fault.TOO_LONG:
            return f"This is too long: at most {facts['most']} characters."
        case Fault.HIDDEN_CHARACTERS:
            return "This holds characters that cannot be seen. Please type it by hand."
        case Fault.NOT_A_CHOICE:
            return "Please choose one of the list."
        case Fault.NOT_AN_ORGANIZATION:
            return "That cannot be the name of an organization. Write it as people know it, without links."
        case Fault.HOLDS_PERSONAL_DATA:
            return "That address holds personal data. Send the address of the account alone."
        case Fault.NAME_MISSING:
            return f"Please add the name to {facts['email']}."
        case Fault.NAME_NOT_READABLE:
            return f"The name beside {facts['email']} is no name that can be read. Use letters only."
        case Fault.EMAIL_MISSING:
            return f"There is no e-mail address beside “{facts['shown']}”."
        case Fault.EMAIL_NOT_VALID:
            return f"“{facts['shown']}” is not a whole e-mail address."
        case Fault.EMAIL_TWICE:
            return f"{facts['email']} stands here twice. Each administrator counts once."
        case Fault.EMAIL_OF_ELSEWHERE:
            return f"{facts['email']} is no address of the district. By its own settings these are: {facts['domains']}."
        case Fault.TOO_MANY_PEOPLE:
            return f"These are more than {facts['most']} people."
        case Fault.ONE_PERSON_ONLY:
            return "Please name one person only."
        case Fault.TOO_FEW_ADMINISTRATORS:
            by = "" if problem.clause_id else f" by {district.possessive} own settings"
            return f"You named {facts['have']}; at least {facts['need']} different people are needed{by}."
        case Fault.PLATFORM_NOT_APPROVED:
            approved = ", ".join(platform.name for platform in district.platforms)
            return f"{platform_title(facts['platform'])} is not approved here. Approved are: {approved}."
        case Fault.PLATFORM_TEMPORARY:
            return f"{platform_title(facts['platform'])} shows pictures that vanish, which is prohibited here."
        case Fault.PERSONAL_PROFILE:
            return "That is a personal profile. Make a page of the organization and file that."
        case Fault.ADDRESS_NOT_VALID:
            reason = AddressProblem(facts["reason"])
            if reason is AddressProblem.OTHER_PLATFORM:
                return f"That is an address on {platform_title(facts['platform'])}. Choose that platform, or send the other address."
            if reason is AddressProblem.HANDLE_NOT_ALLOWED:
                return f"{platform_title(facts['platform'])} does not allow such a handle. Check it for typing errors."
            return _ADDRESS_REASONS.get(
                reason, "That is no handle or address of an account. Copy it from your browser."
            )
        case Fault.ALREADY_REGISTERED:
            return f"The registry has this address already, as {facts['shown']}. Two accounts cannot share one."
        case Fault.ACCOUNT_NOT_FOUND:
            return "The registry has no such account. Check the handle, or register the account first."
        case Fault.ACCOUNT_REQUESTED:
            return "That account waits for approval. Withdraw its filing and file it anew, or wait for the answer."
        case Fault.ACCOUNT_CLOSED:
            return "That account is closed in the registry. If it is back, register it."
        case Fault.ACCOUNT_UNCLEAR:
            return f"More than one account could be meant: {facts['shown']}. Type the handle."
        case Fault.ALREADY_ADMINISTRATOR:
            return f"{facts['email']} is an administrator of it already."
        case Fault.NOT_AN_ADMINISTRATOR:
            return f"{facts['email']} is no administrator of it."
        case Fault.NOTHING_CHANGES:
            return "Fill in a new name or a new handle."
        case Fault.SELF_NAMED:
            return "That is you. Name somebody else."


def address_problem(reason: AddressProblem, platform: str) -> str:
    """Say why a text is no address of an account."""
    if reason is AddressProblem.OTHER_PLATFORM:
        return f"That is an address on {platform_title(platform)}. Choose that platform, or send the other address."
    if reason is AddressProblem.HANDLE_NOT_ALLOWED:
        return f"{platform_title(platform)} does not allow such a handle. Check it for typing errors."
    return _ADDRESS_REASONS.get(reason, "That is no handle or address of an account. Copy it from your browser.")


def text_form(*, title: str, label: str, verb: str, value: str, submit: str, hint: str = "", opened_by: Button) -> Form:
    """Draw a form of a single text: a reason, a question, an address."""
    return Form(
        title=title,
        verb=verb,
        value=value,
        fields=(TextField(name="note", label=label, hint=hint, is_multiline=True, max_characters=1000),),
        submit_label=submit,
        opened_by=opened_by,
    )


def other_forms(kinds: Sequence[FilingKind], *, prompt: str) -> Choices:
    """Offer things that can be filed."""
    return Choices(
        prompt=prompt,
        buttons=tuple(Button(label=filing_title(kind), verb="open", value=carried(kind, {})) for kind in kinds),
    )


def register_first(values: Mapping[str, str]) -> Choices:
    """Offer to register an account that the registry does not have."""
    return Choices(
        buttons=(
            Button(
                label="Register it first",
                verb="open",
                value=carried(FilingKind.REGISTER, values),
                style=ButtonStyle.PRIMARY,
            ),
        )
    )


def decides(filing: Filing, district: District) -> str:
    """Name the office that decides a filing."""
    return office_name(decider(filing, district.rule(filing.kind)), district)
