"""How a district gets its guidelines in: a document becomes a draft version, a third district comes into being."""

from collections.abc import Sequence
from pathlib import Path

from knowledge.clock import Clock
from knowledge.guidelines import Clause
from knowledge.ingest.reading import Reading, read_guideline, read_guideline_bytes
from knowledge.store.unit import UnitOfWork


async def import_guideline(
    name: str, source: Path | bytes, *, district_id: str, previous: Sequence[Clause], unit: UnitOfWork, clock: Clock
) -> tuple[int, Reading]:
    """Read a document and keep it as a new draft version.

    Parameters
    ----------
    name
        Name of the file, whose ending tells the format.
    source
        The file, or what was uploaded.
    previous
        Clauses of the former version, whose ids are kept.

    Returns
    -------
    tuple
        The number of the new version, and what was read.

    Raises
    ------
    GuidelineNotReadableError
        Raised if no clauses can be read; nothing is stored then.
    """
    if isinstance(source, Path):
        reading = read_guideline(source, district_id=district_id, previous=previous)
    else:
        reading = read_guideline_bytes(name, source, district_id=district_id, previous=previous)
    version = await unit.guidelines.add(
        district_id=district_id,
        title=reading.title,
        source_name=name,
        source_text=reading.source_text,
        found=reading.clauses,
        imported_at=clock.now(),
    )
    return version, reading
