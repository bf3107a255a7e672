"""The command line, run as its users run it: as a program of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
FIELDS = {
    "id",
    "district",
    "kind",
    "abstained",
    "verdict",
    "clauses",
    "shown",
    "escalate",
    "urgency",
    "personal_data",
    "message",
}
"""Fields of an answer. Source: the JSON contract."""


def postwise(
    *arguments: str, folder: Path, given: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the program on an empty data folder with the prepared model."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        input=given,
        capture_output=True,
        timeout=120,
        check=False,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(folder.parent),
            "POSTWISE_FOLDER": str(folder),
            "POSTWISE_MODEL_FOLDER": str(ROOT / "var" / "model"),
            **environment,
        },
    )


def answers(run: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    assert run.returncode == 0, run.stderr.decode()
    return [json.loads(line) for line in run.stdout.decode().splitlines()]


def test_ask_prints_one_answer_with_its_citation_and_stores_nothing(tmp_path: Path) -> None:
    """A person at the shell reads the clause, where it stands and in which version; no file is written."""
    run = postwise("ask", "--district", "redlands", "snapchat ok?", folder=tmp_path / "var")

    printed = run.stdout.decode()
    assert run.returncode == 0
    assert "Snapchat and social media platforms or functions of social media platforms that allow" in printed
    assert "General Social Media Guidelines. Redlands, Social Media Protocols, version 1" in printed
    assert not (tmp_path / "var").exists()


def test_answering_leaves_nothing_in_the_home_folder(tmp_path: Path) -> None:
    """No library keeps a device id or a report to send: nothing leaves the district's machine."""
    home = tmp_path / "home"
    home.mkdir()
    run = postwise("ask", "--district", "redlands", "snapchat ok?", folder=tmp_path / "var", HOME=str(home))

    assert run.returncode == 0
    assert list(home.rglob("*")) == []


def test_ask_json_has_exactly_the_fields_of_the_contract(tmp_path: Path) -> None:
    """Programs that read an answer find every field, with the names of the contract."""
    (answer,) = answers(postwise("ask", "--district", "redlands", "snapchat ok?", "--json", folder=tmp_path))

    assert set(answer) == FIELDS
    assert answer["clauses"][0]["id"] == "redlands/general-social-media-guidelines/3"
    assert set(answer["clauses"][0]) == {"id", "section", "lead_in", "text", "score"}
    assert 1 <= answer["shown"] <= len(answer["clauses"]) <= 5
    assert answer["verdict"] is None


def test_ask_lines_answers_in_order_and_goes_on_after_a_bad_line(tmp_path: Path) -> None:
    """One line that cannot be answered says so and spoils nothing else."""
    lines = [
        b'{"id": "a", "district": "redlands", "text": "how many admins"}',
        b"{",
        b"[1, 2]",
        b'{"id": "b", "district": "redlands"}',
        b'{"id": "c", "district": "atlantis", "text": "hello"}',
        b'{"id": "d", "district": "redlands", "text": 7}',
        b'{"id": "e", "district": "redlands", "text": "x", "platform": "myspace"}',
        b"\xff\xfe",
        b'{"id": "f", "district": "hesperia", "text": "how many admins"}',
    ]

    found = answers(postwise("ask", "--jsonl", folder=tmp_path, given=b"\n".join(lines) + b"\n"))

    assert [line.get("id") for line in found] == ["a", None, None, "b", "c", "d", "e", None, "f"]
    assert ["error" in line for line in found] == [False, True, True, True, True, True, True, True, False]
    assert "redlands" in found[4]["error"]
    assert found[8]["abstained"] is True
    assert found[8]["clauses"] == []
    assert found[8]["shown"] == 0


def test_draft_is_judged_as_a_post_with_a_verdict(tmp_path: Path) -> None:
    """A line with draft true is a post about to be published, and gets a verdict of the contract."""
    line = {
        "id": "d1",
        "district": "redlands",
        "text": "Vote for our board president, she is a friend of teachers!",
        "draft": True,
        "platform": "facebook",
        "context": "educational",
        "attachment": None,
    }

    (answer,) = answers(postwise("ask", "--jsonl", folder=tmp_path, given=json.dumps(line).encode() + b"\n"))

    assert answer["kind"] == "can_i_post"
    assert answer["verdict"] in {"allowed_with_conditions", "needs_approval", "not_allowed", "ask_specialist"}


def test_personal_data_is_found_at_its_place_in_the_text(tmp_path: Path) -> None:
    """Offsets count characters of the text as it was given."""
    text = "😀 may I post that my mom's cell is 909-555-0144?"
    line = json.dumps({"id": "p", "district": "redlands", "text": text}).encode() + b"\n"

    (answer,) = answers(postwise("ask", "--jsonl", folder=tmp_path, given=line))

    (datum,) = answer["personal_data"]
    assert datum["type"] == "PHONE"
    assert text[datum["start"] : datum["end"]] == datum["value"] == "909-555-0144"
    assert "909-555-0144" not in answer["message"]


def test_answering_imports_neither_torch_nor_sentence_transformers() -> None:
    """Serving must start in a second and stay small: nothing of the training libraries is loaded."""
    program = (
        "import sys; sys.argv = ['postwise', 'ask', '--district', 'redlands', 'snapchat ok?'];"
        "from bot.__main__ import main; main();"
        "print(sorted({'torch', 'sentence_transformers', 'transformers', 'peft', 'sklearn'} & set(sys.modules)))"
    )

    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=120,
        env={
            "PATH": "/usr/bin:/bin",
            "POSTWISE_FOLDER": "nowhere",
            "POSTWISE_MODEL_FOLDER": str(ROOT / "var" / "model"),
        },
    )

    assert run.stdout.decode().splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    "arguments",
    [("ask",), ("ask", "--district", "redlands"), (), ("sing",), ("guidelines", "import")],
)
def test_wrong_use_ends_with_status_two(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Whoever types a command wrongly is told how to type it."""
    run = postwise(*arguments, folder=tmp_path)

    assert run.returncode == 2
    assert b"postwise" in run.stderr
    assert b"Traceback" not in run.stderr


def test_unknown_district_ends_with_status_one_and_names_the_known_ones(tmp_path: Path) -> None:
    """A mistyped district is answered with those there are."""
    run = postwise("ask", "--district", "redland", "snapchat ok?", folder=tmp_path)

    assert run.returncode == 1
    assert b"There is no district called 'redland'. Known are:" in run.stderr
    assert b"Traceback" not in run.stderr


def test_dry_run_prints_the_clauses_and_stores_nothing(tmp_path: Path) -> None:
    """Before importing, the clauses can be looked at; nothing is written."""
    document = tmp_path / "guide.md"
    document.write_text("# Posting\n\n- Staff shall not post grades.\n- Staff may share district posts.\n")
    run = postwise(
        "guidelines", "import", str(document), "--district", "newtown", "--dry-run", "--json", folder=tmp_path / "var"
    )

    assert run.returncode == 0, run.stderr.decode()
    clauses = json.loads(run.stdout)["clauses"]
    assert [clause["text"] for clause in clauses] == ["Staff shall not post grades.", "Staff may share district posts."]
    assert [clause["modality"] for clause in clauses] == ["prohibition", "permission"]
    assert not (tmp_path / "var").exists()


def test_imported_version_keeps_clause_ids_and_answers_once_published(tmp_path: Path) -> None:
    """An edit elsewhere in the document leaves a clause's id alone, and the new text answers only after publishing."""
    source = ROOT / "knowledge" / "shipped" / "redlands" / "social-media-protocols.txt"
    edited = tmp_path / "edited.txt"
    text = source.read_text(encoding="utf-8")
    anchor = "Snapchat and social media platforms"
    edited.write_text(text.replace(anchor, "Staff shall keep a copy of every post.\n" + anchor), encoding="utf-8")
    postwise("migrate", folder=tmp_path / "var")

    first = postwise("guidelines", "import", str(source), "--district", "redlands", folder=tmp_path / "var")
    publish = postwise("guidelines", "publish", "--district", "redlands", "--version", "1", folder=tmp_path / "var")
    second = postwise("guidelines", "import", str(edited), "--district", "redlands", "--json", folder=tmp_path / "var")
    before = answers(postwise("ask", "--district", "redlands", "snapchat ok?", "--json", folder=tmp_path / "var"))
    postwise("guidelines", "publish", "--district", "redlands", "--version", "2", folder=tmp_path / "var")
    after = answers(postwise("ask", "--district", "redlands", "snapchat ok?", "--json", folder=tmp_path / "var"))

    assert first.returncode == publish.returncode == second.returncode == 0, second.stderr.decode()
    by_text = {clause["text"]: clause["id"] for clause in json.loads(second.stdout)["clauses"]}
    snapchat = next(clause_id for text, clause_id in by_text.items() if text.startswith(anchor))
    assert snapchat == "redlands/general-social-media-guidelines/3"
    assert by_text["Staff shall keep a copy of every post."] == "redlands/general-social-media-guidelines/8"
    assert "version 1" in before[0]["message"]
    assert "version 2" in after[0]["message"]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.txt", b"", "The file is empty."),
        ("guide.odt", b"x", "This kind of file cannot be read."),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj", "The file is damaged or cut off."),
        ("missing.txt", None, "There is no such file."),
    ],
)
def test_document_that_cannot_be_read_gets_one_clear_sentence(
    name: str, content: bytes | None, told: str, tmp_path: Path
) -> None:
    """What is wrong and what to do is said, and nothing is stored."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    run = postwise("guidelines", "import", str(tmp_path / name), "--district", "redlands", folder=tmp_path / "var")

    assert run.returncode == 1
    assert told in run.stderr.decode()
    assert "Nothing was stored." in run.stderr.decode()
    assert b"Traceback" not in run.stderr


def test_third_district_is_a_folder(tmp_path: Path) -> None:
    """A folder with settings and a document makes a district that can be asked; no code is needed."""
    folder = tmp_path / "districts" / "newtown"
    folder.mkdir(parents=True)
    (folder / "district.toml").write_text(
        'name = "Newtown Unified"\nshort_name = "Newtown"\nguideline_file = "guide.txt"\n[specialist]\ntitle = "Communications Director"\n'
    )
    (folder / "guide.txt").write_text(
        "Social Media\n\n- Every account shall have at least three administrators.\n- Staff shall not accept friend requests from pupils.\n"
    )

    (answer,) = answers(
        postwise("ask", "--district", "newtown", "how many admins do we need?", "--json", folder=tmp_path)
    )

    assert answer["clauses"][0]["text"] == "Every account shall have at least three administrators."


def test_broken_district_settings_are_told_with_the_setting(tmp_path: Path) -> None:
    """A typing error in a district's settings names the line's setting, not a traceback."""
    folder = tmp_path / "districts" / "newtown"
    folder.mkdir(parents=True)
    (folder / "district.toml").write_text('name = "Newtown"\nshort_nam = "Newtown"\n')
    run = postwise("ask", "--district", "newtown", "hello", folder=tmp_path)

    assert run.returncode == 1
    assert "short_nam" in run.stderr.decode()
    assert b"Traceback" not in run.stderr


def test_database_of_another_version_is_not_answered_past(tmp_path: Path) -> None:
    """Until it is migrated, nobody is answered from a document that may no longer be in force."""
    (tmp_path / "postwise.db").touch()
    asked = postwise("ask", "--district", "redlands", "snapchat ok?", folder=tmp_path)

    assert asked.returncode == 1
    assert "postwise migrate" in asked.stderr.decode()


def test_one_districts_mistake_does_not_silence_the_others(tmp_path: Path) -> None:
    """Redlands goes on answering while Newtown's settings have a typing error, and doctor names the error."""
    folder = tmp_path / "districts" / "newtown"
    folder.mkdir(parents=True)
    (folder / "district.toml").write_text('name = "Newtown"\ncolour = "red"\n')
    asked = postwise("ask", "--district", "redlands", "snapchat ok?", folder=tmp_path)
    doctor = postwise("doctor", folder=tmp_path)

    assert asked.returncode == 0
    assert doctor.returncode == 1
    assert "colour: there is no such setting" in doctor.stdout.decode()


def test_doctor_names_a_link_to_a_clause_that_is_not_there(tmp_path: Path) -> None:
    """A mistyped clause id would silence a topic; doctor says which it is."""
    folder = tmp_path / "districts" / "newtown"
    folder.mkdir(parents=True)
    (folder / "district.toml").write_text(
        'name = "Newtown"\nshort_name = "Newtown"\nguideline_file = "g.txt"\n[specialist]\ntitle = "Office"\n'
    )
    (folder / "g.txt").write_text("Rules\n\n- Staff shall not post grades of pupils.\n")
    (folder / "links.toml").write_text('minimum_administrators = ["account-administrators/1"]\n')
    doctor = postwise("doctor", folder=tmp_path)

    assert doctor.returncode == 1
    assert "account-administrators/1" in doctor.stdout.decode()


def test_doctor_tells_how_to_mend_what_is_wrong(tmp_path: Path) -> None:
    """A missing model is named with the command that makes it."""
    well = postwise("doctor", folder=tmp_path)
    ill = postwise("doctor", folder=tmp_path, POSTWISE_MODEL_FOLDER=str(tmp_path / "nowhere"))

    assert well.returncode == 0, well.stdout.decode()
    assert ill.returncode == 1
    assert "make model" in ill.stdout.decode()


def test_setting_that_cannot_be_used_is_named_without_its_value(tmp_path: Path) -> None:
    """A wrong port stops the start, and the message names the variable."""
    run = postwise("serve", folder=tmp_path, POSTWISE_PORT="ninety")

    assert run.returncode == 1
    assert "POSTWISE_PORT" in run.stderr.decode()
    assert "ninety" not in run.stderr.decode()


def test_local_page_refuses_a_public_address(tmp_path: Path) -> None:
    """The page has no sign-in, so it does not start where other computers could reach it."""
    run = postwise("serve", "--host", "0.0.0.0", "--port", "0", folder=tmp_path)

    assert run.returncode == 1
    assert "--i-know" in run.stderr.decode()
