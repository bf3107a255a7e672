"""Makes a district of the set-up form and a guideline document: a folder like the shipped ones, and a published version."""

import asyncio
import re
import shutil
import tempfile
from datetime import time
from pathlib import Path

import tomli_w

from bot.districts import Districts
from bot.local.setup import DistrictForm, Founded, Preview, Problem, Problems
from handlers.founding import import_guideline
from handlers.wording import problems
from knowledge.clock import Clock
from knowledge.district import DISTRICT_ID_PATTERN, District, DistrictNotValidError, parse_district
from knowledge.guidelines import GuidelineNotReadableError
from knowledge.ingest.reading import Reading, read_guideline_bytes
from knowledge.store.unit import Database

_FIELD_OF_SETTING = {
    "name": "name",
    "short_name": "short_name",
    "website": "website",
    "consent_system": "consent_system",
    "minimum_administrators": "minimum_administrators",
    "specialist.title": "specialist_title",
    "specialist.contact": "specialist_contact",
    "hours": "time_zone",
    "platforms": "platforms",
}


class DistrictFounder:
    """Sets up a district without code."""

    def __init__(self, *, folder: Path, database: Database, districts: Districts, clock: Clock) -> None:
        """Take the folder in which added districts lie."""
        self._folder = folder
        self._database = database
        self._districts = districts
        self._clock = clock
        self._founding = asyncio.Lock()

    async def preview(self, form: DistrictForm, document_name: str, document: bytes) -> Preview | Problems:
        """Read the document and store nothing."""
        read = await self._read(form, document_name, document)
        if isinstance(read, Problems):
            return read
        _, reading = read
        return Preview(title=reading.title, clauses=reading.clauses)

    async def publish(self, form: DistrictForm, document_name: str, document: bytes) -> Founded | Problems:
        """Make the district ready to be asked: its folder, its clauses, all or nothing."""
        read = await self._read(form, document_name, document)
        if isinstance(read, Problems):
            return read
        district, reading = read
        try:
            async with self._founding:
                return await self._found(district, form, document_name, document, reading)
        except OSError:
            return Problems(
                items=(Problem(field="", text="The district's folder cannot be written. Nothing was stored."),)
            )

    async def _read(
        self, form: DistrictForm, document_name: str, document: bytes
    ) -> tuple[District, Reading] | Problems:
        """Check the form and read the document; store nothing."""
        district = self._district(form, document_name)
        if isinstance(district, Problems):
            return district
        try:
            reading = await asyncio.to_thread(read_guideline_bytes, document_name, document, district_id=district.id)
        except GuidelineNotReadableError as error:
            return Problems(items=(Problem(field="document", text=problems.sentence(error)),))
        return district, reading

    async def _found(
        self, district: District, form: DistrictForm, document_name: str, document: bytes, reading: Reading
    ) -> Founded | Problems:
        """Make folder and published version together: where one fails, the other is taken back."""
        target = self._folder / district.id
        if target.exists():
            return self._taken(form)
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=".new-") as aside:
            made = Path(aside) / district.id
            made.mkdir()
            (made / district.guideline_file).write_bytes(document)
            (made / "district.toml").write_text(settings_text(form, district.guideline_file), encoding="utf-8")
            try:
                async with self._database.unit() as unit:
                    version, _ = await import_guideline(
                        document_name, reading, district_id=district.id, previous=(), unit=unit, clock=self._clock
                    )
                    await unit.guidelines.publish(district_id=district.id, version=version, at=self._clock.now())
                    # The folder comes last and inside the transaction: if it cannot be moved, nothing is stored.
                    made.rename(target)
            except BaseException:
                # Moved, but not committed: a folder without its published version must not stay.
                shutil.rmtree(target, ignore_errors=True)
                raise
        self._districts.reread()
        return Founded(district_id=district.id)

    def _district(self, form: DistrictForm, document_name: str) -> District | Problems:
        """Check the form as a district's settings."""
        district_id = district_id_of(form.short_name)
        if not re.match(DISTRICT_ID_PATTERN, district_id):
            return Problems(
                items=(Problem(field="short_name", text="Use a short name that begins with a letter, like Redlands."),)
            )
        if district_id in self._districts.all or (self._folder / district_id).exists():
            return self._taken(form)
        file_name = f"guidelines{Path(document_name).suffix.lower()}"
        try:
            return parse_district(district_id, settings_text(form, file_name))
        except DistrictNotValidError as error:
            return Problems(
                items=tuple(
                    Problem(
                        field=_FIELD_OF_SETTING.get(place, _FIELD_OF_SETTING.get(place.split(".")[0], "")), text=what
                    )
                    for place, what in error.problems
                )
            )

    @staticmethod
    def _taken(form: DistrictForm) -> Problems:
        text = f"There is a district called {form.short_name} already. Nothing was changed."
        return Problems(items=(Problem(field="short_name", text=text),))


def district_id_of(short_name: str) -> str:
    """Make a district's id of its short name: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", short_name.lower()).strip("-")[:40]


def settings_text(form: DistrictForm, guideline_file: str) -> str:
    """Write the form as a ``district.toml``."""
    settings: dict[str, object] = {
        "name": form.name,
        "short_name": form.short_name,
        "website": form.website,
        "guideline_file": guideline_file,
        "consent_system": form.consent_system,
        "specialist": {"title": form.specialist_title, "contact": form.specialist_contact},
        "platforms": [{"name": name} for name in form.platforms],
        "hours": {"time_zone": form.time_zone, "opens": _local(form.opens), "closes": _local(form.closes)},
    }
    if form.minimum_administrators is not None:
        settings["minimum_administrators"] = form.minimum_administrators
    return tomli_w.dumps(settings)


def _local(moment: time) -> time:
    """Return a time of day without seconds' fractions, as TOML prints it."""
    return moment.replace(microsecond=0, tzinfo=None)
