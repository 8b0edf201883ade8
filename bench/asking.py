"""Pages asked for by a signed-in person, and what they cost the application and its database."""

import statistics
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app.access import credentials, people
from app.database import db, transaction
from bench.completions import TICKS

ROUNDS = 15
#: Of what `/proc/…/stat` says after the name: the parent, the time of a process, of its children.
PARENT, LIVING, ENDED = 1, slice(11, 13), slice(13, 15)


def signed_in(app: Flask, login: str) -> FlaskClient:
    with transaction() as session:
        row = people.account(session, login)
        opened = credentials.give(session, row, credentials.SESSION)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = opened.secret
        cookie["_fresh"] = True
    return client


def page(client: FlaskClient, *addresses: str, rounds: int = ROUNDS) -> dict[str, float]:
    """What a whole request of the page costs; of several addresses, each is asked for in turn."""
    turns = cycle(addresses)

    def get() -> None:
        address = next(turns)
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answers {answer.status}")

    return cost(get, max(rounds, len(addresses)))


def cost(ask: Callable[[], None], rounds: int = ROUNDS) -> dict[str, float]:
    """Milliseconds of CPU: the median of this process, the mean of the database's backends."""
    for _warm in range(3):
        ask()
    own, backends = [], backends_cpu()
    for _round in range(rounds):
        began = time.process_time()
        ask()
        own.append(time.process_time() - began)
    database = (backends_cpu() - backends) / rounds
    return {"app": round(1000 * statistics.median(own), 1), "database": round(1000 * database, 1)}


def backends_cpu() -> float:
    """CPU seconds of every process of this PostgreSQL so far, ended ones too; SQLite has none."""
    if db.engine.dialect.name != "postgresql":
        return 0.0
    with db.engine.connect() as connection:
        own = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        pids = connection.execute(text("SELECT pid FROM pg_stat_activity WHERE pid IS NOT NULL"))
        # A helper of a large query is gone when it is over: its parent has its time then.
        parent = int(_stat(own)[PARENT])
        ticks = sum(_spent(_stat(pid), LIVING) for (pid,) in pids) + _spent(_stat(parent), ENDED)
    return ticks / TICKS


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _spent(stat: list[str], fields: slice) -> int:
    return sum(map(int, stat[fields]))
