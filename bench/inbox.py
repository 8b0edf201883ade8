"""What the inbox costs with many open items: `python -m bench.inbox --items 1000 100000`.

PostgreSQL and the application in one process; each page is asked for by a signed-in person. One
JSON object a size and person: milliseconds of CPU of a whole request, of the application and of
its database backend, the median of several, and how many open items that person sees.
"""

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from flask import Flask

from app import create_app
from app.access.services import load_person
from app.appeals import services
from app.appeals.commands import InboxFilter
from app.database import db
from app.server import prepare
from bench import asking, many
from bench.completions import _postgresql

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
    client = asking.signed_in(app, login)
    for name, address in PAGES.items():
        found[name] = asking.page(client, address)
    for name, wanted in VIEWS.items():
        services.save_view(person, name, wanted)
    found["page with views"] = asking.page(client, "/desk/")
    return found


if __name__ == "__main__":
    os.environ.setdefault("RATE_ALL", "0")
    main()
