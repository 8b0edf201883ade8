"""What a value may be, how large it may grow, and what the operators do with it.

The kinds are those of JSON. Anything else in process data (an object of the host, say) is
refused when it is touched, so that no operator can ever run foreign code.
"""

import math
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from engine.expressions.errors import FAILED, TOO_BIG, UNSAFE, ExpressionError
from engine.expressions.meter import A_LOOK, spend
from engine.nouns import VALUES
from engine.sentences import Datum, Sentence, sentence

LONGEST_STRING = 100_000
LONGEST_LIST = 10_000
LARGEST_NUMBER = 10**18

NUMBER, STRING, BOOLEAN, LIST, MAP, NULL = "number", "string", "boolean", "list", "map", "null"

_KINDS: dict[type, str] = {
    int: NUMBER,
    float: NUMBER,
    str: STRING,
    bool: BOOLEAN,
    list: LIST,
    tuple: LIST,
    dict: MAP,
    type(None): NULL,
}
_ORDERED = (NUMBER, STRING)


def kind_of(value: Any) -> str:
    """Name the kind of a plain value; refuse a value of any other type."""
    try:
        return _KINDS[type(value)]
    except KeyError:
        raise ExpressionError(
            UNSAFE,
            sentence(
                "a {name} is not a plain value and cannot be used here", name=type(value).__name__
            ),
        ) from None


def plain(value: Any) -> Any:
    """Let a value from process data in: a plain kind, within bounds; dates become ISO text."""
    kind = _KINDS.get(type(value))
    if kind == STRING:
        return bounded_string(value)
    if kind == NUMBER:
        return bounded_number(value)
    if kind is None:
        return value.isoformat() if isinstance(value, date) else kind_of(value)
    if kind in (LIST, MAP) and len(value) > LONGEST_LIST:
        raise ExpressionError(
            TOO_BIG,
            sentence("a list or map holds more than {most} items", most=LONGEST_LIST),
        )
    return value


def bounded_number(value: float) -> int | float:
    if not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
        # This is also the way out for infinities and for what is not a number at all.
        if isinstance(value, float) and math.isnan(value):
            raise ExpressionError(FAILED, sentence("the result is not a number"))
        raise ExpressionError(TOO_BIG, sentence("a number is larger than 10 to the 18th"))
    return value


def bounded_string(value: str) -> str:
    if len(value) > LONGEST_STRING:
        raise ExpressionError(
            TOO_BIG,
            sentence("a string is longer than {most} characters", most=LONGEST_STRING),
        )
    return value


def number(value: Any, what: str) -> int | float:
    """Return `value` if it is a number; `what` names the place in the error."""
    if kind_of(value) != NUMBER:
        raise ExpressionError(
            UNSAFE, sentence("{what} needs a number, not {kind}", what=what, kind=described(value))
        )
    return bounded_number(value)


def described(value: Any) -> Sentence:
    """Name a value for an error message without showing it: it may be somebody's data."""
    return VALUES[kind_of(value)]


def same(left: Any, right: Any) -> bool:
    """Compare for equality: any kinds may meet, `true` is not 1, and a list equals a tuple."""
    kind = kind_of(left)
    if kind != kind_of(right):
        return False
    if kind == STRING:
        return bool(left == right)
    if kind in (LIST, MAP):
        spend(A_LOOK * (1 + len(left)))
    if kind == LIST:
        return len(left) == len(right) and all(map(same, left, right))
    if kind == MAP:
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return bool(left == right)


def contains(item: Any, container: Any) -> bool:
    kind = kind_of(container)
    if kind == LIST:
        spend(A_LOOK * len(container))
        return any(same(item, each) for each in container)
    if kind == STRING and kind_of(item) == STRING:
        spend(len(container))
        return item in container
    if kind == MAP and kind_of(item) == STRING:
        return item in container
    if kind == NULL:
        return False
    raise ExpressionError(
        UNSAFE,
        sentence(
            "'in' looks for {item} in {container}; it needs a list",
            item=described(item),
            container=described(container),
        ),
    )


def ordered(sign: str, compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Make an ordering operator: numbers with numbers, strings with strings, nothing else.

    With what was left empty no such comparison holds, as in the cells of a decision table.
    """

    def run(left: Any, right: Any) -> bool:
        if left is None or right is None:
            return False
        kind = kind_of(left)
        if kind not in _ORDERED or kind != kind_of(right):
            raise ExpressionError(
                UNSAFE,
                sentence(
                    "'{sign}' cannot compare {left} with {right}",
                    sign=sign,
                    left=described(left),
                    right=described(right),
                ),
            )
        return compare(left, right)

    return run


def add(left: Any, right: Any) -> Any:
    if kind_of(left) == STRING and kind_of(right) == STRING:
        spend(len(left) + len(right))
        return bounded_string(left + right)
    if STRING in (kind_of(left), kind_of(right)):
        raise ExpressionError(
            UNSAFE,
            sentence(
                "'+' cannot join {left} and {right}; a string is added only to a string, "
                "str(x) makes one",
                left=described(left),
                right=described(right),
            ),
        )
    return bounded_number(number(left, "'+'") + number(right, "'+'"))


def total(values: Sequence[Any]) -> int | float:
    """Add many as people do on paper: 0.1 and 0.2 are 0.3."""
    if all(isinstance(value, int) for value in values):
        return bounded_number(sum(values))
    return bounded_number(float(sum(Decimal(str(value)) for value in values)))


def subtract(left: Any, right: Any) -> Any:
    return bounded_number(number(left, "'-'") - number(right, "'-'"))


def multiply(left: Any, right: Any) -> Any:
    return bounded_number(number(left, "'*'") * number(right, "'*'"))


def divide(left: Any, right: Any) -> Any:
    divisor = number(right, "'/'")
    if divisor == 0:
        raise ExpressionError(FAILED, sentence("division by zero"))
    return bounded_number(number(left, "'/'") / divisor)


def remainder(left: Any, right: Any) -> Any:
    divisor = number(right, "'%'")
    if divisor == 0:
        raise ExpressionError(FAILED, sentence("division by zero"))
    return bounded_number(number(left, "'%'") % divisor)


def negative(value: Any) -> Any:
    return -number(value, "'-'")


def is_empty(value: Any) -> bool:
    kind = kind_of(value)
    return kind == NULL or (kind in (STRING, LIST, MAP) and len(value) == 0)


def part(container: Any, key: Any) -> Any:
    """Take an item of a list by its number or a value of a map by its key."""
    kind = kind_of(container)
    if kind == LIST:
        if kind_of(key) != NUMBER or isinstance(key, float):
            raise ExpressionError(
                UNSAFE,
                sentence(
                    "an item of a list is taken by a whole number, not by {kind}",
                    kind=described(key),
                ),
            )
        if not -len(container) <= key < len(container):
            raise ExpressionError(
                FAILED,
                sentence(
                    "the list has {count} items, not item {key}", count=len(container), key=key
                ),
            )
        return plain(container[key])
    if kind == MAP:
        if kind_of(key) not in (STRING, NUMBER) or key not in container:
            raise ExpressionError(
                FAILED, sentence("the map has no such key: {shown}", shown=shown(key))
            )
        return plain(container[key])
    raise ExpressionError(
        UNSAFE,
        sentence("only lists and maps have parts; this is {kind}", kind=described(container)),
    )


def shown(key: Any) -> str:
    """Show a key in a message, cut short."""
    if kind_of(key) not in (STRING, NUMBER):
        return described(key)
    text = str(key)
    return Datum(text if len(text) <= 60 else text[:60] + "…")
