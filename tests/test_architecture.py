"""The house as it is drawn: who may import whom, and what the README promises."""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_imports_keep_the_contracts() -> None:
    """Bot stands on handlers, handlers on knowledge; platforms and features do not know each other."""
    run = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=120,
    )

    assert run.returncode == 0, run.stdout.decode()


def test_every_setting_is_documented() -> None:
    """Each variable that the settings read stands in the README."""
    from bot.settings import Settings

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    names = {
        field.validation_alias if isinstance(field.validation_alias, str) else f"POSTWISE_{name.upper()}"
        for name, field in Settings.model_fields.items()
    }

    assert {name for name in names if name not in readme} == set()


def test_every_make_target_of_the_readme_exists() -> None:
    """A newcomer who types what the README says gets it."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"`make ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8")))

    assert named
    assert named <= targets


def test_adapter_fits_the_bank_and_is_small() -> None:
    """The committed adapter was trained on the topics that the bank has now, and carries no whole model."""
    from knowledge.training.bank import read_topics

    folder = ROOT / "knowledge" / "training" / "adapter"
    note = json.loads((folder / "adapter.json").read_text(encoding="utf-8"))

    assert note["topics"] == [topic.id for topic in read_topics()]
    assert (folder / "adapter.safetensors").stat().st_size < 4_000_000
