"""How rows of patterns are shaped, made and written: by COPY on PostgreSQL, by INSERT on SQLite.

A shape makes of the values what `write` takes: the text of all rows of a table at once, or tuples.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import JSON, Column, Connection, Dialect, Table, text

from app.database import db
from app.demo.forms import TO_COPIED, Form, Marked, copied, whole

#: Makes of the values a portion of one table.
Shape = Callable[[Sequence[Any]], list[Any]]
#: Portions by the table they are for.
Portions = Mapping[str, list[Any]]
Row = Sequence[Any]


class Copying:
    """PostgreSQL."""

    @staticmethod
    def binary(value: bytes) -> Any:
        return f"\\\\x{value.hex()}"

    def shape(self, table: Table, rows: Sequence[Row]) -> Shape:
        lines = ("\t".join(map(self._cell, table.columns, row)) + "\n" for row in rows)
        form = Form.of("".join(lines), TO_COPIED)
        return lambda values: [form.made(values)]

    @staticmethod
    def line(*numbers: int) -> Any:
        return "\t".join(map(str, numbers)) + "\n"

    def write(self, connection: Connection, portions: Portions) -> None:
        for table in _in_order(portions):
            order = f'COPY "{table.name}" ({_columns(table)}) FROM STDIN'
            cursor: Any = connection.connection.cursor()
            with cursor, cursor.copy(order) as copy:
                copy.write("".join(portions[table.name]))

    def _cell(self, column: Column[Any], value: Any) -> str:
        match value:
            case None:
                return r"\N"
            case bool():
                return "t" if value else "f"
            case bytes():
                return str(self.binary(value))
            case date():  # and datetime
                return value.isoformat()
            case _ if isinstance(column.type, JSON) and not isinstance(value, Marked):
                return copied(json.dumps(value))
        return copied(str(value))


class Inserting:
    """SQLite."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    @staticmethod
    def binary(value: bytes) -> Any:
        return value

    def shape(self, table: Table, rows: Sequence[Row]) -> Shape:
        shapes = [[*map(self._cell, table.columns, row)] for row in rows]
        return lambda values: [tuple([cell(values) for cell in row]) for row in shapes]

    @staticmethod
    def line(*numbers: int) -> Any:
        return numbers

    def write(self, connection: Connection, portions: Portions) -> None:
        for table in _in_order(portions):
            marks = ", ".join("?" * len(table.columns))
            statement = f'INSERT INTO "{table.name}" ({_columns(table)}) VALUES ({marks})'  # noqa: S608  # names are the models'
            connection.exec_driver_sql(statement, portions[table.name])

    def _cell(self, column: Column[Any], value: Any) -> Callable[[Sequence[Any]], Any]:
        if isinstance(value, Marked):
            place = whole(value)
            return Form.of(value).made if place is None else lambda values: values[place]
        bound = column.type.dialect_impl(self._dialect).bind_processor(self._dialect)
        constant = bound(value) if bound and value is not None else value
        return lambda _values: constant


Writer = Copying | Inserting


def writer(dialect: Dialect) -> Writer:
    return Copying() if dialect.name == "postgresql" else Inserting(dialect)


def unchecked(connection: Connection) -> bool:
    """Have PostgreSQL not look up, until the transaction ends, what each row leads to; whether so.

    Rows of a pattern lead to each other, and the looks cost as much as all the rest. Who may not
    ask for this (not the server's owner) waits twice as long.
    """
    if connection.dialect.name != "postgresql":
        return False
    setting = "session_replication_role"
    asked = text("SELECT has_parameter_privilege(:setting, 'SET')")
    may = bool(connection.execute(asked, {"setting": setting}).scalar())
    if may:
        connection.execute(text(f"SET LOCAL {setting} = replica"))
    return may


def unsynced(connection: Connection) -> None:
    """Have this transaction be over before the disk has it: one that comes after waits for both."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL synchronous_commit = off"))


def _in_order(portions: Portions) -> list[Table]:
    """The tables that get rows, each after those it leads to."""
    return [table for table in db.metadata.sorted_tables if portions.get(table.name)]


def _columns(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns)
