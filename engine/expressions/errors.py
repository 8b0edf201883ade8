"""The one error of the expression language, with the rule it breaks."""

from engine.sentences import Sentence

SYNTAX = "expression.syntax"
UNSAFE = "expression.unsafe"
TOO_BIG = "expression.too-big"
UNKNOWN_FUNCTION = "expression.unknown-function"
# Only a running instance can meet these two: the text itself is in order.
UNKNOWN_VARIABLE = "expression.unknown-variable"
FAILED = "expression.failed"


class ExpressionError(Exception):
    """A text that is not an expression, or an expression that cannot be worked out.

    `rule` is one of the names above; the first four are also findings of `check`.
    """

    def __init__(self, rule: str, message: Sentence) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
