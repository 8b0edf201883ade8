"""The scripts of script tasks: lines `name = expression`, nothing else."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from engine.expressions.errors import SYNTAX, TOO_BIG, UNSAFE, ExpressionError
from engine.expressions.functions import FUNCTIONS
from engine.expressions.language import Expression, parse
from engine.expressions.tokens import is_name
from engine.sentences import sentence

MOST_LINES = 100
_ASSIGNMENT = re.compile(r"\s*([^=!<>\s]+)\s*=(?!=)(.*)")


@dataclass(frozen=True, slots=True)
class Script:
    """Assignments in their order.

    `names` are the variables the script reads before it sets them itself; `assigned` those it
    sets; `lines` the number, name and expression of each assignment.
    """

    text: str
    lines: tuple[tuple[int, str, Expression], ...]
    names: frozenset[str]
    assigned: frozenset[str]

    def evaluate(
        self, variables: Mapping[str, Any], *, now: datetime | None = None
    ) -> dict[str, Any]:
        """Return what the script sets; later lines see what earlier ones set."""
        found: dict[str, Any] = {}
        seen = dict(variables)
        for line, name, expression in self.lines:
            try:
                seen[name] = found[name] = expression.evaluate(seen, now=now)
            except ExpressionError as error:
                raise ExpressionError(
                    error.rule,
                    sentence("line {number}: {message}", number=line, message=error.message),
                ) from error
        return found


@lru_cache(maxsize=1024)
def parse_script(text: str) -> Script:
    """Read a script; an empty one sets nothing."""
    lines: list[tuple[int, str, Expression]] = []
    names: set[str] = set()
    assigned: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        if len(lines) == MOST_LINES:
            raise ExpressionError(
                TOO_BIG, sentence("a script has at most {most} lines", most=MOST_LINES)
            )
        name, expression = _assignment(number, line)
        names |= expression.names - assigned
        assigned.add(name)
        lines.append((number, name, expression))
    return Script(text, tuple(lines), frozenset(names), frozenset(assigned))


def _assignment(number: int, line: str) -> tuple[str, Expression]:
    found = _ASSIGNMENT.fullmatch(line)
    if found is None:
        raise ExpressionError(
            SYNTAX,
            sentence(
                "line {number}: a script holds lines name = expression and nothing else",
                number=number,
            ),
        )
    name = found.group(1)
    if name.startswith("_") or "." in name or "[" in name:
        raise ExpressionError(
            UNSAFE,
            sentence(
                "line {number}: only a variable can be set, and its name begins with a letter",
                number=number,
            ),
        )
    if not is_name(name) or name in FUNCTIONS:
        raise ExpressionError(
            SYNTAX,
            sentence(
                "line {number}: a variable cannot be called {name!r}", number=number, name=name
            ),
        )
    try:
        return name, parse(found.group(2))
    except ExpressionError as error:
        raise ExpressionError(
            error.rule, sentence("line {number}: {message}", number=number, message=error.message)
        ) from error
