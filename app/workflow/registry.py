"""The operations that diagrams may name, registered by the rooms that own them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

import engine
from app.access.policy import ROLES

#: The role of tasks that lie in no inbox: the applicant opens them by a link.
APPLICANT = "citizen"

#: The processes that use cases begin by themselves; without them nobody could file an appeal or be
#: told of it on paper.
BEGUN = ("appeal", "notice")

Words = Mapping[str, str]
Spec = Mapping[str, Mapping[str, Any]]


class OperationRefused(engine.OperationError):
    """Raised by an operation: the diagram may catch it as a BPMN error with that code."""


@dataclass
class Context:
    """What an operation is given: the caller's transaction and the place it is called from."""

    session: Session
    key: str
    actor: str
    now: datetime
    instance: int
    element: str
    process: str
    task: str
    variables: Mapping[str, Any]
    started: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    sent: list[tuple[str, Mapping[str, Any], str | None]] = field(default_factory=list)

    def start(self, process: str, variables: Mapping[str, Any]) -> None:
        """Start another process of the same key after this move, in the same transaction."""
        self.started.append((process, variables))

    def send(self, name: str, payload: Mapping[str, Any], key: str | None = None) -> None:
        """Deliver a message after this move, in the same transaction."""
        self.sent.append((name, payload, key))


Function = Callable[..., Mapping[str, Any] | None]


@dataclass(frozen=True)
class Operation:
    """One operation and its description for the analyst (`processes/operations.json`)."""

    name: str
    function: Function
    kind: str
    summary: Words
    inputs: Spec
    outputs: Spec
    errors: Mapping[str, Words]


_operations: dict[str, Operation] = {}
_decisions: dict[str, dict[str, Any]] = {}


def operation(
    name: str,
    *,
    kind: str = "service",
    summary: Words,
    inputs: Spec | None = None,
    outputs: Spec | None = None,
    errors: Mapping[str, Words] | None = None,
) -> Callable[[Function], Function]:
    """Register an operation under `room.verb`.

    `kind` is "service" (inputs are mapped in the diagram) or "listener" (inputs are the answers of
    a form; `values` are all that one may be, and `check` holds forms to them). The function takes
    a `Context` and the inputs by name and returns a small dict; the reserved key "public" becomes
    the step's facts.
    """

    def register(function: Function) -> Function:
        if name in _operations and _operations[name].function is not function:
            raise ValueError(f"Two operations are called {name}.")
        _operations[name] = Operation(
            name, function, kind, summary, inputs or {}, outputs or {}, errors or {}
        )
        return function

    return register


def decision(name: str, *, asked: Sequence[Mapping[str, Any]], outputs: Spec) -> None:
    """Register a decision that a room asks by itself: no set whose table answers wrong passes."""
    _decisions[name] = {
        "asked": [dict(inputs) for inputs in asked],
        "outputs": {output: dict(spec) for output, spec in outputs.items()},
    }


def find(name: str) -> Operation:
    try:
        return _operations[name]
    except KeyError:
        raise engine.OperationError(
            "unknown-operation", f"No room knows the operation {name}."
        ) from None


def manifest() -> dict[str, Any]:
    """All operations, roles and decisions of ours, for the analyst and for `engine check`."""
    return {
        "operations": {
            one.name: {
                "kind": one.kind,
                "summary": dict(one.summary),
                "inputs": {name: dict(spec) for name, spec in one.inputs.items()},
                "outputs": {name: dict(spec) for name, spec in one.outputs.items()},
                "errors": {code: dict(words) for code, words in one.errors.items()},
            }
            for one in sorted(_operations.values(), key=lambda one: one.name)
        },
        "roles": [*ROLES, APPLICANT],
        "processes": list(BEGUN),
        "decisions": dict(sorted(_decisions.items())),
    }
