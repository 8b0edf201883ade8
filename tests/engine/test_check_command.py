"""`engine check` reads folders as sets, speaks JSON lines and ends with the promised code."""

import io
import json

import pytest

from engine.check import command
from engine.xml import LARGEST_FILE
from tests.engine.checkset import MANIFEST, good_set


@pytest.fixture
def folder(tmp_path):
    """processes/ with its forms/ beside it and operations.json inside."""
    for name, data in good_set().items():
        path = tmp_path / (name if name.startswith("forms/") else f"processes/{name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (tmp_path / "processes/operations.json").write_text(json.dumps(MANIFEST), encoding="utf-8")
    return tmp_path / "processes"


def run(*paths, **options):
    out = io.StringIO()
    code = command([str(path) for path in paths], out=out, **options)
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


def spoil(path, old, new):
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))


def test_a_sound_folder(folder):
    assert run(folder) == (0, [])
    assert run(folder, strict=True) == (0, [])


def test_an_error(folder):
    spoil(folder / "case/case.bpmn", b"case/review", b"case/revue")
    code, (found,) = run(folder)
    assert code == 1
    assert list(found) == ["file", "element", "rule", "severity", "message"]
    assert (found["file"], found["element"]) == ("case/case.bpmn", "review")


def test_a_warning_counts_only_when_strict(folder):
    spoil(folder / "case/case.bpmn", b'value="Review"', b'value=""')
    code, (found,) = run(folder)
    assert (code, found["severity"], found["rule"]) == (0, "warning", "english.missing")
    assert run(folder, strict=True)[0] == 1


def test_portable(folder):
    assert [each["rule"] for each in run(folder, portable=True)[1]] == ["portable.expression"]


def test_several_paths_are_one_set(folder):
    alone, _ = run(folder / "case/case.bpmn", folder / "case/helper.bpmn")
    assert alone == 1  # the table is missing
    code, found = run(
        folder / "case/case.bpmn", folder / "case/helper.bpmn", folder / "case/route.dmn"
    )
    assert code == 0
    assert {each["rule"] for each in found} == {"check.partial"}


def test_a_lone_file_is_checked_as_far_as_it_goes(folder):
    code, found = run(folder / "case/helper.bpmn")
    assert code == 0
    assert [each["rule"] for each in found].count("check.partial") == 1


def test_a_manifest_that_is_none(folder):
    (folder / "operations.json").write_text("[]", encoding="utf-8")
    code, found = run(folder)
    assert code == 2
    assert "manifest.malformed" in {each["rule"] for each in found}


@pytest.mark.parametrize("name", ["gone.bpmn", "gone"])
def test_a_path_that_is_not_there(folder, name, capsys):
    assert run(folder / name) == (2, [])
    assert name in capsys.readouterr().err


def test_a_folder_without_diagrams(tmp_path, capsys):
    assert run(tmp_path) == (2, [])
    assert "no .bpmn" in capsys.readouterr().err


def test_a_file_that_cannot_be_read(folder):
    (folder / "case/case.bpmn").write_bytes(b"<half")
    code, found = run(folder)
    assert code == 2
    assert "xml.malformed" in {each["rule"] for each in found}


def test_only_the_beginning_of_a_huge_file_is_read(folder):
    with (folder / "case/huge.bpmn").open("wb") as file:
        file.truncate(100 * LARGEST_FILE)
    code, found = run(folder)
    assert code == 1
    assert [each["rule"] for each in found] == ["xml.too-large"]
