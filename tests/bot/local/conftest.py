"""Two districts with a stretch of their real guidelines, and a small assistant that remembers what it was asked."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from bot.local.app import ChatPage
from bot.local.sender import specialist_channel
from bot.local.setup import DistrictForm, Founded, Preview, Problem, Problems
from handlers.incoming import Incoming, Press, Question
from handlers.outcome import ChannelMessage, Outcome
from handlers.replies import (
    Bullets,
    Button,
    ButtonStyle,
    Choices,
    ClauseQuote,
    Paragraph,
    Part,
    Reply,
    TextPrompt,
)
from knowledge.conversations import ConversationReference
from knowledge.district import District, read_districts
from knowledge.guidelines import Clause, Guideline, Modality, Scope
from tests.support.browser import running_chromium

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


class SmallShelf:
    """Holds one document a district."""

    def __init__(self, guidelines: dict[str, Guideline]) -> None:
        self.guidelines = guidelines

    async def published(self, district_id: str) -> Guideline | None:
        return self.guidelines.get(district_id)


class SmallAssistant:
    """Answers the way the real one does, from a few words, and remembers everything it took."""

    def __init__(self, shelf: SmallShelf) -> None:
        self.taken: list[Incoming] = []
        self.feedback: list[tuple[str, str]] = []
        self.seconds_to_answer = 0.0
        self.is_broken = False
        self._shelf = shelf

    async def take(self, incoming: Incoming) -> Outcome:
        self.taken.append(incoming)
        await asyncio.sleep(self.seconds_to_answer)
        if self.is_broken:
            raise RuntimeError("the words of the person: " + getattr(incoming, "text", ""))
        match incoming:
            case Question():
                return Outcome(reply=self._answer(incoming))
            case Press():
                return self._press(incoming)

    def _answer(self, question: Question) -> Reply:
        words = question.text.lower()
        for cue, headline in (
            ("snapchat", "No: Snapchat is not permitted."),
            ("friend", "No: do not accept current students on a personal account."),
            ("administrator", "Each account needs at least two administrators."),
        ):
            clause = self._clause(question.district_id, cue) if cue in words else None
            if clause is not None:
                return Reply(parts=(Paragraph(text=headline, is_headline=True), self._quote(clause), *_AFTER_ANSWER))
        if words.startswith("<"):
            return Reply(parts=(Paragraph(text=f"You wrote {question.text}", is_headline=True),))
        return Reply(
            parts=(
                Paragraph(text="No clause of your district covers this.", is_headline=True),
                Bullets(items=(f"Characters read: {len(question.text)}", "The specialist can decide.")),
                Choices(
                    buttons=(Button(label="Ask the specialist", verb="ask_specialist", style=ButtonStyle.PRIMARY),),
                ),
            )
        )

    def _press(self, press: Press) -> Outcome:
        match press.verb:
            case "helped":
                self.feedback.append(("helped", ""))
                return _instead(Paragraph(text="Thank you. Noted that this helped."))
            case "did_not_help":
                return _instead(
                    Paragraph(text="Sorry about that."),
                    TextPrompt(label="What was missing?", verb="why", value=press.value),
                )
            case "why":
                self.feedback.append(("did not help", press.fields["text"]))
                return _instead(Paragraph(text="Thank you. Your note was kept."))
            case "ask_specialist":
                return Outcome(
                    reply=Reply(parts=(Paragraph(text="The specialist has your question.", is_headline=True),)),
                    replaces_pressed_message=True,
                    posts=(
                        ChannelMessage(
                            conversation=specialist_channel(press.district_id),
                            reply=Reply(
                                parts=(
                                    Paragraph(text="New case from a member of staff", is_headline=True),
                                    Paragraph(text="“May I livestream graduation on TikTok?”"),
                                    Choices(
                                        buttons=(
                                            Button(
                                                label="Claim",
                                                verb="claim",
                                                value=press.conversation.address,
                                                style=ButtonStyle.PRIMARY,
                                            ),
                                        )
                                    ),
                                )
                            ),
                        ),
                    ),
                )
            case "claim":
                return _instead(
                    Paragraph(text="You have this case.", is_headline=True),
                    TextPrompt(label="Your answer", verb="answer", value=press.value, submit_label="Send answer"),
                )
            case "answer":
                return Outcome(
                    reply=Reply(parts=(Paragraph(text="Answered.", is_headline=True),)),
                    replaces_pressed_message=True,
                    posts=(
                        ChannelMessage(
                            conversation=ConversationReference(platform="local", address=press.value),
                            reply=Reply(
                                parts=(
                                    Paragraph(text="The specialist answers:", is_headline=True),
                                    Paragraph(text=press.fields["text"]),
                                )
                            ),
                        ),
                    ),
                )
            case _:
                raise LookupError(press.verb)

    def _clause(self, district_id: str, cue: str) -> Clause | None:
        clauses = self._shelf.guidelines[district_id].clauses
        return next((clause for clause in clauses if cue in clause.text.lower()), None)

    def _quote(self, clause: Clause) -> ClauseQuote:
        guideline = self._shelf.guidelines[clause.id.split("/")[0]]
        return ClauseQuote(
            clause_id=clause.id,
            section=" > ".join(clause.section_path),
            lead_in=clause.lead_in,
            text=clause.text,
            document=f"{guideline.title}, version {guideline.version}",
        )


_AFTER_ANSWER = (
    Choices(
        prompt="Did this help?",
        buttons=(Button(label="Helped", verb="helped"), Button(label="Did not help", verb="did_not_help")),
    ),
)


def _instead(*parts: Part) -> Outcome:
    return Outcome(reply=Reply(parts=parts), replaces_pressed_message=True)


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


@pytest.fixture
def chat_page(
    assistant: SmallAssistant, shelf: SmallShelf, districts: dict[str, District], founder: SmallFounder
) -> ChatPage:
    """Return the page under test."""
    return ChatPage(turns=assistant, shelf=shelf, districts=lambda: districts, founder=founder)
