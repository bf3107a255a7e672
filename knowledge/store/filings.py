"""Filings, as rows."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, String, cast, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.filings import (
    SAME_FILING_WINDOW,
    Details,
    Filing,
    FilingAlreadyDecidedError,
    FilingForce,
    FilingKind,
    FilingNotFoundError,
    FilingState,
    NamedPerson,
)
from knowledge.people import Person, same_email
from knowledge.store.locks import hold
from knowledge.store.signatures import signature, signer
from knowledge.store.tables import filings, outbox

_OPEN = tuple(state.value for state in FilingState if state.is_open)


class FilingStore:
    """Filings of every district; each call names the one it is about."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def hold(self, district_id: str) -> None:
        """Let no other replica file anything in this district before the transaction ends."""
        await hold(self._connection, f"filings/{district_id}")

    async def same(self, *, district_id: str, same_key: str, now: datetime) -> Filing | None:
        """Return the filing that said the same, where it is still open or was made a short while ago.

        An older one gives its key up, so that the same thing can be filed anew.
        """
        row = (
            await self._connection.execute(
                select(filings).where(filings.c.district_id == district_id, filings.c.same_key == same_key)
            )
        ).one_or_none()
        if row is None:
            return None
        filing = _filing(row)
        if filing.state.is_open or now - filing.filed_at < SAME_FILING_WINDOW:
            return filing
        await self._connection.execute(
            update(filings)
            .where(filings.c.district_id == district_id, filings.c.number == filing.number)
            .values(same_key=None)
        )
        return None

    async def add(self, filing: Filing) -> Filing:
        """Keep a new filing under the next number of its district.

        Parameters
        ----------
        filing
            Its number does not count; the caller holds the district (`hold`).

        Returns
        -------
        Filing
            The same with its number.
        """
        highest = await self._connection.scalar(
            select(func.max(filings.c.number)).where(filings.c.district_id == filing.district_id)
        )
        numbered = replace(filing, number=(highest or 0) + 1)
        await self._connection.execute(
            insert(filings).values(
                district_id=numbered.district_id,
                number=numbered.number,
                kind=numbered.kind.value,
                state=numbered.state.value,
                revision=numbered.revision,
                filed_at=numbered.filed_at,
                filer=signature(numbered.filer),
                fields=asdict(numbered.details),
                account_number=numbered.account_number,
                force=numbered.force.value,
                clause_id=numbered.clause_id,
                guideline_version=numbered.guideline_version,
                same_key=numbered.same_key,
                reason=numbered.reason,
            )
        )
        return numbered

    async def get(self, *, district_id: str, number: int) -> Filing:
        """Return one filing, held until the transaction ends.

        Raises
        ------
        FilingNotFoundError
            Raised if this district has no such filing.
        """
        row = (
            await self._connection.execute(
                select(filings)
                .where(filings.c.district_id == district_id, filings.c.number == number)
                .with_for_update()
            )
        ).one_or_none()
        if row is None:
            raise FilingNotFoundError(number)
        return _filing(row)

    async def settle(self, filing: Filing, *, state: FilingState, by: Person, at: datetime, reason: str = "") -> Filing:
        """Bring an open filing into another state, once.

        Raises
        ------
        FilingAlreadyDecidedError
            Raised if it was changed since it was read; the filing inside is as it is now.
        """
        settled = replace(
            filing,
            state=state,
            revision=filing.revision + 1,
            decided_at=at,
            decided_by=by,
            reason=reason,
            same_key=None if state.is_refused else filing.same_key,
        )
        await self._write(filing, settled)
        return settled

    async def refile(self, filing: Filing, *, details: Details, same_key: str | None = None) -> Filing:
        """Put new details in the place of the old ones and let it wait again.

        Raises
        ------
        FilingAlreadyDecidedError
            Raised if it was changed since it was read.
        """
        waiting = replace(
            filing,
            details=details,
            state=FilingState.WAITING,
            revision=filing.revision + 1,
            decided_at=None,
            decided_by=None,
            reason="",
            same_key=same_key or filing.same_key,
        )
        await self._write(filing, waiting)
        return waiting

    async def open(self, *, district_id: str) -> list[Filing]:
        """Return the filings that somebody still has to do something about, the oldest first."""
        return await self._found(district_id, filings.c.state.in_(_OPEN))

    async def waiting_for_principal(self, *, district_id: str, email: str) -> list[Filing]:
        """Return the filings that wait for the decision of a principal of this e-mail address."""
        waiting = (filings.c.kind == FilingKind.LOGO.value) & (filings.c.state == FilingState.WAITING.value)
        found = await self._found(district_id, waiting)
        wanted = same_email(email)
        return [each for each in found if each.details.principal and same_email(each.details.principal.email) == wanted]

    async def of_person(self, *, district_id: str, person: Person, most: int = 20) -> list[Filing]:
        """Return the latest filings of a person, the newest first."""
        is_theirs = filings.c.filer["platform"].as_string() == person.platform
        is_theirs &= filings.c.filer["id"].as_string() == person.id
        if person.email:
            is_theirs = or_(is_theirs, filings.c.filer["email"].as_string() == person.email)
        found = await self._found(district_id, is_theirs)
        return found[::-1][:most]

    async def on_account(self, *, district_id: str, account_number: int) -> list[Filing]:
        """Return the filings about an account, the oldest first."""
        return await self._found(district_id, filings.c.account_number == account_number)

    async def release(self, *, district_id: str, account_number: int, but: int) -> None:
        """Let what was filed on an account be filed anew, all but one filing and what still waits for approval."""
        await self._connection.execute(
            update(filings)
            .where(
                filings.c.district_id == district_id,
                filings.c.account_number == account_number,
                filings.c.number != but,
                or_(filings.c.state.not_in(_OPEN), filings.c.force != FilingForce.APPROVAL.value),
            )
            .values(same_key=None)
        )

    async def without_next_step(self, *, district_id: str) -> list[Filing]:
        """Return the open filings that nothing would ever bring up again: no reminder of theirs is pending."""
        reminders = select(outbox.c.id).where(
            outbox.c.district_id == district_id,
            outbox.c.subject == literal("filing/") + cast(filings.c.number, String),
            outbox.c.kind == "reminder",
            outbox.c.state == "pending",
        )
        return await self._found(district_id, filings.c.state.in_(_OPEN) & ~reminders.exists())

    async def _found(self, district_id: str, condition: ColumnElement[bool]) -> list[Filing]:
        rows = await self._connection.execute(
            select(filings).where(filings.c.district_id == district_id, condition).order_by(filings.c.number)
        )
        return [_filing(row) for row in rows]

    async def _write(self, before: Filing, after: Filing) -> None:
        """Write what changed, only where nobody changed it in between."""
        changed = await self._connection.execute(
            update(filings)
            .where(
                filings.c.district_id == before.district_id,
                filings.c.number == before.number,
                filings.c.revision == before.revision,
                filings.c.state.in_(_OPEN),
            )
            .values(
                state=after.state.value,
                revision=after.revision,
                fields=asdict(after.details),
                same_key=after.same_key,
                decided_at=after.decided_at,
                decided_by=signature(after.decided_by) if after.decided_by else None,
                reason=after.reason,
            )
        )
        if changed.rowcount != 1:
            raise FilingAlreadyDecidedError(await self.get(district_id=before.district_id, number=before.number))


def _filing(row: Row[Any]) -> Filing:
    return Filing(
        district_id=row.district_id,
        number=row.number,
        kind=FilingKind(row.kind),
        state=FilingState(row.state),
        revision=row.revision,
        filed_at=row.filed_at,
        filer=signer(row.filer),
        details=_details(row.fields),
        account_number=row.account_number,
        force=FilingForce(row.force),
        clause_id=row.clause_id,
        guideline_version=row.guideline_version,
        same_key=row.same_key,
        decided_at=row.decided_at,
        decided_by=signer(row.decided_by) if row.decided_by else None,
        reason=row.reason,
    )


def _details(kept: dict[str, Any]) -> Details:
    def people(found: Iterable[dict[str, str]]) -> tuple[NamedPerson, ...]:
        return tuple(NamedPerson(**person) for person in found)

    return Details(
        **{
            **kept,
            "administrators": people(kept["administrators"]),
            "supervisor": NamedPerson(**kept["supervisor"]) if kept["supervisor"] else None,
            "principal": NamedPerson(**kept["principal"]) if kept["principal"] else None,
        }
    )
