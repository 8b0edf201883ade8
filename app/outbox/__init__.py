"""Promises to the outside world: written with the use case, kept after its commit.

A row says what to do, by ids only. The relay claims rows and runs their handlers, itself or through
RQ; a handler may be run twice and must bear it. What keeps failing is parked and shown to the
administrator; nothing is ever lost silently. What was kept is removed after some months.
"""

from flask import Flask

from app.extensions import add_duty
from app.outbox import cli, jobs, relay, upkeep


def init_app(app: Flask) -> None:
    app.cli.add_command(cli.group)
    jobs.bind(app)
    add_duty(app, relay.run_due)
    upkeep.init_app(app)
