"""`flask outbox …`: settle, relay, worker."""

import json
import os
import sys
import time

import click
from flask import Flask
from sqlalchemy import func, select

from app import clock, config
from app.commands import CommandGroup
from app.database import reading
from app.extensions import application, load, settings
from app.outbox import lock, thread
from app.outbox import relay as relay_room
from app.outbox.aside import Aside
from app.outbox.crowd import Crowd
from app.outbox.models import Promise
from app.outbox.services import PARKED, WAITING, counts, kept, release_held

group = CommandGroup("outbox", help="Promises to the outside world.")
PAUSE = 0.1
#: How far what nobody waits for stands back from the pages on the same machine.
NICENESS = 10


@group.command()
@click.option("--timeout", default=60.0, show_default=True, help="Seconds to wait at most.")
def settle(timeout: float) -> None:
    """Do all that is due now, held mail included, then print `{done, waiting, parked}`."""
    with relay_room.noting() as taken:
        in_time = settle_all(application(), timeout)
    now = counts()
    line = {"done": kept(taken), "waiting": now[WAITING], "parked": now[PARKED]}
    click.echo(json.dumps(line))
    if not in_time:
        sys.exit(3)
    sys.exit(1 if now[PARKED] else 0)


def settle_all(app: Flask, timeout: float) -> bool:
    """Do duties until nothing is due, whoever does it; False when the time ran out."""
    end = time.monotonic() + timeout
    while True:
        release_held()
        busy = thread.do_duties(app)
        if not busy and not _due():
            return True
        if time.monotonic() > end:
            return False
        if not busy:
            # Another process holds a lease on what is left: let it finish.
            time.sleep(PAUSE)


def _due() -> int:
    with reading() as session:
        found = session.scalar(
            select(func.count())
            .select_from(Promise)
            .where(Promise.status == WAITING, Promise.due_at <= clock.now())
        )
    return int(found or 0)


@group.command()
def relay() -> None:
    """Drain the outbox and fire timers until stopped; one such process is the clock at a time."""
    config.check(settings())
    os.nice(NICENESS)
    app, crowd, rest = application(), Crowd(), 0.0
    aside = Aside(app)
    relay_room.ends_in_order()
    try:
        while True:
            number = relay_room.IN_A_CROWD if rest else relay_room.BATCH
            with lock.elected() as chosen, relay_room.taking(number, aside):
                busy = thread.do_duties(app) if chosen else 0
            # Between two rounds it holds nothing that anybody could wait for.
            rest = crowd.rest()
            if rest or not busy:
                time.sleep(rest or thread.IDLE_SECONDS)
    finally:
        relay_room.give_back()


@group.command()
@click.option("--burst", is_flag=True, help="Stop when the queue is empty.")
def worker(burst: bool) -> None:
    """Run an RQ worker that keeps promises."""
    url = settings().redis_url
    if not url:
        raise click.UsageError("Set REDIS_URL to run RQ workers.")
    # Only an installation with Redis should load it.
    from rq import Worker  # noqa: PLC0415
    from rq.serializers import JSONSerializer  # noqa: PLC0415

    class _Worker(Worker):
        def setup_work_horse_signals(self) -> None:
            super().setup_work_horse_signals()  # type: ignore[no-untyped-call]
            relay_room.ends_in_order()

    config.check(settings())
    os.nice(NICENESS)
    redis = relay_room.answering(url)
    load(application())
    for start in application().extensions["starts"]:
        start()
    queues = list(relay_room.QUEUES)
    _Worker(queues, connection=redis, serializer=JSONSerializer).work(burst=burst)
