"""What a filing looks like on the page: its form with and without problems, its card, the form for a reason."""

from collections.abc import Mapping

from handlers.replies import (
    Button,
    ButtonStyle,
    ChoiceField,
    Choices,
    ClauseQuote,
    FieldProblem,
    Form,
    Option,
    Paragraph,
    Reply,
    TextField,
)
from knowledge.people import Person

PLATFORMS = ("Facebook", "Instagram", "LinkedIn", "Snapchat", "Twitter")


def new_account(fields: Mapping[str, str] | None = None, *, quote: ClauseQuote | None = None) -> Reply:
    """The form of a new account; an empty reply where everything in it is as it should be."""
    typed = fields or {}
    problems: dict[str, FieldProblem] = {}
    if fields is not None:
        if fields["platform"] == "Snapchat":
            problems["platform"] = FieldProblem(text="Snapchat is not approved in your district.", quote=quote)
        if not fields["organization"]:
            problems["organization"] = FieldProblem(text="Name the club, team or office.")
        if not fields["existing"]:
            problems["existing"] = FieldProblem(text="Choose one.")
        if "@" not in fields["administrators"]:
            problems["administrators"] = FieldProblem(text="This is no e-mail address.")
    if fields is not None and not problems:
        return Reply(parts=())
    form = Form(
        title="New account",
        verb="file",
        value="new",
        fields=(
            TextField(
                name="organization",
                label="Organization",
                hint="The club, team or office that the account speaks for.",
                value=typed.get("organization", ""),
                problem=problems.get("organization"),
            ),
            ChoiceField(
                name="platform",
                label="Platform",
                options=tuple(Option(value=each, label=each) for each in PLATFORMS),
                value=typed.get("platform", ""),
                problem=problems.get("platform"),
            ),
            ChoiceField(
                name="existing",
                label="Does the account exist already?",
                options=(Option(value="yes", label="Yes"), Option(value="no", label="No, it is planned")),
                value=typed.get("existing", ""),
                problem=problems.get("existing"),
            ),
            TextField(
                name="administrators",
                label="Administrators",
                hint="One e-mail address a line.",
                value=typed.get("administrators", ""),
                is_multiline=True,
                problem=problems.get("administrators"),
            ),
            TextField(name="note", label="Note", value=typed.get("note", ""), is_required=False),
        ),
        submit_label="File",
        opened_by=Button(label="New account", verb="new-account"),
        has_problems=bool(problems),
    )
    return Reply(parts=(form,))


def card(filer: Person, fields: Mapping[str, str], *, filer_address: str) -> Reply:
    """The card that the specialist decides on."""
    return Reply(
        parts=(
            Paragraph(text=f"R-1: {filer.name} asks for a new account", is_headline=True),
            Paragraph(text=f"{fields['organization']} on {fields['platform']}"),
            Choices(
                buttons=(
                    Button(label="Approve", verb="approve", value="1", style=ButtonStyle.PRIMARY),
                    Button(label="Deny", verb="deny", value=filer_address, style=ButtonStyle.DANGER),
                    Button(label="Export", verb="export"),
                )
            ),
        )
    )


def approved(by: Person) -> Reply:
    """The card once it is decided."""
    return Reply(parts=(Paragraph(text=f"R-1: approved by {by.name}", is_headline=True),))


def denied(by: Person, fields: Mapping[str, str]) -> Reply:
    """The card once it is denied."""
    return Reply(
        parts=(
            Paragraph(text=f"R-1: denied by {by.name}", is_headline=True),
            Paragraph(text=fields["reason"]),
        )
    )


def asked(fields: Mapping[str, str]) -> Reply:
    """What a named administrator is asked."""
    return Reply(
        parts=(
            Paragraph(text=f"Will you run the account of {fields['organization']}?", is_headline=True),
            Choices(buttons=(Button(label="I will", verb="helped", style=ButtonStyle.PRIMARY),)),
        )
    )


def reason(value: str, *, problem: str = "") -> Reply:
    """The form that asks why a filing is denied."""
    form = Form(
        title="Deny R-1",
        verb="deny",
        value=value,
        fields=(
            TextField(
                name="reason",
                label="Reason",
                hint="The filer reads it word for word.",
                is_multiline=True,
                problem=FieldProblem(text=problem) if problem else None,
            ),
        ),
        submit_label="Deny",
        opened_by=Button(label="Deny", verb="deny", value=value),
        has_problems=bool(problem),
    )
    return Reply(parts=(form,))
