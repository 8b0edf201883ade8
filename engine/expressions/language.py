"""`${…}` expressions and texts that hold them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from engine.expressions.errors import SYNTAX, TOO_BIG, ExpressionError
from engine.expressions.functions import text_of
from engine.expressions.grammar import Node, Parser, Run
from engine.expressions.meter import metered, spend
from engine.expressions.values import STRING, bounded_string, plain
from engine.sentences import sentence

LONGEST_TEMPLATE = 20_000
_DEFERRED = sentence("'#{…}' is not supported; write ${…}")


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that was understood.

    `names` are the variables it reads; `kind` is the kind of its result where the text tells
    (`number`, `string`, `boolean`, `list`, `null`), else None; `notes` are the constructs that
    Camunda's own language does not have; `compared` are variables with a value written out that
    they are held against.
    """

    text: str
    names: frozenset[str]
    kind: str | None
    notes: frozenset[str]
    run: Run = field(compare=False, repr=False)
    compared: frozenset[tuple[str, Any]] = frozenset()

    def evaluate(self, variables: Mapping[str, Any], *, now: datetime | None = None) -> Any:
        """Work the value out, or raise `ExpressionError`; `now` feeds now() and today()."""
        try:
            with metered():
                spend(len(self.text))
                return plain(self.run(variables, now))
        except RecursionError:
            raise ExpressionError(TOO_BIG, sentence("the data is nested too deeply")) from None


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """Read one expression, with or without its `${…}`."""
    body = text.strip()
    if body.startswith("#{"):
        raise ExpressionError(SYNTAX, _DEFERRED)
    if body.startswith("${"):
        if not body.endswith("}"):
            raise ExpressionError(SYNTAX, sentence("the closing brace of ${…} is missing"))
        body = body[2:-1].strip()
    return _expression(text, body)


@lru_cache(maxsize=4096)
def template(text: str) -> Expression:
    """Read a text with any number of `${…}`; a lone `${x}` keeps the kind of x.

    A text without any is itself, white space included.
    """
    if len(text) > LONGEST_TEMPLATE:
        raise ExpressionError(
            TOO_BIG,
            sentence(
                "a text has at most {most} characters",
                most=LONGEST_TEMPLATE,
            ),
        )
    pieces = _pieces(text)
    spoken = [piece for piece in pieces if isinstance(piece, Expression)]
    if len(spoken) == 1 and text.strip() == spoken[0].text:
        return spoken[0]
    return Expression(
        text,
        frozenset().union(*(piece.names for piece in spoken)),
        STRING,
        frozenset().union(*(piece.notes for piece in spoken)),
        _joined(pieces),
        frozenset().union(*(piece.compared for piece in spoken)),
    )


def variable(name: str) -> Expression:
    """Read a place that holds the bare name of a variable, which may be there or not."""
    name = name.strip()
    return Expression(name, frozenset({name}), None, frozenset(), lambda seen, _: seen.get(name))


@lru_cache(maxsize=1024)
def parse_condition(text: str) -> Expression:
    """Read the condition of a form field, `=decision != "assign"`.

    The forms are form-js, whose own language is FEEL: it begins with `=`, and a single `=`
    compares. Apart from that it is the same small grammar.
    """
    body = text.strip()
    if not body.startswith("="):
        raise ExpressionError(
            SYNTAX, sentence('a condition of a form begins with =, as in =kind = "post"')
        )
    return _expression(text, body[1:].strip(), feel=True)


def _expression(text: str, body: str, *, feel: bool = False) -> Expression:
    parser = Parser(body, feel=feel)
    node: Node = parser.parse()
    return Expression(
        text,
        frozenset(parser.names),
        node.kind,
        frozenset(parser.notes),
        node.run,
        frozenset(parser.compared),
    )


def _pieces(text: str) -> list[str | Expression]:
    pieces: list[str | Expression] = []
    place = 0
    while True:
        start = text.find("${", place)
        plain_text = text[place:] if start < 0 else text[place:start]
        if "#{" in plain_text:
            raise ExpressionError(SYNTAX, _DEFERRED)
        if plain_text:
            pieces.append(plain_text)
        if start < 0:
            return pieces
        place = _closing_brace(text, start + 2) + 1
        pieces.append(parse(text[start:place]))


def _closing_brace(text: str, place: int) -> int:
    """Find the brace that closes an expression: the first one outside its strings."""
    quote = ""
    while place < len(text):
        character = text[place]
        if quote and character == "\\":
            place += 1
        elif quote and character == quote:
            quote = ""
        elif not quote and character in "'\"":
            quote = character
        elif not quote and character == "}":
            return place
        place += 1
    raise ExpressionError(SYNTAX, sentence("the closing brace of ${…} is missing"))


def _joined(pieces: list[str | Expression]) -> Run:
    def run(variables: Mapping[str, Any], now: datetime | None) -> str:
        return bounded_string(
            "".join(
                piece if isinstance(piece, str) else text_of(piece.run(variables, now))
                for piece in pieces
            )
        )

    return run
