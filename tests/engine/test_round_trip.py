"""A file opened and saved by the modelers' own libraries stays what it is."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine import VersionSet, check, content_key

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests/engine/modeler"
FILES = [
    path.relative_to(ROOT).as_posix()
    for folder in ("processes", "forms", "tests/engine/modeler")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in (".bpmn", ".dmn", ".form")
]
MODDLE = ROOT / "node_modules"
DESCRIPTORS = (
    "bpmn-moddle/resources/bpmn/json/bpmn.json",
    "camunda-bpmn-moddle/resources/camunda.json",
    "dmn-moddle/resources/dmn/json/dmn13.json",
)


@pytest.fixture(scope="module")
def saved():
    """Every file as one run of node reads and writes it."""
    beside = Path(sys.executable).parent
    node = shutil.which("node", path=os.pathsep.join([os.environ["PATH"], str(beside)]))
    assert node is not None, "run make setup-dev: it brings node where there is none"
    done = subprocess.run(
        [node, "tests/engine/round_trip.mjs", *FILES],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {answer["file"]: answer for answer in json.loads(done.stdout)}


@pytest.mark.parametrize("file", FILES)
def test_saved_without_a_warning_and_with_the_same_key(saved, file):
    answer = saved[file]
    assert answer["warnings"] == []
    before = (ROOT / file).read_bytes()
    assert content_key({file: answer["text"].encode()}) == content_key({file: before})


def test_all_kinds_of_files_are_tried():
    assert len(FILES) > 25
    assert {Path(file).suffix for file in FILES} == {".bpmn", ".dmn", ".form"}


@pytest.mark.parametrize("descriptor", DESCRIPTORS)
def test_what_a_modeler_leaves_away_does_not_count(descriptor):
    """The libraries drop an attribute that has its default; so does the key."""
    described = json.loads((MODDLE / descriptor).read_text(encoding="utf-8"))
    defaults = [
        # What extends BPMN carries its prefix, an element of Camunda's own does not.
        ("camunda:" * ("extends" in kind) + item["name"], json.dumps(item["default"]).strip('"'))
        for kind in described["types"]
        for item in kind.get("properties", ())
        if item.get("isAttr") and "default" in item
    ]
    assert defaults
    for name, value in defaults:
        assert _key(f'{name}="{value}"') == _key(""), name
        assert _key(f'{name}="else"') != _key(""), name


def _key(attribute):
    return content_key(
        {
            "p.bpmn": '<b:task xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" '
            f'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" {attribute}/>'.encode()
        }
    )


def test_no_text_passes_for_an_element():
    plain, forged = b"<a><b>1</b><c/></a>", b"<a><b>1&lt;/&gt;&lt;'c'&gt;</b></a>"
    assert content_key({"p.bpmn": plain}) != content_key({"p.bpmn": forged})


def test_the_program_that_saved_a_form_does_not_count():
    form = {"components": [], "id": "f"}
    saved_by = {
        **form,
        "schemaVersion": 19,
        "exporter": {"name": "form-js", "version": "1"},
        "executionPlatform": "Camunda Platform",
        "executionPlatformVersion": "7.23.0",
    }
    assert content_key({"f.form": json.dumps(saved_by).encode()}) == content_key(
        {"f.form": json.dumps(form).encode()}
    )


def test_files_of_the_modelers_load_unchanged():
    files = {
        path.relative_to(FIXTURES).as_posix(): path.read_bytes() for path in FIXTURES.rglob("*.*")
    }
    assert set(VersionSet.load(files).specs) == {"loan", "hand_over_book"}
    found = {each.rule for each in check(files) if each.severity == "warning"}
    assert found == {"check.partial", "di.missing", "attribute.ignored"}
    # The modeler's form has a text with an expression in it, which our pages do not show.
    errors = [(each.file, each.rule) for each in check(files) if each.severity == "error"]
    assert errors == [("forms/loan/approve.form", "form.unsupported")]
