"""Keep promises: claim what is due, run it here or hand it to RQ, retry, park.

A claim is a lease, and each claim has a number, `attempts`. If the process dies, the lease runs out
and another takes the row; whoever wakes up with an older number no longer speaks for it. So a
handler runs at least once, the uid lets the receiver recognise a repeat, and what it changes in the
database together with `services.keep_with` it changes once.
"""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app import clock
from app.database import reading, transaction
from app.errors import Unavailable
from app.extensions import settings
from app.failures import reason_of
from app.outbox.aside import Aside
from app.outbox.models import Promise
from app.outbox.services import (
    DONE,
    PARKED,
    WAITING,
    GiveUp,
    Job,
    handler_of,
    is_patient,
    is_slow,
    job_of,
    lease,
    note,
    slow_kinds,
    together,
)

log = structlog.get_logger(__name__)

BATCH = 20
#: So few while others press for the processor: a round is over before they notice.
IN_A_CROWD = 5
#: Of patient promises so few at a time: a letter that is promised meanwhile waits for no more.
FEW = 2
#: The queues of RQ, the first one emptied first.
URGENT, PATIENT = QUEUES = ("default", "patient")
#: How long RQ lets a slow job run; others have three minutes, its default.
SLOW_SECONDS = 3 * 3600
#: Minutes to wait after each failure; after the last one the promise is parked.
BACK_OFF = (1, 5, 30, 120, 360)
_noted: ContextVar[list[str] | None] = ContextVar("noted", default=None)
_at_once: ContextVar[int] = ContextVar("at_once", default=BATCH)
_aside: ContextVar[Aside | None] = ContextVar("aside", default=None)
#: What the threads of this process are keeping, by uid.
_at_work: dict[str, Job] = {}
_parked_listeners: list[Callable[[Session, Job, str], None]] = []


def on_parked(listener: Callable[[Session, Job, str], None]) -> None:
    """Tell `listener(session, job, reason)` of each promise in the transaction that parks it."""
    if listener not in _parked_listeners:
        _parked_listeners.append(listener)


@contextmanager
def noting() -> Iterator[list[str]]:
    """Collect the uids this thread takes meanwhile; another process may work beside it."""
    uids: list[str] = []
    before = _noted.set(uids)
    try:
        yield uids
    finally:
        _noted.reset(before)


@contextmanager
def taking(number: int, aside: Aside) -> Iterator[None]:
    """Keep no more promises at once meanwhile, and slow ones, one at a time, in the other thread.

    Only a clock that goes on may do so: whoever settles wants all to be done, in its order.
    """
    before, alone = _at_once.set(number), _aside.set(aside)
    try:
        yield
    finally:
        _aside.reset(alone)
        _at_once.reset(before)


def run_due(limit: int | None = None) -> int:
    """Claim what is due and keep it, or hand it to RQ; return how many were taken."""
    redis_url, aside = settings().redis_url, _aside.get()
    redis = answering(redis_url) if redis_url else None
    slow = BATCH if redis_url or aside is None else int(aside.free())
    # To hand over is soon done, and the workers may be another machine's.
    jobs = claim(limit or (BATCH if redis_url else _at_once.get()), slow)
    if (noted := _noted.get()) is not None:
        noted += [job.uid for job in jobs]
    if redis is not None and jobs:
        _enqueue(redis, jobs)
        return len(jobs)
    for job in jobs:
        if aside is not None and is_slow(job.kind):
            aside.do(keep_by_uid, *entry(job))
        else:
            keep_by_uid(*entry(job))
    return len(jobs)


def answering(redis_url: str) -> Any:
    """Redis, while it answers: what is claimed for a queue that is away waits for its lease."""
    # Only an installation with Redis should load it.
    from redis import Redis, RedisError  # noqa: PLC0415

    try:
        redis = Redis.from_url(redis_url)
        redis.ping()
    except (RedisError, ValueError) as error:
        raise Unavailable(
            f"Redis does not answer ({type(error).__name__}): does it run, is REDIS_URL right?"
        ) from error
    return redis


def _enqueue(redis: Any, jobs: list[Job]) -> None:
    from rq import Queue  # noqa: PLC0415
    from rq.serializers import JSONSerializer  # noqa: PLC0415

    for job in jobs:
        name = PATIENT if is_patient(job.kind) else URGENT
        Queue(name, connection=redis, serializer=JSONSerializer).enqueue(
            "app.outbox.jobs.keep",
            *entry(job),
            job_timeout=SLOW_SECONDS if is_slow(job.kind) else None,
            result_ttl=60,
            failure_ttl=3600,
        )


def claim(limit: int = BATCH, slow: int = BATCH) -> list[Job]:
    """Lease up to `limit` due promises, oldest first; patient ones only when there are no others.

    Of slow ones no more than `slow`. It looks before it locks: an idle worker takes no write lock,
    and does not wake itself by committing nothing.
    """
    due = _due() if slow else _due().where(Promise.kind.not_in(slow_kinds()))
    with reading() as session:
        if session.scalar(due.with_only_columns(Promise.id).limit(1)) is None:
            return []
    with transaction() as session:
        query = due.order_by(Promise.patient, Promise.due_at, Promise.id).limit(limit)
        rows = list(session.scalars(query.with_for_update(skip_locked=True)))
        left = [row for row in rows if is_slow(row.kind)][slow:]
        rows = [row for row in rows if row not in left]
        urgent = [row for row in rows if not row.patient]
        taken = urgent or rows[:FEW]
        for row in taken:
            row.leased_until = lease()
            row.attempts += 1
        return [job_of(row) for row in taken]


def _due() -> Select[Promise]:
    free = or_(Promise.leased_until.is_(None), Promise.leased_until < clock.real())
    return select(Promise).where(Promise.status == WAITING, Promise.due_at <= clock.now(), free)


def entry(job: Job) -> tuple[str, int]:
    """What the queue is told of a claimed promise: its uid and the number of the attempt."""
    return job.uid, job.attempts


def keep_by_uid(uid: str, attempt: int) -> None:
    """Keep a claimed promise, unless it was claimed anew meanwhile.

    The lease begins again here: the time in a queue, or behind the others of a batch, is not spent
    on this promise.
    """
    with transaction() as session:
        row = session.scalar(select(Promise).where(Promise.uid == uid).with_for_update())
        if row is None or row.status != WAITING or row.attempts != attempt:
            return
        row.leased_until = lease()
        job = job_of(row)
    _at_work[uid] = job
    try:
        keep(job)
    finally:
        del _at_work[uid]


def ends_in_order() -> None:
    """Have this process, told to end, unwind as it does from the keyboard and not drop dead."""
    signal.signal(signal.SIGTERM, lambda *_told: sys.exit())


def give_back() -> None:
    """Let others begin at once what a thread of this process is at, which ends with it."""
    for job in list(_at_work.values()):
        _let_go(job)


def _let_go(job: Job) -> None:
    with transaction() as session:
        note(session, job, WAITING)


def keep(job: Job) -> None:
    """Run the handler and write down how it ended."""
    try:
        # What has left is over; what is done on the way there belongs to the same act.
        with together(None if job.held else job.batch):
            handler_of(job.kind)(job)
    except GiveUp as refusal:
        _park(job, str(refusal))
    except SystemExit:
        _let_go(job)
        raise
    except Exception as error:  # whatever a handler meets, the row must say so
        log.warning(
            "outbox.failed", kind=job.kind, uid=job.uid, attempt=job.attempts, exc_info=error
        )
        reason = reason_of(error)
        if job.attempts > len(BACK_OFF):
            _park(job, reason)
        else:
            wait = timedelta(minutes=BACK_OFF[job.attempts - 1])
            with transaction() as session:
                note(session, job, WAITING, last_error=reason, due_at=clock.now() + wait)
    else:
        with transaction() as session:
            note(session, job, DONE, ended_at=clock.now())


def _park(job: Job, reason: str) -> None:
    """Set the promise aside and tell of it, both or neither."""
    with transaction() as session:
        if note(session, job, PARKED, last_error=reason, ended_at=clock.now()):
            for listener in _parked_listeners:
                listener(session, job, reason)
