"""The shipped processes, walked at random: a kept instance and a stored one never differ.

`FUZZ_SEED` sets the first seed of a run; every difference names its own.
"""

import os
import random

import pytest
import shipped
import walking

from tests.engine.twins import Twins

STEPS = 1_000  # random diagrams have theirs in tests/engine
LONG = 20_000
MOVES = 60
STARTS = {
    "appeal": {"appeal": 1, "register_by": walking.DECIDE_BY, "channel": "site"},
    "assignment": {"appeal": 1, "assignment": 1},
    "reply": {"appeal": 1, "drafter": "executor1", "due_at": walking.DUE},
    "redirection": {"appeal": 1, "redirection": 2, "due_at": walking.DECIDE_BY},
    "extension": {"appeal": 1, "extension": 5, "due_at": walking.DUE},
    "control": {"appeal": 1, "due_at": walking.DUE},
    "notice": {"appeal": 1, "letter": 43, "channel": "post"},
    "survey": {"appeal": 1},
    "act": {"appeal": 1, "due_at": walking.DUE},
    "correction": {"appeal": 1, "reason": "Опечатка", "due_at": walking.DUE},
}
MESSAGES = {
    "extension": "request_extension",
    "control": "appeal_registered",
    "correction": "correct_card",
}


def answering(dice):
    """Operations that answer as in the walks, but for how many assignments a review gives."""
    assignments = list(range(1, dice.randint(2, 4)))

    def answer(name, inputs, call):
        played = walking.PLAYED[name](inputs, call)
        return played | {"assignments": assignments} if name == "appeals.review" else played

    return answer


def choices(form_key):
    """The possible answers of the fields that become process data."""
    form = walking.vset().forms.get(form_key, {"components": []})
    return {
        field["key"]: [option["value"] for option in field.get("values") or ()] or [True, False]
        for field in form["components"]
        if field.get("key") in shipped.variables_of(form_key)
    }


def step(twins, dice):
    """Make one of the moves that are possible. Return False when there is none."""
    outcome = twins.outcome
    moves = [("task", place) for place in range(len(outcome.tasks))] * 3
    moves += [("message", subscription.name) for subscription in outcome.subscriptions]
    if outcome.next_due_at is not None:
        moves.append(("tick", None))
    if not moves:
        return False
    kind, argument = dice.choice(moves)
    if kind == "tick":
        twins.wait(hours=dice.randrange(30))
    elif kind == "message":
        twins.move(kind, (argument, {"due_at": walking.DUE, "reason": "Опечатка", "reopening": 3}))
    else:
        task = outcome.tasks[argument]
        form_key = walking.vset().element(task.process, task.element).form_key
        given = {name: dice.choice(values) for name, values in choices(form_key).items()}
        twins.move("task", (argument, given, given))
    return True


def live(seed):
    """Lead one life of one process; return the number of steps compared."""
    dice = random.Random(seed)
    process = dice.choice(sorted(STARTS))
    twins = Twins(walking.vset(), answering(dice), walking.MORNING)
    try:
        twins.start(process, STARTS[process], MESSAGES.get(process))
        while twins.moves < MOVES and step(twins, dice):
            assert twins.broken is None
    except AssertionError as difference:
        raise AssertionError(f"FUZZ_SEED={seed}, {process}: {difference}") from difference
    assert twins.outcome.ended or twins.moves == MOVES, f"FUZZ_SEED={seed}, {process}"
    return twins.moves


def walk(wanted, seed):
    print("FUZZ_SEED", seed)
    steps = 0
    while steps < wanted:
        steps += live(seed)
        seed += 1
    print(steps, "steps, no difference")
    return steps


def test_the_shipped_processes_are_the_same_kept_and_stored():
    assert walk(STEPS, int(os.environ.get("FUZZ_SEED", "1"))) >= STEPS


@pytest.mark.long
def test_the_shipped_processes_are_the_same_kept_and_stored_for_long():
    seed = int(os.environ.get("FUZZ_SEED", "0")) or random.SystemRandom().randrange(10**9)
    assert walk(LONG, seed) >= LONG
