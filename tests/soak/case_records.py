"""What the database, the page and the platform hold of cases in the end, read past the product."""

import html
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from bot.delivery.payload import reply_of
from bot.local.sender import LocalSender, message_name
from bot.plain import plain
from knowledge.cases import CaseKind, PingStep, ping_step
from knowledge.clock import SystemClock
from knowledge.store.unit import Database

if TYPE_CHECKING:
    from tests.soak.case_people import CasesAcknowledged

PINGS = {"pinged": PingStep.CHANNEL, "deputy asked": PingStep.DEPUTY, "phone given": PingStep.PHONE}
"""Steps of a timeline by which an unclaimed case is brought up."""

NAMES = {"specialist": "Sam Specialist", "deputy": "Dee Deputy"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCase:
    """A case that somebody has to do something about."""

    district: str
    number: int
    opener: str
    claimed_by: str
    """Empty where nobody has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One message as it stands in a conversation."""

    name: str
    thread: str
    words: str


@dataclass
class Found:
    """What is wrong, by what it is about."""

    lost: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    duplicated: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))

    def compare(self, what: str, about: object, *, wanted: int, there: int) -> None:
        """Note what is missing or too many."""
        self.lost[what] += [about] * max(0, wanted - there)
        self.duplicated[what] += [about] * max(0, there - wanted)

    @property
    def lost_by_name(self) -> dict[str, list[Any]]:
        """What is missing, under names that tell it from what is missing of filings."""
        return {f"{what} (cases)": each for what, each in self.lost.items()}

    @property
    def duplicated_by_name(self) -> dict[str, list[Any]]:
        """What is too many, the same way."""
        return {f"{what} (cases)": each for what, each in self.duplicated.items()}


class CaseRecords:
    """The cases of a crash test."""

    def __init__(self, *, database: Database, slack_district: str) -> None:
        """Read from a database; the channel of one district is in Slack, those of the others are on the page."""
        self._database = database
        self._slack_district = slack_district

    async def live(self, district: str) -> list[LiveCase]:
        """Return the cases of a district that somebody has to do something about."""
        return [
            LiveCase(
                district=district,
                number=row["number"],
                opener=_json(row["opener"])["id"],
                claimed_by=_json(row["claimed_by"])["id"] if row["claimed_by"] else "",
            )
            for row in await self._rows(
                "SELECT number, opener, claimed_by FROM cases WHERE district_id = :district "
                "AND state IN ('open', 'claimed')",
                district=district,
            )
        ]

    async def card(self, district: str, address: str, number: int) -> str:
        """Return the name of the message that a case's card stands as in a conversation; empty where it is not out."""
        rows = await self._rows(
            "SELECT message_id FROM cards WHERE district_id = :district AND address = :address AND card = :card",
            district=district,
            address=address,
            card=f"case/{number}",
        )
        return str(rows[0]["message_id"]) if rows else ""

    async def bring_near(self, chosen: Iterable[str]) -> None:
        """Let the moment come of some reminders of cases.

        No setting is shorter than a minute, so the entries themselves are moved into the past; a wait of none keeps a
        worker's own clock, which short waits go by, from waiting once more.
        """
        await self._move(
            "UPDATE outbox SET due = :due, wait_seconds = 0 WHERE kind = 'reminder' AND state = 'pending' AND id = :id",
            [{"due": SystemClock().now().timestamp() - 1, "id": each} for each in chosen],
        )

    async def put_off(self) -> None:
        """Let no case be brought up any more, so that what is counted stands still."""
        await self._move(
            "UPDATE outbox SET due = :due, wait_seconds = 86400 WHERE kind = 'reminder' AND state = 'pending' "
            "AND subject LIKE 'case/%'",
            [{"due": SystemClock().now().timestamp() + 86400}],
        )

    async def pending(self) -> list[str]:
        """Return the pending reminders of cases."""
        rows = await self._rows(
            "SELECT id FROM outbox WHERE kind = 'reminder' AND state = 'pending' AND subject LIKE 'case/%'"
        )
        return [row["id"] for row in rows]

    async def pinged(self) -> int:
        """Count how often cases were brought up."""
        steps = ", ".join(f"'{step}'" for step in PINGS)
        return len(await self._rows(f"SELECT position FROM case_timeline WHERE step IN ({steps})"))

    async def compare(self, done: "CasesAcknowledged", slack: Sequence[Mapping[str, Any]]) -> Found:
        """Compare what was acknowledged with what there is.

        Parameters
        ----------
        slack
            What stands in the channel of Slack.
        """
        found = Found()
        cases = await self._rows("SELECT * FROM cases ORDER BY district_id, number")
        timelines = await self._timelines()
        _compare_reports(found, done, cases, timelines)
        spoken = await self._spoken(slack)
        cards = {
            (row["district_id"], row["address"], row["card"]): row["message_id"]
            for row in await self._rows("SELECT * FROM cards")
        }
        reminders = await self._rows(
            "SELECT district_id, subject, state FROM outbox WHERE kind = 'reminder' AND subject LIKE 'case/%'"
        )
        counted = Counter((row["district_id"], row["subject"], row["state"]) for row in reminders)
        for case in cases:
            which = (case["district_id"], case["number"])
            subject = f"case/{case['number']}"
            is_live = case["state"] in ("open", "claimed")
            pending = counted[case["district_id"], subject, "pending"]
            found.compare("reminders", which, wanted=int(is_live), there=pending)
            steps = timelines[which]
            looked_at = [step for step in steps if step["step"] in PINGS or step["step"] == "forgotten"]
            # Each reminder is looked at once: there cannot have been more pings than reminders.
            if len(looked_at) > counted[case["district_id"], subject, "sent"]:
                found.duplicated["pings without a reminder"].append(which)
            _compare_turns(found, which, case, steps)
            channel = spoken[case["district_id"], "channel"]
            own = spoken[case["district_id"], _json(case["opener"])["id"]]
            _compare_cards(found, which, case, channel, own)
            deputy = [*spoken[case["district_id"], "deputy"], *spoken[case["district_id"], "page"]]
            _compare_news(found, which, steps, channel, own, deputy)
        _compare_claims(found, done, timelines)
        _compare_resolved(found, done, timelines)
        self._compare_said(found, done, timelines, spoken, cards)
        return found

    def _compare_said(
        self,
        found: Found,
        done: "CasesAcknowledged",
        timelines: Mapping[tuple[str, int], Sequence[Mapping[str, Any]]],
        spoken: Mapping[tuple[str, str], Sequence[Standing]],
        cards: Mapping[tuple[str, str, str], str],
    ) -> None:
        """Each message stands once in the timeline and once on the other side, and its receipt says so."""
        from tests.soak.case_people import address_of

        openers = {which: _json(steps[0]["who"])["id"] for which, steps in timelines.items() if steps}
        for said in done.said:
            which = (said.district, said.number)
            kind = "to person" if said.is_from_specialist else "from person"
            entries = [step for step in timelines[which] if step["step"] == kind and said.mark in step["text"]]
            found.compare("messages in timelines", said, wanted=1, there=len(entries))
            opener = openers.get(which, "")
            writers, readers = ("channel", opener) if said.is_from_specialist else (opener, "channel")
            delivered = [each for each in spoken[said.district, readers] if each.thread and _says(each, said.mark)]
            found.compare("relays", said, wanted=1, there=len(delivered))
            address = f"specialists/{said.district}" if writers == "channel" else address_of(said.district, opener)
            for entry in entries:
                receipts = [name for name in _json(entry["arrivals"]).values() if name != "delivered"]
                name = cards.get((said.district, address, f"case/{said.number}/said/{said.number}.{entry['position']}"))
                shown = [each for each in spoken[said.district, writers] if each.name == name]
                is_right = len(shown) == 1 and shown[0].words.startswith("Delivered to") and not receipts
                found.compare("receipts", said, wanted=1, there=int(is_right))

    async def _timelines(self) -> dict[tuple[str, int], list[Mapping[str, Any]]]:
        timelines: dict[tuple[str, int], list[Mapping[str, Any]]] = defaultdict(list)
        for row in await self._rows("SELECT * FROM case_timeline ORDER BY district_id, case_number, position"):
            timelines[row["district_id"], row["case_number"]].append(row)
        return timelines

    async def _spoken(self, slack: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], list[Standing]]:
        """Return everything that stands anywhere: by district, in the channel or in the direct message of somebody."""
        epoch = await LocalSender(database=self._database, clock=SystemClock()).epoch()
        spoken: dict[tuple[str, str], list[Standing]] = defaultdict(list)
        for row in await self._rows("SELECT * FROM local_messages WHERE address LIKE '%/%' ORDER BY number"):
            address, district = str(row["address"]), str(row["district_id"])
            is_channel = address == f"specialists/{district}"
            # Where the channel is in Slack, that of the page is nobody's but of those who pressed there.
            place = "page" if is_channel and district == self._slack_district else "channel"
            thread = row["thread_position"]
            spoken[district, place if is_channel else address.rpartition("-")[2]].append(
                Standing(
                    name=message_name(epoch, row["position"] or row["number"]),
                    thread=message_name(epoch, thread) if thread else "",
                    words=plain(reply_of(_json(row["payload"]))),
                )
            )
        spoken[self._slack_district, "channel"] = [
            Standing(name=message["ts"], thread=message["thread"], words=html.unescape(message["text"]))
            for message in slack
        ]
        return spoken

    async def _rows(self, statement: str, **values: object) -> list[Mapping[str, Any]]:
        async with self._database.engine.connect() as connection:
            reader = await connection.execution_options(postwise_reads_only=True)
            return [dict(row) for row in (await reader.execute(text(statement), values)).mappings()]

    async def _move(self, statement: str, values: list[dict[str, Any]]) -> None:
        # One by one: who changes many rows at once may wait for a server that waits for this one.
        for each in values:
            async with self._database.engine.begin() as connection:
                await connection.execute(text(statement), each)


def _compare_reports(
    found: Found,
    done: "CasesAcknowledged",
    cases: Sequence[Mapping[str, Any]],
    timelines: Mapping[tuple[str, int], Sequence[Mapping[str, Any]]],
) -> None:
    """Each report is one case, each alarm one case or one message of a case."""
    opened = Counter((case["district_id"], mark) for case in cases for mark in _marks(case["summary"]))
    added = Counter(
        (district, mark)
        for (district, _), steps in timelines.items()
        for step in steps
        if step["step"] == "from person"
        for mark in _marks(step["text"])
    )
    for report in done.reports:
        found.compare("cases", report, wanted=1, there=opened[report])
    for alarm in done.alarms:
        found.compare("alarms", alarm, wanted=1, there=opened[alarm] + added[alarm])


def _compare_turns(  # noqa: C901 - one case for each step
    found: Found, which: tuple[str, int], case: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]
) -> None:
    """A case is claimed once a turn, resolved once, and its pings count up from one in each turn."""
    state, count = "open", 0
    for step in steps:
        match step["step"]:
            case "claimed":
                if state != "open":
                    found.duplicated["claims"].append(which)
                state = "claimed"
            case "forgotten" | "unclaimed":
                state, count = "open", 0
            case "made safety":
                count = 0
            case "resolved":
                if state == "resolved":
                    found.duplicated["resolutions"].append(which)
                state = "resolved"
            case ping if ping in PINGS:
                count += 1
                if state != "open":
                    found.duplicated["pings of a claimed case"].append(which)
                elif PINGS[ping] is not ping_step(CaseKind.CONTROVERSY, count):
                    is_again = PINGS[ping] is ping_step(CaseKind.CONTROVERSY, max(1, count - 1))
                    (found.duplicated if is_again else found.lost)["pings in order"].append((*which, count, ping))
            case _:
                pass
    if state != case["state"]:
        found.lost["last states"].append((*which, state, case["state"]))


def _compare_cards(
    found: Found,
    which: tuple[str, int],
    case: Mapping[str, Any],
    channel: Sequence[Standing],
    own: Sequence[Standing],
) -> None:
    """One card in the channel and one in the opener's own conversation, and both show its last state."""
    name = f"C-{case['number']}"
    has_it = NAMES[_json(case["claimed_by"])["id"]] if case["claimed_by"] else ""
    wanted, wanted_by_opener = {
        "open": ("Nobody has claimed it.", "Nobody has claimed it yet."),
        "claimed": (f"{has_it} has it, since", f"{name}: {has_it} has it now"),
        "resolved": ("Resolved by ", f"{name} is resolved on"),
    }[case["state"]]
    for what, shown, words, in_it in (
        (
            "cards",
            channel,
            rf"^{name}: (?:SAFETY, a person may be in danger|a controversial-post situation|a question for the specialist)\n",
            wanted,
        ),
        (
            "openers' cards",
            own,
            rf"(?:^|\n){name}(?:: [A-Z][^\n]* has it now| is with the [^\n]* since| is resolved on)",
            wanted_by_opener,
        ),
    ):
        standing = [each for each in shown if not each.thread and re.search(words, each.words)]
        found.compare(what, which, wanted=1, there=len(standing))
        if standing and not any(in_it in each.words for each in standing):
            found.lost[f"last states of {what}"].append((*which, standing[0].words[:200]))


def _compare_news(
    found: Found,
    which: tuple[str, int],
    steps: Sequence[Mapping[str, Any]],
    channel: Sequence[Standing],
    own: Sequence[Standing],
    deputy: Sequence[Standing],
) -> None:
    """What happened was told as often as it happened."""
    name = f"C-{which[1]}"
    happened = Counter(step["step"] for step in steps)
    pings = [each for each in channel if re.match(rf"{name} (?:still waits|was brought up at)", each.words)]
    asked = sum("The deputy was asked as well." in each.words for each in pings)
    under_own_card = [each for each in own if each.thread]
    for what, wanted, there in (
        ("pings told", sum(happened[step] for step in PINGS), len(pings)),
        (
            "deputies asked",
            max(asked, _asked(deputy, name, happened)),
            _beginning(deputy, f"{name} waits for somebody"),
        ),
        ("phone numbers", happened["phone given"], _saying(under_own_card, rf"Nobody has claimed {name} yet\. Please")),
        ("claims told", happened["claimed"], _saying(under_own_card, rf"^(?:Sam|Dee) [A-Z]\w+ has claimed {name} ")),
        ("resolutions told", happened["resolved"], _beginning(under_own_card, f"{name} is resolved:")),
    ):
        found.compare(what, which, wanted=wanted, there=there)


def _compare_claims(
    found: Found, done: "CasesAcknowledged", timelines: Mapping[tuple[str, int], Sequence[Mapping[str, Any]]]
) -> None:
    """Who was told that they have a case, has claimed it; and nobody else has, but by writing under a free one."""
    claimed: Counter[tuple[str, int, str]] = Counter()
    for (district, number), steps in timelines.items():
        for step, following in zip(steps, [*steps[1:], None], strict=True):
            who = _json(step["who"])["id"]
            has_written = (
                following is not None and following["step"] == "to person" and _json(following["who"])["id"] == who
            )
            if step["step"] == "claimed" and not (has_written and _came_at_once(step, following)):
                claimed[district, number, who] += 1
    for claim in {*claimed, *done.claims}:
        found.compare("acknowledged claims", claim, wanted=done.claims[claim], there=claimed[claim])


def _came_at_once(step: Mapping[str, Any], following: Mapping[str, Any] | None) -> bool:
    """Tell whether two steps were written by one transaction: whoever writes under a free case has it from then on."""
    assert following is not None
    return _seconds(following["at"]) - _seconds(step["at"]) < 0.05


def _compare_resolved(
    found: Found, done: "CasesAcknowledged", timelines: Mapping[tuple[str, int], Sequence[Mapping[str, Any]]]
) -> None:
    resolved = Counter(
        (*which, mark)
        for which, steps in timelines.items()
        for step in steps
        if step["step"] == "resolved"
        for mark in _marks(step["text"])
    )
    acknowledged = Counter(done.resolved)
    for each in {*resolved, *acknowledged}:
        found.compare("acknowledged resolutions", each, wanted=acknowledged[each], there=resolved[each])


def _beginning(standing: Sequence[Standing], words: str) -> int:
    return sum(each.words.startswith(words) for each in standing)


def _saying(standing: Sequence[Standing], words: str) -> int:
    return sum(bool(re.search(words, each.words)) for each in standing)


def _asked(deputy: Sequence[Standing], name: str, happened: Counter[str]) -> int:
    """Return how often a deputy was asked: no more often than it came to that; a ping at rest does not say it any more."""
    return min(_beginning(deputy, f"{name} waits for somebody"), happened["deputy asked"])


def _says(standing: Standing, mark: str) -> bool:
    """Tell whether a message brings somebody's words, and does not only quote them."""
    return bool(re.match(rf"[^\n]* on C-\d+:\n(?:> )?[^\n]*{mark}", standing.words))


def _marks(words: str) -> list[str]:
    return re.findall(r"\bmark[a-z]{9}\b", words)[:1]


def _seconds(moment: Any) -> float:
    from datetime import datetime

    return (datetime.fromisoformat(moment) if isinstance(moment, str) else moment).timestamp()


def _json(kept: Any) -> Any:
    return json.loads(kept) if isinstance(kept, str) else kept
