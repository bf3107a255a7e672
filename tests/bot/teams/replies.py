"""One reply of each kind that people meet, with texts that a careless renderer would break."""

from handlers.replies import (
    Bullets,
    Button,
    ButtonStyle,
    ChoiceField,
    Choices,
    ClauseQuote,
    CopyText,
    FieldProblem,
    FileText,
    Form,
    MarkedText,
    Mentioned,
    Mentions,
    Naming,
    Option,
    Paragraph,
    Reply,
    Ruling,
    Span,
    TextField,
    TextPrompt,
    Thread,
)

CLAUSE = ClauseQuote(
    clause_id="redlands/protecting-confidential-information/2",
    section="Social Media Protocols > Protecting Confidential Information",
    lead_in="At no time is it acceptable to:",
    text="Capture, transmit or share still or moving images of students and other minors without clear and explicit "
    "permission granted by the only district-approved Media Consent Release. *All* students must have a [form](x) on file.",
    document="Redlands, Social Media Protocols, version 1",
)

ANSWER = Reply(
    parts=(
        Paragraph(text="Redlands' guidelines say:", is_headline=True),
        CLAUSE,
        Ruling(
            name="P-3",
            by="District and Community Relations Specialist",
            on="November 23, 2026",
            question="May yearbook photos be shown again?",
            text="Yes, where the release is on file.\nAsk again for photos taken by families.",
        ),
        Choices(
            prompt="Did this answer your question?",
            buttons=(
                Button(label="Yes, it helped", verb="helpful", value="7d44aaf0"),
                Button(label="No", verb="unhelpful", value="7d44aaf0"),
                Button(label="Ask the specialist", verb="refer", value="7d44aaf0", style=ButtonStyle.PRIMARY),
                Button(label="Contact", verb="contact", value="7d44aaf0"),
            ),
        ),
    )
)

CHECKED = Reply(
    parts=(
        Paragraph(text="Not as it stands: one thing has to be settled first.", is_headline=True),
        MarkedText(
            label="Your draft, personal data masked",
            spans=(
                Span(text="Congratulations to "),
                Span(text="[name of a student]", is_marked=True, note="a student's name"),
                Span(text=" & the *whole* team!\nSee you <b>Friday</b> at https://example.org/a_b_c"),
            ),
        ),
        CLAUSE,
        Bullets(items=("Leave the name out, or have the release on file.", "1. is no list of ours")),
        CopyText(label="This would be fine", text="Congratulations to the whole team!\nSee you Friday."),
        TextPrompt(label="What was missing? Leave names out.", verb="reason", value="7d44aaf0"),
    )
)

FORM = Reply(
    parts=(
        Paragraph(text="New account", is_headline=True),
        Paragraph(text="This needs approval: the specialist decides, and you are told here."),
        Form(
            title="New account",
            verb="file",
            value='{"kind": "new_account"}',
            submit_label="Send",
            opened_by=Button(label="New account", verb="open"),
            has_problems=True,
            fields=(
                TextField(
                    name="organization",
                    label="Organization or department",
                    hint="As people know it: Lincoln High School Robotics Club.",
                    value="Robotics Club",
                ),
                ChoiceField(
                    name="platform",
                    label="Platform",
                    value="snapchat",
                    options=tuple(
                        Option(value=each.lower(), label=each)
                        for each in ("Facebook", "Instagram", "Snapchat", "X", "YouTube")
                    ),
                    problem=FieldProblem(text="Snapchat is not one of the platforms that may be used.", quote=CLAUSE),
                ),
                ChoiceField(
                    name="page_type",
                    label="Page or profile?",
                    options=(Option(value="page", label="Page"), Option(value="profile", label="Profile")),
                    is_required=False,
                ),
                TextField(
                    name="administrators",
                    label="Administrators",
                    hint="One per line: name, e-mail.",
                    is_multiline=True,
                    max_characters=2000,
                    people=Naming.SEVERAL,
                    problem=FieldProblem(text="Name a second administrator."),
                ),
                TextField(name="note", label="Anything else?", is_required=False, is_multiline=True),
            ),
        ),
        Choices(
            prompt="Something else?",
            buttons=(Button(label="Register an existing account", verb="open", value='{"kind": "register"}'),),
        ),
    )
)

CASE = Reply(
    parts=(
        Mentions(
            people=(
                Mentioned(platform="teams", id="0b1e-specialist", name="Sam Specialist"),
                Mentioned(platform="slack", id="U0DEE", name="Dee Deputy"),
            )
        ),
        Paragraph(text="C-1: a controversial-post situation", is_headline=True),
        Paragraph(text="From Tess Teacher, teacher@redlands.example. Nobody has it yet."),
        MarkedText(label="What happened", spans=(Span(text="212 comments under our dance video and climbing"),)),
        CLAUSE,
        Choices(
            buttons=(
                Button(label="Claim", verb="case-claim", value="1", style=ButtonStyle.PRIMARY),
                Button(label="Add a note", verb="case-note", value="1"),
                Button(label="Timeline", verb="case-timeline", value="1"),
                Button(label="Hand over", verb="case-hand-over", value="1"),
                Button(label="Give back", verb="case-unclaim", value="1"),
                Button(label="Resolve", verb="case-resolve", value="1"),
                Button(label="Opened by mistake", verb="case-mistake", value="1", style=ButtonStyle.DANGER),
            )
        ),
        Thread(hint="Write here to Tess Teacher. Begin with note: to keep it among yourselves."),
    )
)

EXPORT = Reply(
    parts=(
        Paragraph(text="The registry: 2 accounts.", is_headline=True),
        FileText(name="redlands-registry.csv", text="number,name,platform\n1,*Robotics*,instagram\n2,Band,facebook"),
    )
)

ALL = {"answer": ANSWER, "checked": CHECKED, "form": FORM, "case": CASE, "export": EXPORT}
"""By the name of its picture."""
