"""The session of the house: what a use case changed goes to PostgreSQL in one statement.

A move of a process touches a dozen tables. Statement by statement that is a dozen journeys to the
server while the case is locked; here it is one (`app/statement.py`). The rooms know nothing of it:
they add and change objects as ever. SQLite, which no journey leads to, is written by SQLAlchemy's
own unit of work, and so is whatever this one leaves to it (see `_simple`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from typing import Any

from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import (
    ClauseElement,
    Column,
    Connection,
    Executable,
    Table,
    event,
    inspect,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import (
    Mapper,
    ORMExecuteState,
    RelationshipDirection,
    RelationshipProperty,
    Session,
    SessionTransaction,
)
from sqlalchemy.orm.attributes import instance_state, set_committed_value
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import SQLCompiler

from app.statement import Changes, Coming, answer, as_json, in_one, insertion, next_ids, table_of

#: Mark in a table's `info`: nobody asks a row that was just written for its id.
FORGOTTEN = "forgotten once written"
#: Mark in a table's `info`: the column that says, once it has a value, that a row stays as it is.
OVER = "over once there is"
_NOTES = "notes"
# A text lies beside its table, and PostgreSQL does not reckon what it takes to fetch it: it would
# look through all of them for the beginning of a word. There is room for the keys of three million.
_BY_VALUES = text(
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), "
    "set_config('enable_seqscan', 'off', true), set_config('work_mem', '64MB', true)"
)


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


def wait_for_disk(session: Session) -> None:
    """Have this use case be over when all that was kept before its end is on the disk."""
    session.info[wait_for_disk] = on_postgresql(session)


def has_to_wait_for_disk(session: Session) -> bool:
    """Whether that is so; it is told once."""
    return bool(session.info.pop(wait_for_disk, False))


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
    nearly every text says is not to be found as what one text says. It looks in an index wherever
    there is one, and has room for what it finds.
    """
    if on_postgresql(session) and plan_by_values not in notes(session):
        session.execute(_BY_VALUES)
        notes(session)[plan_by_values] = True


class _Reckoned(Executable, ClauseElement):
    """What PostgreSQL expects of a question, without asking it."""

    inherit_cache = False

    def __init__(self, query: ClauseElement) -> None:
        self.query = query


@compiles(_Reckoned)
def _explain(reckoned: _Reckoned, compiler: SQLCompiler, **how: Any) -> str:
    return f"EXPLAIN (FORMAT JSON) {compiler.process(reckoned.query, **how)}"


def expected_rows(session: Session, query: ClauseElement) -> int | None:
    """How many rows PostgreSQL expects, by its statistics; None on SQLite, which has none."""
    if not on_postgresql(session):
        return None
    (plan,) = session.execute(_Reckoned(query)).scalar_one()
    return int(plan["Plan"]["Plan Rows"])


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
        beside = tuple(aside.parts) if aside else ()
        statement = insertion(mapper, tuple(values[0]), touch, beside)
        given = {**(aside.given if aside else {}), "p0": as_json(values)}
        count, *told = answer(connection_of(session), statement, given)
        if aside:
            aside.take(told)
    else:
        made = sqlite.insert(table_of(mapper)).values(values)
        if touch:
            keys, new = mapper.primary_key, {touch: made.excluded[touch]}
            made = made.on_conflict_do_update(index_elements=keys, set_=new)
        else:
            made = made.on_conflict_do_nothing()
        found: Any = session.execute(made)
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
    pending = {table_of(instance_state(row).mapper).name for row in changed}
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


def _keys(rows: Iterable[Any]) -> set[Any]:
    return {instance_state(row).mapper.identity_key_from_instance(row)[:2] for row in rows}


def _write(session: Session, new: list[Any], changed: list[Any], gone: list[Any]) -> None:
    _take_ids(session, new)
    for row in chain(new, changed):
        _hand_key_down(row)
    coming = notes(session).pop(Coming, None)
    changes = Changes(coming)
    for row in new:
        values = _all_values(row)
        changes.note("INSERT", row, as_json(values), tuple(values))
    # A child that was given its parent's key just now has changed as well.
    for row in changed:
        if columns := _changed_columns(row):
            changes.note("UPDATE", row, as_json({**_identity(row), **columns}), tuple(columns))
    for row in gone:
        changes.note("DELETE", row, as_json(_identity(row)), ())
    changes.carry_out(connection_of(session))
    if coming:
        wait_for_disk(session)
    _settle(session, new, changed, gone)


def _come(session: Session) -> None:
    """Take the count that is to come now, where the statement that writes cannot."""
    coming: Coming | None = notes(session).pop(Coming, None)
    if coming:
        (count,) = answer(connection_of(session), *coming.at_once())
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


@cache
def _counted(mapper: Mapper[Any]) -> Column[Any] | None:
    """The column whose values the database counts up."""
    return None if table_of(mapper).info.get(FORGOTTEN) else _numbered(mapper)


@cache
def _numbered(mapper: Mapper[Any]) -> Column[Any] | None:
    return table_of(mapper).autoincrement_column


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
        if not table_of(mapper).info.get(FORGOTTEN):
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
