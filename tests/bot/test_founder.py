"""A district that its own staff set up: all of it, or nothing."""

import asyncio
from datetime import time
from pathlib import Path

import pytest

from bot.districts import Districts
from bot.founder import DistrictFounder, district_id_of
from bot.local.setup import DistrictForm, Founded, Preview, Problems
from handlers.answer import compose
from knowledge.checking.judging import PostChecker
from knowledge.clock import HeldClock
from knowledge.search.finding import Search
from knowledge.store.unit import Database

DOCUMENT = b"""Social Media

- Every account shall have at least three administrators.
- Staff shall not accept friend requests from pupils.
"""


def form(**changes: object) -> DistrictForm:
    values: dict[str, object] = {
        "name": "Newtown Unified School District",
        "short_name": "Newtown",
        "website": "www.newtown.example",
        "time_zone": "America/Chicago",
        "opens": time(7, 30),
        "closes": time(16, 0),
        "specialist_title": "Communications Director",
        "specialist_contact": "Room 4",
        "platforms": ("Facebook", "TikTok"),
        "minimum_administrators": 3,
        "consent_system": "PowerSchool",
    }
    return DistrictForm(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
async def districts(database: Database, search: Search, clock: HeldClock, tmp_path: Path) -> Districts:
    return Districts(search=search, database=database, clock=clock, added=tmp_path / "districts")


@pytest.fixture
async def founder(districts: Districts, database: Database, clock: HeldClock, tmp_path: Path) -> DistrictFounder:
    return DistrictFounder(folder=tmp_path / "districts", database=database, districts=districts, clock=clock)


async def test_district_of_the_form_can_be_asked_at_once(
    founder: DistrictFounder, districts: Districts, search: Search, checker: PostChecker
) -> None:
    """After publishing, a question is answered from the new district's own clauses."""
    founded = await founder.publish(form(), "guide.txt", DOCUMENT)
    shelf = await districts.indexed("newtown")
    answer = compose("how many admins do we need", shelf=shelf, search=search, checker=checker)

    assert founded == Founded(district_id="newtown")
    assert answer.judgement is not None
    assert answer.judgement.matches[0].clause.text == "Every account shall have at least three administrators."
    assert shelf.district.specialist.title == "Communications Director"
    assert [platform.name for platform in shelf.district.platforms] == ["Facebook", "TikTok"]


async def test_preview_shows_the_clauses_and_stores_nothing(founder: DistrictFounder, tmp_path: Path) -> None:
    """Looking first leaves no folder behind."""
    preview = await founder.preview(form(), "guide.txt", DOCUMENT)

    assert isinstance(preview, Preview)
    assert len(preview.clauses) == 2
    assert not (tmp_path / "districts").exists()


@pytest.mark.parametrize(
    ("changes", "name", "content", "field"),
    [
        ({"short_name": "Redlands"}, "guide.txt", DOCUMENT, "short_name"),
        ({"short_name": "../../etc"}, "guide.txt", b"", "document"),
        ({"short_name": "!!!"}, "guide.txt", DOCUMENT, "short_name"),
        ({"time_zone": "Mars/Olympus"}, "guide.txt", DOCUMENT, "time_zone"),
        ({}, "guide.txt", b"", "document"),
        ({}, "guide.exe", DOCUMENT, "document"),
        ({}, "guide.pdf", b"%PDF-1.7 cut", "document"),
    ],
)
async def test_problem_is_told_at_its_field_and_nothing_is_stored(
    changes: dict[str, object],
    name: str,
    content: bytes,
    field: str,
    founder: DistrictFounder,
    database: Database,
    tmp_path: Path,
) -> None:
    """Whatever is wrong, there is no half of a district."""
    told = await founder.publish(form(**changes), name, content)

    assert isinstance(told, Problems)
    assert [problem.field for problem in told.items] == [field]
    assert list((tmp_path / "districts").glob("*")) == []
    async with database.unit() as unit:
        assert await unit.guidelines.versions("newtown") == []


async def test_two_people_who_set_up_the_same_district_make_one(founder: DistrictFounder, database: Database) -> None:
    """The second is told that there is one already; the first one's document stays in force."""
    both = await asyncio.gather(
        founder.publish(form(), "guide.txt", DOCUMENT),
        founder.publish(form(specialist_title="Somebody Else"), "guide.txt", DOCUMENT.replace(b"three", b"four")),
    )

    assert sorted(type(told).__name__ for told in both) == ["Founded", "Problems"]
    async with database.unit() as unit:
        assert len(await unit.guidelines.versions("newtown")) == 1


def test_short_name_becomes_an_id_without_anything_else() -> None:
    """No path and no sign can come into a folder's name."""
    assert district_id_of("  Pine Valley (Unified) ") == "pine-valley-unified"
    assert district_id_of("../../etc") == "etc"
