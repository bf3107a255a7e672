"""Nobody but Bot Framework, for this bot and from this tenant, gets anything done; and junk never breaks us."""

import asyncio
import copy
import json
import random
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from tests.bot.teams.conftest import Scene, opened
from tests.support.teams import TEACHER
from tests.support.teams_connector import APP_ID, FakeConnector, Refusal, make_key

pytestmark = pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)

NOW = int(time.time())

BAD_TOKENS: dict[str, Callable[[FakeConnector], str]] = {
    "another bot's": lambda fake: fake.token(aud="somebody-else"),
    "for several bots": lambda fake: fake.token(aud=[APP_ID, "another"]),
    "for nobody": lambda fake: fake.token(aud=""),
    "no audience": lambda fake: fake.token(aud=None),
    "another issuer": lambda fake: fake.token(iss="https://sts.windows.net/x/"),
    "no issuer": lambda fake: fake.token(iss=None),
    "another serviceUrl": lambda fake: fake.token(serviceurl="https://smba.trafficmanager.net/amer/"),
    "no serviceUrl": lambda fake: fake.token(serviceurl=None),
    "expired": lambda fake: fake.token(exp=NOW - 400),
    "never expires": lambda fake: fake.token(exp=None),
    "not valid yet": lambda fake: fake.token(nbf=NOW + 900),
    "garbage": lambda _: "not.a.token",
    "half a token": lambda fake: fake.token()[:60],
    "unknown key": lambda fake: fake.token(headers={"kid": "nobody's"}),
    "no key": lambda fake: jwt.encode(
        {"iss": "https://api.botframework.com", "aud": APP_ID}, fake.key, algorithm="RS256"
    ),
    "forged": lambda fake: fake.token(key=make_key()),
    "HS256": lambda fake: jwt.encode(
        {"iss": "https://api.botframework.com", "aud": APP_ID, "exp": NOW + 900, "serviceurl": fake.service_url},
        "x" * 32,
        algorithm="HS256",
        headers={"kid": fake.key_name},
    ),
    "unsigned": lambda fake: jwt.encode(
        {"iss": "https://api.botframework.com", "aud": APP_ID, "exp": NOW + 900, "serviceurl": fake.service_url},
        "",
        algorithm="none",
        headers={"kid": fake.key_name},
    ),
    "very long": lambda fake: fake.token(x="y" * 5_000),
}


@pytest.mark.parametrize("why", BAD_TOKENS)
async def test_bad_token_gets_nothing_done(why: str, scene: Scene) -> None:
    """Each of them is refused with 401, and no word of it reaches a turn."""
    status, body = await scene.line.send(
        scene.line.activity(TEACHER, text="May I post?"), token=BAD_TOKENS[why](scene.fake)
    )

    assert status == 401, body
    assert scene.turns.taken == []


async def test_good_token_is_taken(scene: Scene) -> None:
    """The control of the tests above."""
    status, _ = await scene.line.send(scene.line.activity(TEACHER, text="May I post?"))

    assert status == 200
    assert [each.person.email for each in scene.turns.taken] == ["teacher@redlands.example"]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic dGVzczp0ZXNz", "Bearer a b"])
async def test_no_token_is_refused(header: str, scene: Scene) -> None:
    """Nothing is read of a request that does not say who sends it."""
    status, _ = await scene.line.send({}, headers={"Authorization": header})

    assert status == 401


async def test_key_without_an_endorsement_for_teams_is_refused(scene: Scene) -> None:
    """A key of another channel signs nothing for Teams."""
    for endorsements in (None, [], ["webchat"]):
        scene.fake.rotate()
        scene.fake.endorsements = endorsements
        scene.bot.line.inspector.keys._tried_at = None

        status, _ = await scene.line.send(scene.line.activity(TEACHER, text="May I post?"))

        assert status == 401


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"serviceUrl": None}, 400),
        ({"serviceUrl": ""}, 401),
        ({"channelId": "webchat"}, 403),
        ({"channelId": ""}, 403),
        ({"channelData": {"tenant": {"id": "another-tenant"}}}, 403),
        ({"channelData": {}, "conversation": {"id": "a:1", "conversationType": "personal"}}, 403),
    ],
)
async def test_activity_that_does_not_fit_its_token_or_its_district_is_refused(
    changed: dict[str, Any], status: int, scene: Scene
) -> None:
    """Without a serviceUrl, from another channel or another tenant: nothing happens."""
    answer, body = await scene.line.send(scene.line.activity(TEACHER, text="May I post?") | changed)

    assert answer == status, body
    assert scene.turns.taken == []


async def test_service_url_of_somebody_else_is_refused(scene: Scene) -> None:
    """Even well signed, our token is never sent to an address that is not Teams'."""
    scene.fake.url, real = "https://evil.example", scene.fake.url
    token, activity = scene.fake.token(), scene.line.activity(TEACHER, text="May I post?")
    scene.fake.url = real

    status, _ = await scene.line.send(activity, token=token)

    assert status == 403


async def test_rotated_key_is_honoured_and_the_old_one_is_not(scene: Scene) -> None:
    """A new key is fetched as soon as it is used; a minute must pass between two fetches."""
    old = scene.fake.token()
    await scene.line.send(scene.line.activity(TEACHER, text="May I post?"))
    scene.fake.rotate()
    too_soon, _ = await scene.line.send(scene.line.activity(TEACHER, text="May I post?"))
    keys = scene.bot.line.inspector.keys
    assert keys._tried_at is not None
    keys._tried_at -= 61

    taken, _ = await scene.line.send(scene.line.activity(TEACHER, text="May I post?"))
    refused, _ = await scene.line.send(scene.line.activity(TEACHER, text="May I post?"), token=old)

    assert (too_soon, taken, refused) == (401, 200, 401)
    assert scene.fake.keys_asked == 2


async def test_keys_that_cannot_be_fetched_are_no_reason_to_believe_or_to_break(scene: Scene) -> None:
    """Whoever sends is told to come back; the next message is taken."""
    scene.fake.refuse("keys", Refusal(status=503))

    away, _ = await scene.line.send(scene.line.activity(TEACHER, text="May I post?"))
    back, _ = await scene.line.send(scene.line.activity(TEACHER, text="May I post?"))

    assert (away, back) == (503, 200)


async def test_many_at_once_wait_for_one_fetch_of_the_keys(scene: Scene) -> None:
    """A slow answer of Bot Framework is asked for once, and holds up nothing else."""
    scene.fake.keys_seconds = 0.2
    gaps = [0.0]

    async def watch() -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0)
            gaps.append(time.perf_counter() - last)
            last = time.perf_counter()

    watching = asyncio.create_task(watch())
    answers = await asyncio.gather(
        *(scene.line.send(scene.line.activity(TEACHER, text="May I post?")) for _ in range(20))
    )
    watching.cancel()

    assert [status for status, _ in answers] == [200] * 20
    assert scene.fake.keys_asked == 1
    assert max(gaps) < 0.2, "the loop stood still while the keys were fetched"


async def test_many_turns_take_one_token_and_few_connections(scene: Scene) -> None:
    """Asking for a token at every turn, as the library does, would be slower than answering."""
    from bot.teams.addresses import own_chat
    from tests.bot.teams.conftest import saying

    await scene.line.send(scene.line.activity(TEACHER, text="May I post?"))
    for number in range(6):
        await scene.bot.sender.post(
            key=f"k{number}", conversation=own_chat(TEACHER.object_id), reply=saying("Yes, with permission.")
        )

    assert scene.fake.tokens_given == 1
    assert len(scene.fake.connections) == 1


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("SingleTenant", {"method": "POST", "grant_type": "client_credentials", "client_id": APP_ID}),
        ("UserAssignedMSI", {"method": "GET", "resource": "https://api.botframework.com", "client_id": APP_ID}),
    ],
)
async def test_both_kinds_of_credentials_ask_for_their_token(
    kind: str, wanted: dict[str, str], database: Any, clock: Any
) -> None:
    """By a secret, or by the identity of the host without any secret."""
    changed: dict[str, Any] = {"MICROSOFT_APP_TYPE": kind}
    if kind == "UserAssignedMSI":
        changed["MICROSOFT_APP_PASSWORD"] = None
    async with opened(database, clock, **changed) as scene:
        await scene.line.send(scene.line.activity(TEACHER, text="May I post?"))

    asked = scene.fake.token_requests[0]
    assert wanted.items() <= asked.items()


async def test_ten_thousand_malformed_activities_break_nothing(scene: Scene) -> None:
    """Signed junk of every kind gets a 4xx or is passed over; never a 5xx, and nothing of it stands in the answer."""
    chance = random.Random(7)
    good = scene.line.activity(TEACHER, text="May I post?", value={"action": {"data": {}}})
    token = scene.fake.token()
    statuses: dict[int, int] = {}

    async def send(number: int) -> None:
        status, body = await scene.line.send(None, token=token, **_junk(good, number, chance))
        statuses[status] = statuses.get(status, 0) + 1
        assert status < 500, (status, body)
        assert "hostile" not in str(body)

    for first in range(0, 10_000, 50):
        await asyncio.gather(*(send(number) for number in range(first, first + 50)))

    assert sum(statuses.values()) == 10_000
    assert statuses[400] > 2_000
    alive, _ = await scene.line.send(scene.line.activity(TEACHER, text="May I post?"))
    assert alive == 200


def _junk(good: dict[str, Any], number: int, chance: random.Random) -> dict[str, Any]:
    """Make one malformed request."""
    values: list[Any] = [
        None, 0, -1, 1.5, True, "", "hostile", "\x00", "\ud800", "x" * 3000, [], {}, [[]], {"id": {"id": {}}},
        {"id": 5}, [None], 10**400, {"postwise": "hostile"}, {"postwise": {"is": "press", "verb": 5}},
        {"action": {"data": {"postwise": {"is": "form", "verb": "file", "value": "hostile", "key": "k", "part": "0"}}}},
        {"action": {"data": {"postwise": {"is": "thread", "part": 0}, "0:text": ["hostile"]}}},
    ]  # fmt: skip
    kind = number % 8
    headers = {"Content-Type": "application/json"}
    if kind == 0:
        bodies = [
            b"",
            b"{",
            b"[]",
            b"null",
            b"5",
            b'"hostile"',
            b"\xff\xfe",
            b"{" * 5000,
            b"[" * 50_000,
            b'{"type":NaN}',
        ]
        return {"data": chance.choice(bodies), "headers": headers}
    if kind == 1:
        return {"data": json.dumps(good).encode(), "headers": {"Content-Type": chance.choice(["text/plain", "a/b"])}}
    activity = json.loads(json.dumps(good))
    if kind == 2:
        activity["type"] = chance.choice(
            ["invoke", "message", "conversationUpdate", "installationUpdate", "event", "hostile"]
        )
    for _ in range(1 + chance.randrange(3)):
        name = chance.choice(list(activity))
        if kind == 3:
            activity.pop(name)
        elif kind == 4 and isinstance(activity[name], dict) and activity[name]:
            activity[name][chance.choice(list(activity[name]))] = copy.deepcopy(chance.choice(values))
        elif kind == 5:
            activity |= {"type": "invoke", "name": "adaptiveCard/action", "value": chance.choice(values)}
        elif kind == 6:
            activity |= {"type": "invoke", "name": "message/submitAction", "value": chance.choice(values)}
        else:
            activity[name] = copy.deepcopy(chance.choice(values))
    return {"data": json.dumps(activity).encode(), "headers": headers}
