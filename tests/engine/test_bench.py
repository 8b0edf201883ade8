"""The bench runs both sides on the same life and prints what the plan of the house asks for."""

import json
from pathlib import Path

from engine.bench import LOOP, bench

ROOT = Path(__file__).parents[2]


def test_both_sides_walk_the_shipped_process():
    plan = json.loads((ROOT / "bench/engine.json").read_text(encoding="utf-8"))
    figures = bench(ROOT / "processes", plan, pairs=3)
    assert set(figures) >= {"task", "flat", "state_bytes", "wide100_ms", "cold_load_ms"}
    assert set(figures["task"]) == {"stock_ms", "ours_ms", "ratio"}
    assert set(figures["flat"]) == {"step5_ms", "step200_ms", "ratio"}
    assert 0 < figures["state_bytes"] <= 3 * 1024
    # The real figures come from `make bench`; here only a gross slip would show.
    assert figures["task"]["ratio"] > 2
    assert figures["flat"]["ratio"] < 3


def test_the_loop_holds_a_parallel_and_a_multi_instance_block():
    assert "parallelGateway" in LOOP
    assert "multiInstanceLoopCharacteristics" in LOOP
