"""Our product on a Slack that somebody else wrote, and that Slack beside our own."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from typing_extensions import override

from bot.assemble import Product, assembled
from bot.commands.running import delivering
from bot.delivery.sender import DeliveryError
from bot.platforms import platforms_of
from bot.settings import read_settings
from bot.slack.client import SlackCalls
from bot.slack.sender import SlackSender
from bot.slack.workspaces import ManyWorkspaces, OneWorkspace
from bot.web import make_application
from handlers.replies import Paragraph, Reply
from knowledge.conversations import ConversationReference
from knowledge.workspaces import Tie
from tests.support.emulate import Bridge, Emulated, NotAvailableError, bridged, running
from tests.support.product import MODEL
from tests.support.slack_api import FakeWorkspace, served
from tests.support.slack_office import districts_with_people
from tests.support.slack_world import Channel, Message, SlackDriver, World, text_in, until

CLIENT = {"client_id": "1111.2222", "client_secret": "client-secret"}
BACK = "http://127.0.0.1:3000/slack/oauth_redirect"
TEACHER = "m.lopez@redlands.example"
SCOPES = "assistant:write chat:write commands im:history im:write users:read users:read.email channels:history"
"""Those of our manifest, and what is needed to look into the specialist channel."""

TEAM, APP = "T000000001", "A0POSTWISE"
"""The emulator's only workspace, and our app in it."""

TOKEN_OF_APP = "xoxb-triggers"
"""Of our app, too: what a press gives is asked for with it."""

STAFF = {"m.lopez": TEACHER, "tess": "tess@redlandsusd.net", "cal": "cal@redlandsusd.net", "sam": "sam@redlandsusd.net"}
SECRET = "0123456789abcdef0123456789abcdef"

SEED: dict[str, Any] = {
    "team": {"name": "Redlands USD", "domain": "redlands"},
    "strict_scopes": True,
    "users": [{"name": name, "real_name": name.title(), "email": email} for name, email in STAFF.items()],
    "channels": [{"name": "social-media"}],
    "oauth_apps": [
        {**CLIENT, "app_id": APP, "name": "Postwise", "redirect_uris": [BACK], "scopes": SCOPES.split()},
    ],
    "tokens": [
        {"token": "xoxp-teacher", "type": "user", "user": "m.lopez"},
        {"token": "xoxp-tess", "type": "user", "user": "tess"},
        {"token": TOKEN_OF_APP, "type": "bot", "user": "m.lopez", "app_id": APP},
    ],
}

MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "newaccount",
    "title": {"type": "plain_text", "text": "New account"},
    "submit": {"type": "plain_text", "text": "File"},
    "blocks": [{"type": "section", "text": {"type": "plain_text", "text": "Which account?"}}],
}


@pytest.fixture(scope="module")
def emulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulated]:
    """The emulator, for all tests here."""
    try:
        with running(tmp_path_factory.mktemp("emulate"), SEED) as emulated:
            yield emulated
    except NotAvailableError as error:
        pytest.skip(f"NOT RUN ON ANOTHER SLACK: {error}")


@pytest.fixture
async def api(emulated: Emulated) -> AsyncIterator[str]:
    """Where its Web API answers."""
    async with bridged(emulated) as bridge:
        yield bridge.api


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Connections of one test."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def token(emulated: Emulated) -> str:
    """The token of an installation that a teacher allowed."""
    code = parse_qs(urlsplit(await allowed(emulated)).query)["code"][0]
    return str(await exchanged(emulated, code=code))


@pytest.fixture
def teacher(emulated: Emulated, token: str) -> str:
    """Her identifier."""
    return str(emulated.call("users.lookupByEmail", token, {"email": TEACHER})["user"]["id"])


@pytest.fixture
def channel(emulated: Emulated, token: str) -> str:
    """The specialists' channel, to which our bot was invited."""
    every = emulated.call("conversations.list", "xoxp-teacher")["channels"]
    found = next(str(one["id"]) for one in every if one["name"] == "social-media")
    bot = emulated.call("auth.test", token)["user_id"]
    emulated.call("conversations.invite", "xoxp-teacher", {"channel": found, "users": bot})
    return found


@pytest.fixture
async def sender(api: str, token: str) -> AsyncIterator[SlackSender]:
    """The real sender on that Slack."""
    calls = SlackCalls(api_url=api, timeout_seconds=10)
    yield SlackSender(workspaces=OneWorkspace(token=token, district_id="redlands"), calls=calls)
    await calls.close()


async def allowed(emulated: Emulated, state: str = "s1") -> str:
    """Let the teacher allow our app; return where her browser is sent."""
    asked = {"client_id": CLIENT["client_id"], "scope": SCOPES.replace(" ", ","), "state": state, "redirect_uri": BACK}
    return await emulated.allow(f"{emulated.address}/oauth/v2/authorize?{urlencode(asked)}", email=TEACHER)


async def exchanged(emulated: Emulated, **given: str) -> str:
    """Exchange a code; return the token, or the error."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{emulated.address}/api/oauth.v2.access", data={**CLIENT, "redirect_uri": BACK, **given}
        ) as response,
    ):
        answer = await response.json()
    return str(answer.get("access_token") or answer["error"])


def saying(text: str) -> Reply:
    return Reply(parts=(Paragraph(text=text),))


async def test_installation_is_allowed_once(emulated: Emulated) -> None:
    """The browser comes back with our state, and its code gives a token one time."""
    back = urlsplit(await allowed(emulated, state="a state of ours"))
    returned = parse_qs(back.query)
    token = await exchanged(emulated, code=returned["code"][0])

    assert (f"{back.scheme}://{back.netloc}{back.path}", returned["state"]) == (BACK, ["a state of ours"])
    assert emulated.call("auth.test", token)["team"] == "Redlands USD"
    assert await exchanged(emulated, code=returned["code"][0]) == "invalid_code"


async def test_sender_posts_edits_and_finds(emulated: Emulated, sender: SlackSender, teacher: str, token: str) -> None:
    """A card in a direct message is found by its key, and changes where it stands."""
    there = ConversationReference(platform="slack", address=teacher)
    name = await sender.post(key="k1", conversation=there, reply=saying("R-1 waits"))
    await sender.edit(key="k2", conversation=there, message_id=name, reply=saying("R-1 <approved> & filed"))

    assert await sender.find(key="k1", conversation=there) == name
    assert await sender.find(key="k9", conversation=there) is None
    direct = emulated.call("conversations.open", token, {"users": teacher})["channel"]["id"]
    (message,) = emulated.call("conversations.history", token, {"channel": direct})["messages"]
    assert message["text"] == "R-1 &lt;approved&gt; &amp; filed"
    assert text_in(message["blocks"]) == "R-1 <approved> & filed"


async def test_answer_stands_in_its_thread(sender: SlackSender, channel: str) -> None:
    """What was said under a case is found there, and not in the channel."""
    there = ConversationReference(platform="slack", address=channel)
    case = await sender.post(key="case", conversation=there, reply=saying("New case"))
    answer = await sender.post(key="answer", conversation=there, reply=saying("Answered"), thread=case)

    assert await sender.find(key="answer", conversation=there, thread=case) == answer
    assert await sender.find(key="answer", conversation=there) is None


async def test_message_to_nowhere_is_written_off(sender: SlackSender) -> None:
    """A channel that is not there will not be there the next time either."""
    nowhere = ConversationReference(platform="slack", address="C0NOWHERE")

    with pytest.raises(DeliveryError) as raised:
        await sender.post(key="k1", conversation=nowhere, reply=saying("Lost"))

    assert (raised.value.kind, raised.value.is_permanent) == ("channel_not_found", True)


@dataclass(kw_only=True)
class WorldThere(World):
    """What our driver has to know of the emulator's workspace; leave to open a view is the emulator's to give."""

    emulated: Emulated

    @override
    def trigger(self, user: str, team_id: str = "") -> str:
        return self.emulated.trigger(TOKEN_OF_APP, user=user)


@dataclass(frozen=True, kw_only=True)
class Office:
    """The product as it is served, installed in nothing yet."""

    address: str
    bridge: Bridge
    product: Product
    world: WorldThere
    driver: SlackDriver


@pytest.fixture
async def office(emulated: Emulated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    """Everything that ``postwise serve`` runs, on settings for many workspaces."""
    async with bridged(emulated) as bridge:
        for name, value in {
            "POSTWISE_FOLDER": str(tmp_path / "var"),
            "POSTWISE_MODEL_FOLDER": str(MODEL),
            "POSTWISE_DISTRICTS_FOLDER": str(districts_with_people(tmp_path / "districts")),
            "POSTWISE_SECRET_KEY": "a secret that seals the tokens",
            "POSTWISE_SLACK_API_URL": bridge.api,
            "POSTWISE_SLACK_SECONDS_PER_MESSAGE": "0",
            "SLACK_CLIENT_ID": CLIENT["client_id"],
            "SLACK_CLIENT_SECRET": CLIENT["client_secret"],
            "SLACK_SIGNING_SECRET": SECRET,
        }.items():
            monkeypatch.setenv(name, value)
        settings = read_settings()

        async def unready() -> tuple[str, ...]:
            return ()

        world = WorldThere(emulated=emulated)
        world.add_team(TEAM)
        async with (
            assembled(settings) as product,
            delivering(product.dispatch),
            platforms_of(settings, product) as platforms,
            TestServer(make_application(unready=unready, platforms=platforms)) as server,
            SlackDriver(world, base_url=str(server.make_url("")), signing_secret=SECRET) as driver,
        ):
            address = str(server.make_url("")).rstrip("/")
            yield Office(address=address, bridge=bridge, product=product, world=world, driver=driver)


async def installed(office: Office, emulated: Emulated, session: aiohttp.ClientSession) -> tuple[str, str]:
    """Install through the browser; return the page at the end, and that of a second try with the same link."""
    async with session.get(f"{office.address}/slack/install", allow_redirects=False) as response:
        link = response.headers["Location"]
        cookie = response.headers["Set-Cookie"].partition(";")[0]
    back = urlsplit(await emulated.allow(link, email=STAFF["sam"], back=BACK))
    pages = []
    for _ in range(2):
        async with session.get(f"{office.address}{back.path}?{back.query}", headers={"Cookie": cookie}) as response:
            pages.append(f"{response.status} {await response.text()}")
    return pages[0], pages[1]


async def people_there(office: Office, emulated: Emulated) -> None:
    """Tell the driver who is in the workspace, and tie it to the district, as its operator does."""
    for name, email in STAFF.items():
        person = emulated.call("users.lookupByEmail", TOKEN_OF_APP, {"email": email})["user"]
        office.world.add_user(person["id"], name=name, email=email)
    every = emulated.call("conversations.list", "xoxp-teacher")["channels"]
    channel = next(str(one["id"]) for one in every if one["name"] == "social-media")
    bot = office.bridge.answers("oauth.v2.access")[-1]["bot_user_id"]
    emulated.call("conversations.invite", "xoxp-teacher", {"channel": channel, "users": bot})
    office.world.add_channel(channel, name="social-media", members=office.world.users)
    async with office.product.database.unit() as unit:
        await unit.slack.tie(Tie(team_id=TEAM, district_id="redlands", channel=channel, tied_at=datetime.now(UTC)))
    assert office.product.outside.slack is not None
    workspaces = office.product.outside.slack.workspaces
    assert isinstance(workspaces, ManyWorkspaces)
    await workspaces.read_ties(is_fresh=True)


def named(office: Office, name: str) -> str:
    """Return somebody's identifier there."""
    return next(user.id for user in office.world.users.values() if user.name == name)


def said_in(emulated: Emulated, channel: str, thread: str = "") -> list[dict[str, Any]]:
    """Return what stands in a channel or a thread, as a person there reads it; the newest first in a channel."""
    where = {"channel": channel} | ({"ts": thread} if thread else {})
    found: list[dict[str, Any]] = emulated.call(
        "conversations.replies" if thread else "conversations.history", "xoxp-tess", where
    )["messages"]
    return found


# slack_sdk 3.47 exchanges a code with what aiohttp 3.14 has deprecated.
@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
async def test_product_is_installed_asked_and_filed_with(
    office: Office, emulated: Emulated, session: aiohttp.ClientSession
) -> None:
    """From the first click on: installed with the scopes of our manifest, which are enough for all that follows."""
    done, again = await installed(office, emulated, session)

    assert done.startswith("200 ")
    assert "Postwise is installed in Redlands USD" in done
    assert again.startswith("4")

    await people_there(office, emulated)
    world, driver = office.world, office.driver
    tess, sam = named(office, "tess"), named(office, "sam")
    channel = next(iter(world.channels))
    bot = office.bridge.answers("oauth.v2.access")[-1]["bot_user_id"]

    # A question in the direct message is answered in its thread.
    asked = emulated.call(
        "chat.postMessage", "xoxp-tess", {"channel": bot, "text": "how many admins must our page have?"}
    )
    direct = asked["channel"]
    world.channels[direct] = Channel(id=direct, team=TEAM, members=[tess], with_user=tess)
    question = Message(channel=direct, ts=asked["ts"], user=tess, team=TEAM, text="how many admins must our page have?")
    assert (await driver.event(driver.event_of(question))).status == 200
    await until(lambda: len(said_in(emulated, direct, asked["ts"])) > 1, timeout_seconds=20)

    answer = said_in(emulated, direct, asked["ts"])[1]
    assert "at least two (2) account administrators" in text_in(answer["blocks"])

    # A command opens the form; what was sent stands in the channel, and changes there with the decision.
    assert (await driver.command("/newaccount", "robotics club on instagram", user=tess)).status == 200
    await until(lambda: office.bridge.answers("views.open"), timeout_seconds=20)
    opened = office.bridge.answers("views.open")[-1]
    assert opened["ok"], opened
    view = world.new_view(tess, TEAM, opened["view"])
    view.id = str(opened["view"]["id"])
    sent = await driver.submit(tess, view, {"Administrators": [tess, named(office, "cal")]})
    assert sent.status == 200
    await until(lambda: any("R-1" in one["text"] for one in said_in(emulated, channel)), timeout_seconds=20)
    card = next(one for one in said_in(emulated, channel) if "R-1" in one["text"])
    # Slack names blocks that we gave no name; the emulator does not, our own world does.
    there = world.post(Message(channel=channel, ts=card["ts"], user=bot, team=TEAM, blocks=card["blocks"]))
    assert (await driver.press(sam, there, "Approve")).status == 200

    def labels() -> list[str]:
        (now,) = [one for one in said_in(emulated, channel) if one["ts"] == card["ts"]]
        return text_in(now["blocks"]).split("\n")

    await until(lambda: "Approve" not in labels(), timeout_seconds=20)
    assert "Approve" in text_in(card["blocks"]).split("\n")


async def outcome(call: Any) -> str:
    """Return "ok", or the error a call is answered with."""
    try:
        await call
    except SlackApiError as error:
        return str(error.response["error"])
    return "ok"


async def outcomes(slack: AsyncWebClient, *, channel: str, user: str, trigger: Any) -> dict[str, str]:
    """Do many things, right and wrong; return how each ended. Wrong tokens are left out: the emulator takes any."""
    said: dict[str, str] = {}
    posted = await slack.chat_postMessage(channel=channel, text="one")
    ts = str(posted["ts"])
    said["update"] = await outcome(slack.chat_update(channel=channel, ts=ts, text="two"))
    said["update of nothing"] = await outcome(slack.chat_update(channel=channel, ts="1.000001", text="two"))
    said["post nothing"] = await outcome(slack.api_call("chat.postMessage", json={"channel": channel}))
    said["post nowhere"] = await outcome(slack.chat_postMessage(channel="C0NOWHERE", text="one"))
    said["thread"] = await outcome(slack.chat_postMessage(channel=channel, text="under", thread_ts=ts))
    said["permalink"] = await outcome(slack.chat_getPermalink(channel=channel, message_ts=ts))
    said["permalink of nothing"] = await outcome(slack.chat_getPermalink(channel=channel, message_ts="1.000001"))
    said["person"] = await outcome(slack.users_info(user=user))
    said["nobody"] = await outcome(slack.users_info(user="U0NOBODY"))
    said["no address"] = await outcome(slack.users_lookupByEmail(email="nobody@redlands.example"))
    said["direct"] = await outcome(slack.conversations_open(users=user))
    said["direct with nobody"] = await outcome(slack.conversations_open(users="U0NOBODY"))
    said["direct without anybody"] = await outcome(slack.api_call("conversations.open", json={}))
    said["no scope"] = await outcome(slack.files_getUploadURLExternal(filename="a.csv", length=4))
    used = trigger("")
    opened = await slack.views_open(trigger_id=used, view=MODAL)
    said["open again"] = await outcome(slack.views_open(trigger_id=used, view=MODAL))
    said["open without trigger"] = await outcome(slack.views_open(trigger_id="1.2.x", view=MODAL))
    first = opened["view"]
    said["update view"] = await outcome(slack.views_update(view_id=first["id"], hash=first["hash"], view=MODAL))
    said["update view late"] = await outcome(slack.views_update(view_id=first["id"], hash=first["hash"], view=MODAL))
    said["update no view"] = await outcome(slack.views_update(view_id="V0NOTHING", view=MODAL))
    top = str(first["id"])
    for number in (2, 3):
        top = str(
            (await slack.views_push(trigger_id=trigger(top), view={**MODAL, "external_id": f"n{number}"}))["view"]["id"]
        )
    said["fourth"] = await outcome(slack.views_push(trigger_id=trigger(top), view=MODAL))
    named = {**MODAL, "external_id": "n3"}
    said["name taken"] = await outcome(slack.views_open(trigger_id=trigger(""), view=named))
    said["home"] = await outcome(slack.views_publish(user_id=user, view={"type": "home", "blocks": []}))
    said["home of nobody"] = await outcome(slack.views_publish(user_id="U0NOBODY", view={"type": "home", "blocks": []}))
    listed = await slack.conversations_history(channel=channel, limit=1)
    thread = await slack.conversations_replies(channel=channel, ts=ts, limit=10)
    said["newest"] = ", ".join(one["text"] for one in listed["messages"])
    said["thread read"] = ", ".join(one["text"] for one in thread["messages"])
    return said


async def test_two_slacks_of_different_makers_agree(
    emulated: Emulated, api: str, session: aiohttp.ClientSession, token: str, teacher: str, channel: str
) -> None:
    """What our own Slack allows and refuses, another one allows and refuses as well, in the same words."""
    theirs = await outcomes(
        AsyncWebClient(token=token, base_url=api, session=session, retry_handlers=[]),
        channel=channel,
        user=teacher,
        trigger=lambda view: emulated.trigger(token, user=teacher, view=view),
    )
    world = World()
    world.add_team("T0REDLANDS")
    world.add_user("U0TEACHER", email=TEACHER)
    world.add_channel("C0SPECIALISTS", members=["U0TEACHER"])
    fake = FakeWorkspace(world=world)
    fake.grant("xoxb-redlands", scopes=SCOPES)
    async with served(fake) as own:
        ours = await outcomes(
            AsyncWebClient(token="xoxb-redlands", base_url=own, session=session, retry_handlers=[]),
            channel="C0SPECIALISTS",
            user="U0TEACHER",
            trigger=lambda _: world.trigger("U0TEACHER"),
        )

    assert ours == theirs
