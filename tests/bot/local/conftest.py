"""Two districts with a stretch of their real guidelines, and a page with a small assistant behind it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from bot.local.app import ChatPage
from bot.local.setup import DistrictForm, Founded, Preview, Problem, Problems
from bot.web import make_application, serving
from knowledge.district import District, read_districts
from knowledge.guidelines import Clause, Guideline, Modality, Scope
from knowledge.store.migrate import migrate
from knowledge.store.unit import Database
from tests.bot.local.small_assistant import SmallAssistant, SmallShelf
from tests.support.browser import Visits, running_chromium

_GENERAL = ("General Social Media Guidelines",)
_DUTIES = ("Basic Responsibilities of Social Media Administrators",)
_ALL_USE = ("I. Expectations for all use of social media (personal and educational)",)
_PERSONAL = ("II. Expectations for the personal use of social media",)
_PERSONAL_LEAD_IN = (
    "In addition to Section I, above, employees using social media for personal (non-District- related) purposes are "
    "expected to:"
)

PASSAGES: dict[str, tuple[tuple[tuple[str, ...], str | None, str, Modality], ...]] = {
    "redlands": (
        (
            ("Communication Goals",),
            None,
            (
                "Redlands Unified School District recognizes the value of social media platforms as "
                "an effective means of "
                "communication in order to maximize engagement, promote community involvement, and "
                "inform the public about "
                "issues impacting public education."
            ),
            Modality.INFORMATION,
        ),
        (
            _GENERAL,
            None,
            (
                "Additionally, social media platforms have terms and conditions, independent of "
                "Redlands Unified School "
                "District, that users must follow in order to use these platforms. Please make the time to read, "
                "understand and follow those rules accordingly."
            ),
            Modality.OBLIGATION,
        ),
        (
            _GENERAL,
            None,
            (
                "Snapchat and social media platforms or functions of social media platforms that allow users to send "
                "temporary still or moving images are strictly prohibited."
            ),
            Modality.PROHIBITION,
        ),
        (
            _GENERAL,
            None,
            (
                "At this time, the only district-approved social media platforms are Twitter, Instagram, Facebook, and "
                "LinkedIn Pages."
            ),
            Modality.PERMISSION,
        ),
        (
            _GENERAL,
            None,
            (
                "For further clarification and response, please contact District and Community Relations Specialist "
                "Christine Stephens by email or by phone (909) 307-5300 extension 20480."
            ),
            Modality.INFORMATION,
        ),
        (
            _DUTIES,
            None,
            (
                "There shall be at least two (2) account administrators for each social media page/group. The primary "
                "purpose of this condition is to ensure there is an additional account manager that can serve as a "
                "substitute in your absence. If you leave your position at the district, site, "
                "department, program, etc. "
                "of which you are representing on social media, you are expected to relinquish your "
                "account to a school "
                "site administrator. Social media accounts are property of the District."
            ),
            Modality.OBLIGATION,
        ),
    ),
    "hesperia": (
        (
            _ALL_USE,
            None,
            (
                "HUSD employees’ behavior on social media should reflect the same standards of honesty, respect and "
                "consideration they are expected to adhere to in all forms of communications and interactions."
            ),
            Modality.OBLIGATION,
        ),
        (
            _ALL_USE,
            None,
            "Be alert to the possibility of phishing scams that arrive through a social media site.",
            Modality.CAUTION,
        ),
        (
            _PERSONAL,
            _PERSONAL_LEAD_IN,
            "Refrain from accepting current HUSD students as “friends” on personal social media sites.",
            Modality.PROHIBITION,
        ),
        (
            _PERSONAL,
            _PERSONAL_LEAD_IN,
            (
                "Be aware that people classified as “friends” have the ability to download and share your information "
                "with others."
            ),
            Modality.CAUTION,
        ),
    ),
}
"""By district: headings, lead-in, text and modality of a few clauses, verbatim."""


def make_guideline(district: District) -> Guideline:
    """Put a district's passages into a published document."""
    clauses = tuple(
        Clause(
            id=f"{district.id}/{path[-1].split('.')[0].lower().replace(' ', '-')}/{number}",
            section_path=path,
            lead_in=lead_in,
            text=text,
            start=0,
            end=len(text),
            modality=modality,
            scope=Scope.ALL,
        )
        for number, (path, lead_in, text, modality) in enumerate(PASSAGES[district.id], start=1)
    )
    return Guideline(
        district_id=district.id,
        title=district.guideline_title,
        version=1,
        published_at=datetime(2025, 8, 1, tzinfo=UTC),
        source_name=district.guideline_file,
        clauses=clauses,
    )


class SmallFounder:
    """Takes every paragraph of a text file for a clause."""

    def __init__(self, districts: dict[str, District], shelf: SmallShelf) -> None:
        self.forms: list[DistrictForm] = []
        self._districts = districts
        self._shelf = shelf

    async def preview(self, form: DistrictForm, document_name: str, document: bytes) -> Preview | Problems:
        self.forms.append(form)
        if b"\n\n" not in document:
            return Problems(items=(Problem(field="document", text=f"No clauses were found in {document_name}."),))
        title, *texts = document.decode().split("\n\n")
        clauses = tuple(
            Clause(
                id=f"lincoln/general/{number}",
                section_path=("General",),
                lead_in="Staff shall not:" if number == 1 else None,
                text=text,
                start=0,
                end=len(text),
                modality=Modality.PROHIBITION,
                scope=Scope.ALL,
            )
            for number, text in enumerate(texts, start=1)
        )
        return Preview(title=title, clauses=clauses)

    async def publish(self, form: DistrictForm, document_name: str, document: bytes) -> Founded | Problems:
        preview = await self.preview(form, document_name, document)
        if isinstance(preview, Problems):
            return preview
        specialist = {"title": form.specialist_title, "contact": form.specialist_contact}
        self._districts["lincoln"] = District.model_validate(
            {"id": "lincoln", "name": form.name, "short_name": form.short_name, "specialist": specialist}
        )
        self._shelf.guidelines["lincoln"] = Guideline(
            district_id="lincoln", title=preview.title, version=1, published_at=None, clauses=preview.clauses
        )
        return Founded(district_id="lincoln")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Start the browser once for all tests."""
    async with running_chromium() as browser:
        yield browser


@pytest.fixture
def districts() -> dict[str, District]:
    """Return the two shipped districts."""
    return {district_id: district for district_id, (district, _) in read_districts().items()}


@pytest.fixture
def shelf(districts: dict[str, District]) -> SmallShelf:
    """Return a few clauses of each district."""
    return SmallShelf({district.id: make_guideline(district) for district in districts.values()})


@pytest.fixture
def assistant(shelf: SmallShelf) -> SmallAssistant:
    """Return the assistant behind the page."""
    return SmallAssistant(shelf)


@pytest.fixture
def founder(districts: dict[str, District], shelf: SmallShelf) -> SmallFounder:
    """Return whoever makes a third district."""
    return SmallFounder(districts, shelf)


@pytest.fixture(scope="session")
def blank_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a database that is up to date and holds nothing."""
    path = tmp_path_factory.mktemp("database") / "postwise.db"

    async def make() -> None:
        database = Database(f"sqlite:///{path}")
        await migrate(database.engine)
        await database.close()

    asyncio.run(make())
    return path


@pytest.fixture
def page_database(blank_file: Path, tmp_path: Path) -> Database:
    """Return the page's database. Whoever serves the page closes it, in the loop that used it."""
    return Database(f"sqlite:///{shutil.copy(blank_file, tmp_path)}")


@pytest.fixture
def chat_page(
    assistant: SmallAssistant,
    shelf: SmallShelf,
    districts: dict[str, District],
    founder: SmallFounder,
    page_database: Database,
) -> ChatPage:
    """Return the page under test."""
    page = ChatPage(turns=assistant, shelf=shelf, districts=lambda: districts, database=page_database, founder=founder)
    assistant.database, assistant.sender = page_database, page.sender
    return page


async def everything_is_ready() -> tuple[str, ...]:
    """Wait for nothing."""
    return ()


@pytest_asyncio.fixture(loop_scope="session")
async def address(chat_page: ChatPage, page_database: Database) -> AsyncIterator[str]:
    """Serve the page as the real server does."""
    async with serving(
        make_application(unready=everything_is_ready, chat_page=chat_page), host="127.0.0.1", port=0
    ) as url:
        yield url
    await page_database.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visits(chromium: Browser, address: str) -> AsyncIterator[Visits]:
    """Open pages whose scripts must not complain."""
    visits = Visits(chromium, address)
    yield visits
    await visits.close()
    assert visits.complaints == []
