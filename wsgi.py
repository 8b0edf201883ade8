"""What a web server or `flask --app wsgi` loads."""

import gc

# What is made while the program loads stays: to look through it for garbage, again and again as it
# grows, is a fifth of the start of each command.
gc.disable()

import click  # noqa: E402
from flask.cli import FlaskGroup  # noqa: E402

from app import create_app  # noqa: E402
from app.extensions import load  # noqa: E402


def _looks_for_a_command() -> bool:
    """Whether `flask` loads us to ask which commands there are; `flask run` does not, it serves."""
    context = click.get_current_context(silent=True)
    return context is not None and isinstance(context.command, FlaskGroup)


# A server is refused here, at its start, when a setting is missing. A command is refused when it
# opens the database, so that `classifier find` works where nothing is set.
_command = _looks_for_a_command()
application = app = create_app(check_settings=not _command)
if not _command:
    load(app)
gc.enable()
