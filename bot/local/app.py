"""The routes of the local chat page: acknowledge, translate, hand over; no decisions.

A question is answered 202 at once, and whatever is promised comes over the page's stream, as on the other platforms, so
that a slow answer never looks like a broken page. What is only shown (a form that opens) comes in the response.
"""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from aiohttp import web

from bot.local.bodies import Body, FormBody, MessageBody, NobodyOfThisSideError, PressBody, ThreadBody
from bot.local.conversations import DIRECT_MESSAGES_KEPT
from bot.local.feed import Feed
from bot.local.incoming import Door, read_body, read_conversation_id
from bot.local.people import WRITERS, direct_message, logs
from bot.local.render import Renderer
from bot.local.sender import LocalSender
from bot.local.setup import Founder, Preview, Problems, Submission, read_submission
from bot.local.stream import Stream
from bot.local.turns import PageTurns, TurnTaker
from handlers.incoming import Incoming
from knowledge.clock import Clock, SystemClock
from knowledge.district import District
from knowledge.guidelines import Guideline
from knowledge.store.unit import Database

STATIC = Path(__file__).parent / "static"
"""Folder of the style sheet and the scripts; package data."""

EXAMPLES = (
    "May I post photos of students?",
    "How do I start an account for our school?",
    "Which platforms may we use?",
    "A student sent me a friend request. May I accept?",
    "There is an angry comment on our page. What now?",
)
"""Questions that a newcomer can ask with one touch; general enough for any district."""


class Shelf(Protocol):
    """Holds the districts' guideline documents."""

    async def published(self, district_id: str) -> Guideline | None:
        """Return the version that is in force, or None where the district has published none."""
        ...


class ChatPage:
    """The chat page in the browser: one side a staff member's direct message, the other the specialist channel."""

    def __init__(
        self,
        *,
        turns: TurnTaker[Any],
        shelf: Shelf,
        districts: Callable[[], Mapping[str, District]],
        database: Database,
        founder: Founder | None = None,
        clock: Clock | None = None,
        allow_any_host: bool = False,
    ) -> None:
        """Put the parts of the page together.

        Parameters
        ----------
        turns
            Answers what is typed and pressed.
        shelf
            Gives the documents in which clauses are read in context.
        districts
            By district id, the districts that can be asked now; there may be more at the next call.
        database
            Keeps what is said, and who can be written to.
        founder
            Makes a new district; without one there is no set-up page.
        clock
            Tells when something was said.
        allow_any_host
            True where other computers may use the page. It has no sign-in.
        """
        self.allow_any_host = allow_any_host
        self._shelf = shelf
        self._districts = districts
        self._database = database
        self._founder = founder
        self._clock = clock or SystemClock()
        self._renderer = Renderer(is_public=allow_any_host)
        self._door = Door(allow_any_host=allow_any_host)
        self._feed = Feed(database=database)
        self._turns = PageTurns(turns=turns, feed=self._feed)
        self.sender = LocalSender(database=database, clock=self._clock, feed=self._feed)
        """Through this, what is promised reaches a local conversation, and the pages of this process at once."""

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return the routes of the page."""
        routes: list[web.AbstractRouteDef] = [
            web.get("/", self._door.for_person(self._show_chat)),
            web.get("/local/{district}/document", self._door.for_person(self._show_document)),
            web.get("/local/stream", self._door.for_script(self._stream), allow_head=False),
            web.post("/local/messages", self._door.for_script(self._take_message)),
            web.post("/local/presses", self._door.for_script(self._take_press)),
            web.post("/local/forms", self._door.for_script(self._take_form)),
            web.post("/local/threads", self._door.for_script(self._take_thread_message)),
            web.static("/local/static", STATIC),
        ]
        if self._founder is not None:
            routes += [
                web.get("/local/setup", self._door.for_person(self._show_set_up)),
                web.post("/local/setup/preview", self._door.for_script(self._preview_district)),
                web.post("/local/setup/publish", self._door.for_script(self._publish_district)),
            ]
        return routes

    async def drain(self) -> None:
        """Let the answers under way be found, then end the streams. What is still to be said, a later page is told."""
        await self._turns.drain()
        self._feed.close()

    async def _show_chat(self, request: web.Request) -> web.Response:
        districts = self._districts()
        district_id = request.query.get("district")
        if district_id is None:
            return _page(self._renderer.chooser(districts, has_set_up=self._founder is not None))
        if district_id not in districts:
            return self._no_such_district()
        return _page(self._renderer.chat(districts[district_id], districts, examples=EXAMPLES))

    async def _show_document(self, request: web.Request) -> web.Response:
        district = self._districts().get(request.match_info["district"])
        if district is None:
            return self._no_such_district()
        guideline = await self._shelf.published(district.id)
        if guideline is None:
            return _page(self._renderer.not_found(f"{district.name} has published no guidelines here yet."), status=404)
        return _page(self._renderer.document(district, guideline))

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        district = self._known(request.query.get("district", ""))
        tab = read_conversation_id(request)
        await self._introduce(district, tab)
        stream = Stream(
            feed=self._feed,
            database=self._database,
            renderer=self._renderer,
            epoch=await self.sender.epoch(),
            district_id=district.id,
            logs=logs(district.id, tab),
            under_way=self._turns.under_way,
        )
        return await stream.follow(request, kept_since=self._clock.now() - DIRECT_MESSAGES_KEPT)

    async def _introduce(self, district: District, tab: str) -> None:
        """Let the people of the page be written to, in the tab that was opened last."""
        async with self._database.unit() as unit:
            for person in WRITERS:
                await unit.people.see(
                    district_id=district.id,
                    person=person.in_district(district),
                    conversation=direct_message(district.id, tab, person),
                    at=self._clock.now(),
                )

    async def _take_message(self, request: web.Request) -> web.Response:
        body = await read_body(request, MessageBody)
        return await self._take(body, body.incoming)

    async def _take_press(self, request: web.Request) -> web.Response:
        body = await read_body(request, PressBody)
        return await self._take(body, body.incoming)

    async def _take_form(self, request: web.Request) -> web.Response:
        body = await read_body(request, FormBody)
        return await self._take(body, body.incoming)

    async def _take_thread_message(self, request: web.Request) -> web.Response:
        body = await read_body(request, ThreadBody)
        return await self._take(body, body.incoming)

    async def _take(self, body: Body, incoming_of: Callable[[District], Incoming]) -> web.Response:
        """Take an event; answer with what is only shown, or say that it has arrived."""
        try:
            incoming = incoming_of(self._known(body.district))
        except NobodyOfThisSideError:
            raise web.HTTPBadRequest(text="Not as it must be: as.") from None
        outcome = await self._turns.take(incoming)
        if outcome is None or outcome.reply is None or outcome.is_promised:
            return web.json_response({"accepted": body.key}, status=202)
        html = self._renderer.shown_once(outcome.reply, district_id=body.district, message=f"once-{body.key}")
        shown = {"accepted": body.key, "html": html, "replaces": outcome.replaces_pressed_message}
        return web.json_response(shown)

    async def _show_set_up(self, request: web.Request) -> web.Response:  # noqa: ARG002 every route gets the request
        return _page(self._renderer.set_up())

    async def _preview_district(self, request: web.Request) -> web.Response:
        return await self._found(request, self._read_for_preview)

    async def _publish_district(self, request: web.Request) -> web.Response:
        return await self._found(request, self._publish)

    async def _found(
        self, request: web.Request, step: Callable[[Founder, Submission], Awaitable[web.Response | Problems]]
    ) -> web.Response:
        """Read the set-up form, do one step with it, and say each problem at its field."""
        assert self._founder is not None  # without a founder there is no such route
        submission = await read_submission(request)
        answer = submission if isinstance(submission, Problems) else await step(self._founder, submission)
        if isinstance(answer, Problems):
            problems = [{"field": problem.field, "text": problem.text} for problem in answer.items]
            return web.json_response({"problems": problems}, status=422)
        return answer

    async def _read_for_preview(self, founder: Founder, submission: Submission) -> web.Response | Problems:
        preview = await founder.preview(submission.form, submission.document_name, submission.document)
        if isinstance(preview, Preview):
            return web.json_response({"html": self._renderer.preview(preview.title, preview.clauses)})
        return preview

    async def _publish(self, founder: Founder, submission: Submission) -> web.Response | Problems:
        founded = await founder.publish(submission.form, submission.document_name, submission.document)
        if isinstance(founded, Problems):
            return founded
        return web.json_response({"district": founded.district_id}, status=201)

    def _known(self, district_id: str) -> District:
        """Return a district that can be asked."""
        district = self._districts().get(district_id)
        if district is None:
            raise web.HTTPNotFound(text="There is no such district.")
        return district

    def _no_such_district(self) -> web.Response:
        return _page(self._renderer.not_found("There is no district of this name here."), status=404)


def _page(html: str, *, status: int = 200) -> web.Response:
    return web.Response(text=html, content_type="text/html", status=status)
