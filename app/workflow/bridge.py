"""Move an instance and keep what the engine says about it; the only caller of `engine` moves.

Functions here take the caller's session and never commit.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

import engine
from app import clock
from app.audit.services import stands_in
from app.database import Aftermath
from app.errors import Conflict, DomainError
from app.extensions import lazy_gettext as _
from app.failures import kind_of, said_of
from app.session import give_ids
from app.workflow import registry, said
from app.workflow.case import Case, Holding, case, case_of
from app.workflow.models import (
    BROKEN,
    CANCELLED,
    DONE,
    ENDED,
    OPEN,
    RUNNING,
    IncidentRow,
    Instance,
    StepRow,
    Waiting,
    WorkItem,
    WorkItemRole,
)
from app.workflow.shelf import version_for, version_set

Move = Callable[[engine.VersionSet, engine.Operations], engine.Outcome]
DEEPEST_CHAIN, LONGEST_CHAIN = 50, 10_000
Facts = Mapping[str, Any]
_standing_listeners: list[Callable[[Session, WorkItem], None]] = []
_entered_listeners: list[Callable[[Session, str, engine.Element, Facts], None]] = []
_CHAIN = "chain of moves"  # how deep it is now, how many moves it has made


class ProcessBroken(DomainError, Aftermath):
    """A move failed; nothing of it was kept but an incident that an administrator can retry."""

    status = 500
    title = "The process met an error"

    def __init__(
        self,
        instance: Instance,
        element: str | None,
        reason: engine.Sentence,
        move: Mapping[str, Any],
    ) -> None:
        super().__init__(
            _(
                "The process stopped at “%(element)s”. Nothing was changed; "
                "the administrator sees the incident and can retry it.",
                element=element or instance.process,
            )
        )
        self.row: dict[str, Any] = {
            "instance_id": instance.id if instance.status else None,
            "key": instance.key,
            "process": instance.process,
            "element": element,
            "reason": said.kept(reason),
            "move": dict(move),
        }

    def write(self, session: Session) -> None:
        found = self.row["instance_id"]
        instance = session.get(Instance, found) if found else None
        if instance is None:
            self.row["instance_id"] = None
        elif self.row["move"].get("move") == "tick":
            # A timer that breaks would be tried every second; it waits for the administrator.
            instance.status = BROKEN
        session.add(IncidentRow(**self.row, created_at=clock.now()))


class Port:
    """The engine's door to the operations: runs them in the caller's transaction."""

    def __init__(self, session: Session, instance: Instance, actor: str) -> None:
        self.session = session
        self.instance = instance
        self.actor = actor
        self.started: list[tuple[str, Mapping[str, Any]]] = []
        self.sent: list[tuple[str, Mapping[str, Any], str | None]] = []

    def call(self, name: str, inputs: Mapping[str, Any], call: engine.Call) -> Mapping[str, Any]:
        context = registry.Context(
            session=self.session,
            key=self.instance.key,
            actor=self.actor,
            now=call.now,
            instance=self.instance.id,
            element=call.element,
            process=call.process,
            task=call.task,
            variables=call.variables,
        )
        result = self._run(name, context, inputs)
        self.started += context.started
        self.sent += context.sent
        return result or {}

    def _run(
        self, name: str, context: registry.Context, inputs: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        try:
            return registry.find(name).function(context, **inputs)
        except (DomainError, engine.OperationError, engine.Escalation, OperationalError):
            # A sentence for the person, a word for the diagram, or a database that is away.
            raise
        except Exception as error:
            told = kind_of(error), said_of(error)
            raise engine.failed(context.element, name, *told) from error


def start(
    session: Session,
    process: str,
    variables: Mapping[str, Any],
    *,
    key: str,
    actor: str,
    version: int | None = None,
    message: str | None = None,
    signal: str | None = None,
    again: engine.Again | None = None,
) -> int:
    """Start a process for `key` and run it to its first waits; return the instance's id."""
    version_id = version or version_for(session, key)
    running = case(session, key)
    instance = Instance(
        version_id=version_id,
        process=process,
        key=key,
        state=b"",
        status=RUNNING,
        started_at=clock.now(),
    )
    session.add(instance)
    give_ids(session, instance)
    running.add(instance)

    def move(diagrams: engine.VersionSet, port: engine.Operations) -> engine.Outcome:
        return engine.start(
            diagrams,
            process,
            variables,
            operations=port,
            now=clock.now(),
            message=message,
            signal=signal,
            again=again,
        )

    run(session, instance, move, actor=actor, told={"move": "start"})
    return instance.id


def locked(session: Session, instance_id: int) -> Instance:
    """The instance, its case locked until the use case ends: moves come one after another."""
    found = case_of(session, instance_id)
    if found is None:
        raise Conflict(_("This process no longer exists."))
    return found.instances[instance_id]


def run(
    session: Session,
    instance: Instance,
    move: Move,
    *,
    actor: str,
    told: Mapping[str, Any],
    done: str | None = None,
) -> None:
    """Make one move, keep its outcome, then make the moves that follow from it.

    `told` describes the move for a retry; `done` is the task a person completed.
    """
    port = Port(session, instance, actor)
    try:
        outcome = move(version_set(session, instance.version_id), port)
    except engine.NotWaiting as refusal:
        raise Conflict(_("This work item has already moved on.")) from refusal
    except engine.EngineError as failure:
        raise _named(failure, instance, told) from failure
    except (DomainError, SQLAlchemyError):
        raise
    except Exception as failure:
        # A fault of the engine's own stops this process and no other.
        reason = engine.fault(kind_of(failure), said_of(failure))
        raise ProcessBroken(instance, None, reason, told) from failure
    keep(session, instance, outcome, actor=actor, done=done)
    with _following(session, instance, told):
        _follow(session, instance, port, outcome, actor)


@contextmanager
def _following(session: Session, instance: Instance, told: Mapping[str, Any]) -> Iterator[None]:
    """Stop processes that start or answer one another without end."""
    depth, moves = session.info.get(_CHAIN, (0, 0))
    if depth > DEEPEST_CHAIN or moves > LONGEST_CHAIN:
        raise ProcessBroken(instance, None, engine.ENDLESS, told)
    session.info[_CHAIN] = depth + 1, moves + 1
    try:
        yield
    finally:
        moves = session.info[_CHAIN][1]
        session.info[_CHAIN] = depth, moves if depth else 0


def _named(failure: engine.EngineError, instance: Instance, told: Mapping[str, Any]) -> Exception:
    # An operation that refuses with a sentence for the person is no broken process.
    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, DomainError):
            return cause
        cause = cause.__cause__
    element = getattr(failure, "element", None)
    reason = getattr(failure, "reason", None) or engine.sentence_of(failure)
    return ProcessBroken(instance, element, reason, told)


def _follow(
    session: Session, instance: Instance, port: Port, outcome: engine.Outcome, actor: str
) -> None:
    for process, variables in port.started:
        start(session, process, variables, key=instance.key, actor=actor)
    if outcome.again is not None:
        version, again = instance.version_id, outcome.again
        start(
            session,
            instance.process,
            {},
            key=instance.key,
            actor=actor,
            version=version,
            again=again,
        )
    for name, payload, key in port.sent:
        deliver(session, key or instance.key, name, payload, actor=actor)
    for thrown in outcome.thrown:
        deliver(
            session,
            instance.key,
            thrown.name,
            thrown.payload,
            actor=actor,
            kind=thrown.kind,
            sender=instance.id,
        )


def deliver(
    session: Session,
    target: str | int,
    name: str,
    payload: Mapping[str, Any],
    *,
    actor: str = "system",
    kind: str = "message",
    sender: int | None = None,
) -> bool:
    """Deliver a message or a signal to whoever waits: one instance (an id) or all of a key.

    The `sender` has heard it already. When nobody of the key waits for a message, the process that
    begins by it is started; a signal starts every process that begins by it, whoever waits. False
    when there is none either.
    """
    found = case_of(session, target) if isinstance(target, int) else case(session, target)
    waiting = [
        instance
        for instance in (_waiting(found, name, kind) if found else ())
        if instance.id != sender and target in (instance.id, instance.key)
    ]
    for instance in waiting:
        _deliver_to(session, instance, name, payload, actor=actor, kind=kind)
    if isinstance(target, int) or (waiting and kind == "message"):
        return bool(waiting)
    version_id = version_for(session, target)
    beginning = version_set(session, version_id).started_by(name, kind)
    for process in beginning[:1] if kind == "message" else beginning:
        start(
            session,
            process,
            payload,
            key=target,
            actor=actor,
            version=version_id,
            message=name if kind == "message" else None,
            signal=name if kind == "signal" else None,
        )
    return bool(waiting or beginning)


def _waiting(found: Case, name: str, kind: str) -> list[Instance]:
    """The instances of a case that wait for a message, in the order they were started."""
    return [
        instance
        for instance in found.instances.values()
        if instance.status != CANCELLED and (kind, name) in found.holdings[instance.id].waiting
    ]


def _deliver_to(
    session: Session,
    instance: Instance,
    name: str,
    payload: Mapping[str, Any],
    *,
    actor: str,
    kind: str,
) -> None:
    def move(diagrams: engine.VersionSet, port: engine.Operations) -> engine.Outcome:
        return engine.deliver(
            diagrams, instance.state, name, payload, operations=port, now=clock.now(), kind=kind
        )

    told = {"move": "deliver", "name": name, "payload": dict(payload), "kind": kind}
    run(session, instance, move, actor=actor, told=told)


def on_standing(listener: Callable[[Session, WorkItem], None]) -> None:
    """Have `listener` told of each item that opens or gets another due time, before it is kept."""
    if listener not in _standing_listeners:
        _standing_listeners.append(listener)


def on_entered(listener: Callable[[Session, str, engine.Element, Facts], None]) -> None:
    """Have `listener` told of each element that tokens came to: key, element, what it told.

    Several tokens that come to one element in one move come to it once.
    """
    if listener not in _entered_listeners:
        _entered_listeners.append(listener)


def keep(
    session: Session,
    instance: Instance,
    outcome: engine.Outcome,
    *,
    actor: str,
    done: str | None = None,
) -> None:
    """Write an outcome: state, timers, subscriptions, work items, steps."""
    now = clock.now()
    instance.state = outcome.state
    instance.next_due_at = outcome.next_due_at
    if outcome.ended:
        instance.status, instance.ended_at = ENDED, now
    elif instance.status == BROKEN:
        instance.status = RUNNING
    found = case(session, instance.key)
    _keep_subscriptions(session, found, instance, outcome)
    _keep_items(session, found, instance, outcome, actor=actor, done=done, now=now)
    _keep_steps(session, found, instance, outcome, actor=actor, done=done)
    if outcome.stuck:
        _keep_stuck(session, instance, outcome.stuck, now)


def _keep_stuck(session: Session, instance: Instance, element: str, now: datetime) -> None:
    """Say once that nothing can move on from an element; what watches over it may still happen."""
    known = session.scalars(
        select(IncidentRow.move).where(
            IncidentRow.instance_id == instance.id,
            IncidentRow.element == element,
            IncidentRow.resolved_at.is_(None),
        )
    )
    if any(move["move"] == "stuck" for move in known):
        return
    session.add(
        IncidentRow(
            instance_id=instance.id,
            key=instance.key,
            process=instance.process,
            element=element,
            reason=said.kept(engine.STUCK),
            move={"move": "stuck"},
            created_at=now,
        )
    )


def _keep_subscriptions(
    session: Session, found: Case, instance: Instance, outcome: engine.Outcome
) -> None:
    wanted = {(one.kind, one.name) for one in outcome.subscriptions}
    held = found.holdings[instance.id].waiting
    for pair in held.keys() - wanted:
        row = held.pop(pair)
        if row in session.new:
            session.expunge(row)
        else:
            session.delete(row)
    for kind, name in sorted(wanted - held.keys()):
        row = held[kind, name] = Waiting(instance_id=instance.id, kind=kind, name=name)
        session.add(row)


def _keep_items(
    session: Session,
    found: Case,
    instance: Instance,
    outcome: engine.Outcome,
    *,
    actor: str,
    done: str | None,
    now: datetime,
) -> None:
    held = found.holdings[instance.id].items
    wanted = {task.id: task for task in outcome.tasks}
    for task_id in held.keys() - wanted.keys():
        row = held.pop(task_id)
        row.status = DONE if task_id == done else CANCELLED
        row.closed_at, row.closed_by = now, actor
    for task_id, task in wanted.items():
        if task_id in held:
            told = _refresh(held[task_id], task)
        else:
            row = held[task_id] = _item_of(instance, task, now)
            found.opened.append(row)
            session.add(row)
            told = True
        for listener in _standing_listeners if told else ():
            listener(session, held[task_id])


def _refresh(row: WorkItem, task: engine.OpenTask) -> bool:
    """Bring an item up to date; whether its due time is another."""
    # Only what changed is assigned: an untouched row keeps its revision.
    moved = row.due_at != task.due_at
    if moved:
        row.due_at = task.due_at
    if row.variables != task.variables:
        row.variables = dict(task.variables)
    return moved


def _item_of(instance: Instance, task: engine.OpenTask, now: datetime) -> WorkItem:
    return WorkItem(
        instance_id=instance.id,
        task=task.id,
        key=instance.key,
        process=task.process,
        element=task.element,
        version_id=instance.version_id,
        assigned_to=task.assignee,
        roles=[WorkItemRole(role=role) for role in sorted(set(task.roles))],
        due_at=task.due_at,
        queue=queue_of(task.roles, task.process, task.element),
        priority=task.priority,
        variables=dict(task.variables),
        status=OPEN,
        opened_at=now,
    )


def queue_of(roles: Iterable[str], process: str, element: str) -> str:
    return f"{','.join(sorted(set(roles)))}/{process}/{element}"[:400]


def _keep_steps(
    session: Session,
    found: Case,
    instance: Instance,
    outcome: engine.Outcome,
    *,
    actor: str,
    done: str | None,
) -> None:
    standing = found.holdings[instance.id].standing
    came: dict[tuple[str, str], StepRow] = {}
    for step in outcome.steps:
        place = (step.task, step.element)
        row = standing.get(place)
        if row is None:
            row = standing[place] = _step_of(instance, step)
            came.setdefault((step.process, step.element), row)
            found.steps.append(row)
            session.add(row)
        if step.event != "entered":
            row.left_at, row.how = step.at, step.event
            row.actor = actor if step.task == done else None
            row.instead_of = stands_in(session, actor) if row.actor else None
            row.facts = {**row.facts, **step.facts}
            del standing[place]
    for (process, element), row in came.items():
        known = version_set(session, instance.version_id).element(process, element)
        for listener in _entered_listeners:
            listener(session, instance.key, known, row.facts)


def _step_of(instance: Instance, step: engine.Step) -> StepRow:
    return StepRow(
        instance_id=instance.id,
        key=instance.key,
        version_id=instance.version_id,
        process=step.process,
        element=step.element,
        task=step.task,
        entered_at=step.at,
        facts=dict(step.facts) if step.event == "entered" else {},
    )


def stop(session: Session, instance: Instance, *, actor: str) -> None:
    """Cancel an instance: its items and steps are closed, nothing of it moves again."""
    now = clock.now()
    instance.status, instance.ended_at, instance.next_due_at = CANCELLED, now, None
    holding = case(session, instance.key).holdings[instance.id]
    for waiting in holding.waiting.values():
        session.delete(waiting)
    for item in holding.items.values():
        item.status, item.closed_at, item.closed_by = CANCELLED, now, actor
    for step in holding.standing.values():
        step.left_at, step.how = now, "cancelled"
    case(session, instance.key).holdings[instance.id] = Holding()
