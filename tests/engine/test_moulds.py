"""A state cast again with other values."""

from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest
import zstandard

from engine import EngineError, Mould
from tests.engine.walk import Walk

DIAGRAM = "start s\nuser a\nuser b\nend e\ns > a > b > e"


def openings(name, value):
    return {("appeal", 12): 0, ("letters", 7): 1, ("number", "A-1"): 2}.get((name, value))


def test_a_cast_differs_in_what_was_open_only():
    data = {"appeal": 12, "other": 12, "letters": [7, 8], "number": "A-1", "deep": {"appeal": 12}}
    walk = Walk(DIAGRAM, variables=data)
    walk.do("a")
    mould = Mould(walk.outcome.state, openings)
    cast = mould.cast([3_000_000_000, 9, "Б-2"])
    other = Walk(DIAGRAM)
    other.outcome = type(other.outcome)(**{**vars(walk.outcome), "state": cast})
    other.do("b")
    assert other.data == {
        "appeal": 3_000_000_000,
        "other": 12,
        "letters": [9, 8],
        "number": "Б-2",
        "deep": {"appeal": 3_000_000_000},
    }


def test_nothing_open_casts_the_same():
    walk = Walk(DIAGRAM, variables={"appeal": 1, "yes": True, "none": None, "text": "12"})
    assert Mould(walk.outcome.state, lambda _name, _value: None).cast([]) == walk.outcome.state


def test_several_threads_cast_one_mould():
    walk = Walk(DIAGRAM, variables={"number": "A-1", "long": [*range(100_000)]})
    mould = Mould(walk.outcome.state, openings)
    words = [f"Б-{number}" for number in range(8)]
    with ThreadPoolExecutor(4) as threads:
        casts = threads.map(lambda word: mould.cast([0, 0, word]), words)
    assert list(casts) == [mould.cast([0, 0, word]) for word in words]


def test_a_state_of_another_format_is_refused():
    other = zstandard.ZstdCompressor().compress(orjson.dumps([99, 1, []]))
    with pytest.raises(EngineError, match="format 99"):
        Mould(other, openings)
