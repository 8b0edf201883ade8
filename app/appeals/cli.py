"""`flask appeals …`."""

import json

import click

from app.appeals import kin
from app.commands import CommandGroup

group = CommandGroup("appeals", help="Appeals that were filed before.")


@group.command("compare")
def compare() -> None:
    """Have the texts compared that never were: of appeals filed before this was done."""
    click.echo(json.dumps({"promised": kin.promise_all()}))
