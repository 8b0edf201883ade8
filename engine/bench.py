"""How fast the engine is, measured in one run beside SpiffWorkflow as it comes.

Times are CPU time of the thread in ms, medians of interleaved pairs. What is walked stands in
`bench/engine.json`: the answers that bring the shipped process to the middle of its life.

A cold load is timed inside a new process that has imported the engine and done nothing else: from
the bytes of the stored form to a version set that runs, and, apart, until every specification,
table and element of it has been made, which in life happens as they are asked for.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from engine import runtime
from engine.library import VersionSet
from engine.model import Call, Outcome
from engine.packing import pack, unpack
from engine.stock import Stock

PAIRS = 300
COLD_RUNS = 9
_SECRET = b"bench"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PLAN = Path("bench/engine.json")
_READ = (".bpmn", ".dmn", ".form")
# Five tasks a round, so that the 5th and the 200th are the same task of another round.
ROUND = 5
LOOP = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="bench">
<bpmn:process id="rework" isExecutable="true">
<bpmn:startEvent id="s"/><bpmn:exclusiveGateway id="again"/><bpmn:parallelGateway id="split"/>
<bpmn:userTask id="a"/><bpmn:userTask id="b"/><bpmn:parallelGateway id="join"/>
<bpmn:userTask id="c"><bpmn:multiInstanceLoopCharacteristics camunda:collection="${people}"
 camunda:elementVariable="person"/></bpmn:userTask>
<bpmn:userTask id="check"/>
<bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="again"/>
<bpmn:sequenceFlow id="f2" sourceRef="again" targetRef="split"/>
<bpmn:sequenceFlow id="f3" sourceRef="split" targetRef="a"/>
<bpmn:sequenceFlow id="f4" sourceRef="split" targetRef="b"/>
<bpmn:sequenceFlow id="f5" sourceRef="a" targetRef="join"/>
<bpmn:sequenceFlow id="f6" sourceRef="b" targetRef="join"/>
<bpmn:sequenceFlow id="f7" sourceRef="join" targetRef="c"/>
<bpmn:sequenceFlow id="f8" sourceRef="c" targetRef="check"/>
<bpmn:sequenceFlow id="f9" sourceRef="check" targetRef="again"/>
</bpmn:process></bpmn:definitions>"""


class Played:
    """Operations that always say the same."""

    def __init__(self, answers: Mapping[str, Mapping[str, Any]]) -> None:
        self.answers = answers

    def call(self, name: str, inputs: Mapping[str, Any], call: Call) -> Mapping[str, Any]:
        del inputs, call
        return self.answers.get(name, {})

    def answer(self, name: str, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        """The same for the stock side, which knows no callers."""
        del inputs
        return self.answers.get(name, {})


class Ours:
    """One process of a version set, moved by its stored state."""

    def __init__(self, vset: VersionSet, process: str, played: Played) -> None:
        self.vset, self.process, self.played = vset, process, played

    def start(self, variables: Mapping[str, Any]) -> Outcome:
        return runtime.start(self.vset, self.process, variables, operations=self.played, now=NOW)

    def complete(self, outcome: Outcome, element: str, data: Mapping[str, Any]) -> Outcome:
        task = next(task for task in outcome.tasks if task.element == element)
        return runtime.complete(
            self.vset, outcome.state, task.id, data, operations=self.played, now=NOW, answers={}
        )


def bench(folder: Path, plan: Mapping[str, Any], pairs: int = PAIRS) -> dict[str, Any]:
    """Measure everything the plan of the house asks for."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.suffix in _READ
    }
    vset = VersionSet.load(files)
    played = Played(plan["operations"])
    ours = Ours(vset, plan["process"], played)
    stock = Stock(files, plan["process"], played.answer)
    task, size = _task(ours, stock, plan, pairs)
    return {
        "task": task,
        "flat": _flat(pairs),
        "state_bytes": size,
        "wide100_ms": _wide(ours, plan, pairs),
        **_cold(vset, min(pairs, COLD_RUNS)),
        "parse_ms": round(_median(lambda: VersionSet.load(files), min(pairs, COLD_RUNS)), 3),
    }


def _task(
    ours: Ours, stock: Stock, plan: Mapping[str, Any], pairs: int
) -> tuple[dict[str, float], int]:
    """Load, complete one task, save: in the middle of the life of the shipped process."""
    outcome = ours.start(plan["variables"])
    workflow = stock.start(plan["variables"])
    for element, data in plan["life"]:
        outcome = ours.complete(outcome, element, data)
        stock.complete(workflow, element, data)
    element, data = plan["measured"]
    state = stock.save(workflow)

    def step_of_stock() -> None:
        loaded = stock.load(state)
        stock.complete(loaded, element, data)
        stock.save(loaded)

    mine, theirs = [], []
    for _ in range(pairs):
        mine.append(_time(lambda: ours.complete(outcome, element, data)))
        theirs.append(_time(step_of_stock))
    ours_ms, stock_ms = statistics.median(mine), statistics.median(theirs)
    measured = {"stock_ms": stock_ms, "ours_ms": ours_ms, "ratio": stock_ms / ours_ms}
    return _rounded(measured), len(outcome.state)


def _flat(pairs: int) -> dict[str, float]:
    """The 5th and the 200th completed task of a case with rework."""
    ours = Ours(VersionSet.load({"rework.bpmn": LOOP.encode()}), "rework", Played({}))
    outcome = ours.start({"people": ["x", "y"]})
    kept = {}
    for step in range(1, 201):
        if step in (ROUND, 200):
            kept[step] = outcome
        outcome = ours.complete(outcome, outcome.tasks[0].element, {})
    times: dict[int, list[float]] = {ROUND: [], 200: []}
    for _ in range(pairs):
        for step, before in kept.items():
            element = before.tasks[0].element
            times[step].append(_time(partial(ours.complete, before, element, {})))
    early, late = statistics.median(times[ROUND]), statistics.median(times[200])
    return _rounded({"step5_ms": early, "step200_ms": late, "ratio": late / early})


def _wide(ours: Ours, plan: Mapping[str, Any], pairs: int) -> float:
    """One step of an assignment to a hundred executors."""
    element, variable, (inner, data) = plan["wide"]
    outcome = ours.start(plan["variables"])
    for step, answers in plan["life"]:
        wide = {**answers, variable: list(range(100))} if step == element else answers
        outcome = ours.complete(outcome, step, wide)
        if step == element:
            break
    return round(_median(lambda: ours.complete(outcome, inner, data), min(pairs, 60)), 3)


def _cold(vset: VersionSet, runs: int) -> dict[str, float]:
    """A worker that has just been started loads the set from its stored form."""
    stored = pack(vset, _SECRET)
    command = [sys.executable, "-c", "from engine import bench; bench.load_cold()", vset.key]
    here = Path(__file__).parents[1]
    times = []
    for _ in range(runs):
        done = subprocess.run(command, input=stored, capture_output=True, check=True, cwd=here)
        times.append(json.loads(done.stdout))
    load, whole = (statistics.median(each) for each in zip(*times, strict=True))
    return _rounded({"cold_load_ms": load, "cold_whole_ms": whole})


def load_cold() -> None:
    """Load a stored form from standard input; print how long that took, and all of it."""
    stored, key = sys.stdin.buffer.read(), sys.argv[1]
    begun = time.thread_time()
    vset = unpack(stored, key, _SECRET)
    loaded = time.thread_time()
    for part in (vset.specs, vset.elements, vset.decisions):
        list(part.values())
    print(json.dumps([(loaded - begun) * 1000, (time.thread_time() - begun) * 1000]))


def _median(work: Callable[[], object], times: int) -> float:
    return statistics.median(_time(work) for _ in range(times))


def _time(work: Callable[[], object]) -> float:
    begun = time.thread_time()
    work()
    return (time.thread_time() - begun) * 1000


def _rounded(measured: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in measured.items()}


def command(folder: str, *, as_json: bool) -> int:
    """Print the figures: as JSON, or one a line."""
    try:
        plan = json.loads(PLAN.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    figures = bench(Path(folder), plan)
    if as_json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name}: {value}")
    return 0
