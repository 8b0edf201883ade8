"""The bridge between the diagrams and the product.

Published versions, running instances, work items, steps and timers live here as rows; the engine
moves instances and this room keeps what it says, in the transaction of whoever asked.
"""

from flask import Flask

from app.extensions import add_duty
from app.outbox.relay import on_parked
from app.workflow import cli, incidents, timers


def init_app(app: Flask) -> None:
    app.cli.add_command(cli.group)
    add_duty(app, timers.fire_due)
    on_parked(incidents.of_job)
