"""The database: one base, one way to open a transaction; the only module that commits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, g
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, MetaData, TypeDecorator, event, inspect
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Session

from app import config
from app.session import GlancingSession, HouseSession, has_to_wait_for_disk, on_postgresql
from app.statement import answer, in_one

_OPEN = "use_case_open"
_WRITES = "writes"
#: What is asked here is answered in an index, a page at a time. To send for helpers, or to make a
#: program of a question first, takes several times as long; PostgreSQL would, where tables are
#: large and it expects more than there is.
_ALONE = "SET max_parallel_workers_per_gather = 0; SET jit = off"
_LAST_WORD = "SELECT " + in_one(["pg_logical_emit_message(true, 'kept', '')"])

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class _Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)

    def __init__(self, **values: Any) -> None:
        """A new row; nobody listens to its columns yet, so they are set without a word."""
        columns = _columns(type(self))
        for name, value in values.items():
            if name in columns:
                self.__dict__[name] = value
            elif hasattr(type(self), name):
                setattr(self, name, value)
            else:
                raise TypeError(f"{type(self).__name__} has no {name}.")


@cache
def _columns(model: type[Any]) -> frozenset[str]:
    return frozenset(inspect(model).column_attrs.keys())


# Questions see what is pending where they touch it (see `HouseSession`); nothing else is written
# before the end. After the end nobody holds a row: none needs to be marked as out of date.
_SESSION = {"class_": HouseSession, "autoflush": False, "expire_on_commit": False}
db = SQLAlchemy(model_class=_Base, session_options=_SESSION)

if TYPE_CHECKING:

    class Model(DeclarativeBase):
        """Base of every table."""
else:
    Model = db.Model


class UTCDateTime(TypeDecorator[datetime]):
    """A moment: aware in, aware out, UTC in the database whatever the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a time zone cannot be stored.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Aftermath(Exception):
    """A failure that must be written down although its use case is rolled back."""

    def write(self, session: Session) -> None:
        """Add the record of the failure; it is committed in a transaction of its own."""
        raise NotImplementedError


@contextmanager
def transaction() -> Iterator[Session]:
    """One use case, one transaction: all of it is kept or none of it is.

    Use cases do not nest. If one needs another's work, that work belongs in a function that takes
    a `session` and never commits.
    """
    with _use_case(writes=True) as session:
        try:
            yield session
            session.commit()
            if has_to_wait_for_disk(session):
                _wait_for_disk()
        except Aftermath as failure:
            # The use case leaves nothing behind but the record of how it failed.
            session.rollback()
            session.expunge_all()
            session.connection(execution_options={_WRITES: True})
            failure.write(session)
            session.commit()
            raise
    for listener in _after_commit:
        listener()


def _wait_for_disk() -> None:
    # What is written to the log goes to the disk with all that stands before it.
    with asking() as connection:
        answer(connection, _LAST_WORD)


@contextmanager
def reading() -> Iterator[Session]:
    """A use case that only looks: never commits, holds no write lock."""
    with _use_case(writes=False) as session:
        yield session


@contextmanager
def glancing() -> Iterator[Session]:
    """A look of one statement or two that begins and ends nothing on the server.

    Each statement sees what is kept when it begins, as it does in `reading`; two that must see the
    same, a cursor and a `SET LOCAL` need `reading`.
    """
    with _no_other(), asking() as connection:
        session = GlancingSession(db, connection)
        try:
            yield session
        finally:
            if session.in_transaction():
                session.close()


@contextmanager
def asking() -> Iterator[Connection]:
    """A connection for one question about columns: it needs neither session nor transaction.

    The driver is told so itself: by way of SQLAlchemy that takes six times as many steps.
    """
    with db.engine.connect() as connection:
        if connection.dialect.name != "postgresql":
            yield connection
            return
        driver: Any = connection.connection.driver_connection
        driver.autocommit = True
        try:
            yield connection
        finally:
            if not driver.closed:
                driver.autocommit = False


def after_commit(listener: Callable[[], None]) -> None:
    """Have `listener` called after each kept use case (it wakes the embedded worker)."""
    if listener not in _after_commit:
        _after_commit.append(listener)


_after_commit: list[Callable[[], None]] = []


@contextmanager
def _use_case(*, writes: bool) -> Iterator[Session]:
    with _no_other():
        session = cast("Session", db.session())
        try:
            if session.in_transaction():
                # A connection left by an earlier look must not carry its options into this one.
                session.rollback()
            options: dict[str, Any] = {_WRITES: writes}
            looks = not writes and on_postgresql(session)
            if looks:
                options["postgresql_readonly"] = True
            session.connection(execution_options=options)
            yield session
            if looks:
                # Nothing was written that could be kept. A rollback would be the same to the
                # database, but the driver forgets after it what it has prepared.
                session.expunge_all()
                session.commit()
        finally:
            has_to_wait_for_disk(session)  # a use case that failed leaves nothing for the next
            session.close()


@contextmanager
def _no_other() -> Iterator[None]:
    """Use cases do not nest: there is one at a time in an application context."""
    kept: Any = g._get_current_object()  # noqa: SLF001  # as of `kept` in app/extensions.py
    if _OPEN in kept:
        raise RuntimeError("A use case was called from inside another use case.")
    setattr(kept, _OPEN, True)
    try:
        yield
    finally:
        kept.pop(_OPEN)


def pool(threads: int) -> dict[str, Any]:
    """How connections are kept: none is given up that a thread will want, the last one is first.

    What a connection has prepared it has for itself alone, and the server has read the tables for
    it: few that are used much cost less than many in turn.
    """
    return {"pool_size": threads, "pool_use_lifo": True}


def healthy() -> bool:
    """Whether the database answers."""
    with reading() as session:
        session.connection().exec_driver_sql("SELECT 1")
    return True


def init_app(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        _check_settings_first(db.engine, app.extensions["settings"])
        prepare = {"sqlite": _prepare_sqlite, "postgresql": _prepare_postgresql}
        prepare[db.engine.dialect.name](db.engine)


def _check_settings_first(engine: Engine, settings: config.Settings) -> None:
    unchecked = [settings]

    @event.listens_for(engine, "do_connect")
    def check(*_how: Any) -> None:
        # Once: a folder that goes later is told by /readyz and must not end who serves meanwhile.
        if unchecked:
            config.check(settings)
            unchecked.clear()


def _prepare_postgresql(engine: Engine) -> None:
    """Let a statement outside a transaction only look; a transaction says itself what it does.

    Each is carried out by the process it was sent to (`_ALONE`).
    """

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.autocommit = True
        connection.execute(f"SET default_transaction_read_only = on; {_ALONE}")
        connection.autocommit = False
        connection.read_only = False


def _prepare_sqlite(engine: Engine) -> None:
    """WAL, foreign keys, and BEGIN of our own.

    The driver's implicit BEGIN comes late and as a reader, and two readers that turn into writers
    fail with "database is locked" at once; BEGIN IMMEDIATE queues writers instead.
    """

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            "busy_timeout=30000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
