"""Move an instance and what follows from the move; the only caller of `engine` moves.

Functions here take the caller's session and never commit.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

import engine
from app import clock
from app.database import Aftermath
from app.errors import Conflict, DomainError
from app.extensions import lazy_gettext as _
from app.failures import kind_of, said_of
from app.session import give_ids
from app.workflow import registry, said
from app.workflow.case import Case, case, case_of
from app.workflow.models import BROKEN, CANCELLED, RUNNING, IncidentRow, Instance
from app.workflow.outcomes import keep
from app.workflow.shelf import version_for, version_set

Move = Callable[[engine.VersionSet, engine.Operations], engine.Outcome]
DEEPEST_CHAIN, LONGEST_CHAIN = 50, 10_000
_CHAIN = "chain of moves"  # how deep it is now, how many moves it has made


class ProcessBroken(DomainError, Aftermath):
    """A move failed; nothing of it was kept but an incident that an administrator can retry."""

    status = 500
    title = _("The process met an error")

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
