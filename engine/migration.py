"""Moving a running instance to another version set, and back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine import codec
from engine.errors import Broken, CannotMigrate
from engine.instance import Instance
from engine.library import VersionSet
from engine.model import Outcome, Step
from engine.outlook import require_good
from engine.reading import read_outcome
from engine.runtime import empty, moving, restore
from engine.specs.tasks import UserTask
from engine.token import Token
from engine.transplant import Transplant, events_of, waits_for


def migrate(old: VersionSet, new: VersionSet, state: bytes, *, now: datetime) -> Outcome:
    """Return the outcome of the same instance on the new set, or raise `CannotMigrate`.

    Everything the instance stands on must still be in its process and be of the same kind; what
    lies ahead and around may change. Nothing moves by it. Pending timers keep their due times;
    what the new diagram adds to an open element counts from `now`. The steps are those of
    sub-processes that were drawn around what is open, or taken away.
    """
    before = restore(old, state, None, now)
    written = Transplant(before, new.specs)
    scopes = written.written()
    after = codec.build(
        written.number, scopes, new.specs, lambda spec: empty(new, spec, None, now, None)
    )
    try:
        with moving(after):
            _give_what_is_new(before, after)
            require_good(before, after)
            outcome = read_outcome(after, new)
    except Broken as broken:
        raise CannotMigrate(
            "data", process=before.process, element=broken.element, detail=broken.reason
        ) from broken
    _require_rest(new, outcome, now)
    return replace(outcome, steps=tuple(_steps(before, after, now)))


def go_back(
    new: VersionSet, old: VersionSet, state: bytes, earlier: bytes, *, now: datetime
) -> Outcome:
    """Return the outcome of going back from `state` on `new` to the `earlier` one on `old`."""
    before, after = restore(new, state, None, now), restore(old, earlier, None, now)
    return replace(read_outcome(after, old), steps=tuple(_steps(before, after, now)))


def _steps(before: Instance, after: Instance, now: datetime) -> Iterator[Step]:
    """Tell of the elements around what is open; those it stands on are the same."""
    left, entered = _shown(before), _shown(after)
    for event, places in (("cancelled", left - entered), ("entered", entered - left)):
        for task, element, process in sorted(places):
            yield Step(task, element, process, event, now, {})


def _shown(instance: Instance) -> set[tuple[str, str, str]]:
    return {
        (token.id, token.task_spec.shown, token.workflow.process)
        for token in instance.tokens()
        if token.task_spec.shown is not None and not token.quiet
    }


# -- what the new diagram adds to what is open -----------------------------------------------------


def _give_what_is_new(before: Instance, after: Instance) -> None:
    came_from = {token.id: token for token in before.tokens()}
    for token in [token for token in after.tokens() if not token.quiet]:
        spec = token.task_spec
        after.acting = spec.shown or spec.name
        for name, value in spec.inputs_mapped.items():
            if name not in token.data:
                token.data[name] = token.workflow.script_engine.fill(token, value)
        if isinstance(spec, UserTask) and spec.due_date is not None:
            token.internal_data.setdefault("since", after.now.isoformat())
        armed = {child.task_spec.name for child in token.children}
        for name in events_of(spec):
            if name not in armed:
                _arm(spec.neighbours[name], token, came_from)


def _arm(event: Any, token: Token, came_from: dict[str, Token]) -> None:
    """Arm an event that is new here; one that lay in wait elsewhere keeps its due time."""
    here = came_from.get(token.id)
    if here is not None and event.name in events_of(here.task_spec):
        # It had its time already, unless it waits for something else now.
        known = here.task_spec.neighbours[event.name]
        if waits_for(known) != waits_for(event):
            event.arm(token)
        return
    event.arm(token)
    elsewhere = _in_wait(came_from, event, token.workflow.process)
    if elsewhere is not None:
        armed = next(child for child in token.children if child.task_spec is event)
        armed.internal_data.update(elsewhere.internal_data)


def _in_wait(came_from: dict[str, Token], event: Any, process: str) -> Token | None:
    found = [
        token
        for token in came_from.values()
        if token.quiet
        and token.task_spec.name == event.name
        and token.workflow.process == process
        and waits_for(token.task_spec) == waits_for(event)
    ]
    return found[0] if len(found) == 1 else None


# -- nothing may move by it ------------------------------------------------------------------------


def _require_rest(new: VersionSet, outcome: Outcome, now: datetime) -> None:
    process = restore(new, outcome.state, None, now).process
    if outcome.stuck is not None:
        raise CannotMigrate("stuck", process=process, element=outcome.stuck)
    trial = restore(new, outcome.state, None, now)
    try:
        trial.run()
    except Broken as broken:
        raise CannotMigrate("join.complete", process=process, element=broken.element) from broken
    if trial.steps:
        raise CannotMigrate("join.complete", process=process, element=trial.steps[0].element)
