"""Stored state: small, plain, and impossible to forge."""

import math
import re

import orjson
import pytest
import zstandard

from engine import Broken, runtime
from engine.specs.tasks import ScriptTask
from tests.engine.walk import Walk

TASK = "start s\nuser a\nuser b\nend e\ns > a > b > e"


def test_state_holds_no_specification_and_no_finished_work():
    walk = Walk(TASK)
    raw = zstandard.ZstdDecompressor().decompress(walk.outcome.state, max_output_size=10_000)
    assert b"userTask" not in raw
    first = len(walk.outcome.state)
    walk.do("a")
    assert abs(len(walk.outcome.state) - first) < 20
    assert not isinstance(orjson.loads(raw), dict)


def test_the_same_moves_give_the_same_state_but_for_ids():
    sizes = {len(orjson.dumps(Walk(TASK).do("a").data)) for _ in range(2)}
    assert len(sizes) == 1


FORGED = {
    "typename": "BpmnWorkflow",
    "value": {"typename": "UUID", "value": "x"},
    "__class__": "os",
    "items": [{"typename": "datetime", "value": "never"}],
}


def test_data_can_never_become_an_engine_type():
    walk = Walk(
        "start s\nuser a listener=r.k\nreceive m message=word\nuser b\nend e\ns > a > m > b > e",
        variables=FORGED,
        answers={"r.k": {"back": FORGED}},
    )
    walk.do("a", answers=FORGED, typename="Task")
    walk.send("word", payload=FORGED)
    assert walk.data["typename"] == "Task"
    assert walk.data["back"] == FORGED
    assert walk.data["payload"] == FORGED


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, 10**19, {1: "x"}, object(), b"bytes", {"a": [math.nan]}, 1j],
)
def test_what_cannot_be_kept_is_refused(value):
    for variables in ({"x": value}, {"deep": {"x": [value]}}):
        with pytest.raises(Broken):
            Walk(TASK, variables=variables)


def test_bottomless_data_is_refused():
    value = []
    for _ in range(200):
        value = [value]
    with pytest.raises(Broken, match="nested"):
        Walk(TASK, variables={"x": value})


def test_a_megabyte_of_data_is_refused():
    with pytest.raises(Broken, match="1 MB"):
        Walk(TASK, variables={"x": "y" * 1_100_000})
    walk = Walk(TASK, variables={"x": "y" * 600_000})
    with pytest.raises(Broken, match="1 MB"):
        walk.do("a", z="y" * 600_000)
    assert walk.open == ["a"]


def test_variables_are_detached_from_what_was_passed_in():
    mine = {"list": [1]}
    walk = Walk(TASK, variables=mine)
    mine["list"].append(2)
    assert walk.data == {"list": [1]}


@pytest.mark.parametrize(
    "state", [b"", b"rubbish", zstandard.compress(b"{}"), zstandard.compress(b"[9]")]
)
def test_a_damaged_state_says_so(state):
    walk = Walk(TASK)
    with pytest.raises(Broken, match="state"):
        runtime.inspect(walk.vset, state)


def test_inspecting_changes_nothing():
    walk = Walk("start s\nuser a\nboundary b on=a timer=P1D\ns > a")
    seen = runtime.inspect(walk.vset, walk.outcome.state)
    assert (seen.tasks, seen.steps) == (walk.outcome.tasks, ())
    assert seen.next_due_at == walk.outcome.next_due_at
    again = runtime.inspect(walk.vset, seen.state)
    assert again == seen


def test_what_has_ended_stays_ended():
    walk = Walk("start s\nuser a\nend e\ns > a > e").do("a")
    seen = runtime.inspect(walk.vset, walk.outcome.state)
    assert (seen.ended, seen.stuck) == (True, None)
    assert walk.wait(days=1).ended
    assert walk.outcome.stuck is None


def test_a_failed_move_leaves_the_stored_state_usable():
    walk = Walk("start s\nuser a\nscript c script='x = nothing + 1'\ns > a > c")
    with pytest.raises(Broken):
        walk.do("a")
    assert runtime.inspect(walk.vset, walk.outcome.state).tasks == walk.outcome.tasks
    assert walk.do("a", nothing=1).ended


def test_a_fault_of_the_engine_itself_names_the_element(monkeypatch):
    walk = Walk("start s\nuser a\nscript c script='n = 1'\ns > a > c")

    def stumble(*_):
        raise AttributeError("no attribute arm")

    monkeypatch.setattr(ScriptTask, "_run_hook", stumble)
    with pytest.raises(Broken) as broken:
        walk.do("a")
    assert broken.value.element == "c"
    # Where it was raised; its text may repeat what somebody wrote.
    assert re.fullmatch(r"AttributeError: test_state\.py:[0-9]+", broken.value.reason)
