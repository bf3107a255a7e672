"""Web pages, read by selectolax: what the page says, without menus, banners and footers."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from knowledge.guidelines import GuidelineNotReadableError, NotReadable
from knowledge.ingest.blocks import BlockKind, Extract, SourceBuilder, fold
from knowledge.ingest.markers import MarkerReader
from knowledge.ingest.text import decode

MIN_MAIN_CHARACTERS = 300
"""Text from which a page's own mark of its main part is believed."""

MAX_DEPTH = 200
"""Most elements inside each other. Our own figure: pages have some 40, and the walk calls itself for each."""

MAX_ELEMENTS = 50_000
"""Most elements and texts of a page. Our own figure: a long board manual has some 10,000."""

_FURNITURE = (
    "script, style, noscript, template, nav, header, footer, aside, form, button, select, input, textarea, iframe, "
    "svg, dialog, [role=navigation], [role=banner], "
    "[role=contentinfo], [role=search], [role=complementary], [role=dialog], "
    "[role=alertdialog], [role=menu], [role=menubar], [role=toolbar], [aria-hidden=true], [hidden]"
)
_FURNITURE_NAME = re.compile(
    r"(?:^|[-_\s])(?:cookies?|consent-?(?:banner|bar)|gdpr|breadcrumbs?|"
    r"(?:site|main|mobile|side|top|sub)?-?(?:menu|"
    r"nav|navbar|navigation)|sidebar|skip-?(?:link|nav|to)\w*|share-?(?:bar|buttons?|links?)|"
    r"social-?(?:icons|links|bar|share|sharing)|pagination|pager|modal|popup|advert\w*|toolbar|site-?(?:header|footer)|page-?(?:footer|tools)|"
    r"table-?of-?contents|toc|search-?(?:box|form|bar)|translate\w*|alert-?bar|banner)(?:$|[-_\s])",
    re.IGNORECASE,
)
_BLOCKS = frozenset(
    "address article blockquote body center dd details div dl dt fieldset figure figcaption h1 h2 h3 h4 h5 h6 hr li "
    "main ol header p pre section summary table tbody td tfoot th thead tr ul".split()
)
_HEADING = re.compile(r"h([1-6])$")
_BOLD = frozenset({"b", "strong"})


def read_html(content: bytes) -> Extract:
    """Read a web page.

    Parameters
    ----------
    content
        The whole file.

    Returns
    -------
    Extract
        Its text without the page's furniture, and blocks.

    Raises
    ------
    GuidelineNotReadableError
        Raised if the bytes are no text, or the page has too many elements or elements too deep.
    """
    markup = decode(content)
    if markup.count("<") > 2 * MAX_ELEMENTS:
        # Counted before lexbor parses: lists inside each other cost it the square of their number.
        raise GuidelineNotReadableError(NotReadable.TOO_LARGE, detail=f"over {MAX_ELEMENTS} elements")
    page = LexborHTMLParser(markup)
    title = page.css_first("title")
    root = page.body
    source = SourceBuilder()
    if root is not None:
        _check_size(root)
        # A header inside the article holds the document's own title, so the main part is looked for first.
        main = _main_part(root)
        part = main if main is not None else root
        _Walk(source, _furniture(part, is_main=main is not None)).block(part)
    return source.extract(title=None if _has_heading(source) else _page_title(title))


def _check_size(root: LexborNode) -> None:
    """Refuse a page whose elements are too many or too deep inside each other for a walk through them."""
    depths = {root.mem_id: 0}
    for node in root.traverse(include_text=True):
        parent = node.parent
        depth = depths.get(parent.mem_id, 0) + 1 if parent is not None else 0
        depths[node.mem_id] = depth
        if depth > MAX_DEPTH or len(depths) > MAX_ELEMENTS:
            raise GuidelineNotReadableError(NotReadable.TOO_LARGE, detail=f"depth {depth}, {len(depths)} elements")


def _has_heading(source: SourceBuilder) -> bool:
    """Whether the page's text names itself, so that the browser's title is not needed."""
    return any(block.kind is BlockKind.HEADING for block in source.blocks)


def _page_title(node: LexborNode | None) -> str | None:
    """Title of the browser's window without the site's name after a bar."""
    text = fold(node.text()) if node is not None else ""
    return re.split(r"\s[|–—-]\s", text)[0].strip() or None


def _main_part(root: LexborNode) -> LexborNode | None:
    """Find the part that the page itself calls its main one, if that holds the text."""
    for selector in ("main", "[role=main]", "article", "#content", "#main-content"):
        parts = root.css(selector)
        if len(parts) == 1 and len(fold(parts[0].text())) >= MIN_MAIN_CHARACTERS:
            return parts[0]
    return None


def _furniture(root: LexborNode, *, is_main: bool) -> set[int]:
    """Find what is no text of the document: by its element, its name, or because it only links.

    Nothing is removed from the tree: selectolax 1.0 frees a removed element with all inside, and a later look at one of
    those ends the process.
    """
    whole = len(root.text())
    found: set[int] = set()

    def leave_out(node: LexborNode) -> None:
        if node.mem_id not in found:
            found.update(inner.mem_id for inner in node.traverse(include_text=True))

    for node in root.css(_FURNITURE):
        if node.mem_id != root.mem_id and not (is_main and node.tag == "header"):
            leave_out(node)
    for node in root.css("[class], [id]"):
        name = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
        if node.tag in {"body", "main", "article"} or not _FURNITURE_NAME.search(name):
            continue
        if len(node.text()) * 2 < whole:
            leave_out(node)
    for node in root.css("ul, ol"):
        links = node.css("a")
        linked = sum(len(fold(link.text())) for link in links)
        if len(links) >= 2 and linked * 10 >= len(fold(node.text())) * 9 and linked / len(links) < 60:
            leave_out(node)
    return found


class _Walk:
    """Goes through a page and adds a block for each heading, paragraph, list item and table row."""

    def __init__(self, source: SourceBuilder, furniture: set[int]) -> None:
        self.source = source
        self.furniture = furniture
        self.markers = MarkerReader()
        self.lists: list[BlockKind] = []
        self.list_count = 0
        self.starts_item = False

    def block(self, node: LexborNode) -> None:
        """Read an element that holds blocks, text, or both."""
        run: list[LexborNode] = []
        for child in node.iter(include_text=True):
            if child.mem_id in self.furniture:
                continue
            if child.tag in _BLOCKS or _holds_blocks(child):
                self._inline(run)
                run = []
                self._element(child)
            elif child.tag == "br":
                self._inline(run)
                run = []
            else:
                run.append(child)
        self._inline(run)

    def _element(self, node: LexborNode) -> None:
        """Read one block element."""
        tag = node.tag or ""
        if heading := _HEADING.match(tag):
            self.source.add(BlockKind.HEADING, fold(self._text(node)), level=int(heading.group(1)))
        elif tag in {"ul", "ol"}:
            self.lists.append(BlockKind.NUMBERED if tag == "ol" else BlockKind.BULLET)
            self.list_count += 1
            self.block(node)
            self.lists.pop()
        elif tag == "li":
            self.starts_item = True
            self.block(node)
            self.starts_item = False
        elif tag == "table" and _is_data_table(node):
            self._table(node)
        else:
            self.block(node)

    def _table(self, node: LexborNode) -> None:
        """Add each row of a table, its cells joined; a first row of header cells leads the others."""
        rows = [[cell for cell in row.iter() if cell.tag in {"td", "th"}] for row in node.css("tr")]
        for at, cells in enumerate(rows):
            is_header = at == 0 and len(rows) > 1 and all(cell.tag == "th" for cell in cells)
            texts = [fold(self._text(cell)) for cell in cells]
            kind = BlockKind.TABLE_HEADER if is_header else BlockKind.ROW
            self.source.add(kind, " | ".join(text for text in texts if text), level=len(self.lists) + 1)

    def _inline(self, run: list[LexborNode]) -> None:
        """Add a run of text and inline elements as a paragraph, or as the list item that it begins."""
        text = fold("".join(self._text(node) for node in run))
        if not text:
            return
        level = len(self.lists)
        is_bold = all(self._is_bold(node) for node in run)
        if self.starts_item and self.lists:
            style = f"list {self.list_count if level == 1 else level}"
            self.source.add(self.lists[-1], text, level=level, style=style, emphasis=int(is_bold))
        elif (marker := self.markers.read(text)) and marker.length < len(text) and not marker.is_numbered:
            # A list typed with bullets and line breaks instead of list elements.
            self.source.add(BlockKind.BULLET, text[marker.length :], level=level + 1, style=marker.style)
        else:
            self.source.add(BlockKind.PARAGRAPH, text, level=level, emphasis=int(is_bold))
        self.starts_item = False

    def _text(self, node: LexborNode) -> str:
        """Words of an element; those of blocks and lines inside it do not run together."""
        parts = []
        for inner in node.traverse(include_text=True):
            if inner.is_text_node and inner.mem_id not in self.furniture:
                parts.append(inner.text_content or "")
            elif inner.tag in _BLOCKS or inner.tag == "br":
                parts.append(" ")
        return "".join(parts)

    def _is_bold(self, node: LexborNode) -> bool:
        """Whether an inline element is bold, or holds nothing but one that is; white space counts as bold."""
        while node.tag not in _BOLD:
            if not fold(self._text(node)):
                return True
            inside = [child for child in node.iter(include_text=True) if fold(self._text(child))]
            if len(inside) != 1:
                return False
            node = inside[0]
        return True


def _holds_blocks(node: LexborNode) -> bool:
    """Whether an inline element has paragraphs or line breaks in it, as careless pages do."""
    return (
        node.is_element_node
        and node.tag != "br"
        and node.css_first("p, div, ul, ol, li, table, br, h1, h2, h3, h4, h5, h6") is not None
    )


def _is_data_table(node: LexborNode) -> bool:
    """Whether a table holds short cells in several columns; others only place things on the page."""
    cells = node.css("td, th")
    is_laid_out = node.css_first("ul, ol, h1, h2, h3, h4, table table, td p + p") is not None
    widest = max((sum(cell.tag in {"td", "th"} for cell in row.iter()) for row in node.css("tr")), default=0)
    return bool(cells) and widest >= 2 and not is_laid_out
