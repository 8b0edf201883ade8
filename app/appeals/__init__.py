"""The heart: appeals of citizens, from the first letter to the mark the citizen gives.

What happens when is drawn in the diagrams; this room keeps the card of the appeal and does what
the diagrams ask for.
"""

from flask import Flask

from app.appeals import cli, informing, jobs, kin, models, notices, operations, standing
from app.appeals.services import sweep_typed
from app.extensions import add_duty
from app.workflow.outcomes import on_entered, on_standing


def init_app(app: Flask) -> None:
    """Importing jobs, operations and notices registers them."""
    on_standing(standing.note)
    on_entered(informing.tell_of_stage)
    add_duty(app, sweep_typed)
    app.extensions["appeals"] = (jobs, kin, models, notices, operations)
    app.cli.add_command(cli.group)
