"""Promise something; see, retry or cancel what could not be kept."""

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from app import clock
from app.audit.services import record
from app.database import reading, transaction
from app.errors import Conflict, NotFound
from app.extensions import lazy_gettext as _
from app.extensions import settings
from app.outbox.models import Promise

WAITING, DONE, PARKED, CANCELLED = "waiting", "done", "parked", "cancelled"


@dataclass(frozen=True)
class Job:
    """What a handler is told: ids only; it reads the rest itself."""

    uid: str
    kind: str
    payload: Mapping[str, Any]
    key: str | None
    instance: int | None
    element: str | None
    attempts: int
    batch: str | None = None
    held: bool = False


@dataclass(frozen=True)
class Held:
    """Mail of a batch that can still be cancelled: its jobs, and when the last of them leaves."""

    jobs: tuple[Job, ...]
    leaves_at: datetime | None


@dataclass(frozen=True)
class Parked:
    """A promise that could not be kept, for the administrator."""

    uid: str
    kind: str
    key: str | None
    element: str | None
    attempts: int
    reason: str
    created_at: datetime
    ended_at: datetime | None


class GiveUp(Exception):
    """Raised by a handler when trying again cannot help: the promise is parked at once."""


Handler = Callable[[Job], None]
_handlers: dict[str, Handler] = {}
_leaving: set[str] = set()
_slow: set[str] = set()
_patient: set[str] = set()
_batch: ContextVar[str | None] = ContextVar("batch", default=None)


def handles(
    kind: str, *, leaves: bool = False, slow: bool = False, patient: bool = False
) -> Callable[[Handler], Handler]:
    """Register the keeper of one kind of promise; it runs outside any transaction.

    `leaves`: what it sends cannot be called back, so a batch holds it for a while. `slow`: it may
    take longer than a lease, says with `at_it_still` that it has not died, and is kept aside.
    `patient`: nobody waits for it, so it is kept when no other promise is due.
    """

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        if leaves:
            _leaving.add(kind)
        if slow:
            _slow.add(kind)
        if patient:
            _patient.add(kind)
        return handler

    return register


@contextmanager
def together(batch: str | None) -> Iterator[None]:
    """What is promised meanwhile, and what follows from it, belongs to a batch of this name."""
    before = _batch.set(batch)
    try:
        yield
    finally:
        _batch.reset(before)


def handler_of(kind: str) -> Handler:
    return _handlers[kind]


def is_slow(kind: str) -> bool:
    return kind in _slow


def slow_kinds() -> list[str]:
    return sorted(_slow)


def is_patient(kind: str) -> bool:
    return kind in _patient


def lease() -> datetime:
    """Until when a promise belongs to who begins to keep it now."""
    return clock.real() + timedelta(seconds=settings().outbox_lease_seconds)


def respite() -> timedelta:
    """How long mail of an act on many things waits, so that who thinks better of it cancels it."""
    return timedelta(seconds=settings().outbox_hold_seconds)


def promise(
    session: Session,
    kind: str,
    payload: Mapping[str, Any],
    *,
    key: str | None = None,
    due_at: datetime | None = None,
    instance: int | None = None,
    element: str | None = None,
) -> str:
    """Write a promise in this transaction; return its uid (hex), a mail's Message-ID."""
    if kind not in _handlers:
        raise LookupError(f"Nobody keeps promises of the kind {kind}.")
    now, batch = clock.now(), _batch.get()
    held = batch is not None and kind in _leaving and due_at is None
    row = Promise(
        uid=uuid.uuid4().hex,
        kind=kind,
        payload=dict(payload),
        key=key,
        due_at=now + respite() if held else due_at or now,
        created_at=now,
        instance=instance,
        element=element,
        batch=batch,
        held=held,
        patient=kind in _patient,
        status=WAITING,
    )
    session.add(row)
    return row.uid


def take_back(session: Session, kind: str, payload: Mapping[str, Any], *, key: str) -> bool:
    """Cancel an open promise of a key; False when it is kept already or somebody is at it now."""
    rows = session.scalars(
        select(Promise)
        .where(Promise.key == key, Promise.kind == kind, Promise.status.in_((WAITING, PARKED)))
        .with_for_update()
    )
    row = next((one for one in rows if one.payload == payload), None)
    if row is None or (row.leased_until is not None and row.leased_until >= clock.real()):
        return False
    row.status, row.ended_at = CANCELLED, clock.now()
    return True


def held(session: Session, batch: str) -> Held:
    """What of a batch waits to leave and can be cancelled."""
    rows = session.scalars(
        select(Promise)
        .where(Promise.batch == batch, Promise.held, Promise.status == WAITING)
        .where(Promise.leased_until.is_(None))
        .order_by(Promise.id)
    ).all()
    return Held(tuple(map(job_of, rows)), max((row.due_at for row in rows), default=None))


def on_the_way(session: Session, batch: str, kinds: Collection[str]) -> Held:
    """The same with what will only become mail: waiting promises of `kinds` that lead to it."""
    query = select(Promise).where(Promise.batch == batch, Promise.status == WAITING)
    rows = session.scalars(query.where(or_(Promise.held, Promise.kind.in_(sorted(kinds))))).all()
    if all(row.held for row in rows):
        return held(session, batch)
    return Held(tuple(map(job_of, rows)), clock.now() + respite())


def of_batch(session: Session, batch: str, kinds: Collection[str]) -> list[Job]:
    """The promises of a batch, whatever became of them not long ago, that are of some kinds."""
    query = select(Promise).where(Promise.batch == batch, Promise.kind.in_(sorted(kinds)))
    return [job_of(row) for row in session.scalars(query.order_by(Promise.id))]


def release_held() -> None:
    """Let what is held leave now."""
    waiting = (
        Promise.held,
        Promise.status == WAITING,
        Promise.attempts == 0,
        Promise.due_at > clock.now(),
    )
    with reading() as session:
        if session.scalar(select(Promise.id).where(*waiting).limit(1)) is None:
            return
    with transaction() as session:
        session.execute(update(Promise).where(*waiting).values(due_at=clock.now()))


def job_of(row: Promise) -> Job:
    return Job(
        row.uid,
        row.kind,
        row.payload,
        row.key,
        row.instance,
        row.element,
        row.attempts,
        row.batch,
        row.held,
    )


def keep_with(session: Session, job: Job) -> bool:
    """Note in a handler's own transaction that its promise is kept: both happen, or neither.

    False when another has claimed the promise meanwhile; then the handler leaves it alone.
    """
    return note(session, job, DONE, ended_at=clock.now())


def at_it_still(session: Session, job: Job) -> bool:
    """Begin the lease of a long job anew; False when another has claimed the promise meanwhile."""
    return _of_attempt(session, job, leased_until=lease())


def note(session: Session, job: Job, status: str, **values: object) -> bool:
    """Write how this attempt ended; False when the row is no longer this attempt's."""
    return _of_attempt(session, job, status=status, leased_until=None, **values)


def _of_attempt(session: Session, job: Job, **values: object) -> bool:
    done = session.execute(
        update(Promise)
        .where(Promise.uid == job.uid, Promise.status == WAITING, Promise.attempts == job.attempts)
        .values(**values)
        .returning(Promise.id)
    )
    return done.first() is not None


def parked(session: Session) -> list[Parked]:
    rows = session.scalars(
        select(Promise).where(Promise.status == PARKED).order_by(Promise.id.desc())
    )
    return [
        Parked(
            row.uid,
            row.kind,
            row.key,
            row.element,
            row.attempts,
            row.last_error or "",
            row.created_at,
            row.ended_at,
        )
        for row in rows
    ]


def parked_for(
    session: Session, keys: Collection[str], kinds: Collection[str]
) -> list[Mapping[str, Any]]:
    """What the parked promises of these keys and kinds are about: their payloads."""
    rows = session.scalars(
        select(Promise.payload).where(
            Promise.key.in_(keys), Promise.kind.in_(kinds), Promise.status == PARKED
        )
    )
    return list(rows)


def list_parked() -> list[Parked]:
    with reading() as session:
        return parked(session)


def retry(uid: str, *, actor: str) -> None:
    """Put a parked promise back in the queue, as if it were new."""
    with transaction() as session:
        row = _parked_row(session, uid)
        row.status, row.attempts, row.due_at, row.ended_at = WAITING, 0, clock.now(), None
        record(session, actor, "delivery.retried", row.key, kind=row.kind, uid=uid)


def cancel(uid: str, *, actor: str, reason: str = "") -> None:
    with transaction() as session:
        row = _parked_row(session, uid)
        row.status, row.ended_at = CANCELLED, clock.now()
        record(session, actor, "delivery.cancelled", row.key, kind=row.kind, uid=uid, reason=reason)


def counts() -> dict[str, int]:
    """How many promises stand in each state: done (not long ago), waiting, parked, cancelled."""
    with reading() as session:
        rows = session.execute(select(Promise.status, func.count()).group_by(Promise.status))
        found = {status: int(number) for status, number in rows}
    return {name: found.get(name, 0) for name in (DONE, WAITING, PARKED, CANCELLED)}


def kept(uids: Collection[str]) -> int:
    """How many of these promises are done."""
    with reading() as session:
        found = session.scalar(
            select(func.count())
            .select_from(Promise)
            .where(Promise.uid.in_(uids), Promise.status == DONE)
        )
    return int(found or 0)


def _parked_row(session: Session, uid: str) -> Promise:
    row = session.scalar(select(Promise).where(Promise.uid == uid).with_for_update())
    if row is None:
        raise NotFound(_("There is no such delivery."))
    if row.status != PARKED:
        raise Conflict(_("This delivery is no longer parked."))
    return row


def next_promise() -> datetime | None:
    """When the next waiting promise is due."""
    with reading() as session:
        return session.scalar(select(func.min(Promise.due_at)).where(Promise.status == WAITING))
