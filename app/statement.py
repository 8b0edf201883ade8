"""The statements of the house's own session: how they are made, asked and answered.

`WITH … INSERT …, … UPDATE …` writes all that a use case changed; each table is given its rows as
JSON, and all answers come as one JSON in one column. PostgreSQL only.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from random import SystemRandom
from typing import Any

import orjson
from psycopg import RawCursor
from sqlalchemy import Column, Connection, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.exc import StaleDataError

#: Mark in a column's `info`: the SQL by which PostgreSQL makes its value of the text given for it.
MADE = "made by the database"
_CHANCE = SystemRandom()
_COUNT = "(SELECT value FROM coming)"
#: Who is next has the counter when the commit is told, and need not wait for the disk as well.
_LATER = "set_config('synchronous_commit', 'off', true)"
_PLACE = re.compile(r"%(?:%|\((\w+)\)s)")
_POSTGRESQL: Any = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own gap


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


def next_ids(wanted: tuple[Column[Any], int]) -> str:
    """The SQL of an array of new ids of a column."""
    column, number = wanted
    sequence = f"{column.table.name}_{column.name}_seq"
    return f"ARRAY(SELECT nextval('{sequence}') FROM generate_series(1, {number}))"  # noqa: S608  # a name of our own


# ---- what a use case changed ----------------------------------------------------------------


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

    def at_once(self) -> tuple[str, dict[str, Any]]:
        """A statement that does nothing else than take it, and what that is given."""
        take, given = self.asked()
        return f"WITH {_coming(take)} SELECT {in_one([_COUNT])}", given

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
        table, values = _quoted(table_of(self.mapper).name), self._values(parameter)
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
        every = table_of(self.mapper).c
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


class Changes:
    """What is to be written by one statement."""

    def __init__(self, coming: Coming | None) -> None:
        self._rows: dict[_Change, list[str]] = defaultdict(list)
        self._coming, self._counted = coming, list[Any]()

    def note(self, kind: str, row: Any, spelt: str, columns: tuple[str, ...]) -> None:
        widths: tuple[int, ...] = ()
        if self._coming and self._coming.within(spelt):
            widths = tuple(self._coming.widths.values())
            self._counted.append(row)
        self._rows[_change(kind, instance_state(row).mapper, columns, widths)].append(spelt)

    def carry_out(self, connection: Connection) -> None:
        """Write it; raises `StaleDataError` where a row is no longer as it was read."""
        if not self._rows:
            return
        # A session tells what changed in no order. The same changes have to be the same statement,
        # which the driver prepares: planning it costs the server three times what it takes to run.
        changes = tuple(sorted(self._rows, key=_Change.place))
        rows = {f"p{n}": f"[{','.join(self._rows[one])}]" for n, one in enumerate(changes)}
        most = tuple(_at_most(one, len(self._rows[one])) for one in changes)
        take, given = self._coming.asked() if self._coming else ("", {})
        statement = _statement(changes, most, take)
        written = answer(connection, statement, {**rows, **given})
        if self._coming:
            *written, count, _off = written
            self._coming.come(self._counted, count)
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
def insertion(
    mapper: Mapper[Any], columns: tuple[str, ...], touch: str, beside: tuple[str, ...]
) -> str:
    """The statement that inserts the rows `p0` whose keys are free, and asks `beside` it.

    Of a row whose key is taken the column `touch`, if one is named, is set.
    """
    change = _change("INSERT", mapper, columns)
    keys = ", ".join(_quoted(column.name) for column in change.mapper.primary_key)
    sets = f"({keys}) DO UPDATE SET {_quoted(touch)} = excluded.{_quoted(touch)}"
    part = change.spelt("c0", "p0", 0, f"ON CONFLICT {sets if touch else 'DO NOTHING'} ")
    told = in_one(["(SELECT count(*) FROM c0)", *beside])
    return f"WITH {part} SELECT {told}"


@lru_cache(maxsize=500)
def _statement(changes: tuple[_Change, ...], most: tuple[int, ...], take: str) -> str:
    parts = [one.spelt(f"c{n}", f"p{n}", most[n]) for n, one in enumerate(changes)]
    told = [f"(SELECT count(*) FROM c{n})" for n in range(len(changes))]  # noqa: S608  # names of our own
    if take:
        parts, told = [_coming(take), *parts], [*told, _COUNT, _LATER]
    return f"WITH {', '.join(parts)} SELECT {in_one(told)}"


def _coming(take: str) -> str:
    return f"taken AS ({take}), coming AS (SELECT value, value::text AS spelt FROM taken)"  # noqa: S608  # names of our own


def _quoted(name: str) -> str:
    return f'"{name}"'


def as_json(values: Any) -> str:
    """Values as PostgreSQL reads them."""
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


def table_of(mapper: Mapper[Any]) -> Table:
    """The table of a model; each has one."""
    table: Any = mapper.local_table
    return table  # type: ignore[no-any-return]
