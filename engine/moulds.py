"""A stored state with some of its variables left open, to be cast again with other values.

Whoever needs many instances that stand where one stands (a demonstration, a load test) walks once
and casts the state. Only variables change; where the tokens stand stays as it was walked.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from engine.codec import FORMAT, LARGEST_STATE, tools
from engine.errors import EngineError

#: Given the name of a variable and a whole number or text in it, which of the values stands there
#: instead; None leaves it.
Openings = Callable[[str, int | str], int | None]

# No whole number of a process has 19 digits that begin so, and no text a character of private use.
_MARK = 7_353_535_353_000_000_000
_QUOTE = "\ue000"
_MARKED = re.compile(f"(?:7353535353|{_QUOTE})([0-9]{{9}})")


class Mould:
    """What one state looks like but for what `openings` named: the values with these `places`."""

    def __init__(self, state: bytes, openings: Openings) -> None:
        written = orjson.loads(tools()[1].decompress(state, max_output_size=LARGEST_STATE))
        if written[0] != FORMAT:
            raise EngineError(f"a state of format {written[0]} cannot be cast")
        for scope in written[2]:
            scope[3] = _opened("", scope[3], openings)
            for row in scope[4]:
                row[7] = _opened("", row[7], openings)
        pieces = _MARKED.split(orjson.dumps(written).decode())
        self._form = "%s".join(piece.replace("%", "%%") for piece in pieces[::2])
        self.places = [int(place) for place in pieces[1::2]]

    def cast(self, values: Sequence[Any]) -> bytes:
        """Return the state with these values at its openings; a text as JSON spells it."""
        text = self._form % tuple([values[place] for place in self.places])
        return tools()[0].compress(text.encode())


def _opened(name: str, value: Any, openings: Openings) -> Any:
    match value:
        case dict():
            return {key: _opened(key, each, openings) for key, each in value.items()}
        case list():
            return [_opened(name, each, openings) for each in value]
        case int() if not isinstance(value, bool):
            place = openings(name, value)
            return value if place is None else _MARK + place
        case str():
            place = openings(name, value)
            return value if place is None else f"{_QUOTE}{place:09}"
    return value
