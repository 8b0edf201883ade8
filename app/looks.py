"""Several questions in one statement: what a use case needs to see at once.

On PostgreSQL the answers come as JSON, a list for each question, and become the same objects that
the questions would give one by one; SQLite is asked one by one.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import orjson
from sqlalchemy import (
    Date,
    DateTime,
    Dialect,
    LargeBinary,
    Select,
    Text,
    cast,
    func,
    inspect,
    select,
)
from sqlalchemy.orm import Mapper, Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value


class Looks:
    """Questions of the form `select(Model).where(…)`, with parameters bound by name."""

    def __init__(self, *questions: Select[Any]) -> None:
        self._questions = questions
        self._mappers = [inspect(one.column_descriptions[0]["entity"]) for one in questions]
        self._compiled: tuple[str, dict[str, Any]] | None = None

    def __call__(self, session: Session, **given: Any) -> list[list[Any]]:
        """The rows that answer each question, as they are now; what is pending is written first."""
        session.flush()
        dialect = session.get_bind().dialect
        if dialect.name != "postgresql":
            fresh = {"populate_existing": True}
            return [
                list(session.scalars(one, given, execution_options=fresh))
                for one in self._questions
            ]
        statement, constants = self._compiled or self._compile(dialect)
        answers = session.connection().exec_driver_sql(statement, {**constants, **given}).one()
        return [
            [_adopted(session, mapper, row) for row in orjson.loads(answer)]
            for mapper, answer in zip(self._mappers, answers, strict=True)
        ]

    def _compile(self, dialect: Dialect) -> tuple[str, dict[str, Any]]:
        parts = []
        for one in self._questions:
            rows = one.subquery()
            listed = func.coalesce(cast(func.json_agg(rows.table_valued()), Text), "[]")
            parts.append(select(listed).select_from(rows).scalar_subquery())
        compiled = select(*parts).compile(dialect=dialect)
        self._compiled = str(compiled), dict(compiled.params)
        return self._compiled


def _adopted(session: Session, mapper: Mapper[Any], row: dict[str, Any]) -> Any:
    """The object of a row: that of the session, brought up to date, or a new one."""
    values = {name: read(row[name]) for name, read in _readers(mapper)}
    key = mapper.identity_key_from_primary_key(
        tuple(values[str(column.key)] for column in mapper.primary_key)
    )
    found = session.identity_map.get(key)
    if found is None:
        found = mapper.class_manager.new_instance()
        for name, value in values.items():
            set_committed_value(found, name, value)
        make_transient_to_detached(found)
        session.add(found)
        return found
    for name, value in values.items():
        set_committed_value(found, name, value)
    return found


@cache
def _readers(mapper: Mapper[Any]) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    return tuple((one.key, _reader(one.columns[0].type)) for one in mapper.column_attrs)


def _reader(kind: Any) -> Callable[[Any], Any]:
    """How a value of a column is read from JSON."""
    kind = getattr(kind, "impl", kind)
    if isinstance(kind, DateTime):
        return lambda value: value and datetime.fromisoformat(value).astimezone(UTC)
    if isinstance(kind, Date):
        return lambda value: value and date.fromisoformat(value)
    if isinstance(kind, LargeBinary):
        return lambda value: None if value is None else bytes.fromhex(value[2:])
    return lambda value: value
