"""How long a list is, without counting to the end of a very long one."""

from typing import Any

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session

#: Nobody turns so many pages; counting further would cost more than the page itself.
MOST = 1000


def counted(session: Session, query: Select[Any]) -> tuple[int, bool]:
    """How many rows the query finds, at most `MOST`, and whether there are more."""
    some = query.with_only_columns(literal(1), maintain_column_froms=True)
    rows = some.order_by(None).limit(MOST + 1).subquery()
    found = int(session.scalar(select(func.count()).select_from(rows)) or 0)
    return min(found, MOST), found > MOST
