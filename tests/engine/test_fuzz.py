"""A kept instance and one saved and restored at every step never differ in anything.

`FUZZ_SEED` sets the first seed of a run; every difference names its own.
"""

import os
import random

import pytest

from engine import Escalation, OperationError, VersionSet, codec
from tests.engine.random_diagrams import random_process
from tests.engine.twins import Twins, raised
from tests.engine.walk import BEGINNING, drawn

STEPS = 9_000  # the shipped diagrams have theirs in tests/process
LONG = 180_000
PARTS = 6
MOVES = 40
GRADE = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">
<decision id="grade" name="grade"><decisionTable id="t" hitPolicy="FIRST">
<input id="i"><inputExpression id="ie"><text>n</text></inputExpression></input>
<output id="o" name="grade"/>
<rule id="r1"><inputEntry id="e1"><text>&gt; 60</text></inputEntry><outputEntry id="o1"><text>"high"</text></outputEntry></rule>
<rule id="r2"><inputEntry id="e2"><text>-</text></inputEntry><outputEntry id="o2"><text>n</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def answer(name, inputs, _call):
    """What operations return depends on their inputs and on nothing else."""
    if name == "r.fails":
        ways = (OperationError("E1", "one"), Escalation("C1"), OperationError("E2"), {})
        return ways[inputs["n"] % len(ways)]
    number = (inputs.get("n", 1) * 7 + 3) % 100
    return {"n": number, "public": {"n": number}}


def choose(dice, twins):
    """Make one of the moves that are possible. Return False when there is none."""
    outcome = twins.outcome
    moves = [("task", place) for place in range(len(outcome.tasks))]
    moves += [(s.kind, s.name) for s in outcome.subscriptions]
    if outcome.next_due_at is not None:
        moves.append(("tick", None))
    if not moves:
        return False
    kind, argument = dice.choice(moves)
    number = {"n": dice.randrange(100)}
    if kind == "tick":
        twins.wait(hours=dice.randrange(30))
    elif kind != "task":
        twins.move(kind, (argument, {"heard": argument} | dice.choice([{}, number])))
    elif dice.random() < 0.05:
        twins.move("fail", (argument, raised(dice, ["E1", "E2", "C1"])))
    else:
        twins.move("task", (argument, number, dice.choice([None, number])))
    return True


def walk(seed):
    """Walk one random diagram in both ways, twice; return the number of steps compared."""
    dice = random.Random(seed)
    vset = VersionSet.load({**drawn(*random_process(dice)), "grade.dmn": GRADE})
    try:
        return sum(live(vset, dice) for _ in range(2))
    except AssertionError as difference:
        raise AssertionError(f"FUZZ_SEED={seed}: {difference}") from difference


def live(vset, dice):
    """Lead one life, to its end unless it is a long one."""
    variables = {
        "n": dice.randrange(100),
        "x": dice.choice(["ivan", ""]),
        "list": ["a", "b", "c"][: dice.randrange(4)],
    }
    twins = Twins(vset, answer, BEGINNING)
    twins.start("p", variables)
    while twins.moves < MOVES and twins.broken is None and choose(dice, twins):
        pass
    if twins.broken is None and twins.moves < MOVES:
        assert twins.outcome.ended or twins.outcome.stuck is not None
    return twins.moves


def fuzz(wanted, seed):
    print("FUZZ_SEED", seed)
    steps, diagrams = 0, 0
    while steps < wanted:
        steps += walk(seed + diagrams)
        diagrams += 1
    print(steps, "steps on", diagrams, "diagrams, no difference")
    return steps


@pytest.mark.parametrize("part", range(PARTS))
def test_live_and_stored_instances_agree(part):
    seed = int(os.environ.get("FUZZ_SEED", "1"))
    assert fuzz(STEPS // PARTS, seed + part * 1_000_000) >= STEPS // PARTS


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
def test_live_and_stored_instances_agree_for_long(part):
    seed = int(os.environ.get("FUZZ_SEED", "0")) or random.SystemRandom().randrange(10**9)
    assert fuzz(LONG // PARTS, seed + part * 1_000_000) >= LONG // PARTS


def _drop(where, name):
    def lose(instance):
        for token in instance.tokens():
            getattr(token, where).pop(name, None)

    return lose


def _unsorted(instance):
    waiting = instance.event_manager.tasks
    instance.event_manager.tasks = dict(reversed(waiting.items()))


def _loud(instance):
    for token in instance.tokens():
        token.quiet = False


@pytest.mark.parametrize(
    "lose",
    [
        *(_drop("data", name) for name in ("item", "loopCounter", "local")),
        *(_drop("internal_data", name) for name in ("by", "was_true", "left", "since")),
        _unsorted,
        _loud,
    ],
)
def test_the_fuzz_would_notice_what_is_lost_in_between(monkeypatch, lose):
    original = codec.load

    def load(*arguments):
        instance = original(*arguments)
        lose(instance)
        return instance

    monkeypatch.setattr(codec, "load", load)
    with pytest.raises(AssertionError, match="FUZZ_SEED="):
        fuzz(STEPS, 1)
