"""Have every file that came from outside looked at by a scanner, and again when it has learnt more.

Files are taken in whether or not the scanner answers; until it has, nobody gets to see one. Where
there is no scanner that is what is said of every file.
"""

import time
from collections.abc import Sequence

import structlog
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.audit.services import record
from app.database import reading, transaction
from app.documents import store
from app.documents.clamav import Down, Scanner, TooLarge
from app.documents.models import Blob, Document
from app.documents.policy import CLEAN, FOUND, UNCHECKED, WAITING
from app.errors import Unavailable
from app.extensions import add_duty, application

SYSTEM = "system"
#: What stands for a name where nothing was found, but not because nothing is there.
TOO_LARGE, LOST = "size", "lost"
_BATCH = 20
_ASK_VERSION = 600.0  # seconds
_LONGEST_REST = 60.0

log = structlog.get_logger(__name__)


class Checks:
    """The scanner of an application, and when it may be asked again after it did not answer."""

    def __init__(self, address: str) -> None:
        self.scanner = Scanner(address)
        self.all_looked_at_with = ""
        self._rest = 1.0
        self._not_before = 0.0

    def resting(self) -> bool:
        return time.monotonic() < self._not_before

    def rest(self, error: Exception) -> None:
        log.warning("scanner.down", why=str(error)[:100])
        self._not_before = time.monotonic() + self._rest
        self._rest = min(2 * self._rest, _LONGEST_REST)

    def answered(self) -> None:
        self._rest = 1.0


def init_app(app: Flask) -> None:
    if address := app.extensions["settings"].clamd:
        app.extensions["checks"] = Checks(address)
        add_duty(app, go_on)


def configured() -> bool:
    return "checks" in application().extensions


def go_on() -> int:
    """Look at a few files that wait, or were looked at with older signatures; how many."""
    checks: Checks = application().extensions["checks"]
    if checks.resting():
        return 0
    done = 0
    try:
        version = checks.scanner.version(at_most=_ASK_VERSION)
        for sha256 in _due(checks, version):
            _look_at(sha256, checks.scanner, version)
            done += 1
    except (Down, Unavailable) as error:
        checks.rest(error)
        return done
    checks.answered()
    return done


def all_anew() -> int:
    """Look at every file now, whatever was said of it before; how many. Raises `Down`."""
    checks: Checks = application().extensions["checks"]
    version = checks.scanner.version()
    with reading() as session:
        every = session.scalars(select(Blob.sha256).where(Blob.verdict.in_(_CHECKED))).all()
    for sha256 in every:
        _look_at(sha256, checks.scanner, version)
    return len(every)


_CHECKED = (UNCHECKED, WAITING, CLEAN, FOUND)


def _due(checks: Checks, version: str) -> Sequence[str]:
    waiting = select(Blob.sha256).where(Blob.verdict == WAITING).order_by(Blob.created_at)
    outdated = (
        select(Blob.sha256)
        .where(Blob.verdict.in_((UNCHECKED, CLEAN, FOUND)), Blob.checked_with != version)
        .order_by(Blob.checked_at, Blob.sha256)
    )
    with reading() as session:
        if found := session.scalars(waiting.limit(_BATCH)).all():
            return found
        if checks.all_looked_at_with == version:
            return ()
        found = session.scalars(outdated.limit(_BATCH)).all()
    if not found:
        checks.all_looked_at_with = version
    return found


def _look_at(sha256: str, scanner: Scanner, version: str) -> None:
    verdict, finding = CLEAN, ""
    try:
        with store.files().open(sha256) as stream:
            finding = scanner.scan(stream)
        verdict = FOUND if finding else CLEAN
    except TooLarge:
        verdict, finding = UNCHECKED, TOO_LARGE
    except store.MissingFile:
        verdict, finding = UNCHECKED, LOST
    with transaction() as session:
        blob = session.get(Blob, sha256, with_for_update=True)
        if blob is None:
            return
        before = blob.verdict
        blob.verdict, blob.finding = verdict, finding
        blob.checked_with, blob.checked_at = version, clock.now()
        if FOUND in (verdict, before) and verdict != before:
            _journal(session, sha256, finding)


def _journal(session: Session, sha256: str, finding: str) -> None:
    event = "document.quarantined" if finding else "document.released"
    for one in session.scalars(select(Document).where(Document.sha256 == sha256)):
        record(session, SYSTEM, event, one.key, document=one.id, finding=finding)
