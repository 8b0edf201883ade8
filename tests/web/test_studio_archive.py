"""Version sets as archives: what is packed is unpacked, and nothing else gets in."""

import io
import zipfile

import pytest

from app.errors import Invalid
from app.studio import archive

SET = {
    "appeal/appeal.bpmn": b"<appeal/>",
    "control/terms.dmn": b"<terms/>",
    "forms/appeal/register.form": b"{}",
}


def made(files, **more):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", **more) as box:
        for name, content in files.items():
            box.writestr(name, content)
    return target.getvalue()


def refused(content):
    with pytest.raises(Invalid) as refusal:
        archive.unpack(content)
    assert list(refusal.value.fields) == ["archive"]
    return refusal.value


@pytest.fixture(autouse=True)
def _words(app):
    """Refusals are translated when they are read."""


def test_what_is_packed_is_unpacked():
    packed = archive.pack(SET)
    assert archive.unpack(packed) == SET
    assert archive.pack(SET) == packed
    with zipfile.ZipFile(io.BytesIO(packed)) as box:
        assert box.namelist() == [
            "processes/appeal/appeal.bpmn",
            "processes/control/terms.dmn",
            "forms/appeal/register.form",
        ]


@pytest.mark.parametrize(
    "prefixes",
    [("", ""), ("processes/", ""), ("my-set/processes/", "my-set/"), ("my-set/", "my-set/")],
)
def test_several_layouts_are_understood(prefixes):
    diagrams, forms = prefixes
    files = {(forms if one.startswith("forms/") else diagrams) + one: SET[one] for one in SET}
    files |= {f"{diagrams}README.md": b"words", f"{forms}.git/a.form": b"hidden"}
    assert archive.unpack(made(files)) == SET


@pytest.mark.parametrize(
    "name", ["../appeal.bpmn", "processes/../../a.bpmn", "/etc/a.bpmn", "a\\..\\b.bpmn"]
)
def test_paths_that_lead_outside_are_refused(name):
    refused(made({**SET, name: b"x"}))


def test_what_is_no_archive_is_refused():
    for content in (b"", b"PK\x03\x04 no", b"<bpmn/>", archive.pack(SET)[:-30]):
        refused(content)
    refused(made({"forms/a/b.form": b"{}"}))
    spoiled = bytearray(archive.pack(SET))
    spoiled[60] ^= 0xFF
    refused(bytes(spoiled))


def test_two_files_in_one_place_are_refused():
    refused(made({"processes/a/a.bpmn": b"1", "x/processes/a/a.bpmn": b"2"}))


def test_too_much_is_refused_before_it_is_read():
    refused(made({f"a/{n}.bpmn": b"" for n in range(archive.MOST_FILES + 1)}))
    bomb = made({"a/a.bpmn": b"0" * (archive.MOST_BYTES + 1)}, compression=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 100_000
    refused(bomb)
