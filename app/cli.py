"""`flask …` commands of the house as a whole: prepare, serve, the demo's clock, backups."""

import json
import sys
import time
from datetime import datetime

import click
import isodate
from flask import Flask

from app import backup, clock, server
from app.appeals import filling
from app.errors import DomainError
from app.extensions import CommandGroup, application, settings
from app.outbox import lock
from app.outbox.cli import settle_all
from app.outbox.services import counts, next_promise
from app.workflow import timers

demo = CommandGroup("demo", help="The demonstration only.")


def init_app(app: Flask) -> None:
    app.cli.add_command(demo)
    app.cli.add_command(prepare)
    app.cli.add_command(serve)
    app.cli.add_command(backup.group)


@click.command()
def prepare() -> None:
    """Migrate the database, publish the shipped processes, make the demo accounts."""
    server.prepare(application())


@click.command()
def serve() -> None:
    """Prepare what is missing and serve pages with the worker inside."""
    server.serve(application())


@demo.command()
@click.argument("duration")
def advance(duration: str) -> None:
    """Move the clock by DURATION (ISO 8601, e.g. P10D), doing in order all that falls due."""
    if not settings().demo:
        click.echo("Only the demo's clock can be moved.", err=True)
        sys.exit(1)
    try:
        length = isodate.parse_duration(duration)
        end = clock.now() + length
    except (isodate.ISO8601Error, TypeError, OverflowError):
        raise click.UsageError(f"{duration} is not a duration such as P10D or PT2H.") from None
    if end < clock.now():
        raise click.UsageError("The clock does not go back.")
    fired, done = _move_clock(end)
    line = {"now": clock.now().isoformat(), "timers": fired, "jobs": done}
    click.echo(json.dumps(line))


@demo.command()
@click.option("--appeals", type=click.IntRange(min=1), required=True)
@click.option("--seed", type=int, default=1, show_default=True)
def fill(appeals: int, seed: int) -> None:
    """File appeals and take them some way along their lives; equal seeds, equal appeals."""
    if not settings().demo:
        click.echo("Only the demo can be filled.", err=True)
        sys.exit(1)
    began = time.monotonic()
    progress = click.progressbar(
        filling.fill(appeals, seed), length=appeals, label="Appeals", file=sys.stderr
    )
    try:
        with progress as filled:
            filed = sum(1 for _receipt in filled)
    except DomainError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    settle_all(application(), timeout=600)
    seconds = round(time.monotonic() - began, 1)
    click.echo(json.dumps({"appeals": filed, "seconds": seconds, "seed": seed}))


def _move_clock(end: datetime) -> tuple[int, int]:
    """Move to `end` from one due moment to the next; how many timers fired and jobs were done."""
    app, fired, before = application(), 0, counts()["done"]
    # The server's own worker stands aside, so that what falls due is done in order and counted.
    with lock.waited_for():
        while True:
            fired += _settle(app)
            moment = min(filter(None, (timers.next_due(), next_promise())), default=None)
            if moment is None or moment > end:
                break
            clock.move_to(max(moment, clock.now()))
        clock.move_to(end)
        fired += _settle(app)
    return fired, counts()["done"] - before


def _settle(app: Flask) -> int:
    fired = 0
    while True:
        now_fired = timers.fire_due()
        fired += now_fired
        if not settle_all(app, timeout=600) or not now_fired:
            return fired
