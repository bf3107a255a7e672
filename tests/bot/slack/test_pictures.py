"""What people are shown in Slack: real replies of the real product, stored as they are sent, and nothing in them cut off.

`python -m tests.bot.slack.test_pictures` stores them anew; give it a folder, and it leaves pictures there, too.
"""

import asyncio
import json
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from bot.slack.render import pages_of, text_of
from bot.slack.views import errors_of, form_in, home_of, modal_of
from handlers.context import HandlerContext
from handlers.overview import overview_of
from handlers.replies import Choices, ClauseQuote, Mentions, Part, Reply
from knowledge.clock import HeldClock
from knowledge.search.finding import Search
from knowledge.store.migrate import migrate
from knowledge.store.unit import Database
from tests.support.browser import running_chromium
from tests.support.case_desk import CaseDesk
from tests.support.product import MODEL, talk
from tests.support.slack_page import MESSAGE_WIDTH, MODAL_WIDTH, PHONE_WIDTH, Kind, overflowing, page_of, seen_in, shown
from tests.support.slack_shapes import problems_of_call, problems_of_response

STORED = Path(__file__).parents[2] / "data" / "slack" / "renderings"

STORM = "212 comments under our dance video and climbing, parents are calling the coach a racist"
NO_RELEASES = "can I post this?\nWhat a season! Photo of our seniors, two of them have no release on file."
LONG_WORD = "https://redlands.example/" + "a-very-long-address-without-any-place-to-break" * 4


@dataclass(frozen=True)
class Scene:
    """Something that somebody is shown."""

    kind: Kind
    payload: dict[str, Any]
    """The arguments of the call that shows it, or the view."""

    errors: dict[str, str] | None = None
    """What stands at the inputs after a form was sent."""

    @property
    def width(self) -> int:
        """How wide it is on a desk."""
        return MODAL_WIDTH if self.kind == "modal" else MESSAGE_WIDTH

    def page(self, width: int) -> str:
        return page_of(self.kind, self.payload, width=width, errors=self.errors)

    @property
    def problems(self) -> list[str]:
        """What Slack would refuse in it."""
        match self.kind:
            case "message":
                call = {**self.payload, "channel": "D0", "unfurl_links": False, "unfurl_media": False}
                return problems_of_call("chat.postMessage", call)
            case "modal":
                return problems_of_call("views.open", {"trigger_id": "1.2.a", "view": self.payload})
            case "home":
                return problems_of_call("views.publish", {"user_id": "U0", "view": self.payload})


def message_of(reply: Reply) -> Scene:
    """The first message of a reply."""
    return Scene("message", {"text": text_of(reply), "blocks": pages_of(reply)[0]})


def modal_in(reply: Reply | None) -> Scene:
    """The form of a reply; what is wrong in it stands in its blocks."""
    form = form_in(reply) if reply else None
    assert reply is not None
    assert form is not None
    return Scene("modal", modal_of(reply, form, place="D0COACH", message=""))


def with_errors(sent: Scene, reply: Reply | None) -> Scene:
    """The form as it was sent, with what is wrong in it as Slack shows it at its inputs."""
    form = form_in(reply) if reply else None
    assert form is not None
    errors = errors_of(form, sent.payload, {})
    assert errors
    assert problems_of_response({"response_action": "errors", "errors": errors}, view=sent.payload) == []
    return replace(sent, errors=errors)


def in_slack(reply: Reply) -> Reply:
    """The same reply to people of Slack: those it names have ids of there."""
    return Reply(parts=tuple(map(_in_slack, reply.parts)))


def _in_slack(part: Part) -> Part:
    if isinstance(part, Mentions):
        people = (replace(each, platform="slack", id=f"U0{each.id.upper()}") for each in part.people)
        return Mentions(people=tuple(people))
    return part


async def scenes(search: Search, folder: Path) -> dict[str, Scene]:
    """Play what happens in a district, and return what was shown."""
    database = Database(f"sqlite:///{folder / 'postwise.db'}")
    await migrate(database.engine)
    clock = HeldClock(datetime(2026, 11, 23, 17, 0, tzinfo=UTC))
    desk = await CaseDesk.open(await talk(database, search, clock, folder))
    try:
        return await _played(desk)
    finally:
        await database.close()


async def _played(desk: CaseDesk) -> dict[str, Scene]:
    found: dict[str, Scene] = {}
    for name, words in QUESTIONS.items():
        found[name] = message_of(await desk.says("teacher", words))
    found["answer_long_clause"] = message_of(long_answer(await desk.says("teacher", QUESTIONS["answer"])))

    wrong = await desk.files_robotics(handle="my page", administrators="Cal Coach, coach@redlands.example\nme")
    found["form_newaccount"] = modal_in(await desk.says("teacher", "/newaccount"))
    found["form_newaccount_with_errors"] = with_errors(found["form_newaccount"], wrong.reply)
    found["form_newaccount_redrawn"] = modal_in(wrong.reply)

    filed = await desk.files_robotics()
    assert filed.reply is not None
    found["filing_sent"] = message_of(filed.reply)
    card = next(post for post in desk.posts_to("specialist") if post.card)
    found["card_of_filing"] = message_of(in_slack(card.reply))
    found["form_deny"] = modal_in((await desk.press("specialist", "deny", _value(card.reply, "deny"))).reply)

    await desk.press("specialist", "mine")
    found["case_offered"] = message_of(await desk.says("teacher", STORM))
    await desk.presses("teacher", "Send it")
    await desk.settle()
    found["card_of_case"] = message_of(in_slack((await desk.card_of("specialist")).reply))
    found["case_of_teacher"] = message_of((await desk.card_of("teacher")).reply)
    found["form_resolve"] = modal_in((await desk.hits("specialist", "Resolve")).reply)

    for who in ("teacher", "specialist"):
        found[f"home_of_{who}"] = Scene("home", home_of(await _overview(desk, who)))
    return found


QUESTIONS = {
    "answer": "how many administrators does an account need?",
    "answer_two_clauses": "What are the rules for student privacy and names?",
    "not_covered": "what is the dress code for teachers?",
    "verdict": NO_RELEASES,
    "verdict_yes": "can I post this?\nBook fair opens Monday at 8 in the library. See you there!",
    "help": "what can you do?",
}


def long_answer(reply: Reply) -> Reply:
    """The same answer, as if its first clause had 2,500 characters, and a word that is wider than a telephone."""
    parts = list(reply.parts)
    place = next(number for number, part in enumerate(parts) if isinstance(part, ClauseQuote))
    quote = parts[place]
    assert isinstance(quote, ClauseQuote)
    parts[place] = replace(quote, text=f"{LONG_WORD} {f'{quote.text} ' * 10}"[:2500])
    return Reply(parts=tuple(parts))


def _value(reply: Reply, verb: str) -> str:
    """What the button of a verb carries."""
    return next(
        button.value
        for part in reply.parts
        if isinstance(part, Choices)
        for button in part.buttons
        if button.verb == verb
    )


async def _overview(desk: CaseDesk, who: str) -> Reply:
    shelf = await desk.talk.districts.shelf(desk.district_id)
    async with desk.database.unit() as unit:
        context = HandlerContext(
            shelf=shelf, unit=unit, clock=desk.clock, conversation_key="", channel=desk.conversation("specialist")
        )
        return await overview_of(desk.person(who), context)


def written(scene: Scene) -> str:
    """A scene as it is stored, without what is by chance: the mark behind the name of a field, the id of a question."""
    said = json.dumps(
        {"kind": scene.kind, "payload": scene.payload, "errors": scene.errors}, indent=1, ensure_ascii=False
    )
    said = re.sub(r"~[0-9a-f]{6}\b", "~mark", said)
    return re.sub(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "an-id", said) + "\n"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def played(search: Search, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scene]:
    """What was shown in a district in which things happened, played once."""
    return await scenes(search, tmp_path_factory.mktemp("district"))


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A real browser."""
    async with running_chromium() as browser:
        yield browser


def test_what_is_sent_is_what_is_stored(played: dict[str, Scene]) -> None:
    """A change of what people are shown is seen before it is shown; see above for how to store it."""
    stored = {path.stem: path.read_text(encoding="utf-8") for path in STORED.glob("*.json")}
    sent = {name: written(scene) for name, scene in played.items()}
    changed = {
        name: list(unified_diff(stored.get(name, "").splitlines(), sent.get(name, "").splitlines(), n=1, lineterm=""))
        for name in stored | sent
    }

    assert {name: lines for name, lines in changed.items() if lines} == {}


def test_slack_takes_all_of_it(played: dict[str, Scene]) -> None:
    """Nothing is too long, unknown or unsafe."""
    problems = {name: scene.problems for name, scene in played.items()}

    assert {name: said for name, said in problems.items() if said} == {}


@pytest.mark.browser
async def test_nothing_is_cut_off_on_a_desk_or_a_telephone(played: dict[str, Scene], browser: Browser) -> None:
    """Every word of every message, form and tab can be read."""
    cut: dict[str, list[str]] = {}
    for name, scene in played.items():
        for width in (scene.width, PHONE_WIDTH):
            async with shown(browser, scene.page(width)) as page:
                cut[f"{name}, {width} wide"] = await overflowing(page)

    assert {name: found for name, found in cut.items() if found} == {}


def test_whole_clause_is_to_be_read(played: dict[str, Scene]) -> None:
    """The long clause of 2,500 characters is there from its first word to its last."""
    quoted = [
        "".join(text["text"] for text in part["elements"])
        for block in played["answer_long_clause"].payload["blocks"]
        for part in block.get("elements", ())
        if part["type"] == "rich_text_quote"
    ]

    assert [len(words) for words in quoted] == [2500]
    assert LONG_WORD in seen_in(played["answer_long_clause"].page(PHONE_WIDTH))


def button(label: str) -> dict[str, Any]:
    return {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": label}}]}


def one_line(label: str, value: str = "") -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "value", "initial_value": value}
    return {"type": "input", "block_id": "b", "label": {"type": "plain_text", "text": label}, "element": element}


@pytest.mark.browser
@pytest.mark.parametrize(
    ("kind", "payload", "named"),
    [
        ("message", {"blocks": [button("Claim")]}, []),
        ("message", {"blocks": [button("Ask the District and Community Relations Specialist about it")]}, ["button"]),
        ("modal", {"title": {"type": "plain_text", "text": "New account"}, "blocks": [one_line("Handle")]}, []),
        ("modal", {"title": {"type": "plain_text", "text": "W" * 24}, "blocks": []}, ["H1"]),
        ("home", {"blocks": [one_line("Handle", "what is typed scrolls " * 9)]}, []),
        ("home", {"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 150}}]}, []),
    ],
)
async def test_what_is_cut_is_named(browser: Browser, kind: Kind, payload: dict[str, Any], named: list[str]) -> None:
    """A label that Slack would end with dots is found; a long word that wraps is none."""
    async with shown(browser, page_of(kind, payload, width=PHONE_WIDTH)) as page:
        found = await overflowing(page)

    assert [each.partition(":")[0].strip() for each in found] == named


def test_letters_are_drawn_as_letters() -> None:
    """A page of ours is no way in, either: what a person typed stays what it is."""
    typed = "<script>alert(1)</script> & *not bold* <@U0>"
    rich = {"type": "rich_text_section", "elements": [{"type": "text", "text": typed}]}
    page = page_of("message", {"blocks": [{"type": "rich_text", "elements": [rich]}]})

    assert typed in seen_in(page)
    assert "<script>" not in page


def test_markup_of_ours_is_drawn() -> None:
    """Bold, a link, a mention and a quotation."""
    text = "*Bold* <https://example.org|the page> <@U0COACH> a &amp; b\n&gt; quoted"
    block = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    page = page_of("message", {"blocks": [block]}, names={"U0COACH": "Cal Coach"})

    assert "<b>Bold</b>" in page
    assert '<a href="https://example.org">the page</a>' in page
    assert "@Cal Coach<" in page
    assert "<blockquote>quoted</blockquote>" in page


def test_error_stands_at_its_input() -> None:
    """What is wrong is read below the field that it is about."""
    page = page_of("modal", {"blocks": [one_line("Handle")]}, errors={"b": "Another account has this name."})

    assert '<div class="error">Another account has this name.</div>' in page


async def store(pictures: Path | None) -> None:
    """Store everything anew, and draw it where a folder is given."""
    with tempfile.TemporaryDirectory() as folder:
        found = await scenes(Search(MODEL), Path(folder))
    STORED.mkdir(parents=True, exist_ok=True)
    for path in STORED.glob("*.json"):
        path.unlink()
    for name, scene in found.items():
        (STORED / f"{name}.json").write_text(written(scene), encoding="utf-8")
    if pictures is None:
        return
    pictures.mkdir(parents=True, exist_ok=True)
    async with running_chromium() as browser:
        for name, scene in found.items():
            for width in (scene.width, PHONE_WIDTH):
                async with shown(browser, scene.page(width)) as page:
                    await page.screenshot(path=pictures / f"{name}_{width}.png", full_page=True)


if __name__ == "__main__":
    asyncio.run(store(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
