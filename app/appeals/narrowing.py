"""By what a list of found appeals is narrowed, and how many each choice would leave."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, label, select
from sqlalchemy.orm import Session

from app.appeals import counting, indexing, policy, repetition
from app.appeals.commands import SearchQuery
from app.appeals.models import Appeal

#: An appeal that is not registered yet has a term too: that of registration.
TERM: ColumnElement[date] = func.coalesce(Appeal.due_on, Appeal.register_by)

#: By the filter, then by what may be chosen in it.
Conditions = Mapping[str, Mapping[str, ColumnElement[bool]]]
Counts = Mapping[str, Mapping[str, int]]


def conditions(day: date) -> Conditions:
    """What each choice asks of an appeal."""
    in_work, near = Appeal.outcome.is_(None), day + timedelta(days=policy.NEAR_DAYS)
    marks = {mark: Appeal.repeated == mark for mark in repetition.MARKS}
    return {
        "state": {"open": in_work, "closed": Appeal.outcome.is_not(None)},
        "term": {
            "overdue": and_(day > TERM, in_work),
            "near": and_(day <= TERM, near >= TERM, in_work),
        },
        "mark": {**marks, repetition.COLLECTIVE: Appeal.collective.is_(True)},
    }


def chosen(wanted: SearchQuery, offered: Conditions) -> dict[str, ColumnElement[bool]]:
    """By the filter, what was chosen in it."""
    picked = {name: each.get(getattr(wanted, name)) for name, each in offered.items()}
    return {name: one for name, one in picked.items() if one is not None}


def by_term(fits: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same as a condition on the term, found by the index of the terms of open appeals.

    That what is over is past its day, too, PostgreSQL takes for many that are overdue: it would
    look for the first of them along the list, and read all of it where there are few.
    """
    found = select(Appeal.id).where(fits).offset(0)
    return Appeal.id.in_(found.correlate(None))


def counts(
    session: Session, found: Select[Any], wanted: SearchQuery, offered: Conditions
) -> tuple[int, Counts] | None:
    """How many are left by what was chosen, and by each choice beside what the others ask.

    `found` is not narrowed yet. None where it has more than anybody would count.
    """
    flags = [
        label(f"{name}_{value}", asks)
        for name, each in offered.items()
        for value, asks in each.items()
    ]
    most = counting.most(found)
    rows = found.with_only_columns(*flags, maintain_column_froms=True)
    shown = indexing.NEWEST if counting.along(found) else (None,)
    some = rows.order_by(*shown).limit(most + 1).subquery().c
    picked = {name: some[f"{name}_{getattr(wanted, name)}"] for name in chosen(wanted, offered)}

    def left(filters: Mapping[str, ColumnElement[bool]]) -> ColumnElement[int]:
        return func.count().filter(and_(True, *filters.values()))

    asked = [left({}), left(picked)]
    for name, each in offered.items():
        asked += [left({**picked, name: some[f"{name}_{value}"]}) for value in each]
    whole, total, *rest = session.execute(select(*asked)).one()
    if whole > most:
        return None
    each_count = iter(rest)
    return total, {
        name: {value: next(each_count) for value in each} for name, each in offered.items()
    }
