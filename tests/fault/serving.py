"""The processes that the tests kill: the product served as it is, with a mine laid in it.

They are forked from a server that has imported the product (multiprocessing's forkserver), so a
new one costs little; what they then run is the product's own `serve` or relay. The mine is the
tests' own: it listens to SQLAlchemy and kills the process it is in.
"""

import os
import signal
import sys
import threading
import time
from importlib import import_module

from flask.cli import ScriptInfo
from sqlalchemy import event

import app as product
from app import create_app
from app.database import db

for room in product.ROOMS:
    import_module(f"app.{room}")


class Mine:
    """Kills this process at the `n`-th of the places between two statements that write.

    A place is the moment before or after a statement, before or after a commit, of a use case that
    writes. What only looks changes nothing, so dying there teaches nothing.
    """

    def __init__(self, engine, n):
        self.left = n
        self.lock = threading.Lock()
        event.listen(engine, "before_cursor_execute", self._statement)
        event.listen(engine, "after_cursor_execute", self._statement)
        event.listen(engine, "commit", self._step)
        # A connection is handed back when its transaction is over.
        event.listen(engine, "checkin", self._handed_back)

    def _statement(self, connection, *_what):
        self._step(connection)

    def _step(self, connection):
        if connection.get_execution_options().get("writes"):
            connection.info["wrote"] = True
            self._count()

    def _handed_back(self, _connection, record):
        if record.info.pop("wrote", False):
            self._count()

    def _count(self):
        with self.lock:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def serve(settings, log, n=None, *, worker=True):
    """Serve pages, with the embedded worker inside or without it."""
    app = _made(settings, log, n)
    if worker:
        from app.server import serve as serve_all

        serve_all(app)
        return
    from waitress import create_server

    chosen = app.extensions["settings"]
    create_server(app, host=chosen.host, port=chosen.port, threads=chosen.threads).run()


def relay(settings, log, n=None):
    """What `flask outbox relay` does: drain the outbox and fire timers, if elected."""
    app = _made(settings, log, n)
    app.cli.main(["outbox", "relay"], obj=ScriptInfo(create_app=lambda: app))


def lingering(settings, log, n=None, *, run):
    """The same over an export that is slow at each row."""
    from app.reports import exports

    go_on, exports.STEP = exports._go_on, 1

    def lingered(job, done):
        go_on(job, done)
        time.sleep(0.5)

    exports._go_on = lingered
    run(settings, log, n)


def _made(settings, log, n):
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdout.reconfigure(line_buffering=True)
    # The server the process was forked from ignores these; a process of the product does not.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    app = create_app(**settings)
    if n is not None:
        with app.app_context():
            Mine(db.engine, n)
    return app
