"""`flask documents verify` reads every stored file again; `sweep` removes what nobody owns."""

import json
from pathlib import Path

import click
from flask import Flask

from app.commands import CommandGroup
from app.documents import checking, services, verification
from app.documents.clamav import Down

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


@group.command("scan")
def scan() -> None:
    """Have the scanner look at every file anew: one JSON line."""
    if not checking.configured():
        raise click.ClickException("There is no scanner: set CLAMD (see .env.example).")
    try:
        click.echo(json.dumps({"files": checking.all_anew()}))
    except Down as error:
        raise click.ClickException(f"The scanner does not answer ({error}).") from error


@group.command("original")
@click.argument("document_id", type=int)
@click.argument("target", type=click.Path(exists=True, file_okay=False, path_type=Path))
def original(document_id: int, target: Path) -> None:
    """Write a file as it was sent, even from quarantine, into a folder; the journal tells of it."""
    sha256 = services.original(document_id, target, actor="system")
    click.echo(json.dumps({"document": document_id, "sha256": sha256}))
