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
class Bullets:
    """A short list of our own sentences."""

    items: tuple[str, ...]


class ButtonStyle(StrEnum):
    """How much a button wants to be pressed."""

    PLAIN = "plain"
    PRIMARY = "primary"


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


Part: TypeAlias = Paragraph | ClauseQuote | Bullets | Choices | TextPrompt | MarkedText | CopyText


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One message to one person."""

    parts: tuple[Part, ...]
