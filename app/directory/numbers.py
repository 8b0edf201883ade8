"""Numbers without gaps and without twins."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from app.directory import policy
from app.directory.models import NumberCounter
from app.directory.settings import body, setting
from app.session import count_to_come, on_postgresql
from app.statement import answer, in_one

# Whoever needs a number waits while this one is counted: nothing is left to be put together.
_MOVE = (
    "INSERT INTO number_counter (series, year, value) VALUES (%(series)s, %(year)s, %(value)s) "
    "ON CONFLICT (series, year) DO UPDATE SET value = number_counter.value + excluded.value "
    "RETURNING "
)
_MOVED = _MOVE + in_one(["number_counter.value"])
#: As long as this a number of any count fits the fields that keep numbers.
_LONGEST = 45


def next_number(session: Session, series: str, on: date) -> str:
    """Take the next number of a series in the year of `on`.

    The counter's row stays locked until the caller's transaction ends: a second registrar waits,
    and a use case that fails gives its number back.
    """
    return next_numbers(session, series, on, 1)[0]


def last_number(session: Session, series: str, on: date) -> str:
    """The same number taken in the statement that writes the rows, of which some have to tell it.

    For a step left for the end (`at_last`). Where one statement writes all, others wait for it and
    the commit alone, and what is told here has digits that stand for those of the number.
    """
    given = {"series": series, "year": on.year, "value": 1}
    template, prefix = _template(session, series), body(session).registration_prefix
    if len(template) + len(prefix) < _LONGEST and (
        coming := count_to_come(session, _MOVE + "number_counter.value", given)
    ):
        return policy.spell_number(template, coming, on, prefix)
    return next_number(session, series, on)


def next_numbers(session: Session, series: str, on: date, count: int) -> list[str]:
    """Take so many numbers of a series at once, in their order."""
    template, prefix = _template(session, series), body(session).registration_prefix
    last = _count(session, series, on.year, count)
    return [
        policy.spell_number(template, value, on, prefix)
        for value in range(last - count + 1, last + 1)
    ]


def give_back(session: Session, series: str, on: date, numbers: Sequence[str]) -> None:
    """Have numbers be the next again that were taken at once and that nobody was told.

    If others were taken after them, they are missing for good.
    """
    template, prefix = _template(session, series), body(session).registration_prefix
    counter = session.get_one(NumberCounter, (series, on.year), with_for_update=True)
    if policy.spell_number(template, counter.value, on, prefix) == numbers[-1]:
        counter.value -= len(numbers)


def _template(session: Session, series: str) -> str:
    template = setting(session, f"numbers.{series}")
    if template is None:
        raise LookupError(f"There is no number series {series}.")
    return str(template)


def _count(session: Session, series: str, year: int, count: int = 1) -> int:
    # One statement both opens a year's counter and moves it, so that the first two registrars of
    # a year cannot both start it.
    moved = {"series": series, "year": year, "value": count}
    if on_postgresql(session):
        (value,) = answer(session.connection(), _MOVED, moved)
        return int(value)
    upsert = (
        sqlite.insert(NumberCounter)
        .values(moved)
        .on_conflict_do_update(
            index_elements=["series", "year"], set_={"value": NumberCounter.value + count}
        )
        .returning(NumberCounter.value)
    )
    return int(session.execute(upsert).scalar_one())
