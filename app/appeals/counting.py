"""How long a list is, without counting to the end of a very long one."""

from typing import Any

from sqlalchemy import ClauseElement, Exists, Select, func, literal, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import visitors

from app.search.models import SearchText

#: Nobody turns so many pages; counting further would cost more than the page itself.
MOST = 1000
#: The same where each row is looked up in the texts: the words are common (`indexing.says`).
MOST_OF_COMMON = 100


def most(query: Select[Any]) -> int:
    """How far a list is counted."""
    where = query.whereclause
    return MOST_OF_COMMON if where is not None and _asks_texts(where) else MOST


def along(query: Select[Any]) -> bool:
    """Whether each row is looked up in the texts: it is then counted as it is shown."""
    clauses = () if query.whereclause is None else visitors.iterate(query.whereclause)
    return any(isinstance(one, Exists) and _asks_texts(one) for one in clauses)


def _asks_texts(clause: ClauseElement) -> bool:
    tables = (getattr(one, "table", None) for one in visitors.iterate(clause))
    return any(one is SearchText.__table__ for one in tables)


def counted(session: Session, query: Select[Any]) -> tuple[int, bool]:
    """How many rows the query finds, at most `most`, and whether there are more."""
    limit = most(query)
    some = query.with_only_columns(literal(1), maintain_column_froms=True)
    rows = some.order_by(None).limit(limit + 1).subquery()
    found = int(session.scalar(select(func.count()).select_from(rows)) or 0)
    return min(found, limit), found > limit
