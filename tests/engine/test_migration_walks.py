"""An instance that is moved between drawings of the same process never behaves differently.

Random diagrams are walked twice: as drawn, and moved now and then to the same diagram with an event
sub-process beside it or in each of its sub-processes, with a sub-process around it, or back.
"""

import os
import random
from datetime import timedelta

import pytest

from engine import Broken, VersionSet, migrate, runtime
from tests.engine.random_diagrams import random_process
from tests.engine.test_fuzz import GRADE, answer
from tests.engine.walk import BEGINNING, drawn

STEPS = 400
LONG = 20_000
MOVES = 40
ADDED = ("around", "s0", "e0")


def watch(name):
    """An event sub-process for a message that is never sent."""
    return f"watch {name} {{\nstart {name}_h message=never\nuser {name}_n\n{name}_h > {name}_n\n}}"


def watched_inside(text):
    """The same with an event sub-process in every sub-process, those in turn not counted."""
    found = []
    for number, line in enumerate(text.splitlines()):
        found.append(line)
        if line.strip().startswith("sub ") and line.endswith("{"):
            found.append(watch(f"never{number}"))
    return "\n".join(found)


def drawings(text):
    """Drawings that do the same, step by step."""
    watched = f"{text}\n{watch('never')}"
    around = "start s0\nsub around {{\n{}\n}}\nend e0\ns0 > around > e0"
    return text, watched, around.format(text), around.format(watched)


def loaded(texts, called):
    return [VersionSet.load({**drawn(one, *called), "grade.dmn": GRADE}) for one in texts]


class Stored:
    """An instance, only ever as bytes."""

    def __init__(self, vset, variables):
        self.vset, self.now = vset, BEGINNING
        self.outcome = runtime.start(vset, "p", variables, operations=self, now=self.now)

    def call(self, name, inputs, call):
        return answer(name, inputs, call) if name != "r.fails" else {}

    def migrate(self, vset):
        self.outcome = migrate(self.vset, vset, self.outcome.state, now=self.now)
        self.vset = vset

    def move(self, kind, argument, number):
        around = {"operations": self, "now": self.now}
        state = self.outcome.state
        if kind == "task":
            task = self.outcome.tasks[argument].id
            self.outcome = runtime.complete(self.vset, state, task, {"n": number}, **around)
        elif kind == "tick":
            around["now"] = self.now = argument
            self.outcome = runtime.tick(self.vset, state, **around)
        else:
            payload = {"heard": argument}
            self.outcome = runtime.deliver(self.vset, state, argument, payload, kind=kind, **around)


def choose(dice, one):
    outcome = one.outcome
    moves = [("task", place) for place in range(len(outcome.tasks))]
    moves += [(s.kind, s.name) for s in outcome.subscriptions]
    if outcome.next_due_at is not None:
        later = timedelta(hours=dice.randrange(30))
        moves.append(("tick", max(one.now, outcome.next_due_at) + later))
    return (*dice.choice(moves), dice.randrange(100)) if moves else None


def seen(outcome):
    """What can be observed, but for the ids, which are random, and for what was drawn around."""
    return {
        "tasks": [
            (one.element, one.process, one.assignee, one.due_at, dict(one.variables))
            for one in outcome.tasks
        ],
        "subscriptions": sorted(
            (one.kind, one.name, one.element)
            for one in outcome.subscriptions
            if one.name != "never"
        ),
        "due": outcome.next_due_at,
        "steps": [
            (one.element, one.process, one.event, dict(one.facts))
            for one in outcome.steps
            if one.element not in ADDED
        ],
        "thrown": outcome.thrown,
        "ended": outcome.ended,
        "variables": dict(outcome.variables),
    }


def variables(dice):
    return {"n": dice.randrange(100), "x": "ivan", "list": ["a", "b", "c"][: dice.randrange(4)]}


def both(seed):
    """Walk one that stays and one that is moved; return how often it was."""
    dice = random.Random(seed)
    text, *called = random_process(dice)
    sets, given, moves = loaded(drawings(text), called), variables(dice), 0
    still, moving = Stored(sets[0], given), Stored(sets[0], given)
    for _ in range(MOVES):
        move = choose(dice, still)
        # What can never go on is not moved: that it would be stuck there too is said by name.
        if move is None or still.outcome.stuck is not None:
            break
        if dice.random() < 0.5:
            moving.migrate(dice.choice(sets))
            moves += 1
        broken = [_broke(one, move) for one in (still, moving)]
        assert broken[0] == broken[1], f"seed {seed}"
        if broken[0]:
            break
        assert seen(still.outcome) == seen(moving.outcome), f"seed {seed}"
    return moves


def _broke(one, move):
    try:
        one.move(*move)
    except Broken as broken:
        return broken.element
    return None


def alone(seed):
    """Walk one that is moved to event sub-processes in every block and back; nothing refuses it.

    An end of such a wrapper is one more turn, so that what runs beside comes in another order.
    """
    dice = random.Random(seed)
    text, *called = random_process(dice)
    moving = Stored(loaded([text], called)[0], variables(dice))
    sets = loaded([text, watched_inside(text)], called)
    for moves in range(MOVES):
        move = choose(dice, moving)
        if move is None or move[1] == "never" or moving.outcome.stuck is not None:
            break
        moving.migrate(sets[moves % 2])
        if _broke(moving, move):
            break
    return moves


def walks(walk, wanted, seed):
    done = 0
    while done < wanted:
        done += max(1, walk(seed))
        seed += 1
    return done


@pytest.mark.parametrize("walk", [both, alone])
def test_the_drawing_around_makes_no_difference(walk):
    seed = int(os.environ.get("FUZZ_SEED", "1"))
    assert walks(walk, STEPS, seed) >= STEPS


def test_what_runs_beside_one_another_keeps_its_order():
    """Two calls of one process, the younger drawn further out: a walk that once differed."""
    assert both(386495426) >= 2


@pytest.mark.long
@pytest.mark.parametrize("walk", [both, alone])
def test_the_drawing_around_makes_no_difference_for_long(walk):
    seed = int(os.environ.get("FUZZ_SEED", "0")) or random.SystemRandom().randrange(10**9)
    print("FUZZ_SEED", seed)
    assert walks(walk, LONG, seed) >= LONG
