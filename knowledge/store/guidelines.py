"""Guideline versions and their clauses, as rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.guidelines import Clause, Guideline, GuidelineVersionNotFoundError, Modality, Scope
from knowledge.store.tables import clauses, guideline_versions


class GuidelineStore:
    """Guidelines of every district; each call names the one it is about."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def hold(self, district_id: str) -> None:
        """Let no other replica write this district's guidelines before the transaction ends."""
        if self._connection.dialect.name == "postgresql":
            await self._connection.execute(
                select(func.pg_advisory_xact_lock(func.hashtext(f"guidelines/{district_id}")))
            )

    async def version(self, district_id: str, version: int) -> Guideline | None:
        """Return one version with its clauses, or None."""
        wanted = select(guideline_versions).where(
            guideline_versions.c.district_id == district_id, guideline_versions.c.version == version
        )
        row = (await self._connection.execute(wanted)).one_or_none()
        return await self._whole(row) if row else None

    async def published(self, district_id: str) -> Guideline | None:
        """Return the version in force: the one published last. None where nothing was published."""
        row = await self._row_in_force(district_id)
        return await self._whole(row) if row else None

    async def published_version(self, district_id: str) -> tuple[int, datetime] | None:
        """Return number and moment of the version in force without its clauses; cheap enough for every question."""
        row = await self._row_in_force(district_id)
        return (row.version, row.published_at) if row else None

    async def has_any(self, district_id: str) -> bool:
        """Tell whether the district ever imported a document, published or not."""
        versions = select(func.count()).where(guideline_versions.c.district_id == district_id)
        return bool(await self._connection.scalar(versions))

    async def versions(self, district_id: str) -> list[Guideline]:
        """Return every version, newest first, without texts and clauses."""
        rows = await self._connection.execute(
            select(guideline_versions)
            .where(guideline_versions.c.district_id == district_id)
            .order_by(guideline_versions.c.version.desc())
        )
        return [_guideline(row, ()) for row in rows]

    async def every_clause(self, district_id: str) -> tuple[Clause, ...]:
        """Return the clauses of every version, the oldest version first: a number once given is never given again."""
        rows = await self._connection.execute(
            select(clauses).where(clauses.c.district_id == district_id).order_by(clauses.c.version, clauses.c.position)
        )
        return tuple(_clause(row) for row in rows)

    async def add(
        self,
        *,
        district_id: str,
        title: str,
        source_name: str,
        source_text: str,
        found: tuple[Clause, ...],
        imported_at: datetime,
    ) -> int:
        """Keep a document as a new draft version.

        Returns
        -------
        int
            The new version's number, one above the highest before.
        """
        await self.hold(district_id)
        highest = await self._connection.scalar(
            select(func.max(guideline_versions.c.version)).where(guideline_versions.c.district_id == district_id)
        )
        version = (highest or 0) + 1
        await self._connection.execute(
            insert(guideline_versions).values(
                district_id=district_id,
                version=version,
                title=title,
                source_name=source_name,
                source_text=source_text,
                imported_at=imported_at,
            )
        )
        await self._connection.execute(
            insert(clauses),
            [
                {
                    "district_id": district_id,
                    "version": version,
                    "position": position,
                    "clause_id": clause.id,
                    "section_path": list(clause.section_path),
                    "lead_in": clause.lead_in,
                    "text": clause.text,
                    "starts_at_character": clause.start,
                    "ends_at_character": clause.end,
                    "modality": clause.modality.value,
                    "scope": clause.scope.value,
                    "referenced": list(clause.references),
                }
                for position, clause in enumerate(found)
            ],
        )
        return version

    async def publish(self, *, district_id: str, version: int, at: datetime) -> None:
        """Put a version in force.

        Raises
        ------
        GuidelineVersionNotFoundError
            Raised if the district has no such version.
        """
        changed = await self._connection.execute(
            update(guideline_versions)
            .where(guideline_versions.c.district_id == district_id, guideline_versions.c.version == version)
            .values(published_at=at)
        )
        if changed.rowcount != 1:
            raise GuidelineVersionNotFoundError(district_id, version)

    async def _row_in_force(self, district_id: str) -> Row[Any] | None:
        newest = (
            select(guideline_versions)
            .where(guideline_versions.c.district_id == district_id, guideline_versions.c.published_at.is_not(None))
            .order_by(guideline_versions.c.published_at.desc(), guideline_versions.c.version.desc())
            .limit(1)
        )
        return (await self._connection.execute(newest)).one_or_none()

    async def _whole(self, row: Row[tuple[object, ...]]) -> Guideline:
        rows = await self._connection.execute(
            select(clauses)
            .where(clauses.c.district_id == row.district_id, clauses.c.version == row.version)
            .order_by(clauses.c.position)
        )
        return _guideline(row, tuple(_clause(clause_row) for clause_row in rows))


def _guideline(row: Row[tuple[object, ...]], found: tuple[Clause, ...]) -> Guideline:
    return Guideline(
        district_id=row.district_id,
        title=row.title,
        version=row.version,
        published_at=row.published_at,
        effective_on=row.effective_on,
        source_name=row.source_name,
        source_text=row.source_text,
        clauses=found,
    )


def _clause(row: Row[tuple[object, ...]]) -> Clause:
    return Clause(
        id=row.clause_id,
        section_path=tuple(row.section_path),
        lead_in=row.lead_in,
        text=row.text,
        start=row.starts_at_character,
        end=row.ends_at_character,
        modality=Modality(row.modality),
        scope=Scope(row.scope),
        references=tuple(row.referenced),
    )
