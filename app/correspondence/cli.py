"""`flask mail …`: what comes back."""

import json
from typing import BinaryIO

import click

from app.commands import CommandGroup
from app.correspondence import returning

group = CommandGroup("mail", help="Mail that comes back.")
LONGEST = 5_000_000


@group.command()
@click.argument("message", type=click.File("rb"), default="-")
def bounced(message: BinaryIO) -> None:
    """Take in a delivery report: pipe the mailbox of MAIL_SENDER here; MESSAGE is a file or `-`.

    Prints `{letter}`: the id of the letter that a clerk now sees to, null of any other message.
    """
    click.echo(json.dumps({"letter": returning.bounced(message.read(LONGEST))}))
