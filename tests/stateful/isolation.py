"""Nothing of one district reaches another: no row, no word, no clause, no message."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.delivery.payload import reply_json
from tests.stateful.happening import Happening, Step
from tests.stateful.rows import Change, Rows, parsed
from tests.stateful.three_districts import DISTRICTS, SHORT_NAMES, Marks

_NAMED_FILING = re.compile(r"(?P<already>already filed as )?\bR-(?P<number>[0-9]+)")


class LeakError(AssertionError):
    """Something of one district was seen or changed from another."""


def check(step: Step, changes: list[Change], marks: Marks, clauses: Mapping[str, Mapping[str, str]]) -> None:
    """Look at everything that a step wrote and said.

    Raises
    ------
    LeakError
        Raised if any of it is another district's.
    """
    concerned = {happening.district_id for happening in step.happenings}
    for change in changes:
        if change.district_id not in concerned:
            raise LeakError(f"a row of {change.district_id} was touched from {concerned}: {change}")
        if change.table == "outbox" and change.after is not None:
            _check_address(change.district_id, change.after["platform"], change.after["address"])
            _check_words(change.district_id, change.after["payload"] or "", marks)
            _check_quotes(change.district_id, parsed(change.after, "payload"), clauses)
    for happening in step.happenings:
        _check_happening(happening, marks, clauses)
        _check_numbers(happening, step.after)


def _check_happening(happening: Happening, marks: Marks, clauses: Mapping[str, Mapping[str, str]]) -> None:
    _check_words(happening.district_id, happening.said, marks)
    for post in happening.outcome.posts:
        _check_address(happening.district_id, post.conversation.platform, post.conversation.address)
        _check_quotes(happening.district_id, reply_json(post.reply), clauses)
    if happening.outcome.reply is not None:
        _check_quotes(happening.district_id, reply_json(happening.outcome.reply), clauses)


def _check_numbers(happening: Happening, rows: Rows) -> None:
    """Whoever is told of a filing is told of one of their own district's, and of one that is what they filed."""
    filings = rows.of("filings", happening.district_id)
    for said in _NAMED_FILING.finditer(happening.said):
        found = filings.get((int(said["number"]),))
        is_another = said["already"] and found is not None and f'"{found["kind"]}"' not in happening.value
        if found is None or is_another:
            raise LeakError(
                f"{happening.district_id} is told of a filing that is not its own: {said[0]} {happening.value}"
            )


def _check_address(district_id: str, platform: str, address: str) -> None:
    if platform and address.split("/")[1] != district_id:
        raise LeakError(f"{district_id} writes to {platform}/{address}")


def _check_words(district_id: str, text: str, marks: Marks) -> None:
    strange = marks.strange_in(district_id, text)
    if strange:
        raise LeakError(f"{district_id} is told of {sorted(strange)}, which nobody typed there: {text[:2000]}")
    for other in DISTRICTS:
        if other != district_id and SHORT_NAMES[other] in text:
            raise LeakError(f"{district_id} is told of {other}: {text[:2000]}")


def _check_quotes(district_id: str, kept: Any, clauses: Mapping[str, Mapping[str, str]]) -> None:
    for quote in _quotes(kept):
        if clauses[district_id].get(quote["clause_id"]) != quote["text"]:
            raise LeakError(f"{district_id} is quoted {quote['clause_id']}: {quote['text'][:200]}")


def _quotes(kept: Any) -> Iterator[dict[str, Any]]:
    """Yield every quoted clause, however deep it stands."""
    if isinstance(kept, dict):
        if "clause_id" in kept:
            yield kept
        for each in kept.values():
            yield from _quotes(each)
    elif isinstance(kept, list):
        for each in kept:
            yield from _quotes(each)
