"""The routes of the local chat page: acknowledge, translate, hand over; no decisions.

A message is answered 202 at once and the reply comes over the page's stream, as on the other platforms, so that a
slow answer never looks like a broken page.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Protocol, TypeAlias
from weakref import WeakValueDictionary

import structlog
from aiohttp import web

from bot.local.history import Histories
from bot.local.incoming import Door, read_conversation_id, read_message, read_press
from bot.local.render import Renderer
from bot.local.sender import PLATFORM, LocalSender, specialist_channel, staff_conversation
from bot.local.setup import Founder, Preview, Problems, Submission, read_submission
from bot.local.stream import follow, read_position
from handlers.incoming import Incoming
from handlers.outcome import Outcome
from knowledge.clock import Clock, SystemClock
from knowledge.district import District
from knowledge.guidelines import Guideline

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

MAX_TURNS_AT_ONCE = 20
"""Most messages of one conversation that may wait for their answer."""

DRAIN_SECONDS = 10.0
"""How long a stop waits for the answers that are under way."""

_log = structlog.get_logger(__name__)

_Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


class TurnTaker(Protocol):
    """Takes one incoming event through everything it causes."""

    async def take(self, incoming: Incoming) -> Outcome:
        """Mask personal data, route, store, and say what comes of it."""
        ...


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
        turns: TurnTaker,
        shelf: Shelf,
        districts: Callable[[], Mapping[str, District]],
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
        founder
            Makes a new district; without one there is no set-up page.
        clock
            Tells when something was said.
        allow_any_host
            True where other computers may use the page. It has no sign-in.
        """
        self.allow_any_host = allow_any_host
        self._turns = turns
        self._shelf = shelf
        self._districts = districts
        self._founder = founder
        self._renderer = Renderer(is_public=allow_any_host)
        self._histories = Histories(clock=clock or SystemClock())
        self._door = Door(allow_any_host=allow_any_host)
        self._tasks: set[asyncio.Task[None]] = set()
        self._order: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.sender = LocalSender(histories=self._histories, renderer=self._renderer)
        """Through this, others say something in a local conversation."""

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return the routes of the page."""
        routes: list[web.AbstractRouteDef] = [
            web.get("/", self._for_person(self._show_chat)),
            web.get("/local/{district}/document", self._for_person(self._show_document)),
            web.get("/local/stream", self._for_script(self._stream), allow_head=False),
            web.post("/local/messages", self._for_script(self._take_message)),
            web.post("/local/presses", self._for_script(self._take_press)),
            web.static("/local/static", STATIC),
        ]
        if self._founder is not None:
            routes += [
                web.get("/local/setup", self._for_person(self._show_set_up)),
                web.post("/local/setup/preview", self._for_script(self._preview_district)),
                web.post("/local/setup/publish", self._for_script(self._publish_district)),
            ]
        return routes

    async def drain(self) -> None:
        """Let the answers under way reach their pages, then end the streams."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=DRAIN_SECONDS)
        self._histories.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _for_person(self, handler: _Handler) -> _Handler:
        """Let a page be opened by a person at this computer."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            self._door.check_host(request)
            return await handler(request)

        return guarded

    def _for_script(self, handler: _Handler) -> _Handler:
        """Let a route be used by the page's own script alone."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            self._door.check_host(request)
            self._door.check_own_page(request)
            return await handler(request)

        return guarded

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
        district_id = self._known(request.query.get("district", ""))
        conversation_id = read_conversation_id(request)
        sides = {
            staff_conversation(district_id, conversation_id).address: "staff",
            specialist_channel(district_id).address: "specialist",
        }
        position = read_position(request, self._histories)
        return await follow(request, self._histories, sides=sides, position=position)

    async def _take_message(self, request: web.Request) -> web.Response:
        body = await read_message(request)
        self._known(body.district)
        return self._accept(body.question(), key=body.key)

    async def _take_press(self, request: web.Request) -> web.Response:
        body = await read_press(request)
        self._known(body.district)
        return self._accept(body.press(), key=body.key, pressed=body.message)

    def _accept(self, incoming: Incoming, *, key: str, pressed: str | None = None) -> web.Response:
        """Say that an event has arrived, and take the turn behind the browser's back."""
        address = incoming.conversation.address
        turns = self._histories.turns(address)
        if self._histories.is_closed:
            raise web.HTTPServiceUnavailable(text="Postwise is stopping.", headers={"Retry-After": "5"})
        if len(turns.under_way) >= MAX_TURNS_AT_ONCE:
            raise web.HTTPTooManyRequests(text="Wait for the answers first.", headers={"Retry-After": "2"})
        # The browser sends an event again where it did not hear that it had arrived.
        if key not in turns.under_way + turns.finished:
            self._histories.begin_turn(address, key)
            task = asyncio.create_task(self._take_turn(incoming, key=key, pressed=pressed))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return web.json_response({"accepted": key}, status=202)

    async def _take_turn(self, incoming: Incoming, *, key: str, pressed: str | None) -> None:
        address = incoming.conversation.address
        lock = self._order.setdefault(address, asyncio.Lock())
        try:
            async with lock:  # answers come in the order of the questions
                outcome = await self._turns.take(incoming)
                await self._send(incoming, outcome, pressed=pressed)
        except Exception as error:  # noqa: BLE001 whatever it is, the person must hear that nothing came of it
            # The error's own words are left out: they may hold what the person typed.
            _log.error("turn_failed", platform=PLATFORM, error=type(error).__name__)
            self.sender.send_failure(incoming.conversation)
        finally:
            self._histories.end_turn(address, key)

    async def _send(self, incoming: Incoming, outcome: Outcome, *, pressed: str | None) -> None:
        # The others first: whoever reads "it is in the channel" must find it there.
        for post in outcome.posts:
            if post.conversation.platform == PLATFORM:
                await self.sender.send(post.conversation, post.reply)
        if outcome.reply is not None:
            replaces = pressed if outcome.replaces_pressed_message else None
            await self.sender.send(incoming.conversation, outcome.reply, replaces=replaces)

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

    def _known(self, district_id: str) -> str:
        """Return the id of a district that can be asked."""
        if district_id not in self._districts():
            raise web.HTTPNotFound(text="There is no such district.")
        return district_id

    def _no_such_district(self) -> web.Response:
        return _page(self._renderer.not_found("There is no district of this name here."), status=404)


def _page(html: str, *, status: int = 200) -> web.Response:
    return web.Response(text=html, content_type="text/html", status=status)
