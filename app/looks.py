"""Several questions in one statement: what a use case needs to see at once.

On PostgreSQL the answers come as one JSON, a list for each question, and become the same objects
that the questions would give one by one; SQLite is asked one by one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, cached_property
from itertools import chain, islice
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Dialect,
    LargeBinary,
    Select,
    func,
    inspect,
    literal_column,
    select,
)
from sqlalchemy.orm import Mapper, Session, load_only
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql import visitors

from app.session import (
    OVER,
    Aside,
    GlancingSession,
    adopt,
    connection_of,
    expected,
    keep_ids,
    notes,
    on_postgresql,
)
from app.statement import answer, in_one, next_ids

_NONE: ColumnElement[Any] = literal_column("'[]'::json")
_COLUMNS = "columns"


def only(model: type[Any], *columns: Any) -> Select[Any]:
    """A question about a model of which a glance reads these columns alone; any other raises."""
    question = select(model).options(load_only(*columns, raiseload=True))
    return question.execution_options(**{_COLUMNS: tuple(str(one.key) for one in columns)})


class Looks:
    """Questions about a model, answered by its objects, or about columns, answered by dicts.

    Parameters are bound by name; a date has to be given as one. Made once, at import.
    """

    def __init__(self, *questions: Select[*tuple[Any, ...]]) -> None:
        self._questions = questions
        self._readers = [_reader(one) for one in questions]
        self._parameters = sorted(set().union(*map(_parameters, questions)))
        self._compiled: tuple[str, dict[str, Any]] | None = None

    def __call__(
        self, session: Session, *, beside: "Sequence[Looks]" = (), **given: Any
    ) -> list[list[Any]]:
        """The rows that answer each question, as they are now; what is pending is written first.

        What is asked `beside` gets its answer in the same statement, and gives it when it is asked
        with the same parameters.
        """
        session.flush()
        if found := self.known(session, **given):
            return found
        if not beside:
            return self._ask(session, given)
        asked = (self, *beside)
        _note(session, asked, given, _together(*asked)._ask(session, given))  # noqa: SLF001  # our own
        return self.known(session, **given) or []

    def known(self, session: Session, **given: Any) -> list[list[Any]] | None:
        """The answer if it was asked beside another look; it is given once."""
        answered: dict[Any, list[list[Any]]] = notes(session).setdefault(Looks, {})
        return answered.pop(self._asked(given), None)

    def aside(self, session: Session, *, beside: "Sequence[Looks]" = (), **given: Any) -> Aside:
        """The questions, and those `beside`, for another statement; each is answered when asked."""
        asked = (self, *beside)
        return _together(*asked)._aside(session, asked, given)  # noqa: SLF001  # our own

    def _aside(self, session: Session, asked: "Sequence[Looks]", given: dict[str, Any]) -> Aside:
        statement, constants = self._compiled or self._compile(connection_of(session).dialect)
        wanted = expected(session)

        def take(told: list[Any]) -> None:
            answers, *ids = told
            keep_ids(session, wanted, ids)
            _note(session, asked, given, self._read(session, answers))

        parts = [f"({statement})", *map(next_ids, wanted.items())]
        return Aside(parts, {**constants, **given}, take)

    def columns(self, connection: Connection, **given: Any) -> list[list[dict[str, Any]]]:
        """The same of questions about columns, on a connection that need be no session's."""
        if connection.dialect.name != "postgresql":
            found = (connection.execute(one, given).mappings() for one in self._questions)
            return [list(map(dict, rows)) for rows in found]
        (answers,) = self._answers(connection, given)
        return self._read(None, answers)

    def _asked(self, given: dict[str, Any]) -> tuple[Any, ...]:
        return self, *(given[name] for name in self._parameters)

    def _ask(self, session: Session, given: dict[str, Any]) -> list[list[Any]]:
        if not on_postgresql(session):
            return [_asked(session, one, given) for one in self._questions]
        wanted = expected(session)
        more = map(next_ids, wanted.items())
        answers, *ids = self._answers(connection_of(session), given, more)
        keep_ids(session, wanted, ids)
        return self._read(session, answers)

    def _answers(
        self, connection: Connection, given: dict[str, Any], more: Iterable[str] = ()
    ) -> list[Any]:
        """The answers to all questions in a list, and the values of the SQL `more`."""
        statement, constants = self._compiled or self._compile(connection.dialect)
        parts = in_one([f"({statement})", *more])
        return answer(connection, f"SELECT {parts}", {**constants, **given})

    def _read(self, session: Session | None, answers: list[Any]) -> list[list[Any]]:
        return [
            [read(session, row) for row in rows] if read else rows
            for read, rows in zip(self._readers, answers, strict=True)
        ]

    def _compile(self, dialect: Dialect) -> tuple[str, dict[str, Any]]:
        parts = []
        for one in self._questions:
            rows = _in_short(one).subquery()
            listed = func.coalesce(func.json_agg(rows.table_valued()), _NONE)
            parts.append(select(listed).select_from(rows).scalar_subquery())
        compiled = select(func.json_build_array(*parts)).compile(dialect=dialect)
        self._compiled = str(compiled), dict(compiled.params)
        return self._compiled


@dataclass(frozen=True)
class Errand:
    """What a room has to do in the use case of another: what it asks first can be asked beside."""

    look: Looks
    given: Mapping[str, Any]
    run: Callable[[Session], None]


def _note(
    session: Session,
    asked: Sequence[Looks],
    given: dict[str, Any],
    answers: list[list[Any]],
) -> None:
    """Keep what was answered together until each look is asked for its part."""
    answered: dict[Any, list[list[Any]]] = notes(session).setdefault(Looks, {})
    parts = iter(answers)
    for one in asked:
        answered[one._asked(given)] = list(islice(parts, len(one._questions)))  # noqa: SLF001  # our own


def _in_short(question: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """A question about a model without the names of its columns, unless no more are wanted."""
    if not _about_model(question):
        return question
    model = question.column_descriptions[0]["entity"]
    every: ColumnElement[Any] = literal_column(f'"{inspect(model).local_table.name}".*')
    wanted = [getattr(model, name) for name in _only(question)] or [every]
    return question.with_only_columns(*wanted, maintain_column_froms=True)


def _only(question: Select[*tuple[Any, ...]]) -> tuple[str, ...]:
    """The columns that a question about a model is restricted to; none where it is not."""
    named: tuple[str, ...] = question.get_execution_options().get(_COLUMNS, ())
    return named


@cache
def _together(*several: Looks) -> Looks:
    return Looks(*chain.from_iterable(one._questions for one in several))  # noqa: SLF001  # our own


def _parameters(question: Select[*tuple[Any, ...]]) -> set[str]:
    parts = visitors.iterate(question)
    return {part.key for part in parts if isinstance(part, BindParameter) and part.required}


def _asked(
    session: Session, question: Select[*tuple[Any, ...]], given: dict[str, Any]
) -> list[Any]:
    found = session.execute(question, given, execution_options={"populate_existing": True})
    return list(found.scalars() if _about_model(question) else map(dict, found.mappings()))


def _about_model(question: Select[*tuple[Any, ...]]) -> bool:
    described = question.column_descriptions[0]
    return described["expr"] is described["entity"]


def _reader(question: Select[*tuple[Any, ...]]) -> Callable[[Any, dict[str, Any]], Any] | None:
    """How a row of an answer is read from JSON; None where it is good as it comes."""
    if _about_model(question):
        return _Adopting(inspect(question.column_descriptions[0]["entity"]), _only(question))
    values = _Values((one["name"], one["type"]) for one in question.column_descriptions)
    return values.read if values else None


class _Values:
    """The columns of a row whose values JSON spells in its own way."""

    def __init__(self, columns: Iterable[tuple[str, Any]]) -> None:
        readers = [(name, _value_of(kind)) for name, kind in columns]
        self._readers = [(name, read) for name, read in readers if read is not None]

    def __len__(self) -> int:
        return len(self._readers)

    def read(self, _session: Any, row: dict[str, Any]) -> dict[str, Any]:
        for name, read in self._readers:
            if (value := row[name]) is not None:
                row[name] = read(value)
        return row


class _Adopting:
    """Makes objects of a model out of rows: that of the session, brought up to date, or a new one.

    A row that is over and that the session has not met is only looked at, and so is every row of a
    glance: it is spared what the session needs to see it change, and refuses a change. What hangs
    on it has to be put there (`hang`).
    """

    def __init__(self, mapper: Mapper[Any], wanted: tuple[str, ...]) -> None:
        every = {one.key: one.columns[0].type for one in mapper.column_attrs}
        kinds = {name: every[name] for name in wanted or every}
        self._mapper = mapper
        self._names = tuple(kinds)
        self._values = _Values(kinds.items())
        self._key = [str(column.key) for column in mapper.primary_key]
        table: Any = mapper.local_table
        self._over = table.info.get(OVER)

    @cached_property
    def _bare(self) -> "type[_Bare]":
        return _bare(self._mapper.class_)

    def __call__(self, session: Session, row: dict[str, Any]) -> Any:
        self._values.read(session, row)
        if isinstance(session, GlancingSession):
            return _glanced_at(self._bare, row)
        model = self._mapper.class_manager
        key = self._mapper.identity_key_from_primary_key(tuple(map(row.__getitem__, self._key)))
        found = session.identity_map.get(key)
        if found is None:
            if self._over and row[self._over] is not None:
                return _unwatched(model.class_, row)
            found = model.new_instance()
            found.__dict__.update(row)
            adopt(session, found, key)
            return found
        for name in self._names:  # a release that is being rolled out may have added columns
            set_committed_value(found, name, row[name])
        return found


def _unwatched(model: type[Any], row: dict[str, Any]) -> Any:
    found = object.__new__(model)
    found.__dict__ = row
    return found


class _Bare:
    """A row of a glance; it refuses a change."""

    def __setattr__(self, name: str, _value: Any) -> None:
        raise AttributeError(f"A {type(self).__name__} that was only glanced at has no new {name}.")


def _bare(model: type[Any]) -> type[_Bare]:
    """A class with all that a model says of itself but its columns: these are values, no more.

    A column of a model is a function that looks for its value in the row; a page asks a hundred.
    """
    mapped = inspect(model).all_orm_descriptors.keys()
    kept = {
        name: one
        for kind in reversed(model.__mro__)
        for name, one in vars(kind).items()
        if name not in mapped and not name.startswith("_")
    }
    return type(model.__name__, (_Bare,), kept)


def _glanced_at(bare: type[_Bare], row: dict[str, Any]) -> Any:
    found = object.__new__(bare)
    object.__setattr__(found, "__dict__", row)
    return found


def hang(row: Any, **children: list[Any]) -> None:
    """Put on a row what was read along with it, by the names of its relations."""
    for name, found in children.items():
        if "_sa_instance_state" in row.__dict__:
            set_committed_value(row, name, found)
        else:
            row.__dict__[name] = found


def _value_of(kind: Any) -> Callable[[Any], Any] | None:
    kind = getattr(kind, "impl", kind)
    if isinstance(kind, DateTime):
        return _moment
    if isinstance(kind, Date):
        return date.fromisoformat
    return _bytes if isinstance(kind, LargeBinary) else None


def _moment(value: str) -> datetime:
    found = datetime.fromisoformat(value)
    return found if found.tzinfo is UTC else found.astimezone(UTC)


def _bytes(value: str) -> bytes:
    return bytes.fromhex(value[2:])
