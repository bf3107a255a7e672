"""The app package is one that Teams takes."""

import io
import json
import zipfile
from pathlib import Path

import jsonschema
import pytest

from bot.__main__ import main
from handlers.routing import COMMANDS as HANDLED
from tests.support.teams_connector import APP_ID, APP_SECRET, TENANT

DATA = Path(__file__).parents[2] / "data" / "teams"


@pytest.fixture
def packed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> zipfile.ZipFile:
    """The package, as the command writes it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MICROSOFT_APP_ID", APP_ID)
    monkeypatch.setenv("MICROSOFT_APP_PASSWORD", APP_SECRET)
    monkeypatch.setenv("MICROSOFT_APP_TENANT_ID", TENANT)
    monkeypatch.setenv("POSTWISE_DISTRICT", "redlands")
    assert main(["teams", "package", "--website", "https://www.redlands.example", "--to", "app.zip"]) == 0
    return zipfile.ZipFile(io.BytesIO((tmp_path / "app.zip").read_bytes()))


@pytest.mark.parametrize("version", ["1.16", "1.30"])
def test_manifest_is_valid_against_the_schemas_of_microsoft(version: str, packed: zipfile.ZipFile) -> None:
    """The schema that it names, and the newest one."""
    schema = json.loads((DATA / f"MicrosoftTeams.v{version}.schema.json").read_text(encoding="utf-8"))
    described = json.loads(packed.read("manifest.json"))
    if version != "1.16":
        described |= {"manifestVersion": version}
        described["$schema"] = described["$schema"].replace("1.16", version)

    problems = [error.message for error in jsonschema.validators.validator_for(schema)(schema).iter_errors(described)]

    assert problems == []


def test_schema_can_refuse(packed: zipfile.ZipFile) -> None:
    """The control: a manifest that lacks what is needed is found out."""
    schema = json.loads((DATA / "MicrosoftTeams.v1.16.schema.json").read_text(encoding="utf-8"))
    described = json.loads(packed.read("manifest.json"))
    described["bots"][0]["scopes"] = ["everywhere"]
    del described["icons"]

    assert len(list(jsonschema.validators.validator_for(schema)(schema).iter_errors(described))) == 2


def test_icons_have_the_sizes_and_colors_that_teams_wants(packed: zipfile.ZipFile) -> None:
    """192 pixels in color, 32 in white on nothing; and something is drawn on both."""
    image = pytest.importorskip("PIL.Image")
    color = image.open(io.BytesIO(packed.read("color.png")))
    outline = image.open(io.BytesIO(packed.read("outline.png")))

    assert (color.size, outline.size) == ((192, 192), (32, 32))
    assert {pixel[:3] for pixel in outline.get_flattened_data() if pixel[3]} == {(255, 255, 255)}
    assert {pixel[3] for pixel in color.get_flattened_data()} == {255}
    assert 0.1 < sum(1 for pixel in outline.get_flattened_data() if pixel[3]) / 32**2 < 0.6


def test_every_command_of_the_menu_is_one_that_is_understood(packed: zipfile.ZipFile) -> None:
    """Picking it writes its word, without a slash."""
    [menu] = json.loads(packed.read("manifest.json"))["bots"][0]["commandLists"]

    assert [each["title"] for each in menu["commands"] if each["title"] not in HANDLED] == []


def test_no_right_to_read_messages_is_asked_for(packed: zipfile.ZipFile) -> None:
    """In a channel the bot reads only what mentions it."""
    described = json.loads(packed.read("manifest.json"))

    assert "authorization" not in described
    assert "webApplicationInfo" not in described


def test_package_without_a_bot_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A package that names no bot could be uploaded and would do nothing."""
    monkeypatch.chdir(tmp_path)

    assert main(["teams", "package", "--website", "https://www.redlands.example"]) == 1
    assert "MICROSOFT_APP_ID" in capsys.readouterr().err
