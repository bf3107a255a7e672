"""Bullets and outline numbers at the beginning of a line.

"I." may be a Roman one or the letter after "H."; only the numbers before it tell, so a reader keeps what it has seen.
"""

import re
from dataclasses import dataclass, field

GLYPHS = "•◦▪▫‣⁃∙●○■□◆◇➢➤►▶✓✔❖·¡\x7f\uf0b7\uf0a7\uf0d8\uf076\uf02d\uf0fc"
"""Bullets that need no space after them; the private ones are Word's Symbol and Wingdings, 0x7f is pypdf's for a
WinAnsi bullet (pypdf 7.1)."""

_BULLET = re.compile(rf"(?:[{GLYPHS}]\s*|[-*–—+](?:\s+|$)|o(?:\s+|$))")
_DOTTED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,3})[.)]?\s+(?=\S)")
_SECTION = re.compile(r"(?:section|article|part)\s+(\d{1,2}|[ivxlc]{1,6})\s*[.:)–—-]?\s+(?=\S)", re.IGNORECASE)
_NUMBER = re.compile(r"(\()?(\d{1,2}|[ivxl]{1,6}|[IVXL]{1,6}|[A-Za-z])([.)])\s+(?=\S)")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A bullet or number that begins a line."""

    style: str
    ordinal: int
    """0 for a bullet."""

    length: int
    """Characters up to the text, white space included."""

    @property
    def is_numbered(self) -> bool:
        """Whether it counts."""
        return self.ordinal > 0


@dataclass(slots=True)
class MarkerReader:
    """Reads markers in order, and remembers how far each numbering has come."""

    last: dict[str, int] = field(default_factory=dict)

    def read(self, line: str, *, is_continuation: bool = False) -> Marker | None:
        """Find the marker at the beginning of a line.

        Parameters
        ----------
        line
            A line without indentation.
        is_continuation
            Whether the line before it breaks off in mid-sentence; then only the next number of a list is taken for
            one, and a dash is a dash.

        Returns
        -------
        Marker | None
            The marker, or None for plain text.
        """
        if bullet := _BULLET.match(line):
            dash = bullet.group().strip()
            if is_continuation and dash in {"–", "—"} and bullet.end() < len(line):
                return None
            return Marker(style=f"bullet {dash}", ordinal=0, length=bullet.end())
        candidates = self._numbers(line)
        for marker in candidates:
            if marker.ordinal == self.last.get(marker.style, 0) + 1:
                return self._take(marker)
        for marker in candidates:
            if marker.ordinal == 1 and not is_continuation:
                return self._take(marker)
        for marker in candidates:
            # A number was left out, or the document counts on after a heading: believed of figures alone, since
            # "J. Alvarez" begins a line more often than a tenth letter without a ninth.
            if line[:1].isdigit() and not is_continuation:
                return self._take(marker)
        return None

    def _take(self, marker: Marker) -> Marker:
        """Remember how far the numbering has come; a deeper one starts afresh under it."""
        self.last[marker.style] = marker.ordinal
        return marker

    def _numbers(self, line: str) -> list[Marker]:
        """Every reading of the number that begins a line, the likelier first."""
        if section := _SECTION.match(line):
            return [Marker(style="section", ordinal=_value(section.group(1)), length=section.end())]
        if dotted := _DOTTED.match(line):
            *above, own = dotted.group(1).split(".")
            style = f"dotted {len(above)} {'.'.join(above)}"
            return [Marker(style=style, ordinal=max(int(own), 1), length=dotted.end())]
        number = _NUMBER.match(line)
        if number is None:
            return []
        opening, digits, closing = number.group(1) or "", number.group(2), number.group(3)
        case = "upper" if digits.isupper() else "lower"
        found = []
        if digits.isdigit():
            found.append((f"decimal{opening}{closing}", int(digits)))
        elif set(digits.lower()) <= _ROMAN.keys():
            found.append((f"{case}-roman{opening}{closing}", roman(digits)))
        if len(digits) == 1 and digits.isalpha():
            found.append((f"{case}-alpha{opening}{closing}", ord(digits.lower()) - ord("a") + 1))
            if self.last.get(found[-1][0]) == found[-1][1] - 1:
                found.reverse()
        return [Marker(style=style, ordinal=ordinal, length=number.end()) for style, ordinal in found if ordinal]


def roman(digits: str) -> int:
    """Read a Roman number.

    Parameters
    ----------
    digits
        Letters among I, V, X, L and C, in either case.

    Returns
    -------
    int
        Its value; subtraction as in IV is understood, well-formedness is not checked.
    """
    values = [_ROMAN[letter] for letter in digits.lower()]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))


def _value(digits: str) -> int:
    """Value of an Arabic or Roman number."""
    return max(int(digits) if digits.isdigit() else roman(digits), 1)
