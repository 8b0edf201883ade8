"""The schema of the database, brought up to date by Alembic through Flask-Migrate.

Both take a sixth of a second to load; they are loaded by who asks for the schema.
"""

from pathlib import Path
from typing import Any

import click
from flask import Flask

from app.database import db
from app.extensions import application

FOLDER = Path(__file__).parents[1] / "migrations"


class _Migrations(click.Command):
    """`flask db`, which is Flask-Migrate's own, in its place until somebody asks for it."""

    def __init__(self, app: Flask) -> None:
        super().__init__("db", short_help="Perform database migrations.")
        self._app = app

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        _bind(self._app)
        found: click.Context = self._app.cli.commands["db"].make_context(*args, **more)
        return found


def upgrade() -> None:
    """Bring the database to the newest migration."""
    from flask_migrate import upgrade as run  # noqa: PLC0415

    _bind(application())
    run()


def up_to_date() -> bool:
    """Whether the database stands at the newest migration."""
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    head = ScriptDirectory(str(FOLDER)).get_current_head()
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def _bind(app: Flask) -> None:
    from flask_migrate import Migrate  # noqa: PLC0415

    if "migrate" not in app.extensions:
        Migrate(app, db, directory=str(FOLDER))


def init_app(app: Flask) -> None:
    app.cli.add_command(_Migrations(app))
