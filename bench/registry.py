"""Likely duplicates: how well they are found on labelled pairs, and how fast among 100,000 accounts.

``python -m bench.registry`` prints the tables. The machine is shared and noisy: read the ratios to the floor of the same
run; what is compared is called in turn, A B A B.
"""

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process
from sqlalchemy import insert, select

from knowledge.likeness import Known, likely_same
from knowledge.likeness.names import Name, likeness, read_handle, read_name
from knowledge.likeness.search import ALIKE_FROM
from knowledge.registry import AccountStatus, AdministratorState
from knowledge.store.migrate import migrate
from knowledge.store.tables import accounts, administrators
from knowledge.store.unit import Database

PAIRS = Path(__file__).parent / "data" / "likeness.tsv"
DISTRICTS = 50
ACCOUNTS = 2000
ROUNDS = 60

SCHOOLS = (
    "Redlands|Citrus Valley|Redlands East Valley|Orangewood|Lincoln|Washington|Cajon|Pacific|Arroyo Valley|San Gorgonio|Colton|"
    "Bloomington|Grand Terrace|Summit|Etiwanda|Chaffey|Rancho Cucamonga|Eisenhower|Rialto|Carter|Oak Hills|Sultana|Hesperia|"
    "Granite Hills|Apple Valley|Silverado|Adelanto|Serrano|Yucaipa|Beaumont|Banning|Cope|Clement|Moore|Beattie|Kimberly|Mariposa|"
    "Franklin|Smiley|Lugonia"
).split("|")
CLUBS = (
    "Band|Choir|Drama|Robotics|Football|Baseball|Basketball|Girls Soccer|Boys Soccer|Softball|Volleyball|Wrestling|Cross Country|"
    "Track and Field|Swim|Water Polo|Tennis|Golf|Cheer|Dance|ASB|Yearbook|Journalism|FFA|JROTC|Key Club|Interact Club|Chess Club|"
    "Math Club|Science Olympiad|Mock Trial|Speech and Debate|Library|Counseling|PTA|Boosters|Art Club|Spanish Club|French Club|"
    "AVID|Class of 2027|Class of 2028|Class of 2029|Orchestra|Color Guard|MUN|FBLA|DECA|HOSA|Esports"
).split("|")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two names, and whether a specialist would want to be asked if they are one account."""

    half: str
    """``dev``, on which the threshold was tuned, or ``heldout``."""

    is_same: bool
    one: str
    other: str

    @property
    def is_found(self) -> bool:
        """True where the product would ask."""
        return likeness(_read(self.one), _read(self.other)) >= ALIKE_FROM


def read_pairs() -> list[Pair]:
    """Read the labelled pairs."""
    rows = (line.split("\t") for line in PAIRS.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return [Pair(half=half, is_same=same == "1", one=one, other=other) for half, same, one, other in rows]


def share_found(pairs: Sequence[Pair]) -> float:
    """Return the share of the duplicates that are found."""
    duplicates = [pair for pair in pairs if pair.is_same]
    return sum(pair.is_found for pair in duplicates) / len(duplicates)


def share_right(pairs: Sequence[Pair]) -> float:
    """Return the share of what is found that is a duplicate."""
    shown = [pair for pair in pairs if pair.is_found]
    return sum(pair.is_same for pair in shown) / max(len(shown), 1)


def district_of_accounts(count: int) -> list[Known]:
    """Return a district's accounts: every school's every club, filed in many ways, the same on every run."""
    chance = random.Random(4)
    known = []
    for number, (school, club) in enumerate(product(SCHOOLS, CLUBS)):
        initials = "".join(word[0] for word in school.split()) + "HS"
        name = chance.choice(
            (f"{school} High School {club}", f"{school} HS {club}", f"{school} High {club}", f"{initials} {club}")
        )
        handle = chance.choice((f"{initials}{club}", f"{school}{club}", f"{initials}_{club}")).replace(" ", "").lower()
        platform = chance.choice(("instagram", "instagram", "facebook", "twitter"))
        known.append(Known(id=str(number + 1), organization=name, platform=platform, handle=f"@{handle[:30]}"))
    return known[:count]


def main() -> None:
    """Print the tables."""
    _quality()
    asyncio.run(_speed())


def _read(text: str) -> Name:
    return read_handle(text[1:]) if text.startswith("@") else read_name(text)


def _quality() -> None:
    """How many of the labelled duplicates are found, beside rapidfuzz alone at its best threshold on the dev half."""
    halves = {half: [pair for pair in read_pairs() if pair.half == half] for half in ("dev", "heldout")}
    print("| likely duplicates | dev precision / recall | held out precision / recall |")
    print("|---|---|---|")
    for scorer in (fuzz.ratio, fuzz.token_sort_ratio, fuzz.token_set_ratio, fuzz.WRatio):
        cut = max(range(40, 101), key=partial(_balance, halves["dev"], scorer))
        cells = [_precision_and_recall(pairs, scorer, cut) for pairs in halves.values()]
        print(f"| rapidfuzz {scorer.__name__} from {cut} | {cells[0]} | {cells[1]} |")
    cells = [f"{share_right(pairs):.2f} / {share_found(pairs):.2f}" for pairs in halves.values()]
    print(f"| Postwise | {cells[0]} | {cells[1]} |")
    print(f"\n{', '.join(f'{len(pairs)} pairs {half}' for half, pairs in halves.items())}")


def _bare(pair: Pair, scorer: Callable[[str, str], float]) -> float:
    return scorer(pair.one.lower().lstrip("@"), pair.other.lower().lstrip("@"))


def _balance(pairs: Sequence[Pair], scorer: Callable[[str, str], float], cut: int) -> float:
    """The share of pairs that a threshold puts on the right side."""
    return sum((_bare(pair, scorer) >= cut) == pair.is_same for pair in pairs) / len(pairs)


def _precision_and_recall(pairs: Sequence[Pair], scorer: Callable[[str, str], float], cut: int) -> str:
    shown = [pair for pair in pairs if _bare(pair, scorer) >= cut]
    right = sum(pair.is_same for pair in shown)
    return f"{right / max(len(shown), 1):.2f} / {right / sum(pair.is_same for pair in pairs):.2f}"


async def _speed() -> None:
    """The search in one district of 2,000, alone in the registry and among 50 of them."""
    known = district_of_accounts(ACCOUNTS)
    queries = [(f"The {one.organization.replace(' HS', ' High School')}", one.platform) for one in known[::33]]
    choices = [f"{one.organization} {one.handle}".lower() for one in known]

    async def bare(place: int) -> None:
        process.cdist([queries[place][0].lower()], choices, scorer=fuzz.token_set_ratio, dtype=np.uint8)

    async def search(place: int) -> None:
        likely_same(queries[place][0], "", queries[place][1], known)

    rivals: dict[str, Callable[[int], Awaitable[None]]] = {
        "bare rapidfuzz cdist over the same 2,000 texts": bare,
        "likely_same": search,
    }
    await _compare("in memory", rivals, len(queries))
    for districts in (1, DISTRICTS):
        with tempfile.TemporaryDirectory() as folder:
            database = Database(f"sqlite:///{folder}/postwise.db")
            await migrate(database.engine)
            await _fill(database, known, districts)
            await _in_database(database, queries, f"{districts * ACCOUNTS:,} accounts in the registry, SQLite")
            await database.close()


async def _in_database(database: Database, queries: Sequence[tuple[str, str]], title: str) -> None:
    columns = (accounts.c.number, accounts.c.organization, accounts.c.platform, accounts.c.handle)
    of_district = select(*columns).where(accounts.c.district_id == "district-0")

    async def bare(_: int) -> None:
        async with database.engine.connect() as connection:
            (await connection.execute(of_district)).all()

    async def read_and_search(place: int) -> None:
        async with database.engine.connect() as connection:
            rows = (await connection.execute(of_district)).all()
        among = [Known(id=str(row[0]), organization=row[1], platform=row[2], handle=row[3]) for row in rows]
        likely_same(queries[place][0], "", queries[place][1], among)

    async def as_filed(place: int) -> None:
        async with database.reading() as unit:
            listed = await unit.registry.listed(district_id="district-0")
        among = [
            Known(id=str(one.number), organization=one.organization, platform=one.platform, handle=one.handle)
            for one in listed
        ]
        likely_same(queries[place][0], "", queries[place][1], among)

    rivals: dict[str, Callable[[int], Awaitable[None]]] = {
        "bare SELECT of the district's 2,000 names": bare,
        "that and likely_same": read_and_search,
        "the registry's own list and likely_same, as at a filing": as_filed,
    }
    await _compare(title, rivals, len(queries))


async def _fill(database: Database, known: Sequence[Known], districts: int) -> None:
    """Write the same accounts into every district, with two administrators each."""
    now = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    async with database.engine.begin() as connection:
        for district in range(districts):
            district_id = f"district-{district}"
            await connection.execute(
                insert(accounts),
                [
                    {
                        "district_id": district_id,
                        "number": int(one.id),
                        "platform": one.platform,
                        "handle": one.handle,
                        "address_key": f"{one.platform}/{one.id}",
                        "organization": one.organization,
                        "status": AccountStatus.LIVE.value,
                        "guideline_version": 1,
                        "created_at": now,
                        "changed_at": now,
                    }
                    for one in known
                ],
            )
            await connection.execute(
                insert(administrators),
                [
                    {
                        "district_id": district_id,
                        "account_number": int(one.id),
                        "email": f"{name}{one.id}@redlandsusd.net",
                        "name": "",
                        "state": AdministratorState.ACCEPTED.value,
                        "asked_at": now,
                        "changed_at": now,
                    }
                    for one in known
                    for name in ("first", "second")
                ],
            )


async def _compare(title: str, rivals: dict[str, Callable[[int], Awaitable[None]]], count: int) -> None:
    """Time rivals in turn and print the ratio to the first. Milliseconds."""
    times: dict[str, list[float]] = {name: [] for name in rivals}
    for place in range(ROUNDS + 3):
        for name, call in rivals.items():
            began = time.perf_counter()
            await call(place % count)
            if place >= 3:
                times[name].append((time.perf_counter() - began) * 1000)
    floor = statistics.median(next(iter(times.values())))
    print(f"\n| {title} | p50 ms | p99 ms | ratio of p50 to the first |")
    print("|---|---|---|---|")
    for name, values in times.items():
        p99 = statistics.quantiles(values, n=100)[98]
        print(f"| {name} | {statistics.median(values):.2f} | {p99:.2f} | {statistics.median(values) / floor:.2f} |")


if __name__ == "__main__":
    main()
