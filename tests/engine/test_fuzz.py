"""A kept instance and one stored and restored at every step never differ in anything."""

import os
import random
from datetime import timedelta

import pytest

from engine import Broken, VersionSet, runtime
from engine.instance import MOST_STEPS
from engine.reading import read_outcome
from tests.engine.random_diagrams import random_process
from tests.engine.walk import BEGINNING, drawn

STEPS = 2_000
LONG = 200_000
MOVES = 40


class Answers:
    """Operations that depend on their inputs and nothing else."""

    def call(self, name, inputs, call):
        return {"n": (inputs["n"] * 7 + 3) % 100, "public": {"n": inputs["n"]}}


class Kept:
    """One live instance."""

    def __init__(self, vset, variables):
        self.vset = vset
        self.instance = runtime.empty(vset, vset.spec("p"), Answers(), BEGINNING, None)
        runtime.begin(self.instance, variables, None)
        self.outcome = read_outcome(self.instance, vset)

    def move(self, kind, now, argument):
        instance = self.instance
        instance.now = instance.script_engine.environment.now = now
        instance.steps, instance.thrown, instance.steps_left = [], [], MOST_STEPS
        if kind == "task":
            runtime.perform(instance, self.outcome.tasks[argument[0]].id, argument[1], None)
        elif kind == "tick":
            while runtime.fire_next_timer(instance) is not None:
                instance.run()
        else:
            runtime.hand_over(instance, kind, argument, {"heard": argument})
        self.outcome = read_outcome(instance, self.vset)


class Stored:
    """The same instance, only ever as bytes."""

    def __init__(self, vset, variables):
        self.vset = vset
        self.outcome = runtime.start(vset, "p", variables, operations=Answers(), now=BEGINNING)

    def move(self, kind, now, argument):
        around = {"operations": Answers(), "now": now}
        state = self.outcome.state
        if kind == "task":
            task = self.outcome.tasks[argument[0]].id
            self.outcome = runtime.complete(self.vset, state, task, argument[1], **around)
        elif kind == "tick":
            self.outcome = runtime.tick(self.vset, state, **around)
        else:
            self.outcome = runtime.deliver(
                self.vset, state, argument, {"heard": argument}, kind=kind, **around
            )


def seen(outcome):
    """Everything that can be observed, but for the ids, which are random."""
    return {
        "tasks": [
            (t.element, t.process, t.assignee, t.due_at, dict(t.variables)) for t in outcome.tasks
        ],
        "subscriptions": outcome.subscriptions,
        "due": outcome.next_due_at,
        "steps": [(s.element, s.process, s.event, dict(s.facts)) for s in outcome.steps],
        "thrown": outcome.thrown,
        "ended": outcome.ended,
        "variables": dict(outcome.variables),
        "stuck": outcome.stuck,
    }


def choose(dice, outcome):
    """Pick the next move from what is possible."""
    moves = [("task", (index, {"n": dice.randrange(100)})) for index in range(len(outcome.tasks))]
    moves += [(s.kind, s.name) for s in outcome.subscriptions]
    if outcome.next_due_at is not None:
        moves.append(("tick", None))
    return dice.choice(moves) if moves else None


def walk(seed):
    """Walk one random diagram in both ways; return the number of steps compared."""
    dice = random.Random(seed)
    vset = VersionSet.load(drawn(*random_process(dice)))
    variables = {
        "n": dice.randrange(100),
        "x": "ivan",
        "list": ["a", "b", "c"][: dice.randrange(4)],
    }
    kept, stored = Kept(vset, variables), Stored(vset, variables)
    now, steps = BEGINNING, 0
    for _ in range(MOVES):
        assert seen(kept.outcome) == seen(stored.outcome), f"seed {seed}"
        steps += len(stored.outcome.steps)
        move = choose(dice, stored.outcome)
        if move is None:
            assert stored.outcome.ended, f"seed {seed}: stuck at {stored.outcome.stuck}"
            break
        if move[0] == "tick":
            now = max(now, stored.outcome.next_due_at) + timedelta(hours=dice.randrange(30))
        for each in (kept, stored):
            each.move(move[0], now, move[1])
    return steps


def fuzz(wanted, seed):
    done = 0
    while done < wanted:
        done += walk(seed)
        seed += 1
    return done


def test_live_and_stored_instances_agree():
    seed = int(os.environ.get("FUZZ_SEED", "1"))
    assert fuzz(STEPS, seed) >= STEPS


@pytest.mark.long
def test_live_and_stored_instances_agree_for_long():
    seed = int(os.environ.get("FUZZ_SEED", "0")) or random.SystemRandom().randrange(10**9)
    print("FUZZ_SEED", seed)
    assert fuzz(LONG, seed) >= LONG


def test_the_fuzz_would_notice(monkeypatch):
    from engine import codec

    original = codec.load
    monkeypatch.setattr(codec, "load", lambda *arguments: _forgetful(original(*arguments)))
    with pytest.raises((AssertionError, Broken)):
        fuzz(STEPS, 1)


def _forgetful(instance):
    for token in instance.tokens():
        token.data.pop("item", None)
    return instance
