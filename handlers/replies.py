"""What a reply is made of: a closed set of parts that every platform can draw.

The text of a part is plain: no markup, no escaping. Renderers in `bot` escape and decorate.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One or more sentences of our own."""

    text: str
    is_headline: bool = False
    """True for the sentence that carries the reply; it stands first and is drawn stronger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseQuote:
    """A whole clause of the district's document, verbatim, with what a reader needs to find it again."""

    clause_id: str
    section: str
    """The headings above the clause, outermost first, joined by " > "."""

    lead_in: str | None
    """The sentence that the clause completes. Drawn before the clause, always: without it such a clause reads as
    its opposite."""

    text: str
    document: str
    """Title and version of the document, as a citation prints it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A specialist's ruling on a question, marked and dated as such. Not a quotation of any guideline."""

    name: str
    """As people read it: P-3."""

    by: str
    """The office that ruled."""

    on: str
    """The date, as people read it."""

    question: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentioned:
    """Somebody to be woken by a message, as their own platform names them."""

    platform: str
    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentions:
    """People whom the platform should notify of the message."""

    people: tuple[Mentioned, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """Says of a message that what is written under it goes on to somebody."""

    hint: str
    """Where it goes, in a few words ("Write here, and Tess Teacher reads it.")."""

    max_characters: int = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """A short list of our own sentences."""

    items: tuple[str, ...]


class ButtonStyle(StrEnum):
    """How much a button wants to be pressed."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """Something a person can press under a reply."""

    label: str
    verb: str
    """What the press stands for; a key of the routing table."""

    value: str = ""
    style: ButtonStyle = ButtonStyle.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Buttons side by side, with a few words that say what they are for."""

    buttons: tuple[Button, ...]
    prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPrompt:
    """One line of text asked of the person, sent by its own button."""

    label: str
    verb: str
    value: str = ""
    max_characters: int = 500
    submit_label: str = "Send"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of the person's own text."""

    text: str
    is_marked: bool = False
    note: str = ""
    """What a mark that ends here is for, in a few words; empty where the marked text says it itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedText:
    """The person's own text, personal data masked, with some of it marked. Not a quotation of any guideline."""

    label: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyText:
    """Text to be copied as it stands."""

    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileText:
    """A text file to keep, like a CSV export."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    """What is wrong with a field, and the clause or setting it is wrong by."""

    text: str
    quote: ClauseQuote | None = None
    """The clause that the check rests on; None where no rule is involved (an e-mail address without @)."""


class Naming(StrEnum):
    """Whom a field names."""

    NOBODY = "nobody"
    ONE = "one"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField:
    """A line or several lines of text."""

    name: str
    label: str
    hint: str = ""
    value: str = ""
    is_required: bool = True
    is_multiline: bool = False
    max_characters: int = 200
    people: Naming = Naming.NOBODY
    """Whether it names people: a platform that knows them lets them be picked, beside being typed."""

    problem: FieldProblem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing to choose."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceField:
    """One of several options."""

    name: str
    label: str
    options: tuple[Option, ...]
    hint: str = ""
    value: str = ""
    is_required: bool = True
    problem: FieldProblem | None = None


FormField: TypeAlias = TextField | ChoiceField


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form. Platforms draw it in place, or as a button that opens it: ``opened_by`` brings the same form again."""

    title: str
    verb: str
    """What sending it stands for; a key of the routing table."""

    value: str = ""
    fields: tuple[FormField, ...]
    submit_label: str
    opened_by: Button
    has_problems: bool = False
    """True where it comes back because something in it has to be mended."""


Part: TypeAlias = (
    Paragraph
    | ClauseQuote
    | Ruling
    | Bullets
    | Choices
    | TextPrompt
    | MarkedText
    | CopyText
    | FileText
    | Form
    | Mentions
    | Thread
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One message to one person."""

    parts: tuple[Part, ...]
