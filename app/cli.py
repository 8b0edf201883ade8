"""`flask …` commands of the house as a whole: prepare, serve, the demo's clock, backups."""

import click
from flask import Flask

from app import backup, demo, schema, server
from app.commands import Command
from app.extensions import application


def init_app(app: Flask) -> None:
    demo.init_app(app)
    schema.init_app(app)
    app.cli.add_command(prepare)
    app.cli.add_command(serve)
    app.cli.add_command(backup.group)


@click.command(cls=Command)
def prepare() -> None:
    """Migrate the database, publish the shipped processes, make the demo accounts."""
    server.prepare(application())


@click.command(cls=Command)
def serve() -> None:
    """Prepare what is missing and serve pages with the worker inside."""
    server.serve(application())
