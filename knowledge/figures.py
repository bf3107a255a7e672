"""Figures on cases: how many there were, of which kind and school, and how soon somebody claimed them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from knowledge.cases import CaseKind, CaseState, CaseTimes


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFigures:
    """The figures of a stretch of time."""

    since: datetime
    until: datetime
    opened: Mapping[CaseKind, int]
    resolved: int
    live: int
    """How many are open or claimed now, whenever they were opened."""

    time_to_claim: Mapping[CaseKind, timedelta]
    """Median time from opening to the first claim, of what was opened in that time; a kind without one is left out."""

    time_to_claim_by_school: Mapping[str, timedelta]
    """The same by school or office."""

    by_school: Mapping[str, int]
    """The most frequent first; what names no school is left out."""


def figures_of(cases: Iterable[CaseTimes], *, since: datetime, until: datetime) -> CaseFigures:
    """Count the cases of a stretch of time.

    Parameters
    ----------
    cases
        Those that were opened in it, and every live one; others do not count.
    since, until
        Aware; from the first, up to but without the second.
    """
    found = list(cases)
    opened = [case for case in found if since <= case.opened_at < until]
    by_kind: dict[CaseKind, list[timedelta]] = {}
    by_school: dict[str, list[timedelta]] = {}
    for case in opened:
        if case.first_claimed_at is not None:
            waited = case.first_claimed_at - case.opened_at
            by_kind.setdefault(case.kind, []).append(waited)
            by_school.setdefault(case.school, []).append(waited)
    kinds = Counter(case.kind for case in opened)
    return CaseFigures(
        since=since,
        until=until,
        opened={kind: kinds[kind] for kind in CaseKind},
        resolved=sum(case.resolved_at is not None and since <= case.resolved_at < until for case in found),
        live=sum(case.state in {CaseState.OPEN, CaseState.CLAIMED} for case in found),
        time_to_claim={kind: _median(by_kind[kind]) for kind in CaseKind if kind in by_kind},
        time_to_claim_by_school={school: _median(waits) for school, waits in by_school.items() if school},
        by_school=dict(Counter(case.school for case in opened if case.school).most_common()),
    )


def _median(waits: Iterable[timedelta]) -> timedelta:
    return timedelta(seconds=median(waited.total_seconds() for waited in waits))
