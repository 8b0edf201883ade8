"""processes/, forms/ and classifier_data/ are data: nothing in them runs, all of it is described."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENDINGS = {
    "processes": {".bpmn", ".dmn", ".json", ".md"},
    "forms": {".form", ".md"},
    "classifier_data": {".json", ".jsonl", ".csv", ".tsv", ".txt", ".md", ".gz"},
}


def files(room):
    return [path for path in sorted((ROOT / room).rglob("*")) if path.is_file()]


@pytest.mark.parametrize("room", ENDINGS)
def test_a_data_room_holds_data_only(room):
    found = files(room)
    assert found, f"{room} is empty"
    strangers = [path for path in found if path.suffix not in ENDINGS[room]]
    assert not strangers
    runnable = [path for path in found if path.stat().st_mode & 0o111]
    assert not runnable


@pytest.mark.parametrize("room", ENDINGS)
def test_a_data_room_has_no_links_out(room):
    assert [path for path in (ROOT / room).rglob("*") if path.is_symlink()] == []


@pytest.mark.parametrize("room", ENDINGS)
def test_a_data_room_says_what_it_is(room):
    assert (ROOT / room / "README.md").is_file()


@pytest.mark.parametrize(
    ("room", "endings"), [("processes", (".bpmn", ".dmn")), ("forms", (".form",))]
)
def test_every_drawing_and_form_is_in_the_readme(room, endings):
    readme = (ROOT / room / "README.md").read_text("utf-8")
    named = [
        path.relative_to(ROOT / room).as_posix() for path in files(room) if path.suffix in endings
    ]
    assert named
    assert [name for name in named if name.removesuffix(".form") not in readme] == []


@pytest.mark.parametrize("room", ["processes", "forms"])
def test_files_are_tidy(room):
    for path in files(room):
        text = path.read_bytes().decode("utf-8")
        assert "\r" not in text, path
        assert "\t" not in text, path
        assert text.endswith("\n"), path
        assert not any(line != line.rstrip() for line in text.splitlines()), path


@pytest.mark.parametrize("room", ["processes", "forms"])
def test_folders_of_forms_are_rooms_people_know(room):
    """A process has its folder; a form lies under the process or the part of the house it is for."""
    folders = {path.parent.name for path in files(room) if path.parent != ROOT / room}
    known = {
        "appeal", "assignment", "extension", "redirection", "reply", "notice", "survey", "control",
        "correspondence", "letter", "request", "result", "visit", "act", "correction", "interim",
        "inspection", "enclosures", "valuables", "undelivered",
    }  # fmt: skip
    extra = folders - known
    assert not extra, f"describe {extra} in {room}/README.md and here"
