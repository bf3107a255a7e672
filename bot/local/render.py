"""Draws replies, guideline documents and pages as HTML.

Every text is plain and is escaped by the templates; nothing here marks a string as safe.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.local.people import SPECIALISTS, WRITERS
from handlers.replies import (
    Bullets,
    ChoiceField,
    Choices,
    ClauseQuote,
    CopyText,
    FileText,
    Form,
    MarkedText,
    Mentions,
    Paragraph,
    Part,
    Reply,
    Ruling,
    TextPrompt,
    Thread,
)
from knowledge.district import District
from knowledge.guidelines import Clause, Guideline

TEMPLATES = Path(__file__).parent / "templates"
"""Folder of the templates; package data."""

MOST_RADIO_BUTTONS = 4
"""With more options than this, a choice is a list that opens."""

DEEPEST_HEADING = 6
"""HTML has headings from h1 to h6."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseGroup:
    """Clauses that stand one after the other and complete the same sentence."""

    lead_in: str | None
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A stretch of a document under one heading."""

    anchor: str
    headings: tuple[tuple[int, str], ...]
    """Headings that begin here, outermost first: level in [2, 6], and the words."""

    groups: tuple[ClauseGroup, ...]


@dataclass(slots=True)
class _SectionUnderWay:
    """A section whose clauses are still being collected."""

    path: tuple[str, ...]
    headings: tuple[tuple[int, str], ...]
    clauses: list[Clause] = field(default_factory=list)


class Renderer:
    """Draws everything that the local page shows."""

    def __init__(self, *, is_public: bool = False) -> None:
        """Read the templates.

        Parameters
        ----------
        is_public
            True where other computers may reach the page; the page then says so.
        """
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals["template_of"] = template_of
        self._templates.globals["is_public"] = is_public
        self._templates.tests["choice"] = lambda field: isinstance(field, ChoiceField)
        self._templates.tests["thread"] = lambda part: isinstance(part, Thread)
        self._templates.globals["most_radio_buttons"] = MOST_RADIO_BUTTONS

    def message(self, reply: Reply, *, district_id: str, message: str) -> str:
        """Draw one reply as a fragment that the page inserts."""
        return self._draw("message.html", reply=reply, district_id=district_id, message=message, is_kept=True)

    def shown_once(self, reply: Reply, *, district_id: str, message: str) -> str:
        """Draw a reply that is not kept: only the page that caused it is shown it, and it can be put away."""
        return self._draw("message.html", reply=reply, district_id=district_id, message=message, is_kept=False)

    def chooser(self, districts: Mapping[str, District], *, has_set_up: bool) -> str:
        """Draw the page where a district is chosen."""
        return self._draw("chooser.html", districts=_by_name(districts), has_set_up=has_set_up)

    def chat(self, district: District, districts: Mapping[str, District], *, examples: tuple[str, ...]) -> str:
        """Draw the page with a staff member's direct message beside the specialist channel."""
        return self._draw(
            "chat.html",
            district=district,
            districts=_by_name(districts),
            examples=examples,
            staff=WRITERS,
            specialists=SPECIALISTS,
        )

    def document(self, district: District, guideline: Guideline) -> str:
        """Draw a guideline document in which every clause can be pointed at."""
        sections = sections_of(guideline.clauses)
        return self._draw("document.html", district=district, guideline=guideline, sections=sections)

    def set_up(self) -> str:
        """Draw the form by which a district is set up."""
        return self._draw("setup.html")

    def preview(self, title: str, clauses: tuple[Clause, ...]) -> str:
        """Draw the clauses that were read from a document, as a fragment that the set-up page inserts."""
        return self._draw("preview.html", title=title, clauses=clauses)

    def not_found(self, what: str) -> str:
        """Draw the page that says something is not there."""
        return self._draw("not_found.html", what=what)

    def _draw(self, template: str, **values: object) -> str:
        return self._templates.get_template(template).render(values)


def template_of(part: Part) -> str:  # noqa: C901, PLR0911 - one case for each kind of part
    """Return the name of the template that draws a part of a reply."""
    match part:
        case Paragraph():
            return "parts/paragraph.html"
        case ClauseQuote():
            return "parts/clause_quote.html"
        case Ruling():
            return "parts/ruling.html"
        case Bullets():
            return "parts/bullets.html"
        case Choices():
            return "parts/choices.html"
        case MarkedText():
            return "parts/marked_text.html"
        case CopyText():
            return "parts/copy_text.html"
        case TextPrompt():
            return "parts/text_prompt.html"
        case FileText():
            return "parts/file_text.html"
        case Form():
            return "parts/form.html"
        case Mentions():
            return "parts/mentions.html"
        case Thread():
            return "parts/thread.html"


def sections_of(clauses: Iterable[Clause]) -> tuple[Section, ...]:
    """Group clauses by their headings and by the sentence that they complete, in the order of the document."""
    under_way: list[_SectionUnderWay] = []
    path: tuple[str, ...] | None = None
    for clause in clauses:
        if clause.section_path != path:
            under_way.append(
                _SectionUnderWay(path=clause.section_path, headings=_new_headings(path or (), clause.section_path))
            )
            path = clause.section_path
        under_way[-1].clauses.append(clause)
    return tuple(
        Section(anchor=f"section-{number}", headings=section.headings, groups=_groups_of(section.clauses))
        for number, section in enumerate(under_way, start=1)
    )


def _new_headings(before: tuple[str, ...], now: tuple[str, ...]) -> tuple[tuple[int, str], ...]:
    """Return the headings that begin where one section path gives way to another."""
    kept = 0
    while kept < min(len(before), len(now)) and before[kept] == now[kept]:
        kept += 1
    if kept == len(now):  # back to the text of an outer section: its heading is said again
        kept = max(len(now) - 1, 0)
    return tuple((min(level + 2, DEEPEST_HEADING), now[level]) for level in range(kept, len(now)))


def _groups_of(clauses: Iterable[Clause]) -> tuple[ClauseGroup, ...]:
    """Put clauses with the same lead-in together."""
    groups: list[tuple[str | None, list[Clause]]] = []
    for clause in clauses:
        if not groups or groups[-1][0] != clause.lead_in or clause.lead_in is None:
            groups.append((clause.lead_in, []))
        groups[-1][1].append(clause)
    return tuple(ClauseGroup(lead_in=lead_in, clauses=tuple(members)) for lead_in, members in groups)


def _by_name(districts: Mapping[str, District]) -> list[District]:
    """Return districts in the order in which a list shows them."""
    return sorted(districts.values(), key=lambda district: (district.name.casefold(), district.id))
