"""Promise something; see, retry or cancel what could not be kept."""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app import clock
from app.audit.services import record
from app.database import reading, transaction
from app.errors import Conflict, NotFound
from app.extensions import lazy_gettext as _
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


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the keeper of one kind of promise; it runs outside any transaction."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def handler_of(kind: str) -> Handler:
    return _handlers[kind]


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
    now = clock.now()
    row = Promise(
        uid=uuid.uuid4().hex,
        kind=kind,
        payload=dict(payload),
        key=key,
        due_at=due_at or now,
        created_at=now,
        instance=instance,
        element=element,
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


def keep_with(session: Session, job: Job) -> bool:
    """Note in a handler's own transaction that its promise is kept: both happen, or neither.

    False when another has claimed the promise meanwhile; then the handler leaves it alone.
    """
    return note(session, job, DONE, ended_at=clock.now())


def note(session: Session, job: Job, status: str, **values: object) -> bool:
    """Write how this attempt ended; False when the row is no longer this attempt's."""
    done = session.execute(
        update(Promise)
        .where(Promise.uid == job.uid, Promise.status == WAITING, Promise.attempts == job.attempts)
        .values(status=status, leased_until=None, **values)
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
    """How many promises stand in each state: done, waiting, parked, cancelled."""
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
