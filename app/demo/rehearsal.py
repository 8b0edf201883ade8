"""Play some appeals over weeks, in an installation of its own that is thrown away afterwards.

The rehearsal's house has the people, bodies, settings, diagrams and secrets of the one it is for,
and its own database, files, mail and clock. It runs as a process of its own, because a process has
one clock.
"""

import heapq
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count, islice
from pathlib import Path

from flask import Flask
from sqlalchemy import MetaData, create_engine, select

from app import clock
from app.database import db
from app.demo import hours, plays, words
from app.errors import DomainError
from app.extensions import settings

#: Over how many days the played appeals come in, and at what hours (UTC) the office is open.
DAYS = 70
OPEN, CLOSE = 6, 14
#: Every so manieth life has only begun: the next of them has one deed more behind it.
BEGUN = 8
#: What the rehearsal's house shares with the one it is for.
SHARED = (
    *("unit", "post", "account", "account_role", "organisation", "setting", "signing_authority"),
    *("process_version", "process_file", "process_stored"),
)
ROOT = Path(__file__).parents[2]


class Failed(RuntimeError):
    """The rehearsal broke off; the message is what it said last."""


@contextmanager
def rehearsed(number: int, seed: int) -> Iterator[Path]:
    """Yield the folder of a house where `number` appeals were played up to now."""
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as name:
        house = Path(name)
        _furnish(house)
        _set_clock(house, clock.now() - timedelta(days=DAYS + 1))
        asked = ["demo", "rehearse", str(number), str(seed), clock.now().isoformat()]
        played = subprocess.run(
            [sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi.py"), *asked],
            cwd=house,  # away from this house's `.env`
            capture_output=True,
            text=True,
            check=False,
            env=_alone(house),
        )
        if played.returncode:
            raise Failed(played.stderr.strip()[-2000:])
        yield house


def _alone(house: Path) -> dict[str, str]:
    """The environment without the doors to the outside: database, queue, mail, files elsewhere."""
    outside = ("DATABASE_", "REDIS_", "MAIL_", "S3_", "SIGNING_")
    ours = {name: value for name, value in os.environ.items() if not name.startswith(outside)}
    return ours | {"DATA_DIR": str(house), "MODE": "demo", "FLASK_SKIP_DOTENV": "1"}


def _set_clock(house: Path, moment: datetime) -> None:
    offset = (moment - clock.real()).total_seconds()
    (house / "clock-offset").write_text(repr(offset), "ascii")


def database_of(house: Path) -> str:
    return f"sqlite:///{house / 'priyomnaya.db'}"


def _furnish(house: Path) -> None:
    """Make the tables and fill in what both houses have in common."""
    if (keys := settings().data_dir / "keys").exists():
        shutil.copytree(keys, house / "keys")
    engine = create_engine(database_of(house))
    db.metadata.create_all(engine)
    revision = MetaData()
    revision.reflect(db.engine, only=["alembic_version"])
    revision.create_all(engine)
    tables = [*revision.sorted_tables, *(db.metadata.tables[name] for name in SHARED)]
    with db.engine.connect() as theirs, engine.begin() as ours:
        for table in tables:
            rows = [dict(row) for row in theirs.execute(select(table)).mappings()]
            if rows:
                ours.execute(table.insert(), rows)
    engine.dispose()


def play(app: Flask, number: int, seed: int, end: datetime) -> None:
    """Take so many appeals through what happens to them until `end`.

    Most come in office hours of `DAYS`; some have only begun, so that every desk has work.
    """
    chance = random.Random(seed)  # noqa: S311  # the demonstration has no secrets
    order = count()
    lives: list[tuple[datetime, int, Iterator[timedelta]]] = []
    for place in range(number):
        life: Iterator[timedelta] = _life(random.Random(chance.random()))  # noqa: S311  # as above
        if place % BEGUN == BEGUN - 1:
            deeds = place // BEGUN
            began = end - timedelta(days=chance.uniform(0.1, 0.9) + 4 * deeds)
            life = islice(life, deeds + 1)
        else:
            began = at_work(end - timedelta(days=chance.uniform(0.2, DAYS)))
        heapq.heappush(lives, (began, next(order), life))
    while lives and lives[0][0] <= end:
        moment, _order, life = heapq.heappop(lives)
        hours.advance(app, max(moment, clock.now()))
        try:
            waits = next(life)
        except (StopIteration, DomainError):  # over, or the diagrams want something else here
            continue
        heapq.heappush(lives, (at_work(clock.now() + waits), next(order), life))
    hours.advance(app, end)


def _life(chance: random.Random) -> plays.Wait:
    desk = plays.Desk(chance, words.matter_of(chance), by_post=chance.random() < 0.2)
    yield from plays.life(desk)


def at_work(moment: datetime) -> datetime:
    """The moment itself, or the next morning when the office is open."""
    if moment.hour >= CLOSE:
        moment += timedelta(days=1)
    if not OPEN <= moment.hour < CLOSE:
        moment = moment.replace(hour=OPEN)
    while moment.weekday() > 4:  # Saturday and Sunday
        moment += timedelta(days=1)
    return moment
