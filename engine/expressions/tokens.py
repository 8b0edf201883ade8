"""Text into tokens; whatever is not in the table is refused here, by name where a name helps."""

import re
from dataclasses import dataclass

from engine.expressions.errors import SYNTAX, TOO_BIG, UNSAFE, ExpressionError
from engine.sentences import sentence

WORD_OPERATORS = {"eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">="}
CONSTANTS = {
    "true": True,
    "false": False,
    "null": None,
    "True": True,
    "False": False,
    "None": None,
}
OPERATOR_WORDS = frozenset({"and", "or", "not", "in", "empty"})
# A variable cannot be called like a word of the language.
RESERVED = frozenset(WORD_OPERATORS) | frozenset(CONSTANTS) | OPERATOR_WORDS

_NAME = r"[^\W\d_]\w*"
_TOKEN = re.compile(
    rf"""\s*(?:
        (?P<number>[0-9]+(?:\.[0-9]+)?)(?![\w.])
      | (?P<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
      | (?P<name>{_NAME})
      | (?P<operator>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:()\[\],])
    )""",
    re.VERBOSE,
)
_EQUALS = re.compile(r"\s*=")
_WHOLE_NAME = re.compile(_NAME)
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"\\": "\\", "'": "'", '"': '"', "n": "\n", "t": "\t"}
_DIGITS = 18

# What people try, and what to tell them.
_REFUSED = (
    (
        ".",
        UNSAFE,
        sentence("there are no attributes or methods; write the key of a map as x['key']"),
    ),
    ("_", UNSAFE, sentence("a name begins with a letter, not with an underscore")),
    ("@", UNSAFE, sentence("'@' is not part of the language")),
    ("`", UNSAFE, sentence("'`' is not part of the language")),
    ("#", SYNTAX, sentence("'#{…}' is not supported; write ${…}")),
    ("$", SYNTAX, sentence("'$' may stand only before the outer braces, ${…}")),
    ("{", SYNTAX, sentence("braces may only surround the whole expression, ${…}")),
    (
        "}",
        SYNTAX,
        sentence("a brace is closed that was not opened here; write ${…} around the whole"),
    ),
    ("=", SYNTAX, sentence("a single '=' compares nothing; write ==")),
    ("&", SYNTAX, sentence("write && or and")),
    ("|", SYNTAX, sentence("write || or or")),
    ("'", SYNTAX, sentence("a string is not closed")),
    ('"', SYNTAX, sentence("a string is not closed")),
)


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is number, string, name, constant, operator or end; `value` is what it means."""

    kind: str
    text: str
    value: object = None


END = Token("end", sentence("the end of the expression"))


def is_name(text: str) -> bool:
    """Tell whether a variable may be called so."""
    return _WHOLE_NAME.fullmatch(text) is not None and text not in RESERVED


def tokenize(text: str, *, feel: bool = False) -> list[Token]:
    """Split an expression into tokens, the last one being `END`.

    With `feel` a single `=` compares, as it does in the conditions of a form.
    """
    tokens: list[Token] = []
    place, last = 0, len(text.rstrip())
    while place < last:
        found = _TOKEN.match(text, place)
        if found is None:
            equals = _EQUALS.match(text, place) if feel else None
            if equals is not None:
                tokens.append(Token("operator", "=", "=="))
                place = equals.end()
                continue
            raise _unexpected(text[place:].lstrip())
        token = _token(str(found.lastgroup), found.group(str(found.lastgroup)))
        if token.text == "*" and tokens and tokens[-1].text == "*":
            raise ExpressionError(UNSAFE, sentence("powers are not part of the language"))
        tokens.append(token)
        place = found.end()
    tokens.append(END)
    return tokens


def _token(kind: str, text: str) -> Token:
    if kind == "number":
        return Token(kind, text, _number(text))
    if kind == "string":
        return Token(kind, text, _ESCAPE.sub(_unescape, text[1:-1]))
    if kind == "name" and text in CONSTANTS:
        return Token("constant", text, CONSTANTS[text])
    if kind == "name" and text in WORD_OPERATORS:
        return Token("operator", text, WORD_OPERATORS[text])
    if kind == "name" and text in OPERATOR_WORDS:
        return Token("operator", text, {"and": "&&", "or": "||"}.get(text, text))
    return Token(kind, text, text)


def _number(text: str) -> int | float:
    whole, _, fraction = text.partition(".")
    if len(whole) > _DIGITS or len(fraction) > _DIGITS:
        raise ExpressionError(
            TOO_BIG,
            sentence(
                "a number has at most {digits} digits on each side of the point", digits=_DIGITS
            ),
        )
    return float(text) if fraction else int(text)


def _unescape(found: re.Match[str]) -> str:
    try:
        return _ESCAPED[found.group(1)]
    except KeyError:
        raise ExpressionError(
            SYNTAX,
            sentence(
                "unknown escape {escape}; a string knows \\\\ \\' \\\" \\n \\t",
                escape=found.group(0),
            ),
        ) from None


def _unexpected(rest: str) -> ExpressionError:
    for beginning, rule, advice in _REFUSED:
        if rest.startswith(beginning):
            return ExpressionError(rule, advice)
    if rest[:1].isdigit():
        return ExpressionError(
            SYNTAX, sentence("{shown!r} is not a number; write 12 or 12.5", shown=rest[:12])
        )
    return ExpressionError(
        SYNTAX, sentence("{shown!r} is not part of the language", shown=rest[:1])
    )
