"""How a district gets its guidelines in: a document becomes a draft version."""

from collections.abc import Sequence
from pathlib import Path

from knowledge.clock import Clock
from knowledge.guidelines import Clause
from knowledge.ingest.reading import Reading, read_guideline
from knowledge.store.unit import UnitOfWork


async def import_guideline(
    name: str,
    source: Path | Reading,
    *,
    district_id: str,
    previous: Sequence[Clause],
    unit: UnitOfWork,
    clock: Clock,
    title: str = "",
) -> tuple[int, Reading]:
    """Read a document and keep it as a new draft version.

    Parameters
    ----------
    name
        Name of the file, whose ending tells the format.
    source
        The file, or what was read from an upload before: reading takes a second that no transaction should last.
    previous
        Clauses of the former versions, whose ids are kept.
    title
        What the district calls the document; its own title where empty.

    Returns
    -------
    tuple
        The number of the new version, and what was read.

    Raises
    ------
    GuidelineNotReadableError
        Raised if no clauses can be read; nothing is stored then.
    """
    reading = source
    if isinstance(reading, Path):
        reading = read_guideline(reading, district_id=district_id, previous=previous)
    version = await unit.guidelines.add(
        district_id=district_id,
        title=title or reading.title,
        source_name=name,
        source_text=reading.source_text,
        found=reading.clauses,
        imported_at=clock.now(),
    )
    return version, reading
