"""What a web server or `flask --app wsgi` loads."""

import click
from flask.cli import FlaskGroup

from app import create_app


def _looks_for_a_command() -> bool:
    """Whether `flask` loads us to ask which commands there are; `flask run` does not, it serves."""
    context = click.get_current_context(silent=True)
    return context is not None and isinstance(context.command, FlaskGroup)


# A server is refused here, at its start, when a setting is missing. A command is refused when it
# opens the database, so that `classifier find` works where nothing is set.
application = app = create_app(check_settings=not _looks_for_a_command())
