"""The bench runs both sides on the same life and prints what the plan of the house asks for."""

import json
from pathlib import Path

import pytest
import zstandard

from engine import VersionSet
from engine.bench import LOOP, Ours, Played, bench

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def figures():
    plan = json.loads((ROOT / "bench/engine.json").read_text(encoding="utf-8"))
    return bench(ROOT / "processes", plan, pairs=9)


def test_both_sides_walk_the_shipped_process(figures):
    assert set(figures) >= {"task", "flat", "state_bytes", "wide100_ms", "cold_load_ms"}
    assert set(figures["task"]) == {"stock_ms", "ours_ms", "ratio"}
    assert set(figures["flat"]) == {"step5_ms", "step200_ms", "ratio"}
    assert 0 < figures["state_bytes"] <= 3 * 1024


def test_a_step_is_many_times_faster_than_on_the_stock_path(figures):
    # The real figures come from `make bench`: 20 times, 1.0, a third of a stock step.
    assert figures["task"]["ratio"] > 8
    assert figures["flat"]["ratio"] < 1.5
    assert figures["wide100_ms"] < figures["task"]["stock_ms"]


def test_the_loop_holds_a_parallel_and_a_multi_instance_block():
    assert "parallelGateway" in LOOP
    assert "multiInstanceLoopCharacteristics" in LOOP


def test_a_thousand_rounds_of_rework_leave_the_case_as_small_as_it_was():
    vset = VersionSet.load({"rework.bpmn": LOOP.encode()})
    ours = Ours(vset, "rework", Played({}))
    outcome = ours.start({"people": ["x", "y"]})
    raw = zstandard.ZstdDecompressor()
    sizes = []
    for _ in range(1_000):
        assert [task.element for task in outcome.tasks] == ["a", "b"]
        sizes.append(len(raw.decompress(outcome.state)))
        for element in ("b", "a", "c", "c", "check"):
            outcome = ours.complete(outcome, element, {})
    # Only the digits of the counter grow.
    assert max(sizes) - min(sizes) < 20
    assert max(sizes) < 1024
    assert not outcome.ended


def test_a_cold_worker_loads_several_times_faster_than_it_parses(figures):
    assert figures["cold_load_ms"] < figures["parse_ms"] / 3
    assert figures["cold_load_ms"] <= figures["cold_whole_ms"] < figures["parse_ms"]
