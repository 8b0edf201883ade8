"""Moving a running instance to another version set."""

from datetime import datetime
from typing import Any

from engine import codec
from engine.errors import Broken, CannotMigrate
from engine.instance import Instance
from engine.library import VersionSet
from engine.model import Outcome
from engine.reading import read_outcome
from engine.runtime import restore
from engine.token import Token


def migrate(old: VersionSet, new: VersionSet, state: bytes, *, now: datetime) -> Outcome:
    """Return the outcome of the same instance on the new set, or raise `CannotMigrate`.

    Everything the instance stands on must still be there and be of the same kind; what lies ahead
    may change. Pending timers keep their due times. Boundary events that the new diagram adds to
    an open activity are armed as of `now`; those it drops are disarmed.
    """
    instance = restore(old, state, None, now)
    for scope in list(instance.scopes()):
        _fit(scope, _new_spec(scope, new))
    try:
        moved = restore(new, codec.dump(instance), None, now)
        _arm_what_is_new(instance, moved)
    except Broken as broken:
        raise CannotMigrate(str(broken)) from broken
    return read_outcome(moved, new)


def _new_spec(scope: Any, new: VersionSet) -> Any:
    """Find the specification that takes the place of a scope's own."""
    parent = scope.parent_token
    if parent is None or not scope.shares_data:
        if scope.process not in new.specs:
            raise CannotMigrate(f"the process {scope.process} is not in the new version")
        return new.specs[scope.process]
    around = _new_spec(parent.workflow, new).task_specs.get(parent.task_spec.name)
    body = getattr(around, "body", None)
    if body is None:
        raise CannotMigrate(
            f"{_title(parent)}, inside which the instance is, is no longer a sub-process"
        )
    return body


def _fit(scope: Any, spec: Any) -> None:
    """Check that every token of a scope has its place; take away what only lies in wait."""
    for token in list(scope.tasks.values()):
        if token is scope.task_tree or not token.in_place:
            continue
        there = spec.task_specs.get(token.task_spec.name)
        if token.quiet and token.task_spec.catches_events:
            if not _same_event(token, there):
                token.remove()
        elif there is None:
            raise CannotMigrate(
                f"{_title(token)}, where the instance stands, is not in the new version at the "
                f"same place of the process {scope.process}"
            )
        elif type(there) is not type(token.task_spec):
            raise CannotMigrate(f"{_title(token)}, where the instance stands, is of another kind")
        elif token.arrived_by is not None and token.arrived_by not in there.arrivals:
            raise CannotMigrate(
                f"the flow {token.arrived_by}, by which {_title(token)} was reached, is gone"
            )


def _same_event(token: Token, there: Any) -> bool:
    """Whether an event that lies in wait still waits for the same at the same element."""
    if type(there) is not type(token.task_spec):
        return False
    if there.definition.kind != token.task_spec.definition.kind:
        return False
    around = there.neighbours.get(token.parent.task_spec.name)
    return around is not None and there.name in _events_of(around)


def _arm_what_is_new(before: Instance, after: Instance) -> None:
    """Arm the events the new diagram adds to what is open."""
    known = {token.id: token.task_spec for token in before.tokens() if not token.quiet}
    for token in list(after.tokens()):
        if token.id not in known:
            continue
        armed = {child.task_spec.name for child in token.children}
        for name in _events_of(token.task_spec):
            if name not in armed and not _fired_already(known[token.id], token.task_spec, name):
                token.workflow.spec.task_specs[name].arm(token)


def _fired_already(old: Any, new: Any, name: str) -> bool:
    """An event that both versions have and that is not armed any more has had its time."""
    if name not in _events_of(old):
        return False
    before, after = old.neighbours[name], new.neighbours[name]
    return bool(before.definition.kind == after.definition.kind)


def _events_of(spec: Any) -> tuple[str, ...]:
    """The events that lie in wait while a token stands on an element."""
    return spec.boundary or tuple(flow.target for flow in spec.flows if spec.races)


def _title(token: Token) -> str:
    return str(token.task_spec.shown or token.task_spec.name.removesuffix(" [child]"))
