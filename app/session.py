"""The session of the house: what a use case changed goes to PostgreSQL in one statement.

A move of a process touches a dozen tables. Statement by statement that is a dozen journeys to the
server while the case is locked; here it is one, `WITH … INSERT …, … UPDATE …`, in which each table
is given its rows as JSON. The rooms know nothing of it: they add and change objects as ever.
SQLite, which no journey leads to, is written by SQLAlchemy's own unit of work, and so is whatever
this one leaves to it (see `_simple`).
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache, partial
from itertools import chain
from random import SystemRandom
from typing import Any

import orjson
from flask_sqlalchemy.session import Session as FlaskSession
from psycopg import RawCursor
from sqlalchemy import Column, Connection, Table, event, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import (
    Mapper,
    ORMExecuteState,
    RelationshipDirection,
    RelationshipProperty,
    Session,
    SessionTransaction,
)
from sqlalchemy.orm.attributes import instance_state, set_committed_value
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.sql import visitors

#: Mark in a table's `info`: nobody asks a row that was just written for its id.
FORGOTTEN = "forgotten once written"
#: Mark in a column's `info`: the SQL by which PostgreSQL makes its value of the text given for it.
MADE = "made by the database"
#: Mark in a table's `info`: the column that says, once it has a value, that a row stays as it is.
OVER = "over once there is"
_NOTES = "notes"
_COUNT = "(SELECT value FROM coming)"
_PLACE = re.compile(r"%(?:%|\((\w+)\)s)")
_BY_VALUES = text("SET LOCAL plan_cache_mode = force_custom_plan")
_CHANCE = SystemRandom()
_POSTGRESQL: Any = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own gap


class HouseSession(FlaskSession):
    """Writes in one statement, and before a question only what the question is about."""

    def get(self, entity: Any, ident: Any, **how: Any) -> Any:
        """A row by its key; what this use case has met is at hand, be it written or not."""
        met = notes(self).setdefault(HouseSession, {})
        plain = not any(how.values())
        if plain and (found := met.get((entity, ident))) is not None and found in self:
            return found
        found = _at_hand(self, entity, ident) if plain else None
        if found is None:
            found = super().get(entity, ident, **how)
        if found is not None:
            met[entity, ident] = found
        return found

    def add(self, instance: Any, **how: Any) -> None:
        """Add a row; of one on which nothing can hang it is not looked for."""
        state = instance_state(instance)
        if _relations(state.mapper):
            super().add(instance, **how)
        else:
            self._save_or_update_impl(state)

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        if self._is_clean():
            return
        _take_steps(self)
        new, gone = list(self.new), list(self.deleted)
        changed = [row for row in self.dirty if instance_state(row).committed_state]
        plain = all(map(_simple, chain(new, changed))) and not any(map(_owns, gone))
        # One statement cannot put a row in the place of another.
        replaced = gone and _keys(gone) & _keys(new)
        if objects is None and plain and not replaced and on_postgresql(self):
            _write(self, new, changed, gone)
        else:
            _come(self)
            super().flush(objects)


def _at_hand(session: Session, entity: Any, ident: Any) -> Any:
    """A row that the session has, as it was read; to find it the ORM takes thirty steps."""
    if isinstance(ident, (tuple, dict)):
        return None
    found = session.identity_map.get(_mapped(entity).identity_key_from_primary_key((ident,)))
    return None if found is None or instance_state(found).expired else found


class GlancingSession(HouseSession):
    """Looks through a connection that begins and ends nothing, so that it need not mind either."""

    def __init__(self, db: Any, connection: Connection) -> None:
        super().__init__(db, bind=connection, autoflush=False)
        self._through = connection

    def connection(self, *_about: Any, **_how: Any) -> Connection:
        return self._through

    def get_bind(self, *_about: Any, **_how: Any) -> Connection:
        return self._through


def at_last(session: Session, step: Callable[[], None]) -> None:
    """Leave a step for the moment before this use case writes: what others wait for comes last.

    It may add rows and give values to those there are; no value may be changed in place.
    """
    notes(session).setdefault(at_last, []).append(step)


def settle(session: Session) -> None:
    """Take the steps that were left for the end, if they are still to be taken.

    Who asks for it before the end needs what they give: what was to come is there as well.
    """
    _take_steps(session)
    _come(session)


def _take_steps(session: Session) -> None:
    for step in notes(session).pop(at_last, ()):
        step()


class Coming:
    """A count that the statement which writes will take: others wait for that and the commit.

    Until then it is spelt as digits that stand for it; in the texts of rows they give way to it.
    """

    def __init__(self, take: str, given: Mapping[str, Any]) -> None:
        self._take, self._given = take, given
        #: How wide it is to be, by the digits that stand for it.
        self.widths: dict[str, int] = {}

    def __format__(self, pad: str) -> str:
        # Fifteen digits of chance: whoever writes a text cannot know them.
        digits = f"{_CHANCE.randrange(10**14, 10**15)}"
        self.widths[digits] = int(pad or 0)
        return digits

    def asked(self) -> tuple[str, dict[str, Any]]:
        """The SQL that takes it, and what the statement is given to do so."""
        return self._take, {**self._given, **{f"d{n}": one for n, one in enumerate(self.widths)}}

    def within(self, text: str) -> bool:
        for digits in self.widths:  # noqa: SIM110  # thirty texts a write; a generator each is dear
            if digits in text:
                return True
        return False

    def come(self, rows: Iterable[Any], count: int) -> None:
        """Have the rows say the count, now that it is known."""
        for row in rows:
            for name, value in [*row.__dict__.items()]:
                if isinstance(value, str) and self.within(value):
                    setattr(row, name, self._told(value, count))

    def _told(self, value: str, count: int) -> str:
        for digits, width in self.widths.items():
            value = value.replace(digits, f"{count:0{width}}")
        return value


def count_to_come(session: Session, take: str, given: Mapping[str, Any]) -> Coming | None:
    """A count that others wait for: the SQL that takes it becomes a part of the next write.

    It returns a column `value`, its parameters have names of their own. The count may be told in
    the texts of rows that this write changes, and nowhere else. None where it has to be taken at
    once: on SQLite, and while another is to come.
    """
    if not on_postgresql(session) or Coming in notes(session):
        return None
    coming = notes(session)[Coming] = Coming(take, given)
    return coming


def give_ids(session: Session, *rows: Any) -> None:
    """Give new rows their ids, to be told on before the rows are written."""
    session.add_all(rows)
    if on_postgresql(session):
        _take_ids(session, rows)
    else:
        session.flush()
    met = notes(session).setdefault(HouseSession, {})
    met |= {
        (type(row), instance_state(row).mapper.primary_key_from_instance(row)[0]): row
        for row in rows
    }


def expect(session: Session, rows: Mapping[type[Any], int]) -> None:
    """Say how many new rows this use case will probably make: their ids are fetched together."""
    wanted = notes(session).setdefault(expect, {})
    wanted |= {_counted(_mapped(model)): number for model, number in rows.items()}


def expected(session: Session) -> dict[Column[Any], int]:
    """How many ids this use case expects to need, of which columns; told once, who asks fetches."""
    wanted: dict[Column[Any], int] = notes(session).pop(expect, {})
    return wanted


def keep_ids(
    session: Session, wanted: Mapping[Column[Any], int], fetched: Iterable[Iterable[int]]
) -> None:
    """Keep ids that were fetched by `next_ids` for the rows to come."""
    at_hand = notes(session).setdefault(keep_ids, {})
    for column, ids in zip(wanted, fetched, strict=True):
        at_hand.setdefault(column, []).extend(ids)


def on_postgresql(session: Session) -> bool:
    """Whether that is the database of a session; it stays so, and to find out takes a while."""
    found: bool | None = session.info.get(on_postgresql)
    if found is None:
        found = session.info[on_postgresql] = session.get_bind().dialect.name == "postgresql"
    return found


def plan_by_values(session: Session) -> None:
    """Have PostgreSQL plan what this use case asks from here on for the values it asks with.

    What is asked often it plans once, for any value. That is wrong where values are unlike: what
    nearly every text says is not to be found as what one text says.
    """
    if on_postgresql(session):
        session.execute(_BY_VALUES)


@dataclass(frozen=True)
class Aside:
    """Questions along with another statement: SQL, its values, and who takes the answers."""

    parts: Sequence[str]
    given: Mapping[str, Any]
    take: Callable[[list[Any]], None]


def insert_unless_there(
    session: Session, rows: Sequence[Any], *, touch: str = "", aside: Aside | None = None
) -> bool:
    """Insert new rows of one model at once, in their order; whether none of their keys was taken.

    A row whose key is taken is left out or, with `touch`, has this column set to the new value,
    which locks it. Who meets a key that another transaction has just inserted waits for its end.
    What was inserted without `touch` is the session's from then on. What is asked `aside` is
    answered along with it on PostgreSQL, as things were when the statement began.
    """
    mapper = instance_state(rows[0]).mapper
    values = [_all_values(row) for row in rows]
    if on_postgresql(session):
        change = _change("INSERT", mapper, tuple(values[0]))
        statement = _insertion(change, touch, tuple(aside.parts) if aside else ())
        given = {**(aside.given if aside else {}), "p0": _json(values)}
        count, *told = answer(connection_of(session), statement, given)
        if aside:
            aside.take(told)
    else:
        insertion = sqlite.insert(_table(mapper)).values(values)
        if touch:
            keys, new = mapper.primary_key, {touch: insertion.excluded[touch]}
            insertion = insertion.on_conflict_do_update(index_elements=keys, set_=new)
        else:
            insertion = insertion.on_conflict_do_nothing()
        found: Any = session.execute(insertion)
        count = found.rowcount
    if touch or count < len(rows):
        return False
    for row in rows:
        adopt(session, row, mapper.identity_key_from_instance(row))
    return True


@event.listens_for(HouseSession, "do_orm_execute")
def _write_what_is_asked_about(asked: ORMExecuteState) -> None:
    session = asked.session
    changed = chain(session.new, session.dirty, session.deleted)
    pending = {_table(instance_state(row).mapper).name for row in changed}
    if pending and pending & _tables_in(asked.statement):
        session.flush()


def _tables_in(statement: Any) -> set[str]:
    parts = visitors.iterate(statement)
    tables = (part if isinstance(part, Table) else getattr(part, "table", None) for part in parts)
    return {table.name for table in tables if isinstance(table, Table)}


def notes(session: Session) -> dict[Any, Any]:
    """What a use case has looked up and may need again; gone when its transaction ends."""
    kept: dict[Any, Any] = session.info.setdefault(_NOTES, {})
    return kept


def connection_of(session: Session) -> Connection:
    """The connection of a use case: it has one from its beginning to its end."""
    known: Connection | None = notes(session).get(connection_of)
    if known is None:
        known = notes(session)[connection_of] = session.connection()
    return known


@event.listens_for(HouseSession, "after_transaction_end")
def _forget(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info.pop(_NOTES, None)


def in_one(values: Iterable[str]) -> str:
    """The SQL of one column with several values, as JSON.

    What a column costs the driver and SQLAlchemy is more than what it takes to read its value.
    """
    return f"json_build_array({', '.join(values)})::text"


def answer(
    connection: Connection, statement: str, given: Mapping[str, Any] | None = None
) -> list[Any]:
    """The values of a statement that answers with `in_one`.

    The driver is asked itself: what SQLAlchemy makes around a row of one text takes as long as the
    driver's own work. Its listeners hear of the statement as ever, and errors are its own.
    """
    cursor, values = _cursor(connection), given or {}
    spelt, names = _as_the_server_reads(statement)
    told = (connection, cursor, statement, values, None, False)
    heard = connection._has_events or connection.engine._has_events  # noqa: SLF001  # as its own
    for listener in connection.dispatch.before_cursor_execute if heard else ():
        listener(*told)
    try:
        cursor.execute(spelt, [values[name] for name in names])
        found = cursor.pgresult.get_value(0, 0)
    except BaseException as error:  # noqa: BLE001  # it is raised as SQLAlchemy's, or as it is
        connection.info.pop(_cursor)
        connection._handle_dbapi_exception(error, statement, values, cursor, None)  # noqa: SLF001
    for listener in connection.dispatch.after_cursor_execute if heard else ():
        listener(*told)
    return orjson.loads(found)  # type: ignore[no-any-return]


def _cursor(connection: Connection) -> Any:
    """The driver's cursor of a connection; to make one for each statement is a seventh of its work.

    What it answered last stays with it until it is asked again.
    """
    kept = connection.info
    if _cursor not in kept:
        kept[_cursor] = RawCursor(connection.connection.driver_connection)  # type: ignore[arg-type]
    return kept[_cursor]


@lru_cache(maxsize=1000)
def _as_the_server_reads(statement: str) -> tuple[str, tuple[str, ...]]:
    """A statement with `$1`, `$2` … in the places of values, and the names of these in order.

    The driver would read a long statement, as those that write are, anew each time.
    """
    names: dict[str, int] = {}

    def place(found: re.Match[str]) -> str:
        name = found[1]
        return "%" if name is None else f"${names.setdefault(name, len(names) + 1)}"

    return _PLACE.sub(place, statement), tuple(names)


# ---- the unit of work ------------------------------------------------------------------------


def _simple(row: Any) -> bool:
    """Whether a row can be written here: nothing was taken out of its collections.

    What is taken out may be an orphan: SQLAlchemy knows what becomes of it.
    """
    state = instance_state(row)
    for relation in _relations(state.mapper):
        if relation.key in state.committed_state and (
            relation.direction is not RelationshipDirection.ONETOMANY
            or state.attrs[relation.key].history.deleted
        ):
            return False
    return True


def _owns(row: Any) -> bool:
    """Whether other rows may refer to this one: they go before it, and SQLAlchemy knows how."""
    return bool(_relations(instance_state(row).mapper))


def _table(mapper: Mapper[Any]) -> Table:
    table: Any = mapper.local_table
    return table  # type: ignore[no-any-return]


def _keys(rows: Iterable[Any]) -> set[Any]:
    return {instance_state(row).mapper.identity_key_from_instance(row)[:2] for row in rows}


def _write(session: Session, new: list[Any], changed: list[Any], gone: list[Any]) -> None:
    _take_ids(session, new)
    for row in chain(new, changed):
        _hand_key_down(row)
    changes = _Changes(notes(session).pop(Coming, None))
    for row in new:
        values = _all_values(row)
        changes.note("INSERT", row, _json(values), tuple(values))
    # A child that was given its parent's key just now has changed as well.
    for row in changed:
        if columns := _changed_columns(row):
            changes.note("UPDATE", row, _json({**_identity(row), **columns}), tuple(columns))
    for row in gone:
        changes.note("DELETE", row, _json(_identity(row)), ())
    changes.carry_out(session)
    _settle(session, new, changed, gone)


def _come(session: Session) -> None:
    """Take the count that is to come now, where it is not one statement that writes."""
    coming: Coming | None = notes(session).pop(Coming, None)
    if coming:
        take, given = coming.asked()
        statement = f"WITH {_coming(take)} SELECT {in_one([_COUNT])}"
        (count,) = answer(connection_of(session), statement, given)
        coming.come(chain(session.new, session.dirty), count)


def _take_ids(session: Session, rows: Iterable[Any]) -> None:
    """Take ids from the sequences of all tables concerned, in one statement."""
    lacking: dict[Column[Any], list[Any]] = defaultdict(list)
    for row in rows:
        column = _counted(instance_state(row).mapper)
        if column is not None and row.__dict__.get(column.key) is None:
            lacking[column].append(row)
    at_hand: dict[Column[Any], list[int]] = notes(session).setdefault(keep_ids, {})
    if any(len(wanting) > len(at_hand.get(column, ())) for column, wanting in lacking.items()):
        _fetch_ids(session, {column: len(wanting) for column, wanting in lacking.items()})
    for column, wanting in lacking.items():
        for row in wanting:
            row.__dict__[str(column.key)] = at_hand[column].pop(0)


def _fetch_ids(session: Session, needed: dict[Column[Any], int]) -> None:
    """Fetch what is needed, and along with it what the use case expects to need yet."""
    wanted = expected(session) | needed
    ids = f"SELECT {in_one(map(next_ids, wanted.items()))}"
    keep_ids(session, wanted, answer(connection_of(session), ids))


def next_ids(wanted: tuple[Column[Any], int]) -> str:
    """The SQL of an array of new ids of a column."""
    column, number = wanted
    sequence = f"{column.table.name}_{column.name}_seq"
    return f"ARRAY(SELECT nextval('{sequence}') FROM generate_series(1, {number}))"  # noqa: S608  # a name of our own


@cache
def _counted(mapper: Mapper[Any]) -> Column[Any] | None:
    """The column whose values the database counts up."""
    return None if _table(mapper).info.get(FORGOTTEN) else _numbered(mapper)


@cache
def _numbered(mapper: Mapper[Any]) -> Column[Any] | None:
    return _table(mapper).autoincrement_column


# How a model is mapped; to inspect it takes seven steps each time.
_mapped: Callable[[Any], Mapper[Any]] = cache(inspect)


@cache
def _relations(mapper: Mapper[Any]) -> tuple[RelationshipProperty[Any], ...]:
    return tuple(mapper.relationships)


@cache
def _columns(mapper: Mapper[Any]) -> tuple[tuple[str, Any], ...]:
    """Attributes and their columns; they have one name."""
    return tuple((one.key, mapper.local_table.c[one.key]) for one in mapper.column_attrs)


def _hand_key_down(row: Any) -> None:
    """Tell the children of a row whose they are."""
    state = instance_state(row)
    for relation in _relations(state.mapper):
        if relation.key in state.committed_state:
            for child in state.attrs[relation.key].history.added:
                for mine, its in relation.local_remote_pairs:
                    setattr(child, str(its.key), getattr(row, str(mine.key)))


def _all_values(row: Any) -> dict[str, Any]:
    """The values of a new row, with the defaults of what was not said."""
    mapper = instance_state(row).mapper
    values = row.__dict__
    for name, default in _defaults(mapper):
        if name not in values:
            values[name] = default()
    return {name: values[name] for name, _column in _columns(mapper) if name in values}


@cache
def _defaults(mapper: Mapper[Any]) -> tuple[tuple[str, Callable[[], Any]], ...]:
    """What a new row has where nothing was said; of what is counted the database says it."""
    counted = _numbered(mapper)
    return tuple(
        (name, (lambda: 1) if column is mapper.version_id_col else _default(column))
        for name, column in _columns(mapper)
        if column is not counted
    )


def _default(column: Column[Any]) -> Callable[[], Any]:
    default: Any = column.default
    if default is not None and default.is_callable:
        return partial(default.arg, None)
    value = None if default is None else default.arg
    return lambda: value


def _changed_columns(row: Any) -> dict[str, Any]:
    state = instance_state(row)
    before = state.committed_state
    return {
        name: row.__dict__[name]
        for name, _column in _columns(state.mapper)
        if name in before and row.__dict__[name] != before[name]
    }


def _identity(row: Any) -> dict[str, Any]:
    """By what the row is found: its key and, where it has one, the revision that was read."""
    mapper = instance_state(row).mapper
    names = [column.key for column in mapper.primary_key]
    if mapper.version_id_col is not None:
        names.append(mapper.version_id_col.key)
    return {str(name): getattr(row, str(name)) for name in names}


def _settle(session: Session, new: list[Any], changed: list[Any], gone: list[Any]) -> None:
    """Make the objects say that they are as the database has them."""
    # Whatever hangs on a row is among them itself: no need to look for it from each one.
    session._expunge_states([instance_state(row) for row in chain(new, gone) if row in session])  # noqa: SLF001
    for row in new:
        mapper = instance_state(row).mapper
        if not _table(mapper).info.get(FORGOTTEN):
            adopt(session, row, mapper.identity_key_from_instance(row))
    for row in changed:
        version = instance_state(row).mapper.version_id_col
        if version is not None and _changed_columns(row):
            set_committed_value(row, str(version.key), row.__dict__[str(version.key)] + 1)
    for row in chain(new, changed):
        state = instance_state(row)
        # There is no public way to say that a row is as it was loaded.
        state._commit_all(state.dict, session.identity_map)  # noqa: SLF001


def adopt(session: Session, row: Any, key: Any) -> None:
    """Make an unchanged object that has all values of its row one that the session has loaded."""
    state = instance_state(row)
    state.key, state.session_id = key, session.hash_key
    session.identity_map.add(state)


def row_at(session: Session, model: type[Any], **key: Any) -> Any:
    """The row with a key that is all it has: the session's own, pending or not, or one unread.

    The caller knows that it is there.
    """
    wanted = model(**key)
    identity = inspect(model).identity_key_from_instance(wanted)
    pending = (one for one in session.new if isinstance(one, model))
    same = (one for one in pending if identity == inspect(model).identity_key_from_instance(one))
    found = next(same, None) or session.identity_map.get(identity)
    if found is None:
        found = wanted
        adopt(session, found, identity)
    return found


# ---- the statement ---------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Change:
    """How rows of one table are written; there is one of each (`_change`)."""

    kind: str
    mapper: Mapper[Any]
    columns: tuple[str, ...]
    #: How wide the count that is to come is spelt in its rows, each time it is.
    counted: tuple[int, ...] = ()

    def place(self) -> tuple[Any, ...]:
        """Where it stands in the statement.

        What tells of a count comes last: the server takes it when the first of these is written.
        """
        return self.counted, self.mapper.class_.__name__, self.kind, self.columns

    def spelt(self, name: str, parameter: str, most: int, end: str = "") -> str:
        """The change as a part of the statement; it returns a row for each one it wrote.

        What is there already is found by its key. PostgreSQL takes a function for a hundred rows
        and would sooner read a whole table: `most` says that there are no more than that.
        """
        table, values = _quoted(_table(self.mapper).name), self._values(parameter)
        rows = f"json_populate_recordset(NULL::{table}, {values}::json)"
        given = f"(SELECT * FROM {rows} LIMIT {most}) AS given"  # noqa: S608  # names of our own
        if self.kind == "INSERT":
            body = self._inserted(table, rows, values)
        elif self.kind == "DELETE":
            body = f"DELETE FROM {table} USING {given} WHERE {self._same(table)}"  # noqa: S608  # names of our own
        else:
            body = f"UPDATE {table} SET {self._set()} FROM {given} WHERE {self._same(table)}"  # noqa: S608  # names of our own
        return f"{name} AS ({body} {end}RETURNING 1)"

    def _values(self, parameter: str) -> str:
        """The text of the rows, in which the count has taken the places that stand for it."""
        values = f"%({parameter})s"
        for place, width in enumerate(self.counted):
            # Without the second width `lpad` would cut what is longer.
            count = f"SELECT lpad(spelt, greatest({width}, length(spelt)), '0') FROM coming"  # noqa: S608  # names of our own
            values = f"replace({values}, %(d{place})s, ({count}))"
        return values

    def _inserted(self, table: str, rows: str, values: str) -> str:
        every = _table(self.mapper).c
        columns = [every[name] for name in self.columns]
        names = ", ".join(map(_quoted, self.columns))
        if not any(MADE in one.info for one in columns):
            return f"INSERT INTO {table} ({names}) SELECT {names} FROM {rows}"  # noqa: S608  # names of our own
        made = [one.info.get(MADE, "{}").format(_quoted(one.name)) for one in columns]
        kinds = ["text" if MADE in one.info else one.type.compile(_POSTGRESQL) for one in columns]
        given = ", ".join(
            f"{_quoted(one.name)} {kind}" for one, kind in zip(columns, kinds, strict=True)
        )
        return (
            f"INSERT INTO {table} ({names}) SELECT {', '.join(made)} "  # noqa: S608  # names of our own
            f"FROM json_to_recordset({values}::json) AS given({given})"
        )

    def _set(self) -> str:
        values = [f"{_quoted(name)} = given.{_quoted(name)}" for name in self.columns]
        if self.mapper.version_id_col is not None:
            version = _quoted(self.mapper.version_id_col.name)
            values.append(f"{version} = given.{version} + 1")
        return ", ".join(values)

    def _same(self, table: str) -> str:
        version = self.mapper.version_id_col
        columns = [*self.mapper.primary_key, *([version] if version is not None else [])]
        names = [_quoted(column.name) for column in columns]
        return " AND ".join(f"{table}.{name} = given.{name}" for name in names)


@cache
def _change(
    kind: str, mapper: Mapper[Any], columns: tuple[str, ...], counted: tuple[int, ...] = ()
) -> _Change:
    return _Change(kind, mapper, columns, counted)


class _Changes:
    def __init__(self, coming: Coming | None) -> None:
        self._rows: dict[_Change, list[str]] = defaultdict(list)
        self._coming, self._counted = coming, list[Any]()

    def note(self, kind: str, row: Any, spelt: str, columns: tuple[str, ...]) -> None:
        widths: tuple[int, ...] = ()
        if self._coming and self._coming.within(spelt):
            widths = tuple(self._coming.widths.values())
            self._counted.append(row)
        self._rows[_change(kind, instance_state(row).mapper, columns, widths)].append(spelt)

    def carry_out(self, session: Session) -> None:
        if not self._rows:
            return
        # A session tells what changed in no order. The same changes have to be the same statement,
        # which the driver prepares: planning it costs the server three times what it takes to run.
        changes = tuple(sorted(self._rows, key=_Change.place))
        rows = {f"p{n}": f"[{','.join(self._rows[one])}]" for n, one in enumerate(changes)}
        most = tuple(_at_most(one, len(self._rows[one])) for one in changes)
        take, given = self._coming.asked() if self._coming else ("", {})
        statement = _statement(changes, most, take)
        written = answer(connection_of(session), statement, {**rows, **given})
        if self._coming:
            self._coming.come(self._counted, written.pop())
        for one, count in zip(changes, written, strict=True):
            if count != len(self._rows[one]):
                raise StaleDataError(
                    f"{one.kind} of {len(self._rows[one])} rows of {one.mapper.class_.__name__}"
                    f" met {count}: they were changed meanwhile."
                )


def _at_most(change: _Change, rows: int) -> int:
    """A power of two, for few different statements; nothing is looked for to insert a row."""
    return 0 if change.kind == "INSERT" else 1 << (rows - 1).bit_length()


@lru_cache(maxsize=100)
def _insertion(change: _Change, touch: str, beside: tuple[str, ...]) -> str:
    keys = ", ".join(_quoted(column.name) for column in change.mapper.primary_key)
    sets = f"({keys}) DO UPDATE SET {_quoted(touch)} = excluded.{_quoted(touch)}"
    part = change.spelt("c0", "p0", 0, f"ON CONFLICT {sets if touch else 'DO NOTHING'} ")
    told = in_one(["(SELECT count(*) FROM c0)", *beside])  # names of our own
    return f"WITH {part} SELECT {told}"


@lru_cache(maxsize=500)
def _statement(changes: tuple[_Change, ...], most: tuple[int, ...], take: str) -> str:
    parts = [one.spelt(f"c{n}", f"p{n}", most[n]) for n, one in enumerate(changes)]
    told = [f"(SELECT count(*) FROM c{n})" for n in range(len(changes))]  # noqa: S608  # names of our own
    if take:
        parts, told = [_coming(take), *parts], [*told, _COUNT]
    return f"WITH {', '.join(parts)} SELECT {in_one(told)}"


def _coming(take: str) -> str:
    return f"taken AS ({take}), coming AS (SELECT value, value::text AS spelt FROM taken)"  # noqa: S608  # names of our own


def _quoted(name: str) -> str:
    return f'"{name}"'


def _json(values: Any) -> str:
    options = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS
    return orjson.dumps(values, default=_plain, option=options).decode()


def _plain(value: Any) -> str:
    """What JSON does not know, in the spelling that PostgreSQL reads."""
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("A moment without a time zone cannot be stored.")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return rf"\x{value.hex()}"
    raise TypeError(f"{type(value).__name__} cannot be stored.")
