"""Letters and notices: drafted, approved, signed, numbered, sent by mail or by post."""

from flask import Flask

from app.correspondence import cli, views
from app.correspondence import jobs as jobs  # its import registers the keepers of promises


def init_app(app: Flask) -> None:
    views.init_app(app)
    app.cli.add_command(cli.group)
