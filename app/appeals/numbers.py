"""Appeals by a part of their number or receipt.

PostgreSQL finds them by pairs of letters that stand side by side, of which it has an index: where
a part stands, all its pairs do.
"""

from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Text,
    any_,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session

from app.appeals import indexing, policy
from app.appeals.models import Appeal
from app.appeals.models.appeal import PAIRS
from app.session import on_postgresql, plan_by_values

NUMBERS: tuple[Any, ...] = (Appeal.receipt_key, Appeal.number_key)
#: So many appeals are looked up by their keys.
MOST = 5000


def having(session: Session, part: str, key: Any) -> ColumnElement[bool]:
    """Where `key` is that of an appeal with this part, which is spelt as `policy.number_key` does.

    What many of the newest have is looked for along the list, what is rarer at once.
    """
    has = or_(*(column.like(policy.like(part), escape="\\") for column in NUMBERS))
    pairs = [part[at : at + 2] for at in range(len(part) - 1)]
    if not pairs or not on_postgresql(session):
        return has
    plan_by_values(session)
    newest = select(has.label("has")).order_by(*indexing.NEWEST).limit(indexing.LOOKED_AT)
    lately = select(func.count()).where(newest.subquery().c.has)
    if int(session.scalar(lately) or 0) >= indexing.ENOUGH:
        return has
    all_pairs = literal_column(PAIRS).op("@>")(literal(pairs, ARRAY(Text)))
    found = session.scalars(select(Appeal.key).where(all_pairs, has).limit(MOST + 1)).all()
    return has if len(found) > MOST else key == any_(literal(found, ARRAY(Text)))
