"""What staff pages cost among many appeals: `python -m bench.pages --appeals 1000 100000`.

For each number a new house is filled (`demo fill`) and its pages are asked for by a signed-in
person. One JSON object for the filling: appeals a second, and CPU milliseconds an appeal of the
application and of its database. Then one for each page: CPU milliseconds of a whole request.
`--sqlite` measures there instead of PostgreSQL. `--keep FOLDER` leaves each house there, under its
number: the next time it is not filled again.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select, text

from app import create_app
from app.appeals.models import Appeal
from app.database import db, reading
from app.demo import filling
from app.server import prepare
from bench import asking
from bench.completions import _postgresql

#: Who asks for what; {card} is an appeal in the middle, {number} its number.
PAGES = {
    "inbox, who sees all": ("controller", "/desk/"),
    "inbox of a role": ("registrar", "/desk/"),
    "inbox by topic": ("controller", "/desk/?topic=1156"),
    "inbox by words": ("controller", "/desk/?q=мусор"),
    "search, all": ("auditor", "/desk/appeals"),
    "search by words": ("auditor", "/desk/appeals?text=мусор+контейнеры"),
    "search by a phrase": ("auditor", "/desk/appeals?text=%22гнилая+труба%22"),
    "search by a beginning": ("auditor", "/desk/appeals?text=контейн*"),
    "search by a name": ("auditor", "/desk/appeals?text=Анна"),
    "search by number": ("auditor", "/desk/appeals?q={number}"),
    "search, masked": ("controller", "/desk/appeals?text=мусор"),
    "card": ("auditor", "/desk/appeals/{card}"),
    "registration journal": ("auditor", "/desk/journal"),
    "control list": ("controller", "/desk/due?days=30"),
    "overview": ("controller", "/desk/overview"),
    "figures": ("controller", "/desk/figures"),
    "assignments, all": ("controller", "/desk/assignments?scope=all"),
    "assignments of one": ("executor1", "/desk/assignments"),
    "assignments, all, a page": ("controller", "/desk/assignments?scope=all&state=any"),
    "assignments of one, a page": ("executor1", "/desk/assignments?state=any"),
    "letters": ("dispatcher", "/desk/letters"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--appeals", type=int, nargs="+", default=[1000])
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--keep", type=Path, help="the folder of the houses that stay")
    parser.add_argument("--page", action="append", help="only this one; may be repeated")
    parser.add_argument("--rounds", type=int, default=asking.ROUNDS)
    options = parser.parse_args()
    wanted = options.page or PAGES
    for appeals in options.appeals:
        with ExitStack() as stack:
            app = stack.enter_context(_house(options.keep, appeals, options.sqlite))
            if filled := _filled(appeals):
                print(json.dumps(filled), flush=True)
            for name in wanted:
                login, address = PAGES[name]
                client = asking.signed_in(app, login)
                addresses = {address.format(**newest) for newest in _newest()}
                spent = asking.page(client, *sorted(addresses), rounds=options.rounds)
                line = {"appeals": appeals, "page": name, **spent}
                print(json.dumps(line, ensure_ascii=False), flush=True)


@contextmanager
def _house(keep: Path | None, appeals: int, sqlite: bool) -> Iterator[Flask]:
    """An application with a database, in its context; both stay if there is where to keep them."""
    with ExitStack() as stack:
        if keep:
            folder = keep.absolute() / (f"{appeals}-sqlite" if sqlite else str(appeals))
        else:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = ""
        if not sqlite:
            kept = folder / "postgresql" if keep else None
            url, _pid = stack.enter_context(_postgresql(kept))
        app = create_app(data_dir=folder / "data", database_url=url)
        prepare(app)
        stack.enter_context(app.app_context())
        yield app
        db.session.remove()
        db.engine.dispose()


def _filled(appeals: int) -> dict[str, Any] | None:
    """Fill the house unless it is; the first portion is none: all is prepared then."""
    with reading() as session:
        there = session.scalar(select(func.count()).select_from(Appeal))
    if there:
        if there == appeals:
            return None
        raise SystemExit(f"There are {there} appeals, not {appeals}: remove what was kept.")
    portions: Iterator[int] = filling.fill(appeals, seed=1)
    next(portions)
    began, own, theirs = time.monotonic(), time.process_time(), asking.backends_cpu()
    rest = sum(portions)
    seconds = time.monotonic() - began
    spent = {"app": time.process_time() - own, "database": asking.backends_cpu() - theirs}
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    return {
        "appeals": appeals,
        "page": "filling",
        "a second": round(rest / seconds) if seconds else None,
        **{who: round(1000 * each / max(rest, 1), 2) for who, each in spent.items()},
    }


def _newest() -> list[dict[str, Any]]:
    """What addresses are made of: appeals lately registered, of every story that was played."""
    with reading() as session:
        query = select(Appeal.id, Appeal.number).where(Appeal.number.is_not(None))
        rows = session.execute(query.order_by(Appeal.id.desc()).limit(filling.PLAYED)).all()
    return [{"card": row.id, "number": row.number} for row in rows]


if __name__ == "__main__":
    os.environ.setdefault("RATE_ALL", "0")
    main()
