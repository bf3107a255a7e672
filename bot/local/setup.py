"""Setting up a district from the page: the form, and whoever makes a district of it.

What is checked here is only what a form field can hold; whether it makes a district is the founder's business.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import PureWindowsPath
from typing import Protocol
from zoneinfo import available_timezones

from aiohttp import BodyPartReader, web

from knowledge.guidelines import Clause
from knowledge.ingest.reading import MAX_FILE_BYTES, READERS

MAX_DOCUMENT_BYTES = MAX_FILE_BYTES
"""Largest guideline document that is taken, in bytes: what the readers take."""

MAX_FIELD_BYTES = 4000
"""Longest text of one form field, in bytes."""

MAX_FIELDS = 40
"""Most fields that one form may send."""

DOCUMENT_ENDINGS = tuple(READERS)
"""Endings of the documents that can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictForm:
    """What a person typed to set up a district. Texts are stripped; an optional one is empty where left out."""

    name: str
    short_name: str
    website: str
    time_zone: str
    opens: time
    closes: time
    specialist_title: str
    specialist_contact: str
    platforms: tuple[str, ...]
    minimum_administrators: int | None
    consent_system: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong with one field, said to the person who typed it."""

    field: str
    """Name of a field of `DistrictForm`, ``document``, or empty where it concerns no single field."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problems:
    """Why no district can be made of a form."""

    items: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What was read from the document, before anything is stored."""

    title: str
    """Title of the document, as a citation will print it."""

    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Founded:
    """A district that can be asked from now on."""

    district_id: str


class Founder(Protocol):
    """Makes a district of a form and a guideline document."""

    async def preview(self, form: DistrictForm, document_name: str, document: bytes) -> Preview | Problems:
        """Read the document and store nothing."""
        ...

    async def publish(self, form: DistrictForm, document_name: str, document: bytes) -> Founded | Problems:
        """Make the district ready to be asked."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A form that holds everything a founder needs."""

    form: DistrictForm
    document_name: str
    document: bytes


async def read_submission(request: web.Request) -> Submission | Problems:
    """Read the set-up form.

    Raises
    ------
    web.HTTPBadRequest
        Raised if the body is no form.
    web.HTTPRequestEntityTooLarge
        Raised if there is more of it than any honest form has.
    """
    if request.content_type != "multipart/form-data":
        raise web.HTTPUnsupportedMediaType(text="Send a form, as multipart/form-data.")
    fields: dict[str, str] = {}
    document_name, document = "", b""
    try:
        parts = await request.multipart()
        for _ in range(MAX_FIELDS):
            part = await parts.next()
            if part is None:
                break
            if not isinstance(part, BodyPartReader) or part.name is None:
                raise web.HTTPBadRequest(text="The body is no form.")
            if part.name == "document":
                document_name = PureWindowsPath(part.filename or "").name  # takes both kinds of slash
                document = await _read_part(part, max_bytes=MAX_DOCUMENT_BYTES)
            else:
                fields[part.name] = (await _read_part(part, max_bytes=MAX_FIELD_BYTES)).decode()
        else:
            raise web.HTTPBadRequest(text="The form has too many fields.")
    except (ValueError, AssertionError):
        raise web.HTTPBadRequest(text="The body is no form.") from None
    return parse_submission(fields, document_name=document_name, document=document)


async def _read_part(part: BodyPartReader, *, max_bytes: int) -> bytes:
    """Read a part of a form, and no more of it than is allowed."""
    content = bytearray()
    while chunk := await part.read_chunk():
        content += chunk
        if len(content) > max_bytes:
            raise web.HTTPRequestEntityTooLarge(
                max_size=max_bytes,
                actual_size=len(content),
                text="The document is too large; at most 10 MB can be read."
                if part.name == "document"
                else "A field holds too much text.",
            )
    return bytes(content)


def parse_submission(fields: Mapping[str, str], *, document_name: str, document: bytes) -> Submission | Problems:
    """Turn the texts of a form into values, or say at which fields that fails."""
    typed = {name: " ".join(text.split()) for name, text in fields.items()}
    problems = [
        Problem(field=name, text=text)
        for name, text in (
            ("name", "Enter the district's full name."),
            ("short_name", "Enter the name staff use in daily talk."),
            ("specialist_title", "Enter who answers what the guidelines leave open."),
        )
        if not typed.get(name)
    ]
    if typed.get("time_zone", "") not in available_timezones():
        problems.append(Problem(field="time_zone", text="Choose a time zone from the list."))
    opens, closes = _time(typed.get("opens", "")), _time(typed.get("closes", ""))
    if opens is None:
        problems.append(Problem(field="opens", text="Enter a time such as 08:00."))
    if closes is None:
        problems.append(Problem(field="closes", text="Enter a time such as 16:30."))
    if opens is not None and closes is not None and opens >= closes:
        problems.append(Problem(field="closes", text="This must be later than the opening time."))
    minimum = typed.get("minimum_administrators", "")
    if minimum and not (minimum.isascii() and minimum.isdigit() and 1 <= int(minimum) <= 20):
        problems.append(Problem(field="minimum_administrators", text="Enter a number from 1 to 20, or leave it empty."))
    problems += _document_problems(document_name, document)
    if problems or opens is None or closes is None:
        return Problems(items=tuple(problems))
    form = DistrictForm(
        name=typed["name"],
        short_name=typed["short_name"],
        website=typed.get("website", ""),
        time_zone=typed["time_zone"],
        opens=opens,
        closes=closes,
        specialist_title=typed["specialist_title"],
        specialist_contact=typed.get("specialist_contact", ""),
        platforms=tuple(filter(None, (platform.strip() for platform in typed.get("platforms", "").split(",")))),
        minimum_administrators=int(minimum) if minimum else None,
        consent_system=typed.get("consent_system", ""),
    )
    return Submission(form=form, document_name=document_name, document=document)


def _document_problems(name: str, document: bytes) -> list[Problem]:
    """Say what is wrong with a document before anyone tries to read it."""
    if not name:
        return [Problem(field="document", text="Choose the guideline document.")]
    if not name.lower().endswith(DOCUMENT_ENDINGS):
        return [Problem(field="document", text="Choose a text, Markdown, HTML, Word (.docx) or PDF file.")]
    if not document:
        return [Problem(field="document", text="This file is empty.")]
    return []


def _time(text: str) -> time | None:
    """Read a time of day, to the minute."""
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None
