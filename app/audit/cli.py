"""`flask audit …`."""

import json
import sys
from typing import TextIO

import click

from app.audit import services
from app.commands import CommandGroup
from app.database import reading

group = CommandGroup("audit", help="The journal and its seals.")


@group.command("verify")
def verify() -> None:
    """Compute the chain of seals anew; exit 1 when a line does not fit."""
    verdict = services.verify()
    names = ("rows", "sealed", "unsealed", "first_bad")
    click.echo(json.dumps({name: getattr(verdict, name) for name in names}))
    if verdict.first_bad is not None:
        click.echo(
            f"The journal does not fit its seals from line {verdict.first_bad} on.", err=True
        )
        sys.exit(1)


@group.command("export")
@click.argument("file", type=click.File("w", encoding="utf-8"))
def export(file: TextIO) -> None:
    """Write the sealed journal to FILE (- = standard output) as JSON lines; see docs/journal.md."""
    with reading() as session:
        for line in services.export(session):
            click.echo(json.dumps(line, ensure_ascii=False), file=file)


@group.command("seal")
def seal() -> None:
    """Seal what is kept but not sealed yet, now."""
    done = 0
    while step := services.seal():
        done += step
    click.echo(json.dumps({"sealed": done}))
