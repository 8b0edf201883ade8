"""The moves of a process instance: state in, outcome out. SpiffWorkflow ends here.

Every move builds the instance from its stored state, moves it and throws it away; an exception
therefore leaves nothing behind. All times come from `now`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine import codec
from engine.errors import (
    Broken,
    CannotMigrate,
    EngineError,
    Escalation,
    NotWaiting,
    OperationError,
    fault,
    line_of,
)
from engine.expressions import ExpressionError, metered
from engine.instance import Instance, Observer
from engine.library import VersionSet
from engine.model import Again, Operations, Outcome
from engine.nouns import REFERRED
from engine.reading import read_outcome
from engine.sentences import sentence, sentence_of
from engine.specs.operations import raise_from
from engine.specs.timers import due_of, set_first
from engine.token import Token
from engine.variables import assign_to_process


def start(
    vset: VersionSet,
    process: str,
    variables: Mapping[str, Any],
    *,
    operations: Operations | None,
    now: datetime,
    message: str | None = None,
    signal: str | None = None,
    again: Again | None = None,
    observer: Observer | None = None,
) -> Outcome:
    """Start a process and run it up to the first point where it must wait.

    `message` or `signal` starts it at what begins by that name; `NotWaiting` if nothing does.
    `again`, which an outcome asked for, stands for the variables and for what the timer says.
    """
    spec = vset.spec(process)
    trigger = None
    for kind, name in (("message", message), ("signal", signal)):
        if name is not None:
            trigger = kind, name
            if name not in vset.processes[process].starts(kind):
                raise NotWaiting(
                    sentence(
                        "the process {process} is not started by the {kind} {name}",
                        process=process,
                        kind=REFERRED[kind],
                        name=name,
                    )
                )
    instance = empty(vset, spec, operations, now, observer)
    if again is not None:
        variables, instance.timer = again.variables, again.timer
    with moving(instance):
        begin(instance, variables, trigger)
    return _outcome(instance, vset)


def complete(
    vset: VersionSet,
    state: bytes,
    task: str,
    variables: Mapping[str, Any],
    *,
    operations: Operations | None,
    now: datetime,
    answers: Mapping[str, Any] | None = None,
    observer: Observer | None = None,
) -> Outcome:
    """Complete an open task and run on.

    `variables` go into process data; then, when `answers` are given and the task has a complete
    listener, that operation receives them and what it returns goes into process data as well.
    Raise `NotWaiting` when the task is not open.
    """
    instance = restore(vset, state, operations, now, observer)
    with moving(instance):
        perform(instance, task, variables, answers)
    return _outcome(instance, vset)


def deliver(
    vset: VersionSet,
    state: bytes,
    name: str,
    payload: Mapping[str, Any],
    *,
    operations: Operations | None,
    now: datetime,
    kind: str = "message",
    observer: Observer | None = None,
) -> Outcome:
    """Deliver a message or a signal; its payload becomes process data.

    Raise `NotWaiting` when nobody waits for it.
    """
    instance = restore(vset, state, operations, now, observer)
    with moving(instance):
        hand_over(instance, kind, name, payload)
    return _outcome(instance, vset)


def fail(
    vset: VersionSet,
    state: bytes,
    task: str,
    raised: OperationError | Escalation,
    *,
    operations: Operations | None,
    now: datetime,
    observer: Observer | None = None,
) -> Outcome:
    """Let an open task end with a BPMN error, or go on with an escalation."""
    instance = restore(vset, state, operations, now, observer)
    with moving(instance):
        token = open_task(instance, task)
        if raise_from(token, raised):
            token.run()
        instance.run()
    return _outcome(instance, vset)


def tick(
    vset: VersionSet,
    state: bytes,
    *,
    operations: Operations | None,
    now: datetime,
    observer: Observer | None = None,
    at_most: int | None = None,
) -> Outcome:
    """Fire the timers that are due at `now`, the earliest first; all of them, or `at_most`."""
    instance = restore(vset, state, operations, now, observer)
    with moving(instance):
        fired = 0
        while fired != at_most and fire_next_timer(instance) is not None:
            instance.run()
            fired += 1
    return _outcome(instance, vset)


def inspect(vset: VersionSet, state: bytes, *, now: datetime | None = None) -> Outcome:
    """Tell what is open, without a move. `now` matters only to due dates that use now()."""
    instance = restore(vset, state, None, now or datetime(2000, 1, 1, tzinfo=UTC))
    return _outcome(instance, vset)


# -- the same moves on an instance that is kept, for simulation and tests --------------------


def restore(
    vset: VersionSet,
    state: bytes,
    operations: Operations | None,
    now: datetime,
    observer: Observer | None = None,
) -> Instance:
    """Build an instance from its stored state."""
    return codec.load(state, vset.specs, lambda spec: empty(vset, spec, operations, now, observer))


def begin(
    instance: Instance, variables: Mapping[str, Any], trigger: tuple[str, str] | None = None
) -> None:
    """Put the first token on the diagram and run."""
    first = instance.spec.start_event(trigger)
    instance.acting = first.known_as
    assign_to_process(instance.task_tree, variables)
    instance.trigger = trigger
    first.begin(Token(instance, first, instance.task_tree, TaskState.FUTURE), trigger)
    instance.run()


def perform(
    instance: Instance,
    task: str,
    variables: Mapping[str, Any],
    answers: Mapping[str, Any] | None,
) -> None:
    """Complete a task and run."""
    token = open_task(instance, task)
    assign_to_process(token, variables)
    listener = token.task_spec.listener
    done: bool | None = True
    if listener is not None and answers is not None:
        try:
            assign_to_process(token, instance.call(token, listener, answers))
        except (OperationError, Escalation) as raised:
            done = raise_from(token, raised)
    if done:
        token.run()
    instance.run()


def open_task(instance: Instance, task: str) -> Token:
    """Return the token of an open task, or raise `NotWaiting`."""
    token = instance.find(task)
    if token is None or token.state != TaskState.READY or not token.task_spec.manual:
        raise NotWaiting(sentence("the task {task} is not open", task=task))
    instance.acting = token.task_spec.shown
    return token


def hand_over(instance: Instance, kind: str, name: str, payload: Mapping[str, Any]) -> None:
    """Deliver a message or signal and run."""
    if not instance.event_manager.deliver(kind, name, payload):
        raise NotWaiting(
            sentence("nobody waits for the {kind} {name}", kind=REFERRED[kind], name=name)
        )
    instance.run()


def timers(instance: Instance) -> list[tuple[datetime, int, Token]]:
    """Return the pending timers, the earliest first; of equal ones the one set first."""
    found = []
    for token in instance.event_manager.tasks.values():
        due = due_of(token)
        if due is not None:
            found.append((due, token.last_state_change, token))
    return sorted(found, key=lambda timer: timer[:2])


def fire_next_timer(instance: Instance) -> Token | None:
    """Fire the earliest timer that is due; return its token, or None when none is."""
    pending = timers(instance)
    if not pending or pending[0][0] > instance.now:
        return None
    token = pending[0][2]
    instance.acting = token.task_spec.place
    if instance.observer is not None:
        instance.observer("timer", token.task_spec.place, token.workflow.process)
    token.task_spec.fire(token, set_first(token), {})
    return token


def empty(
    vset: VersionSet,
    spec: Any,
    operations: Operations | None,
    now: datetime,
    observer: Observer | None,
) -> Instance:
    return Instance(
        spec,
        vset.specs,
        now=now,
        operations=operations,
        decisions=vset.decisions,
        observer=observer,
    )


@contextmanager
def moving(instance: Instance) -> Iterator[None]:
    """Name the element in whatever the engine itself fails at, a fault of its own included.

    What an operation raises passes through unchanged: it is the caller's own.
    """
    try:
        with metered():
            yield
    except (Broken, CannotMigrate, NotWaiting):
        raise
    except (ExpressionError, EngineError) as error:
        raise Broken(instance.acting, sentence_of(error)) from error
    except Exception as error:
        if error is instance.raised:
            raise
        raise Broken(instance.acting, fault(type(error).__name__, line_of(error))) from error


def _outcome(instance: Instance, vset: VersionSet) -> Outcome:
    """Read what came of the last move of an instance, which is of no use afterwards."""
    with moving(instance):
        outcome = read_outcome(instance, vset)
    instance.dissolve()
    return outcome
