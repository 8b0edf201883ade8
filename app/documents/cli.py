"""`flask documents verify` reads every stored file again; `sweep` removes what nobody owns."""

import json

import click
from flask import Flask

from app.documents import services, verification
from app.extensions import CommandGroup

group = CommandGroup("documents", help="Stored files and their signatures.")


def init_app(app: Flask) -> None:
    app.cli.add_command(group)


@group.command("verify")
def verify() -> None:
    """Read every file again: one JSON line, exit 1 when something is lost or changed."""
    found = verification.verify()
    click.echo(json.dumps(found.as_json(), ensure_ascii=False))
    if not found.good:
        click.echo("Stored files were lost or changed.", err=True)
        raise SystemExit(1)


@group.command("sweep")
def sweep() -> None:
    """Remove files nobody attached, strays of failed uses and halves of files: one JSON line."""
    click.echo(json.dumps(services.sweep()))
