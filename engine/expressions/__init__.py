"""The small language of diagrams: read once, bounded in time and memory, no road to Python.

An expression is parsed by a grammar of our own into closures; nothing is ever handed to `eval`.
The same parser serves `check` and the running engine, so both give the same verdict.
"""

from engine.expressions.errors import ExpressionError
from engine.expressions.grammar import LONGEST_TEXT, MOST_LEVELS
from engine.expressions.language import Expression, parse, parse_condition, template, variable
from engine.expressions.meter import metered
from engine.expressions.script import Script, parse_script
from engine.expressions.tokens import RESERVED, is_name

__all__ = [
    "LONGEST_TEXT",
    "MOST_LEVELS",
    "RESERVED",
    "Expression",
    "ExpressionError",
    "Script",
    "is_name",
    "metered",
    "parse",
    "parse_condition",
    "parse_script",
    "template",
    "variable",
]
