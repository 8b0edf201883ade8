"""The worker inside the web process: one thread that drains the outbox and fires the timers."""

import threading

import structlog
from flask import Flask

from app import database
from app.outbox import lock, relay
from app.outbox.aside import Aside

log = structlog.get_logger(__name__)
IDLE_SECONDS = 1.0


class Worker(threading.Thread):
    """Does all duties until nothing is left, then sleeps until woken or a second has passed."""

    def __init__(self, app: Flask) -> None:
        super().__init__(name="worker", daemon=True)
        self.app = app
        self.aside = Aside(app)
        self.wake = threading.Event()
        self.stopping = threading.Event()
        database.after_commit(self.wake.set)

    def run(self) -> None:
        while not self.stopping.is_set():
            self.wake.clear()
            try:
                with (
                    self.app.app_context(),
                    lock.elected() as chosen,
                    relay.taking(relay.BATCH, self.aside),
                ):
                    busy = do_duties(self.app) if chosen else 0
            except Exception as error:  # the worker must outlive any duty; the log and /readyz tell
                log.exception("worker.failed", exc_info=error)
                busy = 0
            if not busy:
                self.wake.wait(IDLE_SECONDS)

    def stop(self) -> None:
        self.stopping.set()
        self.wake.set()
        self.join(timeout=30)
        with self.app.app_context():
            relay.give_back()


def do_duties(app: Flask) -> int:
    """One round of every duty; how much was done."""
    return sum(duty() for duty in app.extensions["duties"])
