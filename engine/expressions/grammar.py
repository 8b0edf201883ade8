"""Tokens into closures: a Pratt parser over a closed list of operators and functions.

From loose to tight: `a ? b : c`, `or ||`, `and &&`, `not`, comparisons and `in` (they do not
chain), `+ -`, `* / %`, the prefixes `! - empty`, and indexing. Operand kinds that can be seen in
the text are looked at while parsing, so that `check` refuses what a run would.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.expressions import values
from engine.expressions.errors import (
    SYNTAX,
    TOO_BIG,
    UNKNOWN_FUNCTION,
    UNKNOWN_VARIABLE,
    UNSAFE,
    ExpressionError,
)
from engine.expressions.functions import FUNCTIONS, Function
from engine.expressions.tokens import Token, tokenize
from engine.expressions.values import BOOLEAN, LIST, MAP, NUMBER, STRING
from engine.nouns import VALUES
from engine.sentences import sentence, together

LONGEST_TEXT = 1_000
MOST_LEVELS = 40

Run = Callable[[Mapping[str, Any], datetime | None], Any]

_CHOICE, _OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _PREFIX = range(1, 9)
_BINDING = {
    "?": _CHOICE,
    "||": _OR,
    "&&": _AND,
    **dict.fromkeys(("==", "!=", "<", ">", "<=", ">=", "in"), _COMPARISON),
    **dict.fromkeys("+-", _SUM),
    **dict.fromkeys("*/%", _PRODUCT),
}
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "==": values.same,
    "!=": lambda left, right: not values.same(left, right),
    "<": values.ordered("<", lambda left, right: left < right),
    ">": values.ordered(">", lambda left, right: left > right),
    "<=": values.ordered("<=", lambda left, right: left <= right),
    ">=": values.ordered(">=", lambda left, right: left >= right),
    "in": values.contains,
    "+": values.add,
    "-": values.subtract,
    "*": values.multiply,
    "/": values.divide,
    "%": values.remainder,
}


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of an expression that can be run; `kind` is None where only a run can tell.

    `name` is the variable it is, `written` the values that it writes out, in a list or alone.
    """

    run: Run
    kind: str | None
    name: str | None = None
    written: tuple[Any, ...] = ()


class Parser:
    """Parses one text once. `names` are the variables it reads, `notes` what Camunda lacks.

    `compared` are the values written out that a variable is held against.
    """

    def __init__(self, text: str, *, feel: bool = False) -> None:
        if len(text) > LONGEST_TEXT:
            raise ExpressionError(
                TOO_BIG,
                sentence(
                    "an expression has at most {most} characters, this {count}",
                    most=LONGEST_TEXT,
                    count=len(text),
                ),
            )
        self._tokens = tokenize(text, feel=feel)
        self._place = 0
        self._levels = 0
        self.names: set[str] = set()
        self.notes: set[str] = set()
        self.compared: set[tuple[str, Any]] = set()

    def parse(self) -> Node:
        if self._token.kind == "end":
            raise ExpressionError(SYNTAX, sentence("the expression is empty"))
        node = self._expression(0)
        if self._token.kind != "end":
            raise self._unexpected()
        return node

    @property
    def _token(self) -> Token:
        return self._tokens[self._place]

    def _take(self) -> Token:
        token = self._tokens[self._place]
        self._place += token.kind != "end"
        return token

    def _at(self, *operators: str) -> bool:
        token = self._token
        return token.kind == "operator" and token.value in operators

    def _expect(self, operator: str) -> None:
        if not self._at(operator):
            raise ExpressionError(
                SYNTAX,
                sentence(
                    "expected {operator!r}, found {text}", operator=operator, text=self._token.text
                ),
            )
        self._take()

    def _unexpected(self) -> ExpressionError:
        token = self._token
        if self._at("not"):
            return ExpressionError(SYNTAX, sentence("put not(…) into parentheses of its own here"))
        if self._at("("):
            return ExpressionError(UNSAFE, sentence("only the named functions can be called"))
        if token.kind == "end":
            return ExpressionError(
                SYNTAX, sentence("something is missing at the end of the expression")
            )
        return ExpressionError(SYNTAX, sentence("{text} is out of place here", text=token.text))

    def _expression(self, loosest: int) -> Node:
        node = self._operand(loosest)
        while self._token.kind == "operator":
            binding = _BINDING.get(str(self._token.value), 0)
            if binding == 0 or binding < loosest:
                break
            node = self._infix(node, binding)
        return node

    def _infix(self, left: Node, binding: int) -> Node:
        if binding == _CHOICE:
            return self._choice(left)
        if binding in (_OR, _AND):
            return self._junction(left, binding)
        if binding == _COMPARISON:
            return self._comparison(left)
        return self._arithmetic(left, binding)

    def _nested(self, loosest: int) -> Node:
        self._descend()
        node = self._expression(loosest)
        self._levels -= 1
        return node

    def _descend(self) -> None:
        # Only what really nests counts as a level; a long sum or a long `or` is flat.
        self._levels += 1
        if self._levels > MOST_LEVELS:
            raise ExpressionError(
                TOO_BIG,
                sentence("an expression nests at most {most} levels", most=MOST_LEVELS),
            )

    def _choice(self, condition: Node) -> Node:
        self._take()
        yes = self._nested(_CHOICE)
        self._expect(":")
        no = self._nested(_CHOICE)
        test, first, second = condition.run, yes.run, no.run
        return Node(
            lambda data, now: first(data, now) if test(data, now) else second(data, now),
            yes.kind if yes.kind == no.kind else None,
        )

    def _junction(self, left: Node, binding: int) -> Node:
        sign = str(self._token.value)
        runs = [left.run]
        while self._at(sign):
            if self._take().text in ("and", "or"):
                self.notes.add("and, or")
            runs.append(self._expression(binding + 1).run)
        together = all if sign == "&&" else any
        return Node(lambda data, now: together(run(data, now) for run in runs), BOOLEAN)

    def _comparison(self, left: Node) -> Node:
        sign = str(self._take().value)
        right = self._expression(_COMPARISON + 1)
        if _BINDING.get(str(self._token.value)) == _COMPARISON and self._token.kind == "operator":
            raise ExpressionError(
                SYNTAX, sentence("comparisons do not chain; write a < b and b < c")
            )
        if sign == "in":
            self.notes.add("in")
            _look_inside(left, right)
        elif sign not in ("==", "!="):
            _compare_kinds(sign, left, right)
        if sign in ("==", "!=", "in") and (sign == "in") == (right.kind == LIST):
            self.compared.update((left.name, value) for value in right.written if left.name)
        if sign in ("==", "!=") and left.kind != LIST:
            self.compared.update((right.name, value) for value in left.written if right.name)
        compare, first, second = _OPERATORS[sign], left.run, right.run
        return Node(lambda data, now: compare(first(data, now), second(data, now)), BOOLEAN)

    def _arithmetic(self, left: Node, binding: int) -> Node:
        kind = left.kind
        steps: list[tuple[Callable[[Any, Any], Any], Run]] = []
        while self._token.kind == "operator" and _BINDING.get(str(self._token.value)) == binding:
            sign = str(self._take().value)
            right = self._expression(binding + 1)
            kind = _sum_kind(kind, right.kind) if sign == "+" else _number_kind(sign, kind, right)
            if kind == STRING:
                self.notes.add("+ on strings")
            steps.append((_OPERATORS[sign], right.run))
        first = left.run

        def run(data: Mapping[str, Any], now: datetime | None) -> Any:
            result = first(data, now)
            for operator, operand in steps:
                result = operator(result, operand(data, now))
            return result

        return Node(run, kind)

    def _operand(self, loosest: int) -> Node:
        if self._at("not"):
            if loosest > _NOT:
                raise self._unexpected()
            self.notes.add("not")
            return self._negation(_NOT)
        if self._at("!"):
            return self._negation(_PREFIX)
        if self._at("-"):
            return self._minus()
        if self._at("empty"):
            self._take()
            inner = self._nested(_PREFIX).run
            return Node(lambda data, now: values.is_empty(inner(data, now)), BOOLEAN)
        return self._indexed(self._primary())

    def _negation(self, binding: int) -> Node:
        self._take()
        inner = self._nested(binding).run
        return Node(lambda data, now: not inner(data, now), BOOLEAN)

    def _minus(self) -> Node:
        self._take()
        operand = self._nested(_PREFIX)
        _number_kind("-", NUMBER, operand)
        inner = operand.run
        return Node(lambda data, now: values.negative(inner(data, now)), NUMBER)

    def _primary(self) -> Node:
        token = self._token
        if token.kind in ("number", "string", "constant"):
            self._take()
            return self._literal(token)
        if token.kind == "name":
            self._take()
            return self._call(token.text) if self._at("(") else self._variable(token.text)
        if self._at("("):
            self._take()
            node = self._nested(0)
            self._expect(")")
            return node
        if self._at("["):
            return self._list()
        raise self._unexpected()

    def _literal(self, token: Token) -> Node:
        if token.kind == "constant" and token.text[0].isupper():
            self.notes.add("True, False, None")
        value = values.plain(token.value)
        return Node(lambda _data, _now: value, values.kind_of(value), written=(value,))

    def _variable(self, name: str) -> Node:
        self.names.add(name)

        def run(data: Mapping[str, Any], _: datetime | None) -> Any:
            if name not in data:
                raise ExpressionError(
                    UNKNOWN_VARIABLE, sentence("there is no variable {name}", name=name)
                )
            return values.plain(data[name])

        return Node(run, None, name)

    def _list(self) -> Node:
        self.notes.add("lists")
        items = self._items("[", "]")
        runs = [item.run for item in items]
        written = tuple(value for item in items if item.kind != LIST for value in item.written)
        return Node(lambda data, now: [run(data, now) for run in runs], LIST, written=written)

    def _items(self, opening: str, closing: str) -> list[Node]:
        self._expect(opening)
        self._descend()
        items: list[Node] = []
        while not self._at(closing):
            items.append(self._expression(0))
            if not self._at(closing):
                self._expect(",")
        self._expect(closing)
        self._levels -= 1
        return items

    def _call(self, name: str) -> Node:
        function = FUNCTIONS.get(name)
        if function is None:
            known = ", ".join(FUNCTIONS)
            raise ExpressionError(
                UNKNOWN_FUNCTION,
                sentence("there is no function {name}; known: {known}", name=name, known=known),
            )
        self.notes.add("functions")
        arguments = self._items("(", ")")
        _check_arguments(name, function, arguments)
        runs, work = [argument.run for argument in arguments], function.run
        return Node(lambda data, now: work([run(data, now) for run in runs], now), function.gives)

    def _indexed(self, node: Node) -> Node:
        keys: list[Run] = []
        kind = node.kind
        while self._at("["):
            if kind not in (None, LIST, MAP):
                raise ExpressionError(
                    UNSAFE,
                    sentence("only lists and maps have parts; this is {kind}", kind=VALUES[kind]),
                )
            self._take()
            key = self._nested(0)
            if key.kind not in (None, NUMBER, STRING) or (kind == LIST and key.kind == STRING):
                raise ExpressionError(
                    UNSAFE, sentence("{kind} cannot be an index here", kind=VALUES[key.kind])
                )
            self._expect("]")
            keys.append(key.run)
            kind = None
        if self._at("("):
            raise self._unexpected()
        if not keys:
            return node
        first = node.run

        def run(data: Mapping[str, Any], now: datetime | None) -> Any:
            result = first(data, now)
            for key_run in keys:
                result = values.part(result, key_run(data, now))
            return result

        return Node(run, None)


def _number_kind(sign: str, left: str | None, right: Node) -> str:
    for kind in (left, right.kind):
        if kind not in (None, NUMBER):
            raise ExpressionError(
                UNSAFE,
                sentence("'{sign}' needs numbers; here is {kind}", sign=sign, kind=VALUES[kind]),
            )
    return NUMBER


def _sum_kind(left: str | None, right: str | None) -> str | None:
    kinds = {left, right} - {None}
    if not kinds <= {NUMBER, STRING}:
        raise ExpressionError(UNSAFE, sentence("'+' needs two numbers or two strings"))
    if len(kinds) == 2:
        raise ExpressionError(
            UNSAFE, sentence("'+' joins a string only with a string; str(x) makes one of a number")
        )
    return next(iter(kinds), None)


def _compare_kinds(sign: str, left: Node, right: Node) -> None:
    kinds = {left.kind, right.kind} - {None}
    if len(kinds) == 2 or not kinds <= {NUMBER, STRING}:
        found = together(VALUES[kind] for kind in sorted(map(str, kinds)))
        raise ExpressionError(
            UNSAFE,
            sentence(
                "'{sign}' compares two numbers or two strings; here is {found}",
                sign=sign,
                found=found,
            ),
        )


def _look_inside(left: Node, right: Node) -> None:
    if right.kind not in (None, LIST, MAP, STRING):
        raise ExpressionError(
            UNSAFE,
            sentence("'in' needs a list on its right; here is {kind}", kind=VALUES[right.kind]),
        )
    if right.kind == STRING and left.kind not in (None, STRING):
        raise ExpressionError(
            UNSAFE, sentence("'in' cannot look for {kind} in a string", kind=VALUES[left.kind])
        )


def _check_arguments(name: str, function: Function, arguments: Sequence[Node]) -> None:
    count = len(arguments)
    if not function.fewest <= count <= function.most:
        wanted = (
            str(function.fewest)
            if function.fewest == function.most
            else sentence("{fewest} to {most}", fewest=function.fewest, most=function.most)
        )
        raise ExpressionError(
            SYNTAX,
            sentence(
                "{name}() takes {wanted} arguments, here are {count}",
                name=name,
                wanted=wanted,
                count=count,
            ),
        )
    first = arguments[0].kind if arguments else None
    if first is not None and function.takes and first not in function.takes:
        raise ExpressionError(
            UNSAFE, sentence("{name}() cannot take {kind}", name=name, kind=VALUES[first])
        )
