"""Whatever is done to a diagram, loading refuses it or walking ends; nothing else can happen."""

import contextlib
import copy
import io
import os
import random
from pathlib import Path

import pytest
from lxml import etree

from engine import Refused, VersionSet, simulate
from tests.engine.draw import draw
from tests.engine.random_diagrams import random_process

SHIPPED = sorted((Path(__file__).parents[2] / "processes").rglob("*.bpmn"))
WORDS = [
    *("", "x", "${", "${a}", "#{x}", "-1", "true", "P1D", "9" * 21, "start", "é", "a b", "../x"),
    *("None", "R/PT0S", "R3/PT1H", "not", "${1/0}", "${x.y}", "${__import__('os')}"),
]
ANSWERS = {"variables": {"n": 1, "x": "i", "list": [1, 2]}, "messages": ["m1", "m2"]}


def mutate(dice, data):
    root = etree.fromstring(data)
    for _ in range(dice.randint(1, 4)):
        elements = [e for e in root.iter() if isinstance(e.tag, str)]
        element = dice.choice(elements)
        parent = element.getparent()
        what = dice.choice(["remove", "forget", "change", "say", "double", "move"])
        if what == "remove" and parent is not None:
            parent.remove(element)
        elif what == "forget" and element.attrib:
            del element.attrib[dice.choice(list(element.attrib))]
        elif what == "change" and element.attrib:
            element.set(dice.choice(list(element.attrib)), dice.choice(WORDS))
        elif what == "say":
            element.text = dice.choice(WORDS)
        elif what == "double" and parent is not None:
            parent.append(copy.deepcopy(element))
        elif what == "move":
            dice.choice(elements).append(copy.deepcopy(element))
    return etree.tostring(root)


def play(seed):
    dice = random.Random(seed)
    data = dice.choice(SHIPPED).read_bytes()
    if dice.random() < 0.6:
        data = draw(random_process(dice)[0], p2="start q\nend r\nq > r")
    try:
        vset = VersionSet.load({"p.bpmn": mutate(dice, data)})
    except Refused:
        return
    with contextlib.redirect_stderr(io.StringIO()):
        for process in vset.specs:
            assert simulate.simulate(vset, process, ANSWERS, lambda _line: None) in (0, 1, 3)


def test_mutated_diagrams(monkeypatch):
    monkeypatch.setattr(simulate, "MOST_MOVES", 40)
    seed = int(os.environ.get("FUZZ_SEED", "1"))
    for number in range(200):
        play(seed + number)


@pytest.mark.long
def test_mutated_diagrams_for_long(monkeypatch):
    monkeypatch.setattr(simulate, "MOST_MOVES", 40)
    seed = random.SystemRandom().randrange(10**9)
    print("FUZZ_SEED", seed)
    for number in range(20_000):
        play(seed + number)
