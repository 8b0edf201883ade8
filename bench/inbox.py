"""What the inbox costs with many open items: `python -m bench.inbox --items 1000 100000`.

PostgreSQL and the application in one process; each page is asked for by a signed-in person. One
JSON object a size and person: milliseconds of CPU of a whole request, of the application and of
its database backend, the median of several, and how many open items that person sees.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app import create_app
from app.access import credentials, people
from app.access.services import load_person
from app.appeals import services
from app.appeals.commands import InboxFilter
from app.database import db, transaction
from app.server import prepare
from bench import many
from bench.completions import TICKS, _postgresql

ROUNDS = 15
PEOPLE = ("registrar", "manager", "controller", "clerk7")
PAGES = {
    "page": "/desk/",
    "mine": "/desk/?scope=mine",
    "overdue": "/desk/?term=overdue",
    "by stage": "/desk/?element=review&sort=-opened",
    "by topic": "/desk/?topic=0005.0005.0056.1156",
    "by words": "/desk/?q=мусор",
}
VIEWS = {
    "Горит": InboxFilter(term="overdue"),
    "Мои на неделю": InboxFilter(scope="mine", term="near"),
    "Резолюции": InboxFilter(element="review", sort="-opened"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, nargs="+", default=[1000, 100_000])
    for items in parser.parse_args().items:
        with _postgresql() as (url, _pid), tempfile.TemporaryDirectory() as folder:
            app = create_app(data_dir=Path(folder) / "data", database_url=url)
            prepare(app)
            with app.app_context():
                many.walked()
                many.clerks()
                with db.engine.connect() as connection:
                    many.cloned(connection, items)
                for login in PEOPLE:
                    print(json.dumps(_person(app, login, items)), flush=True)
                db.session.remove()
                db.engine.dispose()


def _person(app: Flask, login: str, items: int) -> dict[str, Any]:
    person = load_person(login)
    found: dict[str, Any] = {"items": items, "person": login}
    found["sees"] = services.inbox(person, InboxFilter()).counts.all
    client = _signed_in(app, login)
    for name, address in PAGES.items():
        found[name] = _cost(_get(client, address))
    for name, wanted in VIEWS.items():
        services.save_view(person, name, wanted)
    found["page with views"] = _cost(_get(client, "/desk/"))
    return found


def _get(client: FlaskClient, address: str) -> Callable[[], None]:
    def get() -> None:
        assert client.get(address).status_code == 200

    return get


def _signed_in(app: Flask, login: str) -> FlaskClient:
    with transaction() as session:
        row = people.account(session, login)
        opened = credentials.give(session, row, credentials.SESSION)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = opened.secret
        cookie["_fresh"] = True
    return client


def _cost(ask: Callable[[], None]) -> dict[str, float]:
    """Median milliseconds of CPU: of this process, and the mean of the database's backends."""
    for _warm in range(3):
        ask()
    own, backends = [], _backends_cpu()
    for _round in range(ROUNDS):
        began = time.process_time()
        ask()
        own.append(time.process_time() - began)
    database = (_backends_cpu() - backends) / ROUNDS
    return {"app": round(1000 * statistics.median(own), 1), "database": round(1000 * database, 1)}


def _backends_cpu() -> float:
    """CPU seconds of every backend of this application so far."""
    with db.engine.connect() as connection:
        pids = connection.execute(text("SELECT pid FROM pg_stat_activity WHERE pid IS NOT NULL"))
        return sum(_seconds(pid) for (pid,) in pids)


def _seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


if __name__ == "__main__":
    os.environ.setdefault("RATE_ALL", "0")
    main()
