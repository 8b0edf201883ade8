"""Elect one clock among many processes by a lock that dies with its holder."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from app.database import db
from app.extensions import settings

#: An arbitrary number that names this lock among the advisory locks of the database.
LOCK = 590_059
PAUSE = 0.05


@contextmanager
def elected() -> Iterator[bool]:
    """Yield whether this process is the clock for now."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            chosen = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:n)"), {"n": LOCK}))
            try:
                yield chosen
            finally:
                if chosen:
                    connection.execute(text("SELECT pg_advisory_unlock(:n)"), {"n": LOCK})
        return
    with (settings().data_dir / "clock.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@contextmanager
def waited_for() -> Iterator[None]:
    """Be the clock, waiting for the present one to finish its round."""
    while True:
        with elected() as chosen:
            if chosen:
                yield
                return
        time.sleep(PAUSE)
