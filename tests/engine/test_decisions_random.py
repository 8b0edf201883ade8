"""Random tables mean what a few lines of plain Python say they mean."""

import os
import random

import pytest

from engine.decisions import DecisionError
from tests.engine.test_decisions import decision

TABLES = 400
BEST_FIRST = [3, 1, 4, 2]
AGGREGATED = {
    "SUM": lambda hits: sum(hits) if hits else None,
    "MIN": lambda hits: min(hits, default=None),
    "MAX": lambda hits: max(hits, default=None),
    "COUNT": len,
}
SINGLE = ("UNIQUE", "ANY", "FIRST", "PRIORITY")
MANY = ("OUTPUT ORDER", "RULE ORDER", "COLLECT")


def cell(dice):
    """A cell, and when it holds."""
    low = dice.randrange(7)
    high = low + dice.randrange(5)
    opening, closing = dice.choice("[(]"), dice.choice("])[")

    def between(value):
        above = value >= low if opening == "[" else value > low
        return above and (value <= high if closing == "]" else value < high)

    def number(holds):
        return lambda value: value is not None and holds(value)

    return dice.choice(
        [
            ("-", lambda _value: True),
            (f"{low}", lambda value: value == low),
            (f"< {low}", number(lambda value: value < low)),
            (f">= {low}", number(lambda value: value >= low)),
            (f"{opening}{low}..{high}{closing}", number(between)),
            (f"{low},{high}", lambda value: value in (low, high)),
            (f"[{low}, {high}]", lambda value: value in (low, high)),
            ("null", lambda value: value is None),
            (f"not({low})", lambda value: value != low),
            (f"not([{low}..{high}], null)", number(lambda value: not low <= value <= high)),
        ]
    )


def meant(policy, aggregation, hits, default):
    """What the rows that match, in their order, come to; None for an error."""
    if policy in SINGLE:
        if not hits:
            return default
        if policy == "UNIQUE" and len(hits) > 1:
            return None
        if policy == "ANY" and len(set(hits)) > 1:
            return None
        return {"out": min(hits, key=BEST_FIRST.index) if policy == "PRIORITY" else hits[0]}
    if aggregation:
        return {"out": AGGREGATED[aggregation](hits)}
    if policy == "OUTPUT ORDER":
        hits = sorted(hits, key=BEST_FIRST.index)
    return [{"out": hit} for hit in hits]


def ask(seed, policy, aggregation=""):
    """Ask one random table a few questions."""
    dice = random.Random(f"{seed} {policy} {aggregation}")
    names = "xyz"[: dice.randint(1, 3)]
    rows = [
        ([cell(dice) for _ in names], dice.choice(BEST_FIRST)) for _ in range(dice.randrange(6))
    ]
    default = dice.choice(["", "9"])
    table = decision(
        [(*(text for text, _ in cells), str(answer)) for cells, answer in rows],
        inputs=tuple(names),
        outputs=(("out", "3, 1, 4, 2", default),),
        policy=f'hitPolicy="{policy}"' + (f' aggregation="{aggregation}"' if aggregation else ""),
    )
    for _ in range(4):
        values = {name: dice.choice([None, *range(9)]) for name in names}
        hits = [
            answer
            for cells, answer in rows
            if all(holds(values[name]) for name, (_, holds) in zip(names, cells, strict=True))
        ]
        expected = meant(policy, aggregation, hits, {"out": 9} if default else None)
        if expected is None:
            asked = "null" if values["x"] is None else values["x"]
            with pytest.raises(DecisionError, match=rf'"route".* x = {asked}'):
                table.evaluate(values)
        else:
            assert table.evaluate(values) == expected, f"FUZZ_SEED={seed}: {values}"


@pytest.mark.parametrize(
    "policy", [*SINGLE, *MANY, *(f"COLLECT {aggregation}" for aggregation in AGGREGATED)]
)
def test_a_random_table_means_what_its_policy_says(policy):
    seed = int(os.environ.get("FUZZ_SEED", "1"))
    aggregation = policy.removeprefix("COLLECT").strip() if policy.startswith("COLLECT") else ""
    for number in range(TABLES // 10):
        ask(seed + number, "COLLECT" if aggregation else policy, aggregation)
