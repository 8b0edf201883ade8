"""Names of variables are fixed: what a diagram sets or reads by name is never worked out."""

import re
from collections.abc import Iterator
from typing import Any

from engine.dialect.mappings import extension
from engine.xml import BPMN, CAMUNDA, name_of, namespace_of

RULE = "name.malformed"
_VARIABLE = re.compile(r"[^\W\d]\w*")
_WORKED_OUT = ("${", "#{")
# What an operation gets and gives is called as the operation likes; a key is any text.
_FREE = {"inputParameter": "name", "outputParameter": "name", "entry": "key"}
_SET = (
    *("resultVariable", "elementVariable"),
    *("errorCodeVariable", "errorMessageVariable", "escalationCodeVariable"),
)
_ITEMS = ("inputDataItem", "outputDataItem")
_FIXED = "a name is fixed and no expression; write it out"


def malformed_names(element: Any) -> Iterator[str]:
    """Yield what is wrong with each name that an element sets or reads, and what to do."""
    name, space = name_of(element), namespace_of(element)
    if space == CAMUNDA and name in _FREE:
        yield from _free(f"the {_FREE[name]} of camunda:{name}", element.get(_FREE[name]))
    elif space == BPMN:
        for attribute in _SET:
            written = element.get(f"{{{CAMUNDA}}}{attribute}")
            if written and written.strip():
                yield from _variable(f"camunda:{attribute}", written)
        if name in _ITEMS and element.get("name"):
            yield from _variable(f"the name of {name}", element.get("name"))
        elif name == "loopDataOutputRef":
            yield from _variable(name, element.text)
        for direction in ("in", "out"):
            for passing in extension(element, direction):
                yield from _passed(passing, direction)


def _free(what: str, written: str | None) -> Iterator[str]:
    if not (written or "").strip():
        yield f"{what} is empty; write a name"
    elif any(sign in str(written) for sign in _WORKED_OUT):
        yield f"{what} is “{written:.60}”; {_FIXED}"


def _variable(what: str, written: str | None) -> Iterator[str]:
    shown = (written or "").strip()
    if not shown:
        yield f"{what} is empty; write the name of a variable"
    elif _VARIABLE.fullmatch(shown) is None:
        yield f"{what} is “{shown:.60}”, which is not the name of a variable; {_FIXED}"


def _passed(passing: Any, direction: str) -> Iterator[str]:
    if passing.get("businessKey") is not None or passing.get("variables") == "all":
        return
    yield from _variable(f"the target of camunda:{direction}", passing.get("target"))
    source = passing.get("source")
    if not source and not passing.get("sourceExpression"):
        yield f"camunda:{direction} passes nothing; give it a source or a source expression"
    elif source and _VARIABLE.fullmatch(source.strip()) is None:
        remedy = "write the name of a variable, or a source expression ${…}"
        yield f"the source of camunda:{direction} is “{source:.60}”; {remedy}"
