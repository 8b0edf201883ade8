"""Moving a running instance to another version set, and back."""

from collections.abc import Container, Iterator
from dataclasses import replace
from datetime import datetime

from engine import codec
from engine.errors import Broken, CannotMigrate
from engine.instance import Instance
from engine.library import VersionSet
from engine.model import Outcome, Step
from engine.outlook import require_good
from engine.reading import read_outcome
from engine.runtime import empty, moving, restore
from engine.specs.tasks import UserTask
from engine.transplant import Transplant, events_of


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
            _give_what_is_new(after, written.spent)
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


def _give_what_is_new(after: Instance, spent: Container[tuple[str, str]]) -> None:
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
            if name not in armed and (token.id, name) not in spent:
                spec.neighbours[name].arm(token)


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
