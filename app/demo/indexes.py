"""Indexes set aside while a great many rows are written, and made anew over all of them.

To make an index of rows that are there costs less than half of keeping it while each row comes,
and several are made at a time. Meanwhile pages are slow. If the program is killed the indexes are
missing until it runs again: it begins by making those that are.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress

from sqlalchemy import Connection, Engine, Index, Table, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import DropIndex

from app.database import db

#: From so many new appeals on, if they are more than those that are there.
MANY = 10_000
#: How long to wait for whoever uses a table that an index is to be taken from.
PATIENCE = "5s"
#: So many are made at a time: one for each core.
_AT_A_TIME = min(os.cpu_count() or 1, 4)
#: An arbitrary number that names this lock among the advisory locks of the database.
_LOCK = 590_061
_KNOWN = text("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()")


@contextmanager
def set_aside(engine: Engine, count: int) -> Iterator[None]:
    """Have PostgreSQL write `count` appeals without its large indexes; they are there at the end.

    Few appeals beside many, or tables that somebody is using: nothing is set aside.
    """
    if engine.dialect.name != "postgresql":
        yield
        return
    make_missing(engine)
    taken = count >= MANY and _take(engine, count)
    try:
        with _left_alone(engine) if taken else nullcontext():
            yield
    finally:
        if taken:
            make_missing(engine)
            _analyze(engine)


@contextmanager
def _left_alone(engine: Engine) -> Iterator[None]:
    """Keep PostgreSQL's own vacuum from the tables, which it would look through each minute.

    Nobody who reads or writes them notices this lock. Where it is not to be had, all is as ever.
    """
    names = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
        with suppress(OperationalError), connection.begin_nested():
            connection.execute(text(f"LOCK TABLE {names} IN SHARE UPDATE EXCLUSIVE MODE"))
        yield


def make_missing(engine: Engine) -> None:
    """Make every index of the tables that is not there, those of the largest tables first."""

    def make(index: Index) -> None:
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL maintenance_work_mem = '256MB'"))
            # As many as there are cores are made already: helpers would only cost more.
            connection.execute(text("SET LOCAL max_parallel_maintenance_workers = 0"))
            index.create(connection)

    with _alone(engine) as connection, ThreadPoolExecutor(_AT_A_TIME) as threads:
        list(threads.map(make, _missing(connection)))


def _missing(connection: Connection) -> list[Index]:
    known = set(connection.scalars(_KNOWN))
    missing = [one for one in _indexes() if one.name not in known]
    size = {
        one: connection.scalar(select(func.pg_total_relation_size(one.table.name)))
        for one in missing
        if one.table is not None
    }
    return sorted(missing, key=lambda one: -int(size[one] or 0))


def _analyze(engine: Engine) -> None:
    def look_through(table: Table) -> None:
        with engine.begin() as connection:
            connection.execute(text(f'ANALYZE "{table.name}"'))

    with ThreadPoolExecutor(_AT_A_TIME) as threads:
        list(threads.map(look_through, db.metadata.sorted_tables))


def _take(engine: Engine, count: int) -> bool:
    """Drop what is not needed meanwhile, all of it or nothing."""
    with _alone(engine) as connection:
        if int(connection.scalar(text("SELECT coalesce(max(id), 0) FROM appeal")) or 0) > count:
            return False
        connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
        try:
            with connection.begin_nested():
                for index in _indexes():
                    # An index of few rows costs nothing, and the journal's sealer needs one.
                    if not index.unique and index.dialect_options["postgresql"]["where"] is None:
                        connection.execute(DropIndex(index, if_exists=True))
        except OperationalError:
            return False
    return True


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction in which no other filling makes or drops indexes: it waits for its turn."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
        yield connection


def _indexes() -> list[Index]:
    return [index for table in db.metadata.sorted_tables for index in table.indexes]
