"""A guideline document into clauses: the way in for every format.

A document that cannot be read raises `GuidelineNotReadableError` and leaves nothing behind; the sentence a person
reads about it is made in `handlers.wording.problems`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path, PurePath

from knowledge.guidelines import Clause, GuidelineNotReadableError, NotReadable
from knowledge.ingest.blocks import MAX_CHARACTERS, Extract
from knowledge.ingest.structure import find_clauses

MAX_FILE_BYTES = 10 * 1024 * 1024
"""Largest file that is read. Our own figure: the guidelines we know have some 10 KB, an illustrated PDF a few MB."""

READERS = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".docx": "docx",
    ".pdf": "pdf",
}
"""Module of each format's reader, by the ending of the file's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read from one document."""

    title: str

    source_text: str = field(repr=False)
    """The extracted text that the clauses' offsets count in."""

    clauses: tuple[Clause, ...]

    unread_pages: tuple[int, ...] = ()
    """Pages of a PDF, from 1, that hold a picture and no text: whoever checks the draft should look at them."""


def read_guideline(path: Path, *, district_id: str, previous: Sequence[Clause] = ()) -> Reading:
    """Read a guideline document from a file.

    Parameters
    ----------
    path
        File whose name ends in one of `READERS`.
    district_id
        First part of each clause's id.
    previous
        Clauses of the former version, whose ids are kept where the clauses are still recognisable.

    Returns
    -------
    Reading
        Title, text and clauses.

    Raises
    ------
    GuidelineNotReadableError
        Raised if there is no such file, or for what `read_guideline_bytes` raises it.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise GuidelineNotReadableError(NotReadable.TOO_LARGE, detail=f"over {MAX_FILE_BYTES} bytes")
        content = path.read_bytes()
    except OSError as error:
        raise GuidelineNotReadableError(NotReadable.MISSING, detail=type(error).__name__) from error
    return read_guideline_bytes(path.name, content, district_id=district_id, previous=previous)


def read_guideline_bytes(name: str, content: bytes, *, district_id: str, previous: Sequence[Clause] = ()) -> Reading:
    """Read a guideline document from an upload.

    Parameters
    ----------
    name
        Name of the file; its ending tells the format.
    content
        The whole file.
    district_id
        First part of each clause's id.
    previous
        Clauses of the former version, whose ids are kept where the clauses are still recognisable.

    Returns
    -------
    Reading
        Title, text and clauses.

    Raises
    ------
    GuidelineNotReadableError
        Raised if the file is empty, too large, of another format, encrypted, damaged, scanned, or says nothing.
    """
    reader = _reader(PurePath(name).suffix.lower())
    if reader is None:
        raise GuidelineNotReadableError(NotReadable.UNKNOWN_FORMAT, detail=PurePath(name).suffix.lower())
    if len(content) > MAX_FILE_BYTES:
        raise GuidelineNotReadableError(NotReadable.TOO_LARGE, detail=f"over {MAX_FILE_BYTES} bytes")
    if not content.strip():
        raise GuidelineNotReadableError(NotReadable.EMPTY)
    extract = reader(content)
    if len(extract.source_text) > MAX_CHARACTERS:
        raise GuidelineNotReadableError(NotReadable.TOO_LARGE, detail=f"over {MAX_CHARACTERS} characters")
    if not extract.source_text.strip():
        raise GuidelineNotReadableError(NotReadable.EMPTY)
    title, clauses = find_clauses(extract, district_id=district_id, previous=previous)
    if not clauses:
        raise GuidelineNotReadableError(NotReadable.NO_CLAUSES)
    return Reading(
        title=title or PurePath(name).stem.replace("-", " ").replace("_", " ").strip().capitalize() or name,
        source_text=extract.source_text,
        clauses=clauses,
        unread_pages=extract.unread_pages,
    )


def _reader(ending: str) -> Callable[[bytes], Extract] | None:
    """Return the reader of a format, or None.

    A reader is imported when a file asks for it: all of their libraries together take half a second, which a
    question from the shell, answered from a text file, should not wait for.
    """
    format_name = READERS.get(ending)
    if format_name is None:
        return None
    module = import_module(f"knowledge.ingest.{format_name}")
    read: Callable[[bytes], Extract] = getattr(module, f"read_{format_name}")
    return read
