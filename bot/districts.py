"""The districts of this installation with their published guidelines, indexed once a version."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from handlers.context import IndexedShelf, Shelf
from handlers.founding import import_guideline
from knowledge.district import (
    DISTRICT_ID_PATTERN,
    SHIPPED,
    District,
    DistrictNotFoundError,
    DistrictNotValidError,
    NoGuidelineInForceError,
    read_districts,
    read_links,
)
from knowledge.guidelines import Guideline
from knowledge.ingest.reading import read_guideline
from knowledge.search.precedents import PrecedentIndex

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from knowledge.clock import Clock
    from knowledge.precedents import Precedent
    from knowledge.search.finding import Search

    # Answering from the command line needs no database, and importing one takes a third of a second.
    from knowledge.store.unit import Database


class Districts:
    """Every district of this installation."""

    def __init__(self, *, search: Search | None, database: Database | None, clock: Clock, added: Path) -> None:
        """Read the shipped and the added districts.

        Parameters
        ----------
        search
            None where nothing is searched, only delivered.
        database
            None to answer from the documents in the districts' folders alone, storing nothing.
        added
            Folder of the districts beside the shipped ones; need not exist.
        """
        self._search = search
        self._database = database
        self._clock = clock
        self._added = added
        self._shelves: dict[str, tuple[tuple[int, datetime] | None, Shelf]] = {}
        self._indexed: dict[str, IndexedShelf] = {}
        self._rulings: dict[str, tuple[tuple[int, int], tuple[Precedent, ...]]] = {}
        self._ruled: dict[str, tuple[Precedent, ...]] = {}
        self._indexing = asyncio.Lock()
        self._districts: dict[str, tuple[District, Path]] = {}
        self.reread()

    def reread(self) -> None:
        """Read the districts' settings again: one was added or changed."""
        self._broken: dict[str, DistrictNotValidError] = {}
        self._districts = read_districts((SHIPPED, self._added), broken=self._broken)
        self._shelves.clear()
        self._indexed.clear()
        self._rulings.clear()

    @property
    def all(self) -> Mapping[str, District]:
        """Every district by id."""
        return {district_id: district for district_id, (district, _) in self._districts.items()}

    async def shelf(self, district_id: str) -> Shelf:
        """Return a district's published guidelines.

        Raises
        ------
        DistrictNotFoundError
            Raised if no such district is set up.
        DistrictNotValidError
            Raised if the district's settings cannot be used.
        NoGuidelineInForceError
            Raised if the district has published no guidelines.
        """
        if district_id in self._broken:
            raise self._broken[district_id]
        if district_id not in self._districts and self._was_added_since(district_id):
            self.reread()
        if district_id not in self._districts:
            raise DistrictNotFoundError(district_id, tuple(self._districts))
        in_force = await self._in_force(district_id)
        kept = self._shelves.get(district_id)
        if kept is not None and kept[0] == in_force:
            return kept[1]
        guideline = await self._guideline(district_id)
        if guideline is None:
            raise NoGuidelineInForceError(district_id)
        shelf = Shelf(district=self._districts[district_id][0], guideline=guideline)
        self._shelves[district_id] = (in_force, shelf)
        return shelf

    async def indexed(self, district_id: str) -> IndexedShelf:
        """Return a district's published guidelines, ready to be searched; raises what `shelf` raises."""
        assert self._search is not None, "whoever only delivers searches nothing"
        shelf = await self.shelf(district_id)
        rulings = await self._rulings_of(district_id)
        async with self._indexing:
            kept = self._indexed.get(district_id)
            is_same_guideline = kept is not None and kept.guideline is shelf.guideline
            if kept is not None and is_same_guideline and self._ruled.get(district_id) is rulings:
                return kept
            if kept is not None and is_same_guideline:
                index = kept.index
            else:
                _, folder = self._districts[district_id]
                links = read_links(district_id, folder)
                index = await asyncio.to_thread(self._search.index, shelf.guideline.clauses, links)
            standing = [each for each in rulings if each.stands(shelf.guideline.clauses)]
            precedents = await asyncio.to_thread(PrecedentIndex, standing, encoder=self._search.encoder)
            indexed = IndexedShelf(
                district=shelf.district, guideline=shelf.guideline, index=index, precedents=precedents
            )
            self._indexed[district_id], self._ruled[district_id] = indexed, rulings
            return indexed

    async def _rulings_of(self, district_id: str) -> tuple[Precedent, ...]:
        """Return the rulings that were not withdrawn; the very same tuple until there are others."""
        if self._database is None:
            return ()
        async with self._database.reading() as unit:
            edition = await unit.precedents.edition(district_id=district_id)
            known = self._rulings.get(district_id)
            if known is not None and known[0] == edition:
                return known[1]
            rulings = tuple(await unit.precedents.standing(district_id=district_id))
        self._rulings[district_id] = (edition, rulings)
        return rulings

    def _was_added_since(self, district_id: str) -> bool:
        """Tell whether another process has set a district up after this one had read them all."""
        is_name = re.match(DISTRICT_ID_PATTERN, district_id) is not None
        return is_name and (self._added / district_id / "district.toml").exists()

    async def published(self, district_id: str) -> Guideline | None:
        """Return a district's guidelines in force, or None."""
        try:
            return (await self.shelf(district_id)).guideline
        except (DistrictNotFoundError, NoGuidelineInForceError):
            return None

    async def publish_shipped(self) -> None:
        """Publish the document in each district's folder where the district has no guidelines yet."""
        assert self._database is not None
        for district_id, (district, folder) in self._districts.items():
            if not district.guideline_file:
                continue
            async with self._database.unit() as unit:
                await unit.guidelines.hold(district_id)
                if await unit.guidelines.has_any(district_id):
                    continue
                version, _ = await import_guideline(
                    district.guideline_file,
                    folder / district.guideline_file,
                    district_id=district_id,
                    previous=(),
                    unit=unit,
                    clock=self._clock,
                    title=district.guideline_title,
                )
                await unit.guidelines.publish(district_id=district_id, version=version, at=self._clock.now())

    async def _in_force(self, district_id: str) -> tuple[int, datetime] | None:
        """Return what tells one published version from another; None where nothing is published."""
        if self._database is None:
            return None
        async with self._database.reading() as unit:
            return await unit.guidelines.published_version(district_id)

    async def _guideline(self, district_id: str) -> Guideline | None:
        if self._database is not None:
            async with self._database.reading() as unit:
                published = await unit.guidelines.published(district_id)
            if published is not None:
                return published
        # Nothing published yet: the document in the district's folder is what `publish_shipped` will publish.
        district, folder = self._districts[district_id]
        if not district.guideline_file:
            return None
        reading = read_guideline(folder / district.guideline_file, district_id=district_id)
        return Guideline(
            district_id=district_id,
            title=district.guideline_title or reading.title,
            version=1,
            published_at=None,
            source_name=district.guideline_file,
            source_text=reading.source_text,
            clauses=reading.clauses,
        )
