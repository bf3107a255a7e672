"""A district as data: everything that differs between districts and is no clause.

A district is a folder with a ``district.toml``; nothing about a particular district is written in code. Whatever
stands here is a setting of the district's own and is shown as such; what the district's *guidelines* say stands
only in their clauses.
"""

import tomllib
from collections.abc import Mapping
from datetime import date, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from knowledge.cases import CaseSettings
from knowledge.errors import PostwiseError
from knowledge.filings import FilingChecks, FilingKind, FilingRule
from knowledge.people import Person, Role, is_email, same_email

SHIPPED = Path(__file__).parent / "shipped"
"""Folder of the districts that come with Postwise, one folder a district."""

DISTRICT_ID_PATTERN = r"^[a-z][a-z0-9-]{1,39}$"
"""What a district may be called in addresses, file names and clause ids."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
DomainName = Annotated[
    str, StringConstraints(max_length=253, pattern=r"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}$")
]
"""A host name in small letters: ``redlandsusd.net``."""

LONGEST_CLOSURE_DAYS = 370
"""A longer one is a slip in a year. Our own figure."""


class DistrictNotFoundError(PostwiseError):
    """No district of this name is set up."""

    def __init__(self, district_id: str, known: tuple[str, ...] = ()) -> None:
        super().__init__(district_id)
        self.district_id = district_id
        self.known = known


class NoGuidelineInForceError(PostwiseError):
    """The district is set up, and none of its guideline versions is published."""

    def __init__(self, district_id: str) -> None:
        super().__init__(district_id)
        self.district_id = district_id


class DistrictNotValidError(PostwiseError):
    """A district's settings cannot be used as they are."""

    def __init__(self, district_id: str, problems: tuple[tuple[str, str], ...]) -> None:
        super().__init__("; ".join(f"{place}: {problem}" for place, problem in problems))
        self.district_id = district_id
        self.problems = problems
        """Pairs of a setting's name and what is wrong with it."""


class _Setting(BaseModel):
    """A group of settings: unknown names are refused, so that a typing error is not silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Specialist(_Setting):
    """Who receives questions and cases."""

    title: Name
    named_in_guidelines: bool = False
    """True where the guideline itself names this office; otherwise it is the district's own setting."""

    contact_clause: str | None = None
    """Clause number within the district that prints the contact, shown verbatim where a contact is needed."""

    contact: ShortText = ""
    """How to reach the specialist where no clause prints it; a setting of the district's own."""


class Mentions(StrEnum):
    """Who sees the answer to a question that names Postwise in a channel."""

    THREAD = "thread"
    """Everybody in the channel, in a thread under the question."""

    ASKER = "asker"
    """Whoever asked, alone."""


class Channels(_Setting):
    """Where filings, cases and questions for the specialist go, per platform, and how a channel is answered."""

    slack: str = ""
    """For the operator's notes alone, like the next one: the channel is set by ``POSTWISE_SLACK_SPECIALIST_CHANNEL``,
    ``POSTWISE_TEAMS_SPECIALIST_CONVERSATION`` or ``postwise slack tie``."""

    teams: str = ""
    mentions: Mentions = Mentions.THREAD


class Platform(_Setting):
    """A social-media platform and the names staff use for it."""

    name: Name
    aliases: tuple[Name, ...] = ()


def _first_and_last(days: object) -> object:
    """Read days without school: one day, or ``"2026-12-21/2027-01-08"`` with the first and the last."""
    if not isinstance(days, str | date):
        return days
    first, slash, last = str(days).partition("/")
    return (first.strip(), last.strip() if slash else first.strip())


Closure = Annotated[tuple[date, date], BeforeValidator(_first_and_last)]
"""The first and the last day without school, both included. Written as a date or ``"first/last"``."""


class Hours(_Setting):
    """When the specialist is at work, and which days are school days."""

    time_zone: str = "America/Los_Angeles"
    days: tuple[Annotated[str, StringConstraints(pattern="^(mon|tue|wed|thu|fri|sat|sun)$")], ...] = (
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
    )
    opens: time = time(8, 0)
    closes: time = time(16, 30)
    closed: Annotated[tuple[Closure, ...], Field(max_length=400)] = ()
    """Days without school that are no public holidays: breaks, staff days, the summer."""

    holidays_of: Annotated[str, StringConstraints(pattern="^(?:[A-Z]{2}(?:-[A-Z0-9]{1,3})?)?$")] = "US-CA"
    """Country and part of it (ISO 3166-2) whose public holidays are no school days; empty for none."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.days:
            raise ValueError("days is empty; name at least one, like 'mon'")
        for first, last in self.closed:
            if not 0 <= (last - first).days <= LONGEST_CLOSURE_DAYS:
                raise ValueError(f"closed: {first}/{last} ends before it begins, or lasts longer than a year")
        if not _has_holidays(self.holidays_of):
            raise ValueError(f"no public holidays are known for {self.holidays_of!r}; write one like 'US-CA', or ''")
        if self.time_zone not in available_timezones():
            raise ValueError(f"{self.time_zone!r} is no time zone; write one like 'America/Los_Angeles'")
        if self.opens >= self.closes:
            raise ValueError("opens must come before closes")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The district's time zone."""
        return ZoneInfo(self.time_zone)


def _has_holidays(code: str) -> bool:
    if code in ("", Hours.model_fields["holidays_of"].default):
        return True
    # Imported late: what asks one question never needs it.
    from holidays import list_supported_countries

    country, dash, part = code.partition("-")
    parts = list_supported_countries(include_aliases=False).get(country)
    return parts is not None and (not dash or part in parts)


class Retention(_Setting):
    """How long what is remembered is kept, in days."""

    questions_days: Annotated[int, Field(ge=1, le=3650)] = 180
    """How long a masked question and what was shown for it are kept. A setting of the district's own."""

    cases_days: Annotated[int, Field(ge=1, le=3650)] = 365
    """How long what was said in a case is kept once it is resolved; its times and its outcome stay."""


class StaffMember(_Setting):
    """Somebody whom the district names for an office; its own setting."""

    email: Name
    role: Role
    name: ShortText = ""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not is_email(self.email):
            raise ValueError(f"{self.email!r} is no e-mail address")
        return self


class District(_Setting):
    """One school district."""

    id: Annotated[str, StringConstraints(pattern=DISTRICT_ID_PATTERN)]
    name: Name
    short_name: Name
    abbreviations: tuple[Name, ...] = ()
    website: ShortText = ""
    email_domains: tuple[DomainName, ...] = ()
    """Domains of the district's staff, in small letters; a setting of the district's own. Empty where any is taken."""

    guideline_file: str = ""
    """Name of the guideline document in the district's folder."""

    guideline_title: ShortText = ""
    """What a citation calls the document; the document's own title where empty."""

    consent_system: ShortText = ""
    """Where staff look up a pupil's media release ("AERIES Parent Portal"), as the district names it."""

    minimum_administrators: Annotated[int, Field(ge=1, le=20)] | None = None
    """None where neither the guideline nor the district asks for a number."""

    emergency_wording: Name = "If anyone is in danger now, call 911. For a suicidal crisis, call or text 988."
    specialist: Specialist
    channels: Channels = Channels()
    platforms: tuple[Platform, ...] = ()
    """Platforms that the district approves; empty where its guidelines list none."""

    people: tuple[StaffMember, ...] = ()
    """Specialists, deputies and offices by e-mail address; a setting of the district's own."""

    filings: Annotated[Mapping[FilingKind, FilingRule], Field(default_factory=dict)]
    """What each kind of filing is under the district's clauses; a kind that is not here is only recorded."""

    checks: FilingChecks = FilingChecks()
    cases: CaseSettings = CaseSettings()
    hours: Hours = Hours()
    retention: Retention = Retention()

    @property
    def platform_names(self) -> tuple[str, ...]:
        """Names and aliases of the approved platforms; empty where the guidelines list none."""
        return tuple(name for platform in self.platforms for name in (platform.name, *platform.aliases))

    @property
    def named_clauses(self) -> Mapping[str, str]:
        """Every clause that a setting names, by the name of the setting."""
        named = {"specialist.contact_clause": self.specialist.contact_clause}
        named |= {f"filings.{kind.value}.clause": rule.clause for kind, rule in self.filings.items()}
        named |= {f"checks.{name}": getattr(self.checks, name) for name in FilingChecks.CLAUSES}
        named |= {"cases.clause": self.cases.clause, "cases.duty_clause": self.cases.duty_clause}
        return {setting: clause for setting, clause in named.items() if clause}

    def rule(self, kind: FilingKind) -> FilingRule:
        """Return what a kind of filing is here: a record where nothing is set."""
        return self.filings.get(kind, FilingRule())

    def clause_id(self, number: str | None) -> str:
        """Return the whole id of a clause that a setting names; empty for none."""
        return f"{self.id}/{number}" if number else ""

    def roles_of(self, person: Person) -> frozenset[Role]:
        """Return what a person is to the district: what the platform vouches for and what its settings say of the e-mail."""
        if not person.email:
            return person.roles
        email = same_email(person.email)
        return person.roles | {member.role for member in self.people if same_email(member.email) == email}

    @property
    def possessive(self) -> str:
        """Short name in the possessive: Redlands', Hesperia's."""
        return f"{self.short_name}'" if self.short_name.endswith("s") else f"{self.short_name}'s"


def parse_district(district_id: str, text: str) -> District:
    """Read a district's settings from the text of its ``district.toml``.

    Raises
    ------
    DistrictNotValidError
        Raised if the text is no TOML, a setting is missing, unknown or out of range.
    """
    try:
        return District.model_validate({**tomllib.loads(text), "id": district_id})
    except tomllib.TOMLDecodeError as error:
        raise DistrictNotValidError(district_id, (("district.toml", str(error)),)) from error
    except ValidationError as error:
        problems = tuple(
            (
                ".".join(str(part) for part in problem["loc"]) or "district",
                "there is no such setting" if problem["type"] == "extra_forbidden" else problem["msg"],
            )
            for problem in error.errors()
        )
        raise DistrictNotValidError(district_id, problems) from error


def read_districts(
    folders: tuple[Path, ...] = (SHIPPED,), *, broken: dict[str, DistrictNotValidError] | None = None
) -> dict[str, tuple[District, Path]]:
    """Read every district of some folders; a later folder's district replaces an earlier one's of the same name.

    Parameters
    ----------
    folders
        Each holds one folder a district.
    broken
        Takes the districts whose settings cannot be used, so that one mistake does not stop the others; without it
        the first mistake is raised.

    Returns
    -------
    dict
        By district id, the district and its folder.

    Raises
    ------
    DistrictNotValidError
        Raised if a district's settings cannot be used.
    """
    districts = {}
    for folder in folders:
        for settings_file in sorted(folder.glob("*/district.toml")):
            district_id = settings_file.parent.name
            try:
                districts[district_id] = (_read_district(district_id, settings_file), settings_file.parent)
            except DistrictNotValidError as error:
                if broken is None:
                    raise
                broken[district_id] = error
    return districts


def _read_district(district_id: str, settings_file: Path) -> District:
    try:
        return parse_district(district_id, settings_file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise DistrictNotValidError(district_id, (("district.toml", "save it as UTF-8"),)) from error
    except OSError as error:
        raise DistrictNotValidError(district_id, (("district.toml", "it cannot be opened"),)) from error


def read_links(district_id: str, folder: Path) -> dict[str, tuple[str, ...]] | None:
    """Read which clauses answer which topic, as people linked them in ``links.toml``; None where nobody has.

    Raises
    ------
    DistrictNotValidError
        Raised if the file is no TOML, or a topic's clauses are no list of texts.
    """
    path = folder / "links.toml"
    if not path.exists():
        return None
    try:
        links = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DistrictNotValidError(district_id, (("links.toml", str(error)),)) from error
    for topic, clauses in links.items():
        if not isinstance(clauses, list) or not all(isinstance(clause, str) for clause in clauses):
            raise DistrictNotValidError(
                district_id, ((f"links.toml, {topic}", "write a list of clause ids in quotes"),)
            )
    return {topic: tuple(clauses) for topic, clauses in links.items()}
