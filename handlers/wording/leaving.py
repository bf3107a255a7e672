"""The form by which a specialist records that somebody left the district."""

from handlers.replies import Button, FieldProblem, Form, Naming, Paragraph, Reply, TextField


def who_left(*, typed: str = "") -> Reply:
    """Ask for the e-mail address of a person who left."""
    problem = FieldProblem(text="That is not a whole e-mail address.") if typed else None
    form = Form(
        title="Somebody left",
        verb="left",
        fields=(
            TextField(
                name="administrator", label="Their e-mail address", value=typed, problem=problem, people=Naming.ONE
            ),
        ),
        submit_label="Take them off every account",
        opened_by=Button(label="Somebody left", verb="left"),
        has_problems=problem is not None,
    )
    return Reply(
        parts=(
            Paragraph(text="Who left the district?", is_headline=True),
            Paragraph(
                text="They are taken off every account; the other administrators are told, and the history keeps it."
            ),
            form,
        )
    )
