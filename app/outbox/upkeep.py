"""What nobody asks for: once a day promises that were kept long ago are removed.

Each wake of the worker removes a portion and then rests, so that letters never wait for it. What
waits, was parked or was cancelled stays; of what was kept nothing reads the row but the page that
counts them. The demo keeps them all: its mailbox knows by them whose e-mails they are.
"""

import time
from datetime import timedelta

from flask import Flask
from sqlalchemy import delete, select

from app import clock
from app.database import reading, transaction
from app.extensions import add_duty, application, settings
from app.outbox.models import Promise
from app.outbox.services import DONE

#: Promises removed at once; seconds between two portions, and between two looks for such.
PORTION, REST, DAY = 500, 15.0, 24 * 3600.0
#: A process that has just begun has more urgent things to do.
FIRST = 600.0


class Upkeep:
    """When an application looks next; a process that begins anew begins anew."""

    def __init__(self) -> None:
        self.not_before = time.monotonic() + FIRST


def init_app(app: Flask) -> None:
    app.extensions["upkeep"] = Upkeep()
    add_duty(app, keep_up)


def keep_up() -> int:
    """Remove a portion, when it is time; 0, so that nobody waits for the rest."""
    upkeep: Upkeep = application().extensions["upkeep"]
    now = time.monotonic()
    if now >= upkeep.not_before and not settings().demo:
        upkeep.not_before = now + (REST if forget_kept() else DAY)
    return 0


def forget_kept() -> int:
    """Remove promises kept before the days of the setting, `PORTION` at most; how many."""
    before = clock.now() - timedelta(days=settings().outbox_keep_days)
    old = select(Promise.id).where(
        # What was kept had been due before: by that the index of what is open finds it.
        *(Promise.status == DONE, Promise.patient.in_((False, True)), Promise.due_at < before),
        Promise.ended_at < before,
    )
    with reading() as session:
        stale = session.scalars(old.limit(PORTION)).all()
    if stale:
        with transaction() as session:
            session.execute(delete(Promise).where(Promise.id.in_(stale)))
    return len(stale)
