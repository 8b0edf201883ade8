"""The stored form of a version set is the set itself, and nothing but what was stored."""

import random
import subprocess
from pathlib import Path

import orjson
import pytest
import zstandard

from engine import Broken, Unusable, VersionSet, pack, packing, unpack
from tests.engine.test_fuzz import STEPS, fuzz
from tests.engine.walk import drawn, shelved

ROOT = Path(__file__).parents[2]
SECRET = b"secret"
EVERYTHING = """
start s
user a assignee='${x}' due=P3D listener=r.k groups='${g},other'
boundary late on=a timer=R3/PT24H keep
xor g
script c script='n = n + 1'
and split
user b
receive m message=word
and join
end e
s > a > g
g > c : ${n > 3}
g >> split
c > split
split > b > join
split > m > join
join > e
late > e
"""


@pytest.fixture(scope="module")
def shipped():
    folders = {"processes": ROOT / "processes", "forms": ROOT}
    files = {
        path.relative_to(folders[room]).as_posix(): path.read_bytes()
        for room in folders
        for path in sorted((ROOT / room).rglob("*"))
        if path.suffix in (".bpmn", ".dmn", ".form")
    }
    return VersionSet.load(files)


def test_the_shipped_set_comes_back_whole(shipped):
    again = shelved(shipped)
    assert again.key == shipped.key
    assert again.processes == shipped.processes
    assert dict(again.elements) == shipped.elements
    assert dict(again.decisions) == shipped.decisions
    assert again.forms == shipped.forms
    assert list(again.specs) == list(shipped.specs)
    assert pack(again, SECRET) == pack(shipped, SECRET)
    assert again.element("appeal", "review") == shipped.element("appeal", "review")
    with pytest.raises(KeyError):
        again.element("appeal", "nothing")
    with pytest.raises(Broken, match="no process"):
        again.spec("nothing")


def test_every_attribute_comes_back(shipped):
    for process, spec in shelved(shipped).specs.items():
        for name, element in spec.task_specs.items():
            parsed = shipped.specs[process].task_specs[name]
            assert type(element) is type(parsed)
            assert element.neighbours is spec.task_specs
            assert {type(value) for value in _kept(element).values()} == {
                type(value) for value in _kept(parsed).values()
            }
            assert _kept(element).keys() == _kept(parsed).keys()


def _kept(element):
    return {
        name: value
        for name, value in vars(element).items()
        if not name.startswith("_") and not name.endswith("_event")
    }


@pytest.mark.parametrize("lost", ["due_date", "flows", "boundary", "arrivals", "outputs_mapped"])
def test_the_fuzz_would_notice_what_a_stored_form_lacks(monkeypatch, lost):
    made = packing._Maker.make_object

    def forgetful(maker, kind, written):
        element = made(maker, kind, written)
        element.__dict__.pop(lost, None)
        return element

    monkeypatch.setattr(packing._Maker, "make_object", forgetful)
    with pytest.raises(AssertionError, match="FUZZ_SEED="):
        fuzz(STEPS, 1)


def test_a_stored_form_lives_long_and_is_made_once_for_each_process(shipped):
    vset = shelved(shipped)
    assert vset.spec("appeal") is vset.spec("appeal")
    assert not vset.specs._made.keys() - {"appeal"}


# -- what cannot be used ------------------------------------------------------------------------


@pytest.fixture
def stored():
    vset = VersionSet.load(drawn(EVERYTHING))
    return vset.key, pack(vset, SECRET)


def test_anything_changed_is_refused(stored):
    key, form = stored
    dice = random.Random(1)
    places = [0, 31, 32, 40, len(form) - 1, *(dice.randrange(len(form)) for _ in range(200))]
    for place in places:
        changed = bytearray(form)
        changed[place] ^= 1 << dice.randrange(8)
        with pytest.raises(Unusable):
            unpack(bytes(changed), key, SECRET)
    for short in (b"", form[:32], form[:-1], form + b"\n", b"rubbish"):
        with pytest.raises(Unusable):
            unpack(short, key, SECRET)
    assert unpack(form, key, SECRET).key == key


def test_another_secret_other_files_and_another_program_are_refused(stored, monkeypatch):
    key, form = stored
    with pytest.raises(Unusable, match="secret"):
        unpack(form, key, b"another")
    with pytest.raises(Unusable, match="other files"):
        unpack(form, "0" * 64, SECRET)
    monkeypatch.setattr(packing, "fingerprint", lambda: "of a newer program")
    with pytest.raises(Unusable, match="another program"):
        unpack(form, key, SECRET)


def test_only_what_the_engine_itself_stores_is_ever_made(stored, monkeypatch):
    key, form = stored
    lines = zstandard.decompress(form[32:], max_output_size=packing.LARGEST).split(b"\n")
    called = []
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: called.append(args))
    for forged in (["subprocess.run", ["true"]], ["eval", "1"], ["Walk", {}], ["VersionSet", {}]):
        lines[4] = orjson.dumps(forged)
        body = zstandard.compress(b"\n".join(lines))
        vset = unpack(packing._seal(body, SECRET) + body, key, SECRET)
        with pytest.raises(Unusable, match="holds no"):
            vset.spec("p")
    assert called == []


def test_what_has_no_stored_form_is_not_stored_in_part():
    vset = VersionSet.load(drawn(EVERYTHING))
    vset.specs["p"].task_specs["a"].surprise = object()
    with pytest.raises(TypeError, match="no stored form"):
        pack(vset, SECRET)


def test_the_fingerprint_covers_the_source(tmp_path, monkeypatch):
    copy = tmp_path / "engine"
    for path in (ROOT / "engine").rglob("*.py"):
        there = copy / path.relative_to(ROOT / "engine")
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_bytes(path.read_bytes())
    monkeypatch.setattr(packing, "__file__", str(copy / "packing.py"))
    fingerprint = packing.fingerprint.__wrapped__
    same = fingerprint()
    assert same == packing.fingerprint()
    for changed in ("library.py", "specs/base.py", "dialect/scopes.py", "expressions/grammar.py"):
        text = (copy / changed).read_bytes()
        (copy / changed).write_bytes(text + b"\n")
        assert fingerprint() != same
        (copy / changed).write_bytes(text)
    assert fingerprint() == same
