"""Dates of an appeal in the body's zone."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app import clock
from app.directory.services import body


def zone_of(session: Session) -> str:
    """The zone in which the body counts its days."""
    return body(session).zone


def today(session: Session) -> date:
    return clock.today(zone_of(session))


def end_of(day: date, zone: str) -> datetime:
    """The last second of a day of the body's zone, in UTC: when a term of that day runs out."""
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)


def spelt(moment: datetime) -> str:
    """A moment as process data carry it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
