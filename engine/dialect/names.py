"""Names of variables are fixed: what a diagram sets or reads by name is never worked out."""

import re
from collections.abc import Iterator
from typing import Any

from engine.dialect.mappings import extension
from engine.sentences import Sentence, sentence
from engine.xml import BPMN, CAMUNDA, name_of, namespace_of

RULE = "name.malformed"
_VARIABLE = re.compile(r"[^\W\d]\w*")
_WORKED_OUT = ("${", "#{")
# What an operation gets and gives is called as the operation likes, and other tools name the items
# of a list in words; a key is any text.
_FREE = {"inputParameter": "name", "outputParameter": "name", "entry": "key"}
_SET = (
    *("resultVariable", "elementVariable"),
    *("errorCodeVariable", "errorMessageVariable", "escalationCodeVariable"),
)
_ITEMS = ("inputDataItem", "outputDataItem")


def malformed_names(element: Any) -> Iterator[Sentence]:
    """Yield what is wrong with each name that an element sets or reads, and what to do."""
    name, space = name_of(element), namespace_of(element)
    if space == CAMUNDA and name in _FREE:
        what = sentence(
            "the {attribute} of {element}", attribute=_FREE[name], element=f"camunda:{name}"
        )
        yield from _free(what, element.get(_FREE[name]))
    elif space == BPMN:
        for attribute in _SET:
            written = element.get(f"{{{CAMUNDA}}}{attribute}")
            if written and written.strip():
                yield from _variable(f"camunda:{attribute}", written)
        if name in _ITEMS and element.get("name"):
            what = sentence("the {attribute} of {element}", attribute="name", element=name)
            yield from _free(what, element.get("name"))
        elif name == "loopDataOutputRef":
            yield from _free(name, element.text)
        for direction in ("in", "out"):
            for passing in extension(element, direction):
                yield from _passed(passing, f"camunda:{direction}")


def _free(what: str, written: str | None) -> Iterator[Sentence]:
    if not (written or "").strip():
        yield sentence("{what} is empty; write a name", what=what)
    elif any(sign in str(written) for sign in _WORKED_OUT):
        yield sentence(
            "{what} is “{written:.60}”; a name is fixed and no expression; write it out",
            what=what,
            written=written,
        )


def _variable(what: str, written: str | None) -> Iterator[Sentence]:
    shown = (written or "").strip()
    if not shown:
        yield sentence("{what} is empty; write the name of a variable", what=what)
    elif _VARIABLE.fullmatch(shown) is None:
        yield sentence(
            "{what} is “{shown:.60}”, which is not the name of a variable; "
            "a name is fixed and no expression; write it out",
            what=what,
            shown=shown,
        )


def _passed(passing: Any, element: str) -> Iterator[Sentence]:
    if passing.get("businessKey") is not None or passing.get("variables") == "all":
        return
    target = sentence("the {attribute} of {element}", attribute="target", element=element)
    yield from _variable(target, passing.get("target"))
    source = passing.get("source")
    if not source and not passing.get("sourceExpression"):
        yield sentence(
            "{element} passes nothing; give it a source or a source expression", element=element
        )
    elif source and _VARIABLE.fullmatch(source.strip()) is None:
        yield sentence(
            "the source of {element} is “{source:.60}”; "
            "write the name of a variable, or a source expression ${{…}}",
            element=element,
            source=source,
        )
