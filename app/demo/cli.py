"""`flask demo …`: move the clock, fill the house."""

import json
import sys
import time
from datetime import datetime

import click
import isodate

from app import clock
from app.commands import CommandGroup
from app.demo import filling, hours, rehearsal
from app.extensions import application, settings

group = CommandGroup("demo", help="The demonstration only.")


@group.command()
@click.argument("duration")
def advance(duration: str) -> None:
    """Move the clock by DURATION (ISO 8601, e.g. P10D), doing in order all that falls due."""
    _demo_only("Only the demo's clock can be moved.")
    try:
        began = clock.now()
        end = began + isodate.parse_duration(duration)
    except (isodate.ISO8601Error, TypeError, OverflowError):
        raise click.UsageError(f"{duration} is not a duration such as P10D or PT2H.") from None
    if end < began:
        raise click.UsageError("The clock does not go back.")
    fired, done = hours.advance(application(), end)
    line = {"now": clock.now().isoformat(), "timers": fired, "jobs": done}
    click.echo(json.dumps(line))


@group.command()
@click.option("--appeals", type=click.IntRange(min=1), required=True)
@click.option("--seed", type=int, default=1, show_default=True)
def fill(appeals: int, seed: int) -> None:
    """Add appeals in every stage, with people, documents and history; equal seeds are alike."""
    _demo_only("Only the demo can be filled.")
    began = time.monotonic()
    click.echo("Playing some appeals …", err=True)
    bar = click.progressbar(length=appeals, label="Appeals", file=sys.stderr)
    try:
        with bar:
            for more in filling.fill(appeals, seed):
                bar.update(more)
    except rehearsal.Failed as error:
        click.echo(f"The appeals could not be played: {error}", err=True)
        sys.exit(1)
    seconds = round(time.monotonic() - began, 1)
    click.echo(json.dumps({"appeals": appeals, "seconds": seconds, "seed": seed}))


@group.command(hidden=True)
@click.argument("number", type=int)
@click.argument("seed", type=int)
@click.argument("until", type=datetime.fromisoformat)
def rehearse(number: int, seed: int, until: datetime) -> None:
    """Play NUMBER appeals UNTIL a moment: in a house of its own, see `app.demo.rehearsal`."""
    rehearsal.play(application(), number, seed, until)


def _demo_only(sentence: str) -> None:
    if not settings().demo:
        click.echo(sentence, err=True)
        sys.exit(1)
