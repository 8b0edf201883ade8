"""`flask audit …`."""

import dataclasses
import json
import sys

import click

from app.audit import services
from app.extensions import CommandGroup

group = CommandGroup("audit", help="The journal and its seals.")


@group.command("verify")
def verify() -> None:
    """Compute the chain of seals anew; exit 1 when a line does not fit."""
    verdict = services.verify()
    click.echo(json.dumps(dataclasses.asdict(verdict)))
    if verdict.first_bad is not None:
        click.echo(
            f"The journal does not fit its seals from line {verdict.first_bad} on.", err=True
        )
        sys.exit(1)


@group.command("seal")
def seal() -> None:
    """Seal what is kept but not sealed yet, now."""
    done = 0
    while step := services.seal():
        done += step
    click.echo(json.dumps({"sealed": done}))
