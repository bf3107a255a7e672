"""The Slack of our own behaves as Slack does where our product leans on it, and Bolt understands what its people do."""

import asyncio
import copy
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.client import SlackCalls
from bot.slack.sender import SlackSender
from bot.slack.workspaces import OneWorkspace
from handlers.replies import Paragraph, Reply
from knowledge.conversations import ConversationReference
from tests.soak.fake_slack import Fault
from tests.support.slack_api import FakeWorkspace, served
from tests.support.slack_shapes import problems_of_call, problems_of_response
from tests.support.slack_world import SlackDriver, World, text_in, until

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
CHANNEL = "C0SPECIALISTS"
ERRORS = json.loads((Path(__file__).parents[2] / "data" / "slack_errors.json").read_text(encoding="utf-8"))

MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "newaccount",
    "title": {"type": "plain_text", "text": "New account"},
    "submit": {"type": "plain_text", "text": "File"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "handle",
            "label": {"type": "plain_text", "text": "Handle"},
            "element": {"type": "plain_text_input", "action_id": "typed"},
        },
        {
            "type": "input",
            "block_id": "administrators",
            "optional": True,
            "label": {"type": "plain_text", "text": "Administrators"},
            "element": {"type": "multi_users_select", "action_id": "chosen"},
        },
        {
            "type": "input",
            "block_id": "platform",
            "label": {"type": "plain_text", "text": "Platform"},
            "element": {
                "type": "static_select",
                "action_id": "chosen",
                "options": [
                    {"text": {"type": "plain_text", "text": "Instagram"}, "value": "instagram"},
                    {"text": {"type": "plain_text", "text": "Facebook"}, "value": "facebook"},
                ],
            },
        },
    ],
}

CARD: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "Filing *R-1* &amp; @lincolnhs"}},
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "approve",
                "text": {"type": "plain_text", "text": "Approve"},
                "value": "opaque-1",
            }
        ],
    },
]


@pytest.fixture
def world() -> World:
    """Redlands' workspace with a teacher, a specialist, and a channel for the specialists."""
    world = World(check_response=problems_of_response)
    world.add_team("T0REDLANDS")
    world.add_user("U0TEACHER", name="m.lopez", real_name="Maria Lopez", email="m.lopez@redlands.example")
    world.add_user("U0SPECIALIST", name="d.chen", real_name="Dana Chen", email="d.chen@redlands.example")
    world.add_channel(CHANNEL, name="social-media", members=["U0SPECIALIST"])
    return world


@pytest.fixture
async def fake(world: World) -> AsyncIterator[FakeWorkspace]:
    """Its Web API, served."""
    fake = FakeWorkspace(world=world, silent_seconds=0.2)
    fake.grant("xoxb-redlands")
    fake.grant("xapp-redlands", kind="app")
    async with served(fake):
        yield fake
    assert world.problems == []


@pytest.fixture
async def slack(fake: FakeWorkspace) -> AsyncIterator[AsyncWebClient]:
    """Slack's own client on it, which tries nothing twice."""
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(
            token="xoxb-redlands", base_url=f"{fake.world.address}/api/", session=session, retry_handlers=[]
        )


async def refused(call: Any) -> str:
    """Return the error a call is answered with."""
    with pytest.raises(SlackApiError) as raised:
        await call
    return str(raised.value.response["error"])


async def test_trigger_opens_one_view_and_only_for_a_while(world: World, slack: AsyncWebClient) -> None:
    """A second use, a late one and an invented one are refused, each with its own word."""
    trigger = world.trigger("U0TEACHER")
    opened = await slack.views_open(trigger_id=trigger, view=MODAL)
    again = await refused(slack.views_open(trigger_id=trigger, view=MODAL))
    late = world.trigger("U0TEACHER")
    world.triggers[late].at -= 3.0

    assert world.top_view("U0TEACHER") is world.view(opened["view"]["id"])
    assert again == "exchanged_trigger_id"
    assert await refused(slack.views_open(trigger_id=late, view=MODAL)) == "expired_trigger_id"
    assert await refused(slack.views_open(trigger_id="1.2.abc", view=MODAL)) == "invalid_trigger_id"


async def test_views_stack_up_to_three_and_know_their_hash(world: World, slack: AsyncWebClient) -> None:
    """A fourth view is refused, and so is an update of what has changed meanwhile."""
    opened = await slack.views_open(trigger_id=world.trigger("U0TEACHER"), view=MODAL)
    for _ in range(2):
        pushed = await slack.views_push(trigger_id=world.trigger("U0TEACHER"), view=MODAL)
    fourth = await refused(slack.views_push(trigger_id=world.trigger("U0TEACHER"), view=MODAL))
    old = opened["view"]
    await slack.views_update(view_id=old["id"], hash=old["hash"], view=MODAL)

    assert pushed["view"]["root_view_id"] == old["id"]
    assert fourth == "push_limit_reached"
    assert await refused(slack.views_update(view_id=old["id"], hash=old["hash"], view=MODAL)) == "hash_conflict"


# slack_sdk 3.47 uses what aiohttp 3.14 has deprecated.
@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
async def test_token_to_refresh_is_good_for_one_use(fake: FakeWorkspace, slack: AsyncWebClient) -> None:
    """The code is exchanged once; each refresh gives the next token, and the old one is worth nothing."""
    fake.rotates = True
    app = {"client_id": fake.client_id, "client_secret": fake.client_secret}
    code = fake.code(user="U0SPECIALIST")
    first = await slack.oauth_v2_access(**app, code=code)
    second = await slack.oauth_v2_access(**app, grant_type="refresh_token", refresh_token=first["refresh_token"])

    assert second["refresh_token"] != first["refresh_token"]
    assert await refused(slack.oauth_v2_access(**app, code=code)) == "invalid_code"
    repeated = slack.oauth_v2_access(**app, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert await refused(repeated) == "invalid_refresh_token"
    assert (await slack.auth_test(token=second["access_token"]))["team_id"] == "T0REDLANDS"


async def test_script_of_faults_is_followed(fake: FakeWorkspace, slack: AsyncWebClient) -> None:
    """One fault for each call, on the channel it was meant for; and it is known which of them took effect."""
    fake.plan(
        "chat.postMessage", Fault.LIMITED, Fault.FAILED_BEFORE, Fault.FAILED_AFTER, "error:is_archived", channel=CHANNEL
    )
    fake.plan("chat.postMessage", Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.GARBAGE, Fault.SILENT_AFTER)

    answers = []
    for number in range(8):
        try:
            answers.append(str((await slack.chat_postMessage(channel=CHANNEL, text=f"n{number}"))["ok"]))
        except SlackApiError as error:
            answers.append(str(getattr(error.response, "status_code", None) or getattr(error.response, "status", None)))
        except aiohttp.ClientError as error:
            answers.append(type(error).__name__)
    fine = await slack.chat_postMessage(channel=CHANNEL, text="fine")

    assert answers == ["429", "500", "500", "200", *["ServerDisconnectedError"] * 2, "200", "ServerDisconnectedError"]
    assert [one.text for one in fake.world.messages(CHANNEL)] == ["n2", "n5", "n6", "n7", "fine"]
    assert [call.fault for call in fake.called("chat.postMessage")][-1] == ""
    assert fine["message"]["bot_id"] == "B0BOT0REDLANDS"


@pytest.mark.parametrize("method", sorted(ERRORS["methods"]))
async def test_each_documented_error_can_be_answered(fake: FakeWorkspace, slack: AsyncWebClient, method: str) -> None:
    """The list has every method that the fake knows, and the fake answers with what is planned."""
    for error in ERRORS["methods"][method]["errors"]:
        fake.plan(method, f"error:{error}")

        assert await refused(slack.api_call(method)) == error


async def test_history_and_threads_are_listed_page_by_page(slack: AsyncWebClient) -> None:
    """The channel shows the newest first and no replies; a thread shows the oldest first."""
    root = await slack.chat_postMessage(channel=CHANNEL, text="case", metadata={"event_type": "k", "event_payload": {}})
    for number in range(3):
        await slack.chat_postMessage(channel=CHANNEL, text=f"reply {number}", thread_ts=root["ts"])
    await slack.chat_postMessage(channel=CHANNEL, text="newest")
    await slack.chat_postEphemeral(channel=CHANNEL, user="U0SPECIALIST", text="for one")

    page = await slack.conversations_history(channel=CHANNEL, limit=1)
    rest = await slack.conversations_history(
        channel=CHANNEL, limit=1, cursor=page["response_metadata"]["next_cursor"], include_all_metadata=True
    )
    thread = await slack.conversations_replies(channel=CHANNEL, ts=root["ts"], limit=10)

    assert [one["text"] for one in page["messages"]] == ["newest"]
    assert [(one["text"], one["reply_count"], one["metadata"]["event_type"]) for one in rest["messages"]] == [
        ("case", 3, "k")
    ]
    assert not rest["has_more"]
    assert [one["text"] for one in thread["messages"]] == ["case", "reply 0", "reply 1", "reply 2"]
    assert "metadata" not in thread["messages"][0]


async def test_person_is_written_to_in_their_direct_message(world: World, slack: AsyncWebClient) -> None:
    """A person's identifier leads to their direct message, and a text without blocks takes the blocks away."""
    posted = await slack.chat_postMessage(channel="U0TEACHER", text="Filed", blocks=CARD)
    opened = await slack.conversations_open(users="U0TEACHER")

    assert posted["channel"] == opened["channel"]["id"] == world.direct("U0TEACHER").id
    assert world.dm("U0TEACHER")[0].seen == "Filing *R-1* & @lincolnhs\nApprove"

    await slack.chat_update(channel=posted["channel"], ts=posted["ts"], text="Approved")

    assert [one.seen for one in world.dm("U0TEACHER")] == ["Approved"]


async def test_tokens_workspaces_and_channels_are_kept_apart(fake: FakeWorkspace, slack: AsyncWebClient) -> None:
    """Another workspace's people and channels are not there; nor is anything for a token that was revoked."""
    fake.world.add_team("T0YUCAIPA", name="Yucaipa USD")
    fake.world.add_user("U0OTHER", team="T0YUCAIPA", email="o@yucaipa.example")
    fake.grant("xoxb-yucaipa", "T0YUCAIPA", scopes="chat:write")

    assert await refused(slack.users_info(user="U0OTHER")) == "user_not_found"
    assert await refused(slack.users_lookupByEmail(email="o@yucaipa.example")) == "users_not_found"
    assert await refused(slack.chat_postMessage(token="xoxb-yucaipa", channel=CHANNEL, text="x")) == "channel_not_found"
    assert await refused(slack.users_info(token="xoxb-yucaipa", user="U0OTHER")) == "missing_scope"
    assert await refused(slack.auth_test(token="xoxb-nobody")) == "invalid_auth"
    await slack.auth_revoke()
    assert await refused(slack.auth_test()) == "token_revoked"


async def test_what_is_wrong_with_a_call_is_collected(world: World, slack: AsyncWebClient) -> None:
    """Slack takes a message that we would be sorry for; it is written down all the same."""
    world.check = problems_of_call

    await slack.chat_postMessage(channel=CHANNEL, text="Filed", unfurl_links=True, unfurl_media=False)

    assert world.problems == ["chat.postMessage: unfurl_links: is not False"]
    world.problems.clear()


async def test_sender_of_the_product_posts_edits_and_finds(fake: FakeWorkspace) -> None:
    """The real sender meets here what it meets at Slack, and nothing in it is wrong."""
    fake.world.check = problems_of_call
    calls = SlackCalls(api_url=f"{fake.world.address}/api/", timeout_seconds=5)
    sender = SlackSender(workspaces=OneWorkspace(token="xoxb-redlands", district_id="redlands"), calls=calls)
    there = ConversationReference(platform="slack", address="U0TEACHER")
    name = await sender.post(key="k1", conversation=there, reply=Reply(parts=(Paragraph(text="R-1 waits"),)))
    await sender.edit(key="k2", conversation=there, message_id=name, reply=Reply(parts=(Paragraph(text="R-1 filed"),)))

    assert [one.seen for one in fake.world.dm("U0TEACHER")] == ["R-1 filed"]
    assert await sender.find(key="k1", conversation=there) == name
    await calls.close()


async def test_file_is_uploaded_and_shared(world: World, slack: AsyncWebClient) -> None:
    """The three steps of an upload end in a message with the file."""
    await slack.files_upload_v2(filename="case.csv", content="a,b\n", channel=CHANNEL, initial_comment="The list")

    (shared,) = world.messages(CHANNEL)
    described, content = world.files[shared.files[0]["id"]]
    assert (shared.seen, content, described["size"]) == ("The list\ncase.csv", b"a,b\n", 4)


async def test_requests_are_signed_as_slack_signs_them(world: World) -> None:
    """Slack's own verifier takes them, byte by byte; and none whose moment has passed."""
    driver = SlackDriver(world, signing_secret=SECRET)
    verifier = SignatureVerifier(SECRET)

    assert verifier.is_valid_request("{}", driver.signed_headers("{}"))
    assert not verifier.is_valid_request("{ }", driver.signed_headers("{}"))
    assert not verifier.is_valid_request("{}", driver.signed_headers("{}", at=time.time() - 301))


def test_only_what_a_person_reads_counts_as_text() -> None:
    """Labels, options and hints are read; values and identifiers are not."""
    assert text_in(MODAL).split("\n") == [
        "New account",
        "File",
        "Handle",
        "Administrators",
        "Platform",
        "Instagram",
        "Facebook",
    ]
    assert "opaque-1" not in text_in(CARD)
    line = [{"type": "text", "text": "Claimed by "}, {"type": "user", "user_id": "U0X"}, {"type": "text", "text": "."}]
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": line}]}
    assert text_in([rich]) == "Claimed by <@U0X>."


def bolt(fake: FakeWorkspace, heard: list[Any]) -> AsyncApp:
    """Return a small app of Bolt's that keeps what it hears."""

    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id="T0REDLANDS", bot_user_id="U0BOT0REDLANDS", bot_token="xoxb-redlands"
        )

    client = AsyncWebClient(token="xoxb-redlands", base_url=f"{fake.world.address}/api/")
    app = AsyncApp(signing_secret=SECRET, client=client, authorize=authorize)

    @app.command("/newaccount")
    async def open_form(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.view("newaccount")
    async def take(ack: Any, view: Any) -> None:
        values = view["state"]["values"]
        heard.append(values)
        if values["handle"]["typed"]["value"] == "bad":
            await ack(response_action="errors", errors={"handle": "Not a handle."})
        else:
            await ack()

    @app.view_closed("newaccount")
    async def closed(ack: Any, body: Any) -> None:
        heard.append(body["is_cleared"])
        await ack()

    @app.action("approve")
    async def approve(ack: Any, body: Any, respond: Any) -> None:
        await ack()
        heard.append((body["actions"][0]["value"], body["message"]["ts"], body["container"]["channel_id"]))
        await respond(text="Approved", replace_original=True)

    @app.shortcut("escalate")
    async def escalate(ack: Any, shortcut: Any) -> None:
        await ack()
        heard.append(shortcut["message"]["text"])

    for name in ("message", "app_mention", "app_home_opened", "user_change"):

        @app.event(name)
        async def keep(event: Any) -> None:
            heard.append((event["type"], event.get("text") or event.get("tab") or event["user"]["id"]))

    return app


@pytest.fixture(params=["http", "socket"])
async def talk(request: pytest.FixtureRequest, fake: FakeWorkspace) -> AsyncIterator[tuple[SlackDriver, list[Any]]]:
    """A driver before that app, once over each transport; and what the app has heard."""
    heard: list[Any] = []
    app = bolt(fake, heard)
    if request.param == "socket":
        handler = AsyncSocketModeHandler(app, "xapp-redlands", web_client=app.client)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        await fake.connected()
        async with SlackDriver(fake.world, envelope=fake.envelope) as driver:
            yield driver, heard
        await handler.close_async()  # type: ignore[no-untyped-call]
        return

    async def take(incoming: web.Request) -> web.StreamResponse:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(incoming)))

    application = web.Application()
    application.router.add_post("/slack/events", take)
    async with (
        TestServer(application) as server,
        SlackDriver(fake.world, base_url=str(server.make_url("")), signing_secret=SECRET) as driver,
    ):
        yield driver, heard


async def test_bolt_understands_what_people_do(
    talk: tuple[SlackDriver, list[Any]], world: World, slack: AsyncWebClient
) -> None:
    """A form is opened, refused, sent; a card is pressed once in time and once too late; events arrive."""
    driver, heard = talk

    await driver.command("/newaccount", user="U0TEACHER")
    await until(lambda: world.top_view("U0TEACHER"))
    form = world.top_view("U0TEACHER")
    assert form is not None
    filled = {"Handle": "bad", "administrators": ["U0SPECIALIST"], "platform": "Instagram"}
    with pytest.raises(LookupError, match="must be filled"):
        await driver.submit("U0TEACHER", form, {"Handle": "@lincolnhs"})
    await driver.submit("U0TEACHER", form, filled)

    assert "Not a handle." in form.seen
    assert heard[0]["administrators"]["chosen"] == {"type": "multi_users_select", "selected_users": ["U0SPECIALIST"]}
    assert heard[0]["platform"]["chosen"]["selected_option"]["value"] == "instagram"

    answer = await driver.submit("U0TEACHER", form, {"handle": "@lincolnhs"})

    assert (answer.status, world.top_view("U0TEACHER")) == (200, None)

    await slack.chat_postMessage(channel=CHANNEL, text="R-1", blocks=CARD)
    (card,) = world.messages(CHANNEL)
    old = copy.deepcopy(card)
    with pytest.raises(LookupError, match="does not see"):
        await driver.press("U0TEACHER", card, "Approve")
    await driver.press("U0SPECIALIST", card, "Approve")
    await until(lambda: len(heard) == 3)

    assert heard[2] == ("opaque-1", card.ts, CHANNEL)
    await until(lambda: card.seen == "Approved")

    await driver.press("U0SPECIALIST", old, "approve")
    await driver.shortcut("U0SPECIALIST", "escalate", card)
    await until(lambda: len(heard) == 5)
    await driver.close(form)
    del heard[:]
    await driver.message("U0TEACHER", "May I post <this>?", files=[("photo.png", b"png")])
    await driver.mention("U0SPECIALIST", "help", CHANNEL)
    await driver.opens_home("U0TEACHER", "messages")
    await driver.user_change("U0TEACHER")
    await until(lambda: len(heard) == 4)

    assert sorted(heard) == [
        ("app_home_opened", "messages"),
        ("app_mention", "<@U0BOT0REDLANDS> help"),
        ("message", "May I post &lt;this&gt;?"),
        ("user_change", "U0TEACHER"),
    ]


async def test_socket_is_closed_and_cut(fake: FakeWorkspace, slack: AsyncWebClient) -> None:
    """A connection greets, is asked to come again, and may be cut without a word."""
    opened = await slack.apps_connections_open(app_token="xapp-redlands")
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(opened["url"]) as socket:
            assert (await socket.receive_json())["type"] == "hello"
            waiting = asyncio.create_task(fake.envelope("interactive", {"type": "block_actions"}))
            envelope = await socket.receive_json()
            await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "done"}})
            assert await waiting == {"text": "done"}
            leaving = asyncio.create_task(fake.disconnect("warning"))
            assert (await socket.receive_json())["type"] == "disconnect"
            assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
            await leaving
        again = await slack.apps_connections_open(app_token="xapp-redlands")
        async with session.ws_connect(again["url"]) as socket:
            await socket.receive_json()
            fake.abort()
            assert (await socket.receive()).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
