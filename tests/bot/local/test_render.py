"""How replies and documents are drawn."""

import pytest

from bot.local.render import Renderer, sections_of
from handlers.replies import (
    Button,
    Choices,
    ClauseQuote,
    CopyText,
    MarkedText,
    Paragraph,
    Part,
    Reply,
    Span,
    TextPrompt,
)
from knowledge.guidelines import Clause, Modality, Scope

DANGEROUS = "\"><img src=x onerror='alert(1)'>{{ 7*7 }}"


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
        ClauseQuote(clause_id=DANGEROUS, section=DANGEROUS, lead_in=DANGEROUS, text=DANGEROUS, document=DANGEROUS),
        Choices(prompt=DANGEROUS, buttons=(Button(label=DANGEROUS, verb=DANGEROUS, value=DANGEROUS),)),
        MarkedText(label=DANGEROUS, spans=(Span(text=DANGEROUS, is_marked=True, note=DANGEROUS), Span(text=DANGEROUS))),
        CopyText(label=DANGEROUS, text=DANGEROUS),
        TextPrompt(label=DANGEROUS, verb=DANGEROUS, value=DANGEROUS, submit_label=DANGEROUS),
    ],
)
def test_every_text_of_every_part_is_escaped(part: Part) -> None:
    """No text, wherever it stands, becomes markup."""
    html = Renderer().message(Reply(parts=(part,)), district_id="redlands", message="m00000000-1")

    assert "<img" not in html
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
