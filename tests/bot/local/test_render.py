"""How replies and documents are drawn."""

import pytest

from bot.local.render import Renderer, sections_of
from handlers.replies import (
    Button,
    ChoiceField,
    Choices,
    ClauseQuote,
    CopyText,
    FieldProblem,
    FileText,
    Form,
    FormField,
    MarkedText,
    Mentioned,
    Mentions,
    Option,
    Paragraph,
    Part,
    Reply,
    Ruling,
    Span,
    TextField,
    TextPrompt,
    Thread,
)
from knowledge.guidelines import Clause, Modality, Scope

DANGEROUS = "\"><img src=x onerror='alert(1)'>{{ 7*7 }}</textarea>"
DANGEROUS_QUOTE = ClauseQuote(
    clause_id=DANGEROUS, section=DANGEROUS, lead_in=DANGEROUS, text=DANGEROUS, document=DANGEROUS
)
DANGEROUS_OPTION = Option(value=DANGEROUS, label=DANGEROUS)


def form(*fields: FormField, text: str = "New account", has_problems: bool = False) -> Form:
    """Return a form in which every text of its own is the same."""
    button = Button(label=text, verb=text, value=text)
    return Form(
        title=text,
        verb=text,
        value=text,
        fields=fields,
        submit_label=text,
        opened_by=button,
        has_problems=has_problems,
    )


def drawn(part: Part) -> str:
    """Draw a reply of one part."""
    return Renderer().message(Reply(parts=(part,)), district_id="redlands", message="m00000000-1")


def clause(text: str, *path: str, lead_in: str | None = None) -> Clause:
    """Return a clause under some headings."""
    return Clause(
        id=f"redlands/{text}",
        section_path=path,
        lead_in=lead_in,
        text=text,
        start=0,
        end=len(text),
        modality=Modality.INFORMATION,
        scope=Scope.ALL,
    )


@pytest.mark.parametrize(
    "part",
    [
        Paragraph(text=DANGEROUS),
        DANGEROUS_QUOTE,
        Choices(prompt=DANGEROUS, buttons=(Button(label=DANGEROUS, verb=DANGEROUS, value=DANGEROUS),)),
        MarkedText(label=DANGEROUS, spans=(Span(text=DANGEROUS, is_marked=True, note=DANGEROUS), Span(text=DANGEROUS))),
        CopyText(label=DANGEROUS, text=DANGEROUS),
        TextPrompt(label=DANGEROUS, verb=DANGEROUS, value=DANGEROUS, submit_label=DANGEROUS),
        FileText(name=DANGEROUS, text=DANGEROUS),
        Ruling(name=DANGEROUS, by=DANGEROUS, on=DANGEROUS, question=DANGEROUS, text=DANGEROUS),
        Mentions(people=(Mentioned(platform=DANGEROUS, id=DANGEROUS, name=DANGEROUS),) * 2),
        Thread(hint=DANGEROUS),
        *(
            form(field, text=DANGEROUS, has_problems=True)
            for field in (
                TextField(
                    name=DANGEROUS,
                    label=DANGEROUS,
                    hint=DANGEROUS,
                    value=DANGEROUS,
                    problem=FieldProblem(text=DANGEROUS, quote=DANGEROUS_QUOTE),
                ),
                TextField(name=DANGEROUS, label=DANGEROUS, value=DANGEROUS, is_multiline=True, is_required=False),
                ChoiceField(name=DANGEROUS, label=DANGEROUS, options=(DANGEROUS_OPTION,), value=DANGEROUS),
                ChoiceField(name=DANGEROUS, label=DANGEROUS, options=(DANGEROUS_OPTION,) * 5, hint=DANGEROUS),
            )
        ),
    ],
)
def test_every_text_of_every_part_is_escaped(part: Part) -> None:
    """No text, wherever it stands, becomes markup."""
    html = drawn(part)

    assert "<img" not in html
    assert html.count("</textarea>") == html.count("<textarea")
    assert "&lt;img" in html
    assert "49" not in html


def test_lead_in_stands_before_the_clause_it_completes() -> None:
    """A clause that completes a sentence is never shown without it."""
    quote = ClauseQuote(
        clause_id="hesperia/ii/3",
        section="II",
        lead_in="At no time is it acceptable to:",
        text="post grades.",
        document="Guidelines, version 1",
    )

    html = Renderer().message(Reply(parts=(quote,)), district_id="hesperia", message="m00000000-1")

    assert 0 < html.index("At no time is it acceptable to:") < html.index("post grades.")


def test_very_long_clause_is_drawn_whole() -> None:
    """A clause is never cut."""
    text = "word " * 5000 + "end."
    quote = ClauseQuote(clause_id="redlands/a/1", section="A", lead_in=None, text=text, document="D")

    html = Renderer().message(Reply(parts=(quote,)), district_id="redlands", message="m00000000-1")

    assert text in html


def test_sections_say_each_heading_once_and_keep_lead_ins_together() -> None:
    """The document reads as it was written: headings by depth, lists under their sentence."""
    sections = sections_of(
        [
            clause("a", "Part I", "Posts"),
            clause("b", "Part I", "Photos", lead_in="Staff shall:"),
            clause("c", "Part I", "Photos", lead_in="Staff shall:"),
            clause("d", "Part II"),
        ]
    )

    assert [section.headings for section in sections] == [
        ((2, "Part I"), (3, "Posts")),
        ((3, "Photos"),),
        ((2, "Part II"),),
    ]
    assert [[each.text for each in group.clauses] for group in sections[1].groups] == [["b", "c"]]


@pytest.mark.parametrize(("options", "drawn_as"), [(2, "radio"), (4, "radio"), (5, "select")])
def test_few_options_are_seen_at_once_and_many_in_a_list(options: int, drawn_as: str) -> None:
    """Up to four options stand side by side; what was chosen before is chosen still."""
    choice = ChoiceField(
        name="platform",
        label="Platform",
        options=tuple(Option(value=f"o{number}", label=f"Option {number}") for number in range(options)),
        value="o1",
    )

    html = drawn(form(choice))

    assert html.count('type="radio"') == (options if drawn_as == "radio" else 0)
    assert html.count("<select") == (0 if drawn_as == "radio" else 1)
    assert html.count('value="o1" checked' if drawn_as == "radio" else 'value="o1" selected') == 1


def test_choice_that_may_stay_open_can_be_taken_back() -> None:
    """A radio button cannot be unpressed, so no answer is an answer of its own."""
    choice = ChoiceField(name="kind", label="Kind", options=(Option(value="page", label="A page"),), is_required=False)

    assert 'value="" checked>No answer' in drawn(form(choice))


def test_multiline_text_keeps_its_first_empty_line() -> None:
    """HTML drops one line break at the start of a text area; what was typed has it still."""
    html = drawn(form(TextField(name="note", label="Note", value="\nsecond line", is_multiline=True)))

    assert ">\n\nsecond line</textarea>" in html


def test_stars_mark_what_is_required_only_where_there_is_a_choice() -> None:
    """A form of one field needs no legend; one of two says what must be filled in and what need not."""
    required, optional = TextField(name="a", label="Reason"), TextField(name="b", label="Note", is_required=False)

    assert "what must be filled in" not in drawn(form(required))
    both = drawn(form(required, optional))
    assert "what must be filled in" in both
    assert both.count('aria-required="true"') == both.count("(optional)") == 1


def test_title_that_the_message_says_already_is_not_shown_twice() -> None:
    """The form keeps its name for screen readers."""
    reply = Reply(parts=(Paragraph(text="New account", is_headline=True), form(TextField(name="a", label="Name"))))

    html = Renderer().message(reply, district_id="redlands", message="m00000000-1")

    assert '<h3 class="visually-hidden" id="m00000000-1-2">New account</h3>' in html
    assert 'aria-labelledby="m00000000-1-2"' in html


def test_ruling_says_whose_it_is_and_is_no_clause() -> None:
    """What a specialist ruled is headed as a ruling, with its date, and never looks like the guidelines."""
    html = drawn(
        Ruling(name="P-3", by="Communications Specialist", on="March 3, 2026", question="May we?", text="Yes.")
    )

    assert "Ruling of the Communications Specialist, March 3, 2026 (P-3)" in html
    assert "<blockquote" not in html
    assert 'class="clause' not in html


def test_box_for_an_answer_stands_beside_what_is_redrawn() -> None:
    """The page replaces what a message says and leaves the box alone; what is shown once has no box, for it has no name."""
    reply = Reply(parts=(Thread(hint="Write here."), Paragraph(text="Q-12", is_headline=True)))

    kept = Renderer().message(reply, district_id="redlands", message="m00000000-1")
    once = Renderer().shown_once(reply, district_id="redlands", message="once-1")

    assert kept.index("Q-12") < kept.index("</div>") < kept.index("Write here.")
    assert 'maxlength="2000"' in kept
    assert "Write here." not in once
