"""Cases and what happened to them, as rows."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, String, and_, cast, delete, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.cases import (
    Case,
    CaseChangedError,
    CaseKind,
    CaseNotFoundError,
    CaseOutcome,
    CaseState,
    CaseStep,
    CaseTimes,
    TimelineEntry,
)
from knowledge.people import Person
from knowledge.store.signatures import signature, signer
from knowledge.store.tables import case_timeline, cases, outbox

_LIVE = (CaseState.OPEN.value, CaseState.CLAIMED.value)


class CaseStore:
    """Cases of every district; each call names the one it is about.

    Whoever writes holds the district first (`FilingStore.hold`): numbers and positions are counted under it.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, case: Case) -> Case:
        """Keep a new case under the next number of its district; its own number does not count."""
        highest = await self._connection.scalar(
            select(func.max(cases.c.number)).where(cases.c.district_id == case.district_id)
        )
        numbered = replace(case, number=(highest or 0) + 1)
        await self._connection.execute(
            insert(cases).values(district_id=numbered.district_id, number=numbered.number, **_values(numbered))
        )
        return numbered

    async def get(self, *, district_id: str, number: int) -> Case:
        """Return one case, held until the transaction ends.

        Raises
        ------
        CaseNotFoundError
            Raised if this district has no such case.
        """
        row = (
            await self._connection.execute(
                select(cases).where(cases.c.district_id == district_id, cases.c.number == number).with_for_update()
            )
        ).one_or_none()
        if row is None:
            raise CaseNotFoundError(number)
        return _case(row)

    async def of_question(self, *, district_id: str, question_id: str) -> Case | None:
        """Return the case that a question was made into, or None."""
        found = await self._found(and_(cases.c.district_id == district_id, cases.c.question_id == question_id))
        return found[0] if found else None

    async def change(self, before: Case, after: Case) -> Case:
        """Put a case as it is now in the place of what was read of it, and count the change.

        Raises
        ------
        CaseChangedError
            Raised if somebody else changed it in between; the case inside is as it is now.
        """
        counted = replace(after, revision=before.revision + 1)
        changed = await self._connection.execute(
            update(cases)
            .where(
                cases.c.district_id == before.district_id,
                cases.c.number == before.number,
                cases.c.revision == before.revision,
            )
            .values(**_values(counted))
        )
        if changed.rowcount != 1:
            raise CaseChangedError(await self.get(district_id=before.district_id, number=before.number))
        return counted

    async def live(self, *, district_id: str) -> list[Case]:
        """Return the cases that somebody still has to do something about, the oldest first."""
        return await self._found(and_(cases.c.district_id == district_id, cases.c.state.in_(_LIVE)))

    async def joined_to(self, *, district_id: str, number: int) -> list[Case]:
        """Return the cases that are worked on as one with another."""
        return await self._found(and_(cases.c.district_id == district_id, cases.c.joined_to == number))

    async def of_person(self, *, district_id: str, person: Person, most: int = 20) -> list[Case]:
        """Return the latest cases that a person opened, the newest first."""
        is_theirs = and_(
            cases.c.opener["platform"].as_string() == person.platform, cases.c.opener["id"].as_string() == person.id
        )
        if person.email:
            is_theirs = or_(is_theirs, cases.c.opener["email"].as_string() == person.email)
        found = await self._found(and_(cases.c.district_id == district_id, is_theirs))
        return found[::-1][:most]

    async def without_next_step(self, *, district_id: str) -> list[Case]:
        """Return the live cases that nothing would ever bring up again: no reminder of theirs is pending."""
        reminders = select(outbox.c.id).where(
            outbox.c.district_id == district_id,
            outbox.c.subject == literal("case/") + cast(cases.c.number, String),
            outbox.c.kind == "reminder",
            outbox.c.state == "pending",
        )
        return await self._found(
            and_(cases.c.district_id == district_id, cases.c.state.in_(_LIVE), ~reminders.exists())
        )

    async def times(self, *, district_id: str, since: datetime | None = None) -> list[CaseTimes]:
        """Return what figures need: every case opened since a moment, and every live one."""
        wanted = cases.c.district_id == district_id
        if since is not None:
            wanted = and_(wanted, or_(cases.c.opened_at >= since, cases.c.state.in_(_LIVE)))
        return [
            CaseTimes(
                number=case.number,
                kind=case.kind,
                state=case.state,
                school=case.school,
                opened_at=case.opened_at,
                first_claimed_at=case.first_claimed_at,
                resolved_at=case.resolved_at,
                outcome=case.outcome,
            )
            for case in await self._found(wanted)
        ]

    async def note(
        self,
        case: Case,
        step: CaseStep,
        *,
        who: Person,
        at: datetime,
        text: str = "",
        arrivals: Mapping[str, str] | None = None,
    ) -> TimelineEntry:
        """Write what happened into the timeline of a case."""
        of_case = and_(case_timeline.c.district_id == case.district_id, case_timeline.c.case_number == case.number)
        last = await self._connection.scalar(select(func.max(case_timeline.c.position)).where(of_case))
        entry = TimelineEntry(
            district_id=case.district_id,
            case_number=case.number,
            position=(last or 0) + 1,
            at=at,
            step=step,
            who=who,
            text=text,
            arrivals=dict(arrivals or {}),
        )
        await self._connection.execute(
            insert(case_timeline).values(
                district_id=entry.district_id,
                case_number=entry.case_number,
                position=entry.position,
                at=entry.at,
                step=entry.step.value,
                who=signature(entry.who),
                text=entry.text,
                arrivals=dict(entry.arrivals),
            )
        )
        return entry

    async def set_arrivals(self, entry: TimelineEntry, arrivals: Mapping[str, str]) -> TimelineEntry:
        """Note what became of a message of the talk."""
        await self._connection.execute(
            update(case_timeline)
            .where(
                case_timeline.c.district_id == entry.district_id,
                case_timeline.c.case_number == entry.case_number,
                case_timeline.c.position == entry.position,
            )
            .values(arrivals=dict(arrivals))
        )
        return replace(entry, arrivals=dict(arrivals))

    async def timeline(self, *, district_id: str, number: int) -> list[TimelineEntry]:
        """Return everything that happened to a case, in order."""
        rows = await self._connection.execute(
            select(case_timeline)
            .where(case_timeline.c.district_id == district_id, case_timeline.c.case_number == number)
            .order_by(case_timeline.c.position)
        )
        return [_entry(row) for row in rows]

    async def forget_before(self, *, district_id: str, before: datetime, schools: Collection[str] = ()) -> int:
        """Forget what was said in cases that were resolved before a moment, and in those joined to them; times stay.

        Parameters
        ----------
        schools
            Names that may stay, because the district's settings have them; what somebody typed is forgotten, too.

        Returns
        -------
        int
            How many cases were emptied.
        """
        main = cases.alias("main")
        is_over = or_(
            cases.c.resolved_at < before,
            select(main.c.number)
            .where(
                main.c.district_id == cases.c.district_id,
                main.c.number == cases.c.joined_to,
                main.c.resolved_at < before,
            )
            .exists(),
        )
        has_steps = (
            select(case_timeline.c.position)
            .where(case_timeline.c.district_id == cases.c.district_id, case_timeline.c.case_number == cases.c.number)
            .exists()
        )
        says_something = or_(cases.c.summary != "", cases.c.ruling != "", has_steps)
        old = and_(cases.c.district_id == district_id, is_over, says_something)
        numbers: Collection[int] = list(
            (await self._connection.execute(select(cases.c.number).where(old))).scalars().all()
        )
        if not numbers:
            return 0
        of_old = and_(case_timeline.c.district_id == district_id, case_timeline.c.case_number.in_(numbers))
        await self._connection.execute(delete(case_timeline).where(of_old))
        nobody = signature(Person(platform="", id=""))
        await self._connection.execute(
            update(cases)
            .where(cases.c.district_id == district_id, cases.c.number.in_(numbers))
            .values(summary="", ruling="", links=[], opener=nobody, question_id=None)
        )
        await self._connection.execute(
            update(cases)
            .where(
                cases.c.district_id == district_id, cases.c.number.in_(numbers), cases.c.school.not_in(list(schools))
            )
            .values(school="")
        )
        return len(numbers)

    async def _found(self, condition: ColumnElement[bool]) -> list[Case]:
        rows = await self._connection.execute(select(cases).where(condition).order_by(cases.c.number))
        return [_case(row) for row in rows]


def _values(case: Case) -> dict[str, Any]:
    return {
        "kind": case.kind.value,
        "state": case.state.value,
        "revision": case.revision,
        "opened_at": case.opened_at,
        "opener": signature(case.opener),
        "summary": case.summary,
        "links": list(case.links),
        "platform": case.platform,
        "account_number": case.account_number,
        "school": case.school,
        "clause_ids": list(case.clause_ids),
        "guideline_version": case.guideline_version,
        "question_id": case.question_id or None,
        "turn": case.turn,
        "claimed_by": signature(case.claimed_by) if case.claimed_by else None,
        "claimed_at": case.claimed_at,
        "first_claimed_at": case.first_claimed_at,
        "active_at": case.active_at,
        "resolved_by": signature(case.resolved_by) if case.resolved_by else None,
        "resolved_at": case.resolved_at,
        "outcome": case.outcome.value if case.outcome else None,
        "ruling": case.ruling,
        "joined_to": case.joined_to,
    }


def _case(row: Row[Any]) -> Case:
    return Case(
        district_id=row.district_id,
        number=row.number,
        kind=CaseKind(row.kind),
        state=CaseState(row.state),
        revision=row.revision,
        opened_at=row.opened_at,
        opener=signer(row.opener),
        summary=row.summary,
        links=tuple(row.links),
        platform=row.platform,
        account_number=row.account_number,
        school=row.school,
        clause_ids=tuple(row.clause_ids),
        guideline_version=row.guideline_version,
        question_id=row.question_id or "",
        turn=row.turn,
        claimed_by=signer(row.claimed_by) if row.claimed_by else None,
        claimed_at=row.claimed_at,
        first_claimed_at=row.first_claimed_at,
        active_at=row.active_at,
        resolved_by=signer(row.resolved_by) if row.resolved_by else None,
        resolved_at=row.resolved_at,
        outcome=CaseOutcome(row.outcome) if row.outcome else None,
        ruling=row.ruling,
        joined_to=row.joined_to,
    )


def _entry(row: Row[Any]) -> TimelineEntry:
    return TimelineEntry(
        district_id=row.district_id,
        case_number=row.case_number,
        position=row.position,
        at=row.at,
        step=CaseStep(row.step),
        who=signer(row.who),
        text=row.text,
        arrivals=dict(row.arrivals),
    )
