"""How much a diagram may compute: one measure for a whole move, in units of work.

A unit is a character of an expression; what takes longer costs more. It is about a tenth of a
microsecond of a slow processor.
Sizes are bounded each for itself, but bounded things done often enough, or lists of lists of one
and the same list, are not; the meter is what ends them. It counts, since a clock would give two
runs of one move two verdicts.
"""

from contextvars import ContextVar

from engine.expressions.errors import TOO_BIG, ExpressionError
from engine.sentences import sentence

MOST_WORK = 10_000_000
# Looking at an item of a list, copying one, trying a cell of a table, making an instance.
A_LOOK, A_COPY, A_CELL, AN_INSTANCE = 4, 10, 10, 200


class Meter:
    """What is left of the work that may be done."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MOST_WORK


_running: ContextVar[Meter | None] = ContextVar("running", default=None)


def spend(units: int) -> None:
    """Count work done; raise `ExpressionError` when it is more than one move may do."""
    meter = _running.get()
    if meter is not None:
        meter.left -= units
        if meter.left < 0:
            raise ExpressionError(TOO_BIG, sentence("the diagram computes too much in one move"))


class metered:  # noqa: N801  # used as a verb
    """Let what is inside share one meter, a new one unless it is inside another already.

    Not a generator: it stands around every single expression, and would cost as much as most.
    """

    __slots__ = ("_token",)

    def __enter__(self) -> None:
        self._token = _running.set(Meter()) if _running.get() is None else None

    def __exit__(self, *_error: object) -> None:
        if self._token is not None:
            _running.reset(self._token)
