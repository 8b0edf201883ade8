"""Unary tests of decision table cells, in a subset of FEEL.

    cell  = "-" | "" | tests | "not(" tests ")"
    tests = test { "," test }
    test  = ("<" | "<=" | ">" | ">=") value | range | list | value
    range = ("[" | "(" | "]") value ".." value ("]" | ")" | "[")
    list  = "[" value { "," value } "]"
    value = number | string in double quotes | true | false | null | variable
          | date("2026-01-31") | date and time("2026-01-31T10:00:00+03:00")

A comparison of values of different kinds is not an error, it does not match: so says FEEL. Dates
in process data are ISO text, and are compared as dates wherever the cell says `date(…)`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from engine.expressions import LONGEST_TEXT, ExpressionError
from engine.expressions.errors import SYNTAX, TOO_BIG, UNKNOWN_FUNCTION, UNKNOWN_VARIABLE, UNSAFE
from engine.expressions.values import kind_of, plain, same
from engine.sentences import sentence

Value = Callable[[Mapping[str, Any]], Any]
Match = Callable[[Any, Mapping[str, Any]], bool]

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<moment>date\s+and\s+time(?=\s*\())
      | (?P<number>-?(?:[0-9]{1,18}(?:\.(?!\.)[0-9]{1,18})?|\.[0-9]{1,18}))(?![\w])
      | (?P<string>"(?:[^"\\\n]|\\.)*")
      | (?P<name>[^\W\d_]\w*)
      | (?P<sign>\.\.|<=|>=|[<>\[\]().,-])
    )""",
    re.VERBOSE,
)
_ESCAPES = {"\\": "\\", '"': '"', "'": "'", "n": "\n", "t": "\t"}
_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
_MOST_TESTS = 200


@dataclass(frozen=True, slots=True)
class UnaryTests:
    """The condition of one cell; `names` are the variables it reads, `constants` its literals."""

    text: str
    names: frozenset[str]
    constants: tuple[Any, ...]
    match: Match = field(compare=False, repr=False)

    def matches(self, value: Any, variables: Mapping[str, Any]) -> bool:
        """Tell whether an input value passes; raise `ExpressionError` for an unknown variable."""
        return self.match(plain(value), variables)


@lru_cache(maxsize=4096)
def unary_tests(text: str) -> UnaryTests:
    """Read a cell; `ExpressionError` says what is not understood."""
    if len(text) > LONGEST_TEXT:
        raise ExpressionError(
            TOO_BIG,
            sentence("a cell has at most {most} characters", most=LONGEST_TEXT),
        )
    if text.strip() in ("", "-"):
        return UnaryTests(text, frozenset(), (), lambda _value, _variables: True)
    reader = _Reader(text)
    match = reader.cell()
    return UnaryTests(text, frozenset(reader.names), tuple(reader.constants), match)


class _Reader:
    """Reads one cell once, from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._place = 0
        self.names: set[str] = set()
        self.constants: list[Any] = []

    def cell(self) -> Match:
        denied = self._peek() == ("name", "not") and self._peek(1) == ("sign", "(")
        if denied:
            self._place += 2
        tests = self._tests()
        if denied:
            self._expect(")")
        if self._peek()[0] != "end":
            raise self._unexpected()
        if denied:
            return lambda value, variables: not any(test(value, variables) for test in tests)
        return lambda value, variables: any(test(value, variables) for test in tests)

    def _tests(self) -> list[Match]:
        tests = [self._test()]
        while self._peek() == ("sign", ","):
            self._place += 1
            tests.append(self._test())
        if len(tests) > _MOST_TESTS:
            raise ExpressionError(
                TOO_BIG,
                sentence("a cell has at most {most} alternatives", most=_MOST_TESTS),
            )
        return tests

    def _test(self) -> Match:
        kind, text = self._peek()
        if kind == "sign" and text in _COMPARE:
            self._place += 1
            return _ordered(text, self._value())
        if kind == "sign" and text in "[(]":
            return self._range_or_list(text)
        return _equal(self._value())

    def _range_or_list(self, opening: str) -> Match:
        self._place += 1
        first = self._value()
        if self._peek() == ("sign", ".."):
            self._place += 1
            last = self._value()
            closing = self._peek()[1]
            if closing not in ("]", ")", "["):
                raise ExpressionError(SYNTAX, sentence("a range ends with ] or ), as in [1..5]"))
            self._place += 1
            low = _ordered(">=" if opening == "[" else ">", first)
            high = _ordered("<=" if closing == "]" else "<", last)
            return lambda value, variables: low(value, variables) and high(value, variables)
        if opening != "[":
            raise ExpressionError(SYNTAX, sentence("a range is written [1..5], (1..5) or ]1..5["))
        items = [_equal(first)]
        while self._peek() == ("sign", ","):
            self._place += 1
            items.append(_equal(self._value()))
        self._expect("]")
        return lambda value, variables: any(item(value, variables) for item in items)

    def _value(self) -> Value:
        kind, text = self._peek()
        self._place += kind != "end"
        if kind == "number":
            return self._constant(float(text) if "." in text else int(text))
        if kind == "string":
            return self._constant(_string(text))
        if kind == "name" and text in _CONSTANTS:
            return self._constant(_CONSTANTS[text])
        if kind == "moment" or (kind == "name" and text == "date" and self._opens()):
            return self._date(with_time=kind == "moment")
        if kind == "name" and self._opens():
            raise ExpressionError(
                UNKNOWN_FUNCTION, sentence("a cell does not know the function {text}()", text=text)
            )
        if kind == "name":
            return self._variable(text)
        self._place -= kind != "end"
        raise self._unexpected()

    def _constant(self, value: Any) -> Value:
        self.constants.append(value)
        return lambda _variables: value

    def _variable(self, name: str) -> Value:
        if self._peek()[0] == "name":
            raise ExpressionError(
                SYNTAX, sentence('a text stands in double quotes: "{name} …"', name=name)
            )
        self.names.add(name)

        def value(variables: Mapping[str, Any]) -> Any:
            if name not in variables:
                raise ExpressionError(
                    UNKNOWN_VARIABLE,
                    sentence(
                        'there is no variable {name}; if it is a text, put it in quotes: "{name}"',
                        name=name,
                    ),
                )
            return plain(variables[name])

        return value

    def _date(self, *, with_time: bool) -> Value:
        self._expect("(")
        kind, text = self._peek()
        self._place += 1
        if kind != "string":
            raise ExpressionError(SYNTAX, sentence('a date is written date("2026-01-31")'))
        self._expect(")")
        return self._constant(_moment(_string(text)) if with_time else _day(_string(text)))

    def _opens(self) -> bool:
        return self._peek() == ("sign", "(")

    def _peek(self, ahead: int = 0) -> tuple[str, str]:
        place = self._place + ahead
        return self._tokens[place] if place < len(self._tokens) else ("end", "")

    def _expect(self, sign: str) -> None:
        if self._peek() != ("sign", sign):
            found = self._peek()[1] or sentence("the end of the cell")
            raise ExpressionError(
                SYNTAX, sentence("expected {sign!r}, found {found}", sign=sign, found=found)
            )
        self._place += 1

    def _unexpected(self) -> ExpressionError:
        kind, text = self._peek()
        if kind == "end":
            return ExpressionError(SYNTAX, sentence("something is missing at the end of the cell"))
        if text == ".":
            return ExpressionError(UNSAFE, sentence("there are no attributes in a cell"))
        return ExpressionError(SYNTAX, sentence("{text} is out of place in a cell", text=text))


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    place, last = 0, len(text.rstrip())
    while place < last:
        token = _TOKEN.match(text, place)
        if token is None:
            raise _not_a_token(text[place:].lstrip())
        kind = str(token.lastgroup)
        found.append((kind, token.group(kind)))
        place = token.end()
    return found


def _not_a_token(rest: str) -> ExpressionError:
    if rest.startswith("'"):
        return ExpressionError(SYNTAX, sentence('in a cell a text stands in double quotes: "…"'))
    if rest.startswith('"'):
        return ExpressionError(SYNTAX, sentence("a text in quotes is not closed"))
    if rest.startswith("_"):
        return ExpressionError(
            UNSAFE, sentence("a name begins with a letter, not with an underscore")
        )
    if rest.startswith(("=", "!")):
        return ExpressionError(
            SYNTAX, sentence('a bare value means "equals"; not(…) means "differs"')
        )
    if rest.startswith("?"):
        return ExpressionError(SYNTAX, sentence("a cell is written without '?': > 5, not ? > 5"))
    return ExpressionError(SYNTAX, sentence("{shown!r} is not part of a cell", shown=rest[:1]))


def _string(text: str) -> str:
    def unescape(found: re.Match[str]) -> str:
        try:
            return _ESCAPES[found.group(1)]
        except KeyError:
            raise ExpressionError(
                SYNTAX, sentence("unknown escape {escape}", escape=found.group(0))
            ) from None

    return re.sub(r"\\(.)", unescape, text[1:-1])


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ExpressionError(
            SYNTAX, sentence('"{text}" is not a date; write "2026-01-31"', text=text)
        ) from None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ExpressionError(
            SYNTAX,
            sentence(
                '"{text}" is not a date and time; write "2026-01-31T10:00:00+03:00"', text=text
            ),
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _equal(value: Value) -> Match:
    def test(found: Any, variables: Mapping[str, Any]) -> bool:
        wanted = value(variables)
        if isinstance(wanted, date):
            return _as(wanted, found) == wanted
        # A list in a variable is a list of alternatives, as FEEL has it.
        if isinstance(wanted, list) and not isinstance(found, list):
            return any(same(found, each) for each in wanted)
        return same(found, wanted)

    return test


def _ordered(sign: str, value: Value) -> Match:
    compare = _COMPARE[sign]

    def test(found: Any, variables: Mapping[str, Any]) -> bool:
        wanted = value(variables)
        if isinstance(wanted, date):
            moment = _as(wanted, found)
            return moment is not None and compare(moment, wanted)
        kind = kind_of(found)
        return kind in ("number", "string") and kind == kind_of(wanted) and compare(found, wanted)

    return test


def _as(wanted: date, found: Any) -> date | None:
    """Read an input as the kind of moment the cell speaks of; None if it is none."""
    if not isinstance(found, str):
        return None
    try:
        moment = datetime.fromisoformat(found)
    except ValueError:
        return None
    if isinstance(wanted, datetime):
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.date()
