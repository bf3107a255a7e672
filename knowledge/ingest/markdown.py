"""Markdown files, read by markdown-it-py; the source text is what a reader sees, without marks."""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token
from selectolax.lexbor import LexborHTMLParser

from knowledge.ingest.blocks import BlockKind, Extract, SourceBuilder
from knowledge.ingest.text import decode

_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\s*\n", re.DOTALL)
_FRONT_TITLE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)


def read_markdown(content: bytes) -> Extract:
    """Read a Markdown file (CommonMark with tables).

    Parameters
    ----------
    content
        The whole file.

    Returns
    -------
    Extract
        Its visible text and blocks.

    Raises
    ------
    GuidelineNotReadableError
        Raised if the bytes are no text.
    """
    text = decode(content)
    title = None
    if front := _FRONT_MATTER.match(text):
        named = _FRONT_TITLE.search(front.group(1))
        title = named.group(1) if named else None
        text = text[front.end() :]
    source = SourceBuilder()
    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table")
    _Walk(source).walk(parser.parse(text))
    return source.extract(title=title)


class _Walk:
    """Goes through the tokens and adds a block for each heading, paragraph, list item and table row."""

    def __init__(self, source: SourceBuilder) -> None:
        self.source = source
        self.lists: list[BlockKind] = []
        self.list_count = 0
        self.starts_item = False
        self.heading = 0
        self.cells: list[str] | None = None
        self.in_head = False

    def walk(self, tokens: Sequence[Token]) -> None:
        """Read all tokens of a document."""
        for token in tokens:
            if token.type == "inline":
                self._add_inline(token)
            elif token.type == "html_block":
                self._add(_visible(token.content))
            elif token.type in {"code_block", "fence"}:
                self._add(token.content)
            elif token.nesting > 0:
                self._open(token)
            elif token.nesting < 0:
                self._close(token)

    def _open(self, token: Token) -> None:
        """Go into a heading, list, item or table."""
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                self.lists.append(BlockKind.NUMBERED if token.tag == "ol" else BlockKind.BULLET)
                self.list_count += 1
            case "list_item_open":
                self.starts_item = True
            case "heading_open":
                self.heading = int(token.tag[1])
            case "thead_open":
                self.in_head = True
            case "tr_open":
                self.cells = []
            case _:
                pass

    def _close(self, token: Token) -> None:
        """Come out of a heading, list or table."""
        match token.type:
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
            case "heading_close":
                self.heading = 0
            case "thead_close":
                self.in_head = False
            case "tr_close":
                self._add_row()
            case _:
                pass

    def _add_row(self) -> None:
        """Add a table row, its cells joined."""
        kind = BlockKind.TABLE_HEADER if self.in_head else BlockKind.ROW
        self.source.add(kind, " | ".join(cell for cell in self.cells or [] if cell), level=1)
        self.cells = None

    def _add_inline(self, token: Token) -> None:
        """Add what stands in a heading, paragraph, list item or cell."""
        text, is_bold = _inline_text(token.children or [])
        if self.cells is not None:
            self.cells.append(text.strip())
        elif self.heading:
            self.source.add(BlockKind.HEADING, text, level=self.heading)
        else:
            self._add(text, emphasis=int(is_bold))

    def _add(self, text: str, *, emphasis: int = 0) -> None:
        """Add a paragraph, or a list item where one begins."""
        kind = self.lists[-1] if self.lists and self.starts_item else BlockKind.PARAGRAPH
        self.starts_item = False
        level = len(self.lists)
        style = f"list {self.list_count if level == 1 else level}" if kind is not BlockKind.PARAGRAPH else ""
        self.source.add(kind, text, level=level, style=style, emphasis=emphasis)


def _inline_text(tokens: Sequence[Token]) -> tuple[str, bool]:
    """Visible text of inline tokens, and whether all of it is bold."""
    parts: list[str] = []
    depth = 0
    plain = 0
    for token in tokens:
        match token.type:
            case "strong_open":
                depth += 1
            case "strong_close":
                depth -= 1
            case "softbreak" | "hardbreak":
                parts.append("\n")
            case "text" | "code_inline":
                parts.append(token.content)
                plain += 0 if depth else len(token.content.strip(" :"))
            case _:
                # Links show their words, which are text tokens; pictures and raw HTML show none.
                continue
    text = "".join(parts)
    return text, bool(text.strip()) and plain == 0


def _visible(markup: str) -> str:
    """Text of a piece of HTML inside Markdown."""
    body = LexborHTMLParser(markup).body
    if body is None:
        return ""
    body.strip_tags(["script", "style", "nav"], recursive=True)
    return body.text(separator=" ")
