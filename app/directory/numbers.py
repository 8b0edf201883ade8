"""Numbers without gaps and without twins."""

from datetime import date

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.directory import policy
from app.directory.models import NumberCounter
from app.directory.settings import body, setting


def next_number(session: Session, series: str, on: date) -> str:
    """Take the next number of a series in the year of `on`.

    The counter's row stays locked until the caller's transaction ends: a second registrar waits,
    and a use case that fails gives its number back.
    """
    template = setting(session, f"numbers.{series}")
    if template is None:
        raise LookupError(f"There is no number series {series}.")
    value = _count(session, series, on.year)
    return policy.spell_number(template, value, on, body(session).registration_prefix)


def _count(session: Session, series: str, year: int) -> int:
    # One statement both opens a year's counter and moves it, so that the first two registrars of
    # a year cannot both start it.
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if on_postgresql else sqlite.insert
    statement = insert(NumberCounter).values(series=series, year=year, value=1)
    upsert = statement.on_conflict_do_update(
        index_elements=["series", "year"], set_={"value": NumberCounter.value + 1}
    ).returning(NumberCounter.value)
    return int(session.execute(upsert).scalar_one())
