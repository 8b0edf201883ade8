"""The journal: who did or saw what, and when.

A line is written in the transaction of the deed it tells of, so that neither exists without the
other. One sealer chains the kept lines with SHA-256 within seconds, so that a line changed or
removed afterwards is found by `audit verify`, and no use case waits for another because of it.
Where the chain ends is noted outside the database too (`anchors`).
"""

from flask import Flask

from app.audit import actions, cli, jobs
from app.extensions import add_duty


def init_app(app: Flask) -> None:
    app.cli.add_command(cli.group)
    app.jinja_env.globals["action_name"] = actions.name_of
    add_duty(app, jobs.seal)
