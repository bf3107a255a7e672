"""Plain text files: their encoding, and their lines.

An encoding is never guessed from statistics: charset-normalizer 3.5.2 took a short cp1252 text for cp775.
"""

import codecs
import re

from knowledge.guidelines import GuidelineNotReadableError, NotReadable
from knowledge.ingest.blocks import INVISIBLE, Extract
from knowledge.ingest.layout import lay_out
from knowledge.ingest.lines import Line, are_wrapped

MAX_CONTROL_SHARE = 0.01
"""Share of control characters above which a file is no text."""

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


def read_text(content: bytes) -> Extract:
    """Read a plain text file.

    Parameters
    ----------
    content
        The whole file.

    Returns
    -------
    Extract
        Its text and blocks.

    Raises
    ------
    GuidelineNotReadableError
        Raised if the bytes are no text.
    """
    lines = []
    for page, sheet in enumerate(decode(content).split("\f")):
        for raw in sheet.split("\n"):
            text = raw.expandtabs(4).rstrip()
            lines.append(Line(text=text, page=page, indent=len(text) - len(text.lstrip())))
    return lay_out(lines, is_wrapped=are_wrapped(lines))


def decode(content: bytes) -> str:
    """Decode a file as utf-16 with its mark, utf-8 with or without, or else cp1252, and unify its line ends.

    Parameters
    ----------
    content
        The whole file.

    Returns
    -------
    str
        Its text, without invisible characters.

    Raises
    ------
    GuidelineNotReadableError
        Raised if the bytes are no text.
    """
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if len(_CONTROL.findall(text)) > len(text) * MAX_CONTROL_SHARE:
            break
        text = _CONTROL.sub("", INVISIBLE.sub("", text))
        return re.sub(r"\r\n?|\v|\x85|\u2028|\u2029", "\n", text)
    raise GuidelineNotReadableError(NotReadable.UNKNOWN_FORMAT, detail="not text")
