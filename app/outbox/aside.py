"""A thread beside the clock's own, for what takes minutes: no letter waits for it."""

import threading
from collections.abc import Callable

import structlog
from flask import Flask

log = structlog.get_logger(__name__)


class Aside:
    """Does one thing at a time beside who gives it.

    Nobody waits for its end: what it was at when the process ended is given back, or another's to
    do when the lease has run out.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._thread: threading.Thread | None = None

    def free(self) -> bool:
        return self._thread is None or not self._thread.is_alive()

    def do(self, work: Callable[..., None], *told: object) -> None:
        self._thread = threading.Thread(
            target=self._do, args=(work, *told), name="aside", daemon=True
        )
        self._thread.start()

    def _do(self, work: Callable[..., None], *told: object) -> None:
        try:
            with self._app.app_context():
                work(*told)
        except Exception as error:  # the clock goes on; when the lease has run out it is done anew
            log.exception("aside.failed", exc_info=error)
