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
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    LargeBinary,
    Select,
    Text,
    cast,
    func,
    inspect,
    literal_column,
    select,
)
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.orm.attributes import set_committed_value

from app.session import expected, keep_ids, next_ids, notes


class Looks:
    """Questions about a model, answered by its objects, or about columns, answered by dicts.

    Parameters are bound by name; a date has to be given as one. Made once, at import.
    """

    def __init__(self, *questions: Select[*tuple[Any, ...]]) -> None:
        self._questions = questions
        self._readers = [_reader(one) for one in questions]
        self._compiled: tuple[str, dict[str, Any]] | None = None

    def __call__(
        self, session: Session, *, beside: "Looks | None" = None, **given: Any
    ) -> list[list[Any]]:
        """The rows that answer each question, as they are now; what is pending is written first.

        What is asked `beside` gets its answer in the same statement, and gives it when it is asked
        with the same parameters.
        """
        session.flush()
        answered: dict[Any, list[list[Any]]] = notes(session).setdefault(Looks, {})
        asked = tuple(sorted(given.items()))
        if found := answered.pop((self, asked), None):
            return found
        if beside is None:
            return self._ask(session, given)
        found = _together(self, beside)._ask(session, given)  # noqa: SLF001  # of our own class
        own = len(self._questions)
        answered[beside, asked] = found[own:]
        return found[:own]

    def _ask(self, session: Session, given: dict[str, Any]) -> list[list[Any]]:
        dialect = session.get_bind().dialect
        if dialect.name != "postgresql":
            return [_asked(session, one, given) for one in self._questions]
        statement, constants = self._compiled or self._compile(dialect)
        wanted = expected(session)
        statement = ", ".join([statement, *map(next_ids, wanted.items())])
        found = session.connection().exec_driver_sql(statement, {**constants, **given}).one()
        answers, ids = found[: len(self._readers)], found[len(self._readers) :]
        keep_ids(session, wanted, ids)
        return [
            [read(session, row) for row in orjson.loads(answer)]
            for read, answer in zip(self._readers, answers, strict=True)
        ]

    def _compile(self, dialect: Dialect) -> tuple[str, dict[str, Any]]:
        parts = []
        for one in self._questions:
            rows = _in_short(one).subquery()
            listed = func.coalesce(cast(func.json_agg(rows.table_valued()), Text), "[]")
            parts.append(select(listed).select_from(rows).scalar_subquery())
        compiled = select(*parts).compile(dialect=dialect)
        self._compiled = str(compiled), dict(compiled.params)
        return self._compiled


def _in_short(question: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """A question about a model without the names of its columns.

    The driver keeps how it reads a statement up to 4,096 characters, and reads a longer one anew.
    """
    if not _about_model(question):
        return question
    table = inspect(question.column_descriptions[0]["entity"]).local_table.name
    every: ColumnElement[Any] = literal_column(f'"{table}".*')
    return question.with_only_columns(every, maintain_column_froms=True)


@cache
def _together(first: Looks, second: Looks) -> Looks:
    return Looks(*first._questions, *second._questions)  # noqa: SLF001  # of our own class


def _asked(
    session: Session, question: Select[*tuple[Any, ...]], given: dict[str, Any]
) -> list[Any]:
    found = session.execute(question, given, execution_options={"populate_existing": True})
    return list(found.scalars() if _about_model(question) else map(dict, found.mappings()))


def _about_model(question: Select[*tuple[Any, ...]]) -> bool:
    described = question.column_descriptions[0]
    return described["expr"] is described["entity"]


def _reader(question: Select[*tuple[Any, ...]]) -> Callable[[Session, dict[str, Any]], Any]:
    """How a row of an answer is read from JSON."""
    if _about_model(question):
        mapper = inspect(question.column_descriptions[0]["entity"])
        return lambda session, row: _adopted(session, mapper, row)
    kinds = [(one["name"], _value_of(one["type"])) for one in question.column_descriptions]
    return lambda _session, row: {name: read(row[name]) for name, read in kinds}


def _adopted(session: Session, mapper: Mapper[Any], row: dict[str, Any]) -> Any:
    """The object of a row: that of the session, brought up to date, or a new one."""
    row = {name: row[name] for name in mapper.column_attrs.keys()}  # noqa: SIM118  # no mapping
    for name, read in _spelt_otherwise(mapper):
        row[name] = read(row[name])
    key = mapper.identity_key_from_primary_key(
        tuple(row[str(column.key)] for column in mapper.primary_key)
    )
    found = session.identity_map.get(key)
    if found is None:
        found = mapper.class_manager.new_instance()
        # As when SQLAlchemy loads: the values are the object's, and no change of it.
        found.__dict__.update(row)
        state = inspect(found)
        state.key, state.session_id = key, session.hash_key
        session.identity_map.add(state)
        return found
    for name, value in row.items():
        set_committed_value(found, name, value)
    return found


@cache
def _spelt_otherwise(mapper: Mapper[Any]) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    """The columns whose values JSON spells in its own way; the others come as they are."""
    readers = ((one.key, _value_of(one.columns[0].type)) for one in mapper.column_attrs)
    return tuple((name, read) for name, read in readers if read is not _as_it_is)


def _value_of(kind: Any) -> Callable[[Any], Any]:
    kind = getattr(kind, "impl", kind)
    if isinstance(kind, DateTime):
        return lambda value: value and datetime.fromisoformat(value).astimezone(UTC)
    if isinstance(kind, Date):
        return lambda value: value and date.fromisoformat(value)
    if isinstance(kind, LargeBinary):
        return lambda value: None if value is None else bytes.fromhex(value[2:])
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
