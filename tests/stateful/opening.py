"""Databases to begin with: made once a process, copied for each run."""

import functools
import json
import shutil
import sqlite3
import tempfile
from datetime import timedelta
from pathlib import Path

from knowledge.filings import FilingKind
from tests.stateful.three_districts import (
    DISTRICTS,
    PINECREST,
    PINECREST_RULES,
    PINECREST_SETTINGS,
    Marks,
    email_of,
    person_of,
)
from tests.stateful.town import MONDAY, Town


@functools.cache
def workshop() -> Path:
    """Return this process's folder for databases, in memory where there is such a place."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None, prefix="postwise-districts-"))
    pinecrest = folder / "districts" / PINECREST
    pinecrest.mkdir(parents=True)
    (pinecrest / "district.toml").write_text(PINECREST_SETTINGS, encoding="utf-8")
    (pinecrest / "rules.md").write_text(PINECREST_RULES, encoding="utf-8")
    return folder


def clear_workshop() -> None:
    """Remove this process's folder, and whatever a run that was cut off has left in it."""
    shutil.rmtree(workshop())
    workshop.cache_clear()
    template.cache_clear()


@functools.cache
def template(*, is_furnished: bool) -> tuple[Path, Marks]:
    """Return a database to copy, made once: three districts' guidelines, and where furnished one account in each."""
    path = workshop() / f"template-{is_furnished}.db"
    town = Town(path, Marks(), added=workshop() / "districts", events=-1000)
    town.publishes()
    town.sees_everybody()
    town.looks_daily()
    if is_furnished:
        for district_id in DISTRICTS:
            _furnish(town, district_id)
    town.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path, town.marks


def _furnish(town: Town, district_id: str) -> None:
    """Register one account and let its three administrators accept."""
    mark = town.marks and district_id[0]
    people = ("coach", "office", "principal")
    named = "\n".join(f"{person_of(district_id, who).name}, {email_of(district_id, who)}" for who in people)
    fields = {
        "organization": f"Zq{mark}orchestra of the High School",
        "platform": "instagram",
        "handle": f"@zq{mark}orchestra",
        "administrators": named,
    }
    carried = json.dumps({"kind": FilingKind.REGISTER.value})
    town.take(town.form(district_id, person_of(district_id, "teacher"), "file", carried, fields))
    verb = "approve" if district_id == PINECREST else "acknowledge"
    town.take(town.press(district_id, person_of(district_id, "specialist"), verb, "1.1", in_channel=True))
    for who in people:
        town.take(town.press(district_id, person_of(district_id, who), "accept", "1"))


def new_town(*, is_furnished: bool, name: str) -> Town:
    """Return a town on a fresh copy of the template."""
    source, marks = template(is_furnished=is_furnished)
    path = workshop() / f"{name}.db"
    shutil.copyfile(source, path)
    town = Town(path, marks.copy(), added=workshop() / "districts")
    town.clock.move_to(MONDAY + timedelta(hours=1))
    return town
