"""An instance that is moved between drawings of the same process never behaves differently.

Random diagrams are walked twice: as drawn, and moved now and then to the same diagram with an event
sub-process beside it, with a sub-process around it, or back.
"""

import os
import random
from datetime import timedelta

import pytest

from engine import VersionSet, migrate
from tests.engine.random_diagrams import random_process
from tests.engine.test_fuzz import MOVES, Stored, choose
from tests.engine.test_fuzz import seen as all_of
from tests.engine.walk import BEGINNING, drawn

STEPS = 600
LONG = 50_000
ADDED = ("around", "s0", "e0", "never")


def drawings(text, *called):
    beside = "\nwatch out {\nstart h message=never\nuser never\nh > never\n}"
    around = f"start s0\nsub around {{\n{text}\n}}\nend e0\ns0 > around > e0"
    texts = (text, text + beside, around, around + beside)
    return [VersionSet.load(drawn(one, *called)) for one in texts]


def seen(outcome):
    found = all_of(outcome)
    found["steps"] = [step for step in found["steps"] if step[0] not in ADDED]
    found["subscriptions"] = sorted(
        (one.kind, one.name, one.element) for one in outcome.subscriptions if one.name != "never"
    )
    return found


def walk(seed):
    dice = random.Random(seed)
    sets = drawings(*random_process(dice))
    variables = {
        "n": dice.randrange(100),
        "x": "ivan",
        "list": ["a", "b", "c"][: dice.randrange(4)],
    }
    still, moving = Stored(sets[0], variables), Stored(sets[0], variables)
    now, moves = BEGINNING, 0
    for _ in range(MOVES):
        move = choose(dice, still.outcome)
        if move is None:
            break
        if dice.random() < 0.5:
            vset = dice.choice(sets)
            moving.outcome = migrate(moving.vset, vset, moving.outcome.state, now=now)
            moving.vset = vset
            moves += 1
        if move[0] == "tick":
            now = max(now, still.outcome.next_due_at) + timedelta(hours=dice.randrange(30))
        for each in (still, moving):
            each.move(move[0], now, move[1])
        assert seen(still.outcome) == seen(moving.outcome), f"seed {seed}"
    return moves


def walks(wanted, seed):
    done = 0
    while done < wanted:
        done += walk(seed)
        seed += 1
    return done


def test_the_drawing_around_makes_no_difference():
    seed = int(os.environ.get("FUZZ_SEED", "1"))
    assert walks(STEPS, seed) >= STEPS


@pytest.mark.long
def test_the_drawing_around_makes_no_difference_for_long():
    seed = int(os.environ.get("FUZZ_SEED", "0")) or random.SystemRandom().randrange(10**9)
    print("FUZZ_SEED", seed)
    assert walks(LONG, seed) >= LONG
