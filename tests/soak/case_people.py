"""People of two districts who bring cases, claim them in crowds, talk about them and resolve them, by HTTP.

The cases of Redlands stand in a channel of the Slack that fails, where nobody can write back yet; those of Hesperia stand
in the channel of the local page, so that specialists answer there. Whoever opens a case reads on the page in both.
"""

import asyncio
import random
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession

from tests.soak.case_records import CaseRecords, LiveCase

DISTRICTS = ("redlands", "hesperia")
TALKS = "hesperia"
"""The district whose specialists can write back."""

OPENERS = ("principal", "it", "services")
"""Who brings cases; none of them files, so that everything in their direct message is about cases."""

SPECIALISTS = ("specialist", "deputy")
TAB = "casesoaktab00001"
"""The one browser tab of everybody, so that each has one direct message."""

MOST_LIVE = 8
"""Most cases of a district that are open or claimed at once; nobody opens another one before."""

CROWD = 6
"""How many press Claim at once."""

TOO_LATE = ("Your press changed nothing", "no longer as this card shows")
"""What somebody is told who came second."""

Send = Callable[..., Awaitable[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An acknowledged message of a talk."""

    district: str
    number: int
    mark: str
    is_from_specialist: bool


@dataclass
class CasesAcknowledged:
    """What was acknowledged of cases; every mark is a word that nothing else holds."""

    reports: list[tuple[str, str]] = field(default_factory=list)
    """By form: district and mark."""

    alarms: list[tuple[str, str]] = field(default_factory=list)
    """By a message that tells of danger; it opens a case, or is added to one of the same person's."""

    claims: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    """By district, number and who claimed."""

    told: int = 0
    """Presses of Claim and Resolve that came too late, and were told so."""

    said: list[Said] = field(default_factory=list)
    resolved: list[tuple[str, int, str]] = field(default_factory=list)


@dataclass
class CasePeople:
    """What people do with cases; each sends an event until it is acknowledged."""

    send: Send
    records: CaseRecords
    acknowledged: CasesAcknowledged = field(default_factory=CasesAcknowledged)

    async def do_something(self, session: ClientSession) -> None:
        """Do one thing, whatever chance says."""
        district = random.choice(DISTRICTS)
        live = await self.records.live(district)
        unclaimed = [case for case in live if not case.claimed_by]
        claimed = [case for case in live if case.claimed_by]
        weights = {
            self._report: 3.0 if len(live) < MOST_LIVE else 0.0,
            self._raise_alarm: 1.0 if len(live) < MOST_LIVE else 0.0,
            self._claim: 3.0 if unclaimed else 0.0,
            self._write: 5.0 if claimed else 1.0 if live else 0.0,
            self._resolve: 1.0 if claimed else 0.0,
        }
        [act] = random.choices(list(weights), weights=list(weights.values()))
        await act(session, district, unclaimed if act == self._claim else claimed or live)

    async def _report(self, session: ClientSession, district: str, _cases: Sequence[LiveCase]) -> None:
        mark = new_mark()
        fields = {
            "happened": f"Parents attack a colleague under our video, they write {mark} everywhere",
            "kind": random.choice(("safety", "controversy")),
            "links": f"https://www.facebook.com/{mark}",
            "is_same": "another",
        }
        sender = {"side": "staff", "as": random.choice(OPENERS), "message": ""}
        await self._sent(session, "/local/forms", district, verb="escalate", value="", fields=fields, **sender)
        self.acknowledged.reports.append((district, mark))

    async def _raise_alarm(self, session: ClientSession, district: str, _cases: Sequence[LiveCase]) -> None:
        mark = new_mark()
        text = f"a student just posted that he will bring a gun to school tomorrow, mark {mark}"
        await self._sent(session, "/local/messages", district, **{"as": random.choice(OPENERS)}, text=text)
        self.acknowledged.alarms.append((district, mark))

    async def _claim(self, session: ClientSession, _district: str, cases: Sequence[LiveCase]) -> None:
        """Let several press at once; each is told what came of it."""
        case = random.choice(cases)
        people = [SPECIALISTS[place % 2] for place in range(CROWD)]
        # Some press in the channel, some in their own direct message, from where the deputy can be asked in person.
        sides = ["specialist" if random.random() < 0.7 else "staff" for _ in people]
        wins = await asyncio.gather(
            *(
                self._press(session, case, who, side=side, verb="case-claim")
                for who, side in zip(people, sides, strict=True)
            )
        )
        for who, has_won in zip(people, wins, strict=True):
            if has_won:
                self.acknowledged.claims[case.district, case.number, who] += 1
            else:
                self.acknowledged.told += 1

    async def _resolve(self, session: ClientSession, _district: str, cases: Sequence[LiveCase]) -> None:
        """Let three send their form at once, two of them as the one who has the case."""
        case = random.choice(cases)
        other = next(who for who in SPECIALISTS if who != case.claimed_by)
        forms = [(who, new_mark()) for who in (case.claimed_by, case.claimed_by, other)]
        wins = await asyncio.gather(
            *(
                self._press(
                    session,
                    case,
                    who,
                    side="specialist",
                    path="/local/forms",
                    verb="case-resolve",
                    fields={"outcome": "responded", "note": f"We posted {mark} there."},
                )
                for who, mark in forms
            )
        )
        for (_, mark), has_won in zip(forms, wins, strict=True):
            if has_won:
                self.acknowledged.resolved.append((case.district, case.number, mark))
            else:
                self.acknowledged.told += 1

    async def _write(self, session: ClientSession, district: str, cases: Sequence[LiveCase]) -> None:
        """Write under a card, from one side or the other."""
        case, is_from_specialist = random.choice(cases), district == TALKS and random.random() < 0.5
        if is_from_specialist:
            side, who, address = "specialist", random.choice(SPECIALISTS), f"specialists/{case.district}"
        else:
            side, who, address = "staff", case.opener, address_of(case.district, case.opener)
        card = await self.records.card(case.district, address, case.number)
        if not card:
            return  # it is not out yet
        mark = new_mark()
        sender = {"side": side, "as": who}
        await self._sent(session, "/local/threads", case.district, message=card, text=f"This is {mark} now", **sender)
        self.acknowledged.said.append(
            Said(district=case.district, number=case.number, mark=mark, is_from_specialist=is_from_specialist)
        )

    async def _press(
        self,
        session: ClientSession,
        case: LiveCase,
        who: str,
        *,
        side: str,
        verb: str,
        path: str = "/local/presses",
        fields: dict[str, str] | None = None,
    ) -> bool:
        sender = {"side": side, "as": who, "message": ""}
        return await self._sent(
            session, path, case.district, verb=verb, value=str(case.number), fields=fields or {}, **sender
        )

    async def _sent(self, session: ClientSession, path: str, district: str, **body: Any) -> bool:
        return await self.send(session, path, too_late=TOO_LATE, district=district, conversation=TAB, **body)


def address_of(district: str, who: str) -> str:
    """Return the direct message of somebody on the page."""
    return f"staff/{district}/{TAB}-{who}"


def new_mark() -> str:
    """Return a word of letters, which no mask takes for personal data."""
    return "mark" + "".join(chr(ord("a") + byte % 26) for byte in secrets.token_bytes(9))
