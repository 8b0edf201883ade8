"""What can be seen of an instance after a move."""

import re
from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine import codec
from engine.errors import Broken
from engine.expressions.values import described
from engine.instance import Instance
from engine.library import VersionSet
from engine.model import OpenTask, Outcome, Subscription
from engine.sentences import Datum, sentence, sentence_of
from engine.specs.tasks import HIGHEST_PRIORITY
from engine.specs.timers import NotATime, after, as_moment, due_of
from engine.token import Token
from engine.variables import visible

DEFAULT_PRIORITY = 50
HEARD = ("message", "signal")
_WHOLE = re.compile(r"-?[0-9]{1,9}")


def read_outcome(instance: Instance, vset: VersionSet) -> Outcome:
    """Collect everything the caller must keep, show or send."""
    tokens = list(instance.tokens())
    tasks = [t for t in tokens if t.state == TaskState.READY and t.task_spec.manual]
    tasks.sort(key=lambda token: token.last_state_change)
    waiting = list(instance.event_manager.tasks.values())
    dues = [due for token in waiting if (due := due_of(token)) is not None]
    subscriptions = [
        Subscription(part.kind, part.name, token.task_spec.place, token.workflow.process)
        for token in waiting
        for part, _ in token.task_spec.definition.awaited(token)
        if part.kind in HEARD
    ]
    stuck = None
    if not instance.completed and not tasks:
        stuck = _where_stuck(tokens, waiting, instance)
    return Outcome(
        state=codec.dump(instance),
        tasks=tuple(_open_task(token, instance, vset) for token in tasks),
        subscriptions=tuple(subscriptions),
        next_due_at=min(dues, default=None),
        steps=tuple(instance.steps),
        thrown=tuple(instance.thrown),
        ended=instance.completed,
        variables=instance.data,
        stuck=stuck,
        again=instance.again,
    )


def _where_stuck(tokens: list[Token], waiting: list[Token], instance: Instance) -> str | None:
    """Name the element where nothing can move any more, when only events could still move it.

    Where an event is waited for in the flow, or a time that interrupts, nothing is stuck. What
    merely watches over an activity may never happen, or change nothing there, so a join that
    nothing can complete is named all the same.
    """
    hearing = [token for token in waiting if due_of(token) is not None or _hears(token)]
    if any(_moves_on(token) for token in hearing):
        return None
    tokens.sort(key=lambda token: token.last_state_change)
    if hearing:
        hopeless = {join for scope in instance.scopes() for join in _hopeless(scope)}
        return next((str(t.task_spec.shown) for t in tokens if t.task_spec in hopeless), None)
    stopped = [t for t in tokens if t.state == TaskState.WAITING and not t.guards] or tokens
    return next((str(t.task_spec.shown) for t in stopped if t.task_spec.shown), instance.process)


def _hopeless(scope: Any) -> set[Any]:
    """Find the joins of a scope that wait for one another, or for what nothing can bring.

    An activity may still end, or an event on its boundary happen; a join goes on by those, and
    others by it.
    """
    standing = scope.task_tree.children
    still = {token.task_spec for token in standing if token.task_spec.counts_arrivals}
    while freed := {join for join in still if join.may_go_on(standing, still)}:
        still -= freed
    return still


def _hears(token: Token) -> bool:
    return any(part.kind in HEARD for part, _ in token.task_spec.definition.awaited(token))


def _moves_on(token: Token) -> bool:
    """Whether an event stands in the flow, or is sure to interrupt an activity."""
    return not token.guards or (due_of(token) is not None and token.task_spec.cancel_activity)


def _open_task(token: Token, instance: Instance, vset: VersionSet) -> OpenTask:
    spec, process = token.task_spec, token.workflow.process
    instance.acting = spec.shown
    roles = vset.elements[process, spec.shown].roles
    seen = visible(token)
    fill = instance.script_engine.environment.fill
    if spec.groups is not None and "${" in spec.groups:
        roles = _roles(fill(spec.groups, seen))
    return OpenTask(
        id=token.id,
        element=spec.shown,
        process=process,
        assignee=_assignee(fill(spec.assignee, seen), spec.shown),
        roles=roles,
        due_at=_due_at(fill(spec.due_date, seen), token),
        priority=_priority(fill(spec.priority, seen), spec.shown),
        variables=seen,
    )


def _assignee(value: Any, element: str) -> str | None:
    if value in (None, ""):
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Broken(
            element,
            sentence("the assignee is {kind}, not the name of one person", kind=described(value)),
        )
    return str(value)


def _roles(groups: Any) -> tuple[str, ...]:
    names = groups if isinstance(groups, list) else str(groups or "").split(",")
    return tuple(str(name).strip() for name in names if str(name).strip())


def _due_at(value: Any, token: Token) -> datetime | None:
    """Read a due date: a moment, the end of a day, or so long after the task was opened."""
    if value in (None, ""):
        return None
    try:
        if str(value).startswith("P"):
            return after(datetime.fromisoformat(token.internal_data["since"]), str(value))
        return as_moment(value, end_of_day=True)
    except NotATime as error:
        place = token.task_spec.shown
        raise Broken(
            place, sentence("the due date cannot be read: {error}", error=sentence_of(error))
        ) from error


def _priority(value: Any, element: str) -> int:
    if value in (None, ""):
        return DEFAULT_PRIORITY
    fraction = isinstance(value, float) and not value.is_integer()
    words = isinstance(value, str) and not _WHOLE.fullmatch(value.strip())
    if words or fraction or isinstance(value, bool):
        raise Broken(
            element,
            sentence("the priority {value!s:.40} is not a whole number", value=Datum(value)),
        )
    try:
        priority = int(value)
    except (OverflowError, TypeError, ValueError) as error:
        raise Broken(
            element,
            sentence("the priority {value!s:.40} is not a whole number", value=Datum(value)),
        ) from error
    if not 0 <= priority <= HIGHEST_PRIORITY:
        reason = sentence("the priority is not between 0 and {most}", most=HIGHEST_PRIORITY)
        raise Broken(element, reason)
    return priority
