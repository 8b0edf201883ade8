"""The engine and a small interpreter written by the letter of BPMN never disagree.

`FUZZ_SEED` sets the first seed; every disagreement names its own.
"""

import os
import random

import pytest

from engine import Broken
from engine.specs.gateways import InclusiveGateway
from tests.engine.reference import VARIABLES, Endless, NoWayOut, Reference, random_graph
from tests.engine.walk import Walk

MOVES = 1_500
LONG = 40_000
LONGEST = 30


def told(move, *arguments, **named):
    """Make a move; where no flow can be taken, both name the element."""
    try:
        return move(*arguments, **named)
    except NoWayOut as stopped:
        return str(stopped)
    except Broken as broken:
        return str(broken.element)


def of_engine(walk, since):
    if isinstance(walk, str):
        return walk
    return {
        "open": sorted(walk.open),
        "hears": sorted(subscription.name for subscription in walk.outcome.subscriptions),
        "stuck": walk.outcome.stuck is not None,
        "ended": walk.ended,
        "completed": sorted(s.element for s in walk.log[since:] if s.event == "completed"),
    }


def of_reference(reference):
    if isinstance(reference, str):
        return reference
    completed = sorted(reference.completed.elements())
    reference.completed.clear()
    return {
        "open": reference.open(),
        "hears": reference.listens(),
        "stuck": reference.stuck(),
        "ended": reference.ended,
        "completed": completed,
    }


def compare(seed):
    """Play one random graph in both; return how many moves were compared."""
    dice = random.Random(seed)
    graph = random_graph(dice)
    values = {name: dice.random() < 0.5 for name in VARIABLES}
    try:
        reference = told(Reference, graph, values)
        walk, since = told(Walk, graph.text(), variables=values, **graph.called()), 0
        for move in range(1, LONGEST + 1):
            assert of_reference(reference) == of_engine(walk, since), f"seed {seed}, move {move}"
            options = [] if isinstance(reference, str) else reference.moves()
            if not options:
                break
            kind, name = dice.choice(options)
            values = {name: dice.random() < 0.5 for name in VARIABLES}
            since = len(walk.log)
            reference = told(reference.move, kind, name, values)
            walk = told(walk.do, name, **values) if kind == "do" else told(walk.send, name)
    except Endless:
        return 0
    return move


def play(wanted, seed):
    """Compare graph after graph until enough moves were made; return how many graphs it took."""
    print("FUZZ_SEED", seed)
    graphs, moves = 0, 0
    while moves < wanted:
        moves += compare(seed + graphs)
        graphs += 1
    print(moves, "moves on", graphs, "graphs agree")
    return graphs


@pytest.mark.parametrize("part", range(2))
def test_the_engine_agrees_with_the_letter(part):
    seed = int(os.environ.get("FUZZ_SEED", "1"))
    assert play(MOVES // 2, seed + part * 1_000_000) > 0


@pytest.mark.long
def test_the_engine_agrees_with_the_letter_for_long():
    seed = int(os.environ.get("FUZZ_SEED", "0")) or random.SystemRandom().randrange(10**9)
    assert play(LONG, seed) > 0


@pytest.mark.parametrize("wrong", [True, False])
def test_the_comparison_would_notice_a_join_that_waits_wrongly(monkeypatch, wrong):
    monkeypatch.setattr(InclusiveGateway, "_awaits", lambda *_: wrong)
    with pytest.raises(AssertionError, match="seed"):
        play(MOVES, 1)
