"""What nobody asks for: stored files are read again one by one, strays of failed uses removed.

Each wake of the worker does a little and then rests, so that letters never wait for it: with the
figures below a file is read again within a month as long as all of them are some 2.5 TB at most.
"""

import time
from collections.abc import Iterator
from datetime import timedelta

import structlog
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.audit.services import record
from app.database import reading, transaction
from app.documents import services, store, verification
from app.documents.models import Blob, Document
from app.extensions import add_duty, application

SYSTEM = "system"
#: A file is read again so often; bytes that one wake reads, and seconds between two.
AGAIN = timedelta(days=30)
AT_ONCE = 16 * 1024 * 1024
REST = 15.0
#: Names of the store looked at in one wake, and hours between two looks at all of them.
NAMES, LOOKS = 200, 24
#: A process that has just begun has more urgent things to do.
FIRST = 600.0

log = structlog.get_logger(__name__)


class Rounds:
    """Where the rounds of an application stand; a process that begins anew begins them anew."""

    def __init__(self) -> None:
        self.not_before = time.monotonic() + FIRST
        self.names: Iterator[str] | None = None
        self.look_at = self.not_before


def init_app(app: Flask) -> None:
    app.extensions["rounds"] = Rounds()
    add_duty(app, go_round)


def go_round() -> int:
    """Read a few files again and look for a few strays; 0, so that nobody waits for the rest."""
    rounds: Rounds = application().extensions["rounds"]
    now = time.monotonic()
    if now < rounds.not_before:
        return 0
    rounds.not_before = now + REST
    read_again()
    if rounds.names is None and now >= rounds.look_at:
        rounds.names = store.files().names(clock.real() - services.ORPHAN_AGE)
        rounds.look_at = now + LOOKS * 3600
    if rounds.names is not None and not look_for_strays(rounds.names):
        rounds.names = None
        store.files().tidy(clock.real() - services.ORPHAN_AGE)
    return 0


def read_again() -> int:
    """Read files that nobody has read for a month, `AT_ONCE` bytes of them; how many."""
    before = clock.now() - AGAIN
    due = (
        select(Blob.sha256, Blob.size).where(Blob.read_at < before).order_by(Blob.read_at).limit(50)
    )
    with reading() as session:
        rows = session.execute(due).all()
    done, left = 0, AT_ONCE
    for sha256, size in rows:
        trouble = verification.trouble_of(sha256, size)
        with transaction() as session:
            session.execute(update(Blob).where(Blob.sha256 == sha256).values(read_at=clock.now()))
            if trouble:
                _tell(session, sha256, trouble)
        done, left = done + 1, left - size
        if left <= 0:
            break
    return done


def look_for_strays(names: Iterator[str]) -> bool:
    """Remove files among the next names that belong to nothing; whether there are more."""
    for _each in range(NAMES):
        name = next(names, None)
        if name is None:
            return False
        if services.sweep_stray(name):
            log.info("file.stray_removed", sha256=name)
    return True


def _tell(session: Session, sha256: str, trouble: str) -> None:
    log.error("file.damaged", sha256=sha256, trouble=trouble)
    for one in session.scalars(select(Document).where(Document.sha256 == sha256)):
        record(session, SYSTEM, "document.damaged", one.key, document=one.id, finding=trouble)
