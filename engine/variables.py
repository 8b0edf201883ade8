"""Where variables live: in the process instance, with a few local to one activity.

A token carries data only while it stands on an activity: the item and counter of a multi-instance
or loop, and what an input mapping made. Everything else belongs to the process; an embedded
sub-process shares its parent's, a called process has its own.
"""

import math
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from engine.errors import EngineError
from engine.expressions.meter import A_COPY, spend
from engine.sentences import sentence

LARGEST_INTEGER = 10**18
DEEPEST_VALUE = 40
LARGEST_VALUE = 1024 * 1024  # characters; anything else takes two


class Unstorable(EngineError):
    """A value is not JSON, or too large, and cannot be a variable."""


def visible(token: Any) -> dict[str, Any]:
    """Collect what `token` can see; the innermost value of a name wins."""
    layers = list(_layers(token))
    if len(layers) == 1:
        return layers[0]
    seen: dict[str, Any] = {}
    for layer in reversed(layers):
        seen.update(layer)
    return seen


def process_data(workflow: Any) -> dict[str, Any]:
    """Return the variables of the process this workflow belongs to."""
    while workflow.shares_data:
        workflow = workflow.parent_token.workflow
    data: dict[str, Any] = workflow.data
    return data


def assign(token: Any, values: Mapping[str, Any], *, outside: bool = False) -> None:
    """Set variables where they already live, as Camunda does; new ones go to the process.

    `outside` passes over what is local to the token itself, but for what its instance gives.
    """
    if not values:
        return
    layers = list(_layers(token))
    if outside and token.data:
        del layers[0]
    given = _given(token)
    for name, value in values.items():
        home = given.get(name) or next((each for each in layers if name in each), layers[-1])
        home[name] = plain(value, name)
    token.workflow.top_workflow.variables_changed = True


def assign_to_process(token: Any, values: Mapping[str, Any]) -> None:
    """Set variables of the process whatever the activity itself calls the same name.

    What an instance of a multi-instance activity is to give stays its own until it has ended.
    """
    if values:
        data, given = process_data(token.workflow), _given(token)
        for name, value in values.items():
            given.get(name, data)[name] = plain(value, name)
        token.workflow.top_workflow.variables_changed = True


def plain(value: Any, name: str) -> Any:
    """Return `value` as JSON knows it, detached from its owner; raise `Unstorable` naming `name`.

    Dates become ISO text, tuples and sets lists. NaN, integers that JSON readers round, keys that
    are not text and bottomless nesting are refused, since none of them survives being stored; so
    is what would be larger than a state may be, however small it is in memory.
    """
    copy = _Copy(name)
    copied = copy.of(value, 0)
    spend(A_COPY * copy.items)
    return copied


class _Copy:
    """Makes one copy, counting its characters and items while it grows."""

    __slots__ = ("items", "left", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.left = LARGEST_VALUE
        self.items = 0

    def of(self, value: Any, depth: int) -> Any:
        self.items += 1
        self._take(2 + len(value) if isinstance(value, str) else 2)
        if value is None or isinstance(value, bool | str):
            return str(value) if isinstance(value, str) else value
        if isinstance(value, int | float):
            return self._number(value)
        if depth > DEEPEST_VALUE:
            raise Unstorable(sentence("the variable {name} is nested too deeply", name=self.name))
        if isinstance(value, Mapping):
            return self._mapping(value, depth)
        if isinstance(value, list | tuple | set | frozenset):
            return [self.of(item, depth + 1) for item in value]
        return self._scalar(value)

    def _take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise Unstorable(
                sentence(
                    "the variable {name} is larger than 1 MB; keep documents and texts outside and "
                    "their ids in the process",
                    name=self.name,
                )
            )

    def _number(self, value: float) -> int | float:
        if isinstance(value, int):
            if abs(value) > LARGEST_INTEGER:
                raise Unstorable(
                    sentence("the variable {name} holds a number that is too large", name=self.name)
                )
            return int(value)
        if not math.isfinite(value):
            raise Unstorable(
                sentence(
                    "the variable {name} holds {value}, which is not a number",
                    name=self.name,
                    value=value,
                )
            )
        return float(value)

    def _mapping(self, value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
        copied: dict[str, Any] = {}
        for key, item in value.items():
            if not isinstance(key, str):
                raise Unstorable(
                    sentence("the variable {name} has a key that is not text", name=self.name)
                )
            self._take(len(key))
            copied[str(key)] = self.of(item, depth + 1)
        return copied

    def _scalar(self, value: Any) -> Any:
        if isinstance(value, datetime | date | time):
            return value.isoformat()
        if isinstance(value, UUID):
            return str(value)
        if isinstance(value, Decimal) and value.is_finite():
            whole = value == value.to_integral_value()
            return self._number(int(value) if whole else float(value))
        raise Unstorable(
            sentence(
                "the variable {name} holds a {kind}, which cannot be kept",
                name=self.name,
                kind=type(value).__name__,
            )
        )


def _given(token: Any) -> dict[str, dict[str, Any]]:
    """Find, for each name that an instance around `token` gives, the variables of the instance."""
    found: dict[str, dict[str, Any]] = {}
    workflow = token.workflow
    while True:
        while token.parent is not None:
            name = getattr(token.parent.task_spec, "output_item", None)
            if name is not None:
                found.setdefault(name, token.data)
            token = token.parent
        if not workflow.shares_data:
            return found
        token = workflow.parent_token
        workflow = token.workflow


def _layers(token: Any) -> Iterator[dict[str, Any]]:
    workflow = token.workflow
    while True:
        while token is not None:
            if token.data:
                yield token.data
            token = token.parent
        if not workflow.shares_data:
            yield workflow.data
            return
        token = workflow.parent_token
        workflow = token.workflow
