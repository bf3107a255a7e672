"""``postwise guidelines``: imports a document into clauses, lists versions, puts one in force."""

import argparse
import asyncio
import json
import re
import sys
from typing import Any

from bot.assemble import existing_database, open_database
from bot.settings import Settings, read_settings
from handlers.founding import import_guideline
from knowledge.clock import SystemClock
from knowledge.district import (
    DISTRICT_ID_PATTERN,
    SHIPPED,
    DistrictNotFoundError,
    DistrictNotValidError,
    read_districts,
)
from knowledge.guidelines import Clause
from knowledge.ingest.reading import Reading, read_guideline
from knowledge.store.migrate import migrate
from knowledge.store.unit import Database


def run(parsed: argparse.Namespace) -> int:
    """Run one action on a district's guidelines."""
    return asyncio.run(_run(parsed))


async def _run(parsed: argparse.Namespace) -> int:
    settings = read_settings()
    match parsed.action:
        case "import" if parsed.dry_run:
            return await _dry_run(parsed, settings)
        case "import":
            return await _import(parsed, settings)
        case "publish":
            database = await _database(settings)
            try:
                async with database.unit() as unit:
                    await unit.guidelines.publish(
                        district_id=parsed.district, version=parsed.version, at=SystemClock().now()
                    )
            finally:
                await database.close()
            print(f"version {parsed.version} of {parsed.district}'s guidelines is in force")
            return 0
        case _:
            return await _list(parsed, settings)


async def _dry_run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print the clauses a document would give, with the ids they would get, and store nothing."""
    if not re.match(DISTRICT_ID_PATTERN, parsed.district):
        problem = "use small letters, digits and hyphens, beginning with a letter"
        raise DistrictNotValidError(parsed.district, (("district", problem),))
    reading = read_guideline(
        parsed.file, district_id=parsed.district, previous=await _previous(parsed.district, settings)
    )
    _warn_of_pictures(reading)
    _print(reading, as_json=parsed.json)
    return 0


async def _import(parsed: argparse.Namespace, settings: Settings) -> int:
    _require_district(parsed.district, settings)
    previous = await _previous(parsed.district, settings)
    database = await _database(settings)
    try:
        async with database.unit() as unit:
            version, reading = await import_guideline(
                parsed.file.name,
                parsed.file,
                district_id=parsed.district,
                previous=previous,
                unit=unit,
                clock=SystemClock(),
            )
    finally:
        await database.close()
    if parsed.json:
        _print(reading, as_json=True)
        return 0
    _warn_of_pictures(reading)
    print(f"{len(reading.clauses)} clauses imported as draft version {version} of {parsed.district}'s guidelines.")
    print(f"Read them, then: postwise guidelines publish --district {parsed.district} --version {version}")
    return 0


async def _list(parsed: argparse.Namespace, settings: Settings) -> int:
    _require_district(parsed.district, settings)
    database = await _database(settings)
    try:
        async with database.unit() as unit:
            versions = await unit.guidelines.versions(parsed.district)
    finally:
        await database.close()
    for guideline in versions:
        state = f"published {guideline.published_at:%Y-%m-%d %H:%M}" if guideline.published_at else "draft"
        print(f"version {guideline.version}: {guideline.title} ({guideline.source_name}), {state}")
    if not versions:
        print(f"{parsed.district}: nothing imported. Answers come from the document in its folder, if it has one.")
    return 0


async def _previous(district_id: str, settings: Settings) -> tuple[Clause, ...]:
    """Return the clauses whose ids a new version keeps: the stored ones, else those of the district's folder."""
    database = await existing_database(settings)
    if database is not None:
        try:
            async with database.unit() as unit:
                known_clauses = await unit.guidelines.every_clause(district_id)
        finally:
            await database.close()
        if known_clauses:
            return known_clauses
    known = read_districts((SHIPPED, settings.districts)).get(district_id)
    if known is None or not known[0].guideline_file:
        return ()
    return read_guideline(known[1] / known[0].guideline_file, district_id=district_id).clauses


def _require_district(district_id: str, settings: Settings) -> None:
    known = read_districts((SHIPPED, settings.districts))
    if district_id not in known:
        raise DistrictNotFoundError(district_id, tuple(known))


async def _database(settings: Settings) -> Database:
    database = open_database(settings)
    await migrate(database.engine)
    return database


def _print(reading: Reading, *, as_json: bool) -> None:
    if as_json:
        print(
            json.dumps(
                {"title": reading.title, "clauses": [_as_object(clause) for clause in reading.clauses]},
                ensure_ascii=False,
            )
        )
        return
    section: tuple[str, ...] | None = None
    for clause in reading.clauses:
        if clause.section_path != section:
            section = clause.section_path
            print(f"\n{' > '.join(section)}")
        print(f"  [{clause.id.split('/', 1)[1]}, {clause.modality.value}] {clause.text}")


def _warn_of_pictures(reading: Reading) -> None:
    if reading.unread_pages:
        pages = ", ".join(str(page) for page in reading.unread_pages)
        print(f"Pages that hold a picture and no text, so nothing was read from them: {pages}.", file=sys.stderr)


def _as_object(clause: Clause) -> dict[str, Any]:
    return {
        "id": clause.id,
        "section": clause.section,
        "section_path": list(clause.section_path),
        "lead_in": clause.lead_in,
        "text": clause.text,
        "start": clause.start,
        "end": clause.end,
        "modality": clause.modality.value,
        "scope": clause.scope.value,
        "references": list(clause.references),
    }
