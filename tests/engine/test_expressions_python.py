"""Where the small language looks like Python, it means what Python means."""

import random

import pytest

from engine.expressions import ExpressionError, parse

DATA = {"a": 3, "b": -2, "c": 2.5, "yes": True, "no": False}


def numeric(chance, depth):
    if depth == 0 or chance.random() < 0.25:
        return chance.choice(["a", "b", "c", "0", "1", "7", "2.25"])
    how = chance.random()
    if how < 0.15:
        return "-" + numeric(chance, 0)
    if how < 0.3:
        return f"({numeric(chance, depth - 1)})"
    if how < 0.4:
        name = chance.choice(["abs", "round", "int"])
        return f"{name}({numeric(chance, depth - 1)})"
    if how < 0.5:
        return (
            f"{chance.choice(['min', 'max'])}({numeric(chance, depth - 1)}, {numeric(chance, 1)})"
        )
    sign = chance.choice("+-*/%")
    return f"{numeric(chance, depth - 1)} {sign} {numeric(chance, depth - 1)}"


def logical(chance, depth):
    if depth == 0 or chance.random() < 0.2:
        return chance.choice(["yes", "no", "True", "False"])
    how = chance.random()
    if how < 0.4:
        sign = chance.choice(["==", "!=", "<", "<=", ">", ">="])
        return f"{numeric(chance, 2)} {sign} {numeric(chance, 2)}"
    if how < 0.55:
        return f"not {logical(chance, depth - 1)}"
    if how < 0.65:
        return f"({logical(chance, depth - 1)})"
    return (
        f"{logical(chance, depth - 1)} {chance.choice(['and', 'or'])} {logical(chance, depth - 1)}"
    )


@pytest.mark.parametrize("seed", range(20))
def test_same_value_as_python(seed):
    chance = random.Random(seed)
    for _ in range(100):
        text = numeric(chance, 4) if chance.random() < 0.5 else logical(chance, 4)
        try:
            expected = eval(text, {}, dict(DATA))
        except ZeroDivisionError:
            with pytest.raises(ExpressionError, match="zero"):
                parse(text).evaluate(DATA)
            continue
        assert parse(text).evaluate(DATA) == expected, text
