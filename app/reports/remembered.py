"""Figures over very many appeals are counted every few minutes, not for each who looks.

What a house of this size gets in five minutes moves no figure of it that anybody would notice;
counting a hundred thousand appeals costs as much as fifty pages. A small house counts each time.
"""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import func, select

from app import clock
from app.appeals.models import Appeal
from app.database import asking
from app.extensions import application

#: From so many appeals on, for so long, of so many different questions.
MANY, KEPT, MOST = 10_000, timedelta(minutes=5), 100
T = TypeVar("T")


def remembered(asked: Hashable, count: Callable[[], T]) -> T:
    """What `count` found when this was asked last, if that was lately.

    Each process remembers for itself.
    """
    now = clock.now()
    known: dict[Any, tuple[T, datetime]] = application().extensions.setdefault("figures", {})
    found = known.get(asked)
    if found is not None and now - KEPT < found[1] <= now:
        return found[0]
    counted = count()
    with asking() as connection:
        large = int(connection.scalar(select(func.max(Appeal.id))) or 0) > MANY
    if large:
        for old in [key for key, (_value, at) in known.items() if not now - KEPT < at <= now]:
            known.pop(old, None)
        if len(known) < MOST:
            known[asked] = counted, now
    return counted
