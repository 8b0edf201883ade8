"""What the room does after a commit, and by itself: large tables as files, forgotten in a day."""

from flask import Flask

from app.extensions import add_duty
from app.outbox.relay import on_parked
from app.outbox.services import Job, handles
from app.reports import exports


@handles(exports.JOB, slow=True)
def make(job: Job) -> None:
    exports.make(job)


def init_app(app: Flask) -> None:
    on_parked(exports.failed)
    add_duty(app, exports.sweep)
