"""How long a list is, without counting to the end of a very long one."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ClauseElement, Exists, Select, func, literal, select, union
from sqlalchemy.orm import Session
from sqlalchemy.sql import visitors

from app.search.models import SearchText

#: Nobody turns so many pages; counting further would cost more than the page itself.
MOST = 1000
#: The same where each row is looked up in the texts, the words being common (`indexing.says`): a
#: page of the desk. On the pages after it, as far as one has turned.
MOST_OF_COMMON = 50
#: The same of open items, which an index counts: more than anybody works off.
MOST_OPEN = 10_000


def most(query: Select[Any]) -> int:
    """How far a list is counted."""
    return MOST_OF_COMMON if asks_texts(query) else MOST


def asks_texts(query: Select[Any]) -> bool:
    """Whether the query looks into the texts itself: its words are common (`indexing.says`)."""
    return asks(query, SearchText)


def asks(query: Select[Any], model: Any) -> bool:
    """Whether what the query asks is of the table of this model, perhaps among others."""
    return query.whereclause is not None and _asks(query.whereclause, model)


def along(query: Select[Any]) -> bool:
    """Whether each row is looked up in the texts: it is then counted as it is shown."""
    clauses = () if query.whereclause is None else visitors.iterate(query.whereclause)
    return any(isinstance(one, Exists) and _asks(one, SearchText) for one in clauses)


def _asks(clause: ClauseElement, model: Any) -> bool:
    tables = (getattr(one, "table", None) for one in visitors.iterate(clause))
    return any(one is model.__table__ for one in tables)


def counted(session: Session, query: Select[Any]) -> tuple[int, bool]:
    """How many rows the query finds, at most `most`, and whether there are more."""
    limit = most(query)
    some = query.with_only_columns(literal(1), maintain_column_froms=True)
    rows = some.order_by(None).limit(limit + 1).subquery()
    found = int(session.scalar(select(func.count()).select_from(rows)) or 0)
    return min(found, limit), found > limit


def ids(query: Select[Any]) -> Select[Any]:
    """The first column of a query alone, in no order."""
    first = next(iter(query.selected_columns))
    return query.with_only_columns(first, maintain_column_froms=True).order_by(None)


def together(session: Session, each: Iterable[Select[Any]]) -> tuple[int, bool]:
    """How many ids several queries find together, at most `MOST`, and whether there may be more.

    Each is read as far as it takes, in its own order; the same id may be in two rows of any but
    the first, which is asked alone before the others are.
    """
    first, *others = each
    if counted(session, first)[1]:
        return MOST, True
    far = 2 * (MOST + 1)
    some = [query.limit(far).cte() for query in (first, *others)]
    found = union(*(select(next(iter(one.c))) for one in some)).subquery()
    counts = (select(func.count()).select_from(one).scalar_subquery() for one in (found, *some))
    number, *rows = session.execute(select(*counts)).one()
    return min(number, MOST), number > MOST or far in rows
