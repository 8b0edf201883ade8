"""The door of the queue: what an RQ worker runs. Ids in, one use case, nothing else."""

from flask import Flask

from app.outbox import relay

_apps: list[Flask] = []


def keep(uid: str, attempt: int) -> None:
    """Keep the promise `uid` inside this worker's application, if this attempt is the latest."""
    with _application().app_context():
        relay.keep_by_uid(uid, attempt)


def bind(app: Flask) -> None:
    """Give the worker its application: a room below cannot import `create_app`."""
    _apps[:] = [app]


def _application() -> Flask:
    if not _apps:
        raise RuntimeError("Start workers with `flask --app wsgi outbox worker`.")
    return _apps[0]
