"""The demonstration's clock moves on, and all that falls due meanwhile is done in order."""

from datetime import datetime

from flask import Flask

from app import clock
from app.outbox import lock
from app.outbox.cli import settle_all
from app.outbox.services import counts, next_promise
from app.workflow import timers


def advance(app: Flask, end: datetime) -> tuple[int, int]:
    """Move to `end` from one due moment to the next; how many timers fired and jobs were done."""
    fired, before = 0, counts()["done"]
    # The server's own worker stands aside, so that what falls due is done in order and counted.
    with lock.waited_for():
        while True:
            fired += _settle(app)
            moment = min(filter(None, (timers.next_due(), next_promise())), default=None)
            if moment is None or moment > end:
                break
            clock.move_to(max(moment, clock.now()))
        clock.move_to(end)
        fired += _settle(app)
    return fired, counts()["done"] - before


def _settle(app: Flask) -> int:
    fired = 0
    while True:
        now_fired = timers.fire_due()
        fired += now_fired
        if not settle_all(app, timeout=600) or not now_fired:
            return fired
