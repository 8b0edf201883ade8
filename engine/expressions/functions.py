"""The named functions of the language; there are no others and no way to reach any."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.expressions.errors import FAILED, UNSAFE, ExpressionError
from engine.expressions.meter import A_LOOK, spend
from engine.expressions.values import (
    BOOLEAN,
    LIST,
    MAP,
    NULL,
    NUMBER,
    STRING,
    bounded_number,
    bounded_string,
    described,
    kind_of,
    number,
    plain,
    total,
)
from engine.sentences import sentence

_WHOLE = re.compile(r"\s*[+-]?[0-9]{1,18}\s*")
_FINEST_ROUNDING = 15


@dataclass(frozen=True, slots=True)
class Function:
    """`run(arguments, now)`; `takes` are the kinds the first argument may have, for the parser."""

    run: Callable[[Sequence[Any], datetime | None], Any]
    fewest: int
    most: int
    takes: frozenset[str] | None
    gives: str | None


def text_of(value: Any) -> str:
    """Write a value as text: null is nothing, true is `true`; lists and maps have no text."""
    kind = kind_of(value)
    if kind == STRING:
        return str(value)
    if kind == NULL:
        return ""
    if kind == BOOLEAN:
        return "true" if value else "false"
    if kind == NUMBER:
        return str(value)
    raise ExpressionError(UNSAFE, sentence("{kind} has no text", kind=described(value)))


def _len(arguments: Sequence[Any], _: datetime | None) -> int:
    if kind_of(arguments[0]) not in (STRING, LIST, MAP):
        raise ExpressionError(
            UNSAFE, sentence("len() needs a list, not {kind}", kind=described(arguments[0]))
        )
    return len(arguments[0])


def _int(arguments: Sequence[Any], _: datetime | None) -> int:
    value = arguments[0]
    kind = kind_of(value)
    if kind == STRING:
        if not _WHOLE.fullmatch(value):
            raise ExpressionError(FAILED, sentence("int() needs the text of a whole number"))
        return int(value)
    if kind in (NUMBER, BOOLEAN):
        return int(bounded_number(value))
    raise ExpressionError(
        UNSAFE, sentence("int() needs a number or its text, not {kind}", kind=described(value))
    )


def _str(arguments: Sequence[Any], _: datetime | None) -> str:
    return bounded_string(text_of(arguments[0]))


def _list_of(name: str, value: Any) -> Sequence[Any]:
    if kind_of(value) != LIST:
        raise ExpressionError(
            UNSAFE, sentence("{name}() needs a list, not {kind}", name=name, kind=described(value))
        )
    items: Sequence[Any] = plain(value)
    spend(A_LOOK * len(items))
    return items


def _extreme(name: str, choose: Callable[[Sequence[Any]], Any]) -> Function:
    def run(arguments: Sequence[Any], _: datetime | None) -> Any:
        items = arguments if len(arguments) > 1 else _list_of(name, arguments[0])
        kinds = {kind_of(item) for item in items}
        if not items:
            raise ExpressionError(FAILED, sentence("{name}() of an empty list", name=name))
        if kinds not in ({NUMBER}, {STRING}):
            raise ExpressionError(
                UNSAFE, sentence("{name}() needs numbers only or strings only", name=name)
            )
        return plain(choose(items))

    return Function(run, 1, 100, None, None)


def _sum(arguments: Sequence[Any], _: datetime | None) -> int | float:
    return total([number(item, "sum()") for item in _list_of("sum", arguments[0])])


def _any(arguments: Sequence[Any], _: datetime | None) -> bool:
    return any(bool(plain(item)) for item in _list_of("any", arguments[0]))


def _all(arguments: Sequence[Any], _: datetime | None) -> bool:
    return all(bool(plain(item)) for item in _list_of("all", arguments[0]))


def _abs(arguments: Sequence[Any], _: datetime | None) -> int | float:
    return abs(number(arguments[0], "abs()"))


def _round(arguments: Sequence[Any], _: datetime | None) -> int | float:
    value = number(arguments[0], "round()")
    if len(arguments) == 1:
        return round(value)
    places = number(arguments[1], "round()")
    if isinstance(places, float) or not 0 <= places <= _FINEST_ROUNDING:
        raise ExpressionError(
            FAILED,
            sentence(
                "round() keeps 0 to {most} decimal places",
                most=_FINEST_ROUNDING,
            ),
        )
    return round(value, places)


def _moment(now: datetime | None) -> datetime:
    if now is None:
        raise ExpressionError(FAILED, sentence("the time is not known here"))
    return now


def _now(_: Sequence[Any], now: datetime | None) -> str:
    return _moment(now).isoformat(timespec="seconds")


def _today(_: Sequence[Any], now: datetime | None) -> str:
    return _moment(now).date().isoformat()


_LISTS = frozenset({LIST})
_NUMBERS = frozenset({NUMBER})

FUNCTIONS = {
    "len": Function(_len, 1, 1, frozenset({STRING, LIST, MAP}), NUMBER),
    "int": Function(_int, 1, 1, frozenset({STRING, NUMBER, BOOLEAN}), NUMBER),
    "str": Function(_str, 1, 1, frozenset({STRING, NUMBER, BOOLEAN, NULL}), STRING),
    "min": _extreme("min", min),
    "max": _extreme("max", max),
    "sum": Function(_sum, 1, 1, _LISTS, NUMBER),
    "any": Function(_any, 1, 1, _LISTS, BOOLEAN),
    "all": Function(_all, 1, 1, _LISTS, BOOLEAN),
    "abs": Function(_abs, 1, 1, _NUMBERS, NUMBER),
    "round": Function(_round, 1, 2, _NUMBERS, NUMBER),
    "now": Function(_now, 0, 0, None, STRING),
    "today": Function(_today, 0, 0, None, STRING),
}
