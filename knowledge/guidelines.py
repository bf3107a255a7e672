"""Guidelines, the clauses they consist of, and what a clause says of itself.

A clause is the smallest passage that can be cited. Its text is a slice of the source text, never rewritten: whoever
changes a character of it breaks the promise that every quoted sentence is the district's own.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from knowledge.errors import PostwiseError


class Modality(StrEnum):
    """What a clause does to its reader, read together with the lead-in that it completes."""

    PROHIBITION = "prohibition"
    OBLIGATION = "obligation"
    PERMISSION = "permission"
    APPROVAL = "approval"
    CAUTION = "caution"
    INFORMATION = "information"


class Scope(StrEnum):
    """Whom or which use a clause binds."""

    ALL = "all"
    PERSONAL_USE = "personal use"
    EDUCATIONAL_USE = "educational use"
    ACCOUNT_ADMINISTRATORS = "account administrators"
    COMMENTERS = "commenters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """The smallest passage of a guideline that can be cited."""

    id: str
    """``district/section/number``; kept when the document is edited elsewhere."""

    section_path: tuple[str, ...]
    """Headings from the outermost to the innermost, verbatim. Empty for text before any heading."""

    lead_in: str | None
    """The sentence this clause completes ("At no time is it acceptable to:"), verbatim, or None."""

    text: str
    """The whole clause, verbatim: ``source[start:end]`` with each run of white space inside it folded to one space."""

    start: int
    """Offset of the first character in the guideline's source text, in characters."""

    end: int
    """Offset after the last character in the guideline's source text, in characters."""

    modality: Modality
    scope: Scope
    references: tuple[str, ...] = ()
    """Policies, laws and systems that the clause names ("BP 1113", "FERPA", "Infinite Campus"), verbatim."""

    @property
    def section(self) -> str:
        """The innermost heading, as a citation shows it."""
        return self.section_path[-1] if self.section_path else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guideline:
    """One version of a published policy document."""

    district_id: str
    title: str
    version: int
    """1 for the first import; each import of the document adds one."""

    published_at: datetime | None
    """When this version was published in Postwise (aware UTC), or None while it is a draft."""

    effective_on: date | None = None
    source_name: str = ""
    """Name of the imported file, without its folder."""

    source_text: str = field(default="", repr=False)
    """The extracted text that the clauses' offsets count in."""

    clauses: tuple[Clause, ...] = field(default=(), repr=False)


class GuidelineNotReadableError(PostwiseError):
    """A guideline document cannot be turned into clauses."""

    def __init__(self, reason: "NotReadable", *, detail: str = "") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.detail = detail


class GuidelineVersionNotFoundError(PostwiseError):
    """The district has no such version of its guidelines."""

    def __init__(self, district_id: str, version: int) -> None:
        super().__init__(f"{district_id} version {version}")
        self.district_id = district_id
        self.version = version


class NotReadable(StrEnum):
    """Why a document cannot be read; `handlers.wording.problems` says each to a person."""

    MISSING = "missing"
    EMPTY = "empty"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    SCANNED = "scanned"
    TOO_LARGE = "too large"
    UNKNOWN_FORMAT = "unknown format"
    NO_CLAUSES = "no clauses"
