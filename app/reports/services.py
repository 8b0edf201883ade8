"""Figures of a period, for the public page and for the staff."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from app import clock
from app.appeals import policy
from app.appeals.models import (
    Appeal,
    Assignment,
    Extension,
    Question,
    SurveyInvitation,
)
from app.appeals.people import People
from app.appeals.terms import today, zone_of
from app.database import reading
from app.extensions import locale
from app.reports import groups
from app.reports.remembered import remembered

TOP = 10
#: The figures that are put beside those of other periods.
COMPARED = ("received", "registered", "closed", "in_time", "late", "collective", "repeated")


@dataclass(frozen=True)
class Share:
    """A value and how many have it; `percent` is of the whole, rounded."""

    code: str
    count: int
    percent: int


@dataclass(frozen=True)
class Marks:
    """Citizens' marks: how many answered of how many asked, the average from 1 to 5.

    Of fewer than `groups.LEAST` there is no average and nothing in `quality`, nor in `solved`.
    """

    asked: int
    answered: int
    average: float | None
    quality: tuple[Share, ...]
    solved: tuple[Share, ...]


@dataclass(frozen=True)
class Compared:
    """A figure of a period, of the one before it and of the same days a year ago."""

    code: str
    now: int
    before: int
    year_ago: int

    def change(self, other: int) -> int | None:
        """By how many per cent it differs from `other`; None when there is nothing to differ."""
        return round(100 * (self.now - other) / other) if other else None


@dataclass(frozen=True)
class Load:
    """What one executor has at hand."""

    login: str
    name: str
    unit: str
    open: int
    overdue: int
    near: int
    done: int


@dataclass(frozen=True)
class Figures:
    """Figures of the appeals received from `since` to `until`, both days included.

    `late` were answered after the term, `overdue` are still open beyond it; `average_days` runs
    from registration to the end of consideration; `at` is when all this was counted.
    """

    since: date
    until: date
    received: int
    registered: int
    in_work: int
    closed: int
    in_time: int
    late: int
    overdue: int
    extended: int
    average_days: float | None
    collective: int
    repeated: int
    by_channel: tuple[Share, ...]
    by_kind: tuple[Share, ...]
    by_repetition: tuple[Share, ...]
    by_outcome: tuple[Share, ...]
    by_result: tuple[Share, ...]
    questions: tuple[tuple[str, str, int], ...]
    marks: Marks
    compared: tuple[Compared, ...]
    load: tuple[Load, ...]
    at: datetime


def figures(since: date | None = None, until: date | None = None) -> Figures:
    """Figures of a period; without dates, of the year up to today. No citizen's personal data."""
    with reading() as session:
        day = today(session)
        until = until or day
        since = since or until - timedelta(days=365)
        asked = "figures", since, until, day, locale()
        return remembered(asked, lambda: _figures(session, since, until, day))


def _figures(session: Session, since: date, until: date, day: date) -> Figures:
    period = received_between(session, since, until)
    totals = _totals(session, period, day)
    received = totals["received"]
    return Figures(
        since=since,
        until=until,
        **totals,
        extended=_count(session, period, Extension.decision == "grant"),
        average_days=_average_days(session, period),
        by_channel=_shares(session, period, Appeal.channel, received),
        by_kind=_shares(session, period, Appeal.kind, received),
        by_repetition=_shares(session, period, Appeal.repeated, received),
        by_outcome=_shares(session, period, Appeal.outcome, received),
        by_result=_results(session, period),
        questions=_questions(session, period),
        marks=_marks(session, period),
        compared=_compared(session, since, until, day),
        load=_load(session, day),
        at=clock.now(),
    )


def _compared(session: Session, since: date, until: date, day: date) -> tuple[Compared, ...]:
    periods = ((since, until), the_period_before(since, until), a_year_before(since, until))
    found = [_totals(session, received_between(session, *one), day) for one in periods]
    return tuple(Compared(code, *(one[code] for one in found)) for code in COMPARED)


def the_period_before(since: date, until: date) -> tuple[date, date]:
    """As many days right before the period."""
    return since - timedelta(days=(until - since).days + 1), since - timedelta(days=1)


def a_year_before(since: date, until: date) -> tuple[date, date]:
    """The same days of the year before."""
    return _a_year_before(since), _a_year_before(until)


def _a_year_before(day: date) -> date:
    return date(day.year - 1, day.month, min(day.day, monthrange(day.year - 1, day.month)[1]))


def received_between(session: Session, since: date, until: date) -> ColumnElement[bool]:
    zone = ZoneInfo(zone_of(session))
    first = datetime.combine(since, time(), zone).astimezone(UTC)
    after = datetime.combine(until + timedelta(days=1), time(), zone).astimezone(UTC)
    return (Appeal.received_at >= first) & (Appeal.received_at < after)


def _totals(session: Session, period: ColumnElement[bool], day: date) -> dict[str, int]:
    decided = Appeal.outcome.is_not(None)
    wanted: dict[str, ColumnElement[bool]] = {
        "registered": Appeal.registered_on.is_not(None),
        "in_work": Appeal.outcome.is_(None),
        "closed": decided,
        "in_time": decided & (Appeal.decided_on <= Appeal.due_on),
        "late": decided & (Appeal.decided_on > Appeal.due_on),
        "overdue": Appeal.outcome.is_(None) & (Appeal.due_on < day),
        "collective": Appeal.collective.is_(True),
        "repeated": Appeal.repeated.in_(("repeated", "many")),
    }
    sums = [func.coalesce(func.sum(case((one, 1), else_=0)), 0) for one in wanted.values()]
    row = session.execute(select(func.count(), *sums).select_from(Appeal).where(period)).one()
    return dict(zip(("received", *wanted), (int(figure) for figure in row), strict=True))


def _count(session: Session, period: ColumnElement[bool], condition: ColumnElement[bool]) -> int:
    found = session.scalar(
        select(func.count(Extension.id))
        .join(Appeal, Appeal.id == Extension.appeal_id)
        .where(period, condition)
    )
    return int(found or 0)


def _average_days(session: Session, period: ColumnElement[bool]) -> float | None:
    # Subtracting dates is spelt differently by every database; pairs of days are few.
    pairs = session.execute(
        select(Appeal.registered_on, Appeal.decided_on, func.count())
        .where(period, Appeal.registered_on.is_not(None), Appeal.decided_on.is_not(None))
        .group_by(Appeal.registered_on, Appeal.decided_on)
    )
    days = [
        (number, (decided - registered).days)
        for registered, decided, number in pairs
        if registered and decided
    ]
    whole = sum(number for number, _each in days)
    return round(sum(number * each for number, each in days) / whole, 1) if whole else None


def _shares(
    session: Session, period: ColumnElement[bool], column: Any, total: int
) -> tuple[Share, ...]:
    rows = session.execute(
        select(column, func.count())
        .select_from(Appeal)
        .where(period, column.is_not(None), column != "")
        .group_by(column)
        .order_by(func.count().desc(), column)
    )
    return tuple(Share(str(code), number, _percent(number, total)) for code, number in rows)


def _results(session: Session, period: ColumnElement[bool]) -> tuple[Share, ...]:
    rows = session.execute(
        select(Question.result, func.count())
        .join(Appeal, Appeal.id == Question.appeal_id)
        .where(period, Question.result.is_not(None))
        .group_by(Question.result)
        .order_by(func.count().desc(), Question.result)
    ).all()
    total = sum(number for _code, number in rows)
    return tuple(Share(str(code), number, _percent(number, total)) for code, number in rows)


def _questions(session: Session, period: ColumnElement[bool]) -> tuple[tuple[str, str, int], ...]:
    """The questions asked most often: code, name, how many times."""
    rows = session.execute(
        select(Question.code, func.min(Question.name), func.count())
        .join(Appeal, Appeal.id == Question.appeal_id)
        .where(period)
        .group_by(Question.code)
        .order_by(func.count().desc(), Question.code)
        .limit(TOP)
    )
    return tuple((code, name, number) for code, name, number in rows)


def _marks(session: Session, period: ColumnElement[bool]) -> Marks:
    asked = SurveyInvitation
    rows = session.execute(
        select(asked.answered_at.is_not(None), asked.quality, asked.solved, func.count())
        .join(Appeal, Appeal.id == asked.appeal_id)
        .where(period)
        .group_by(asked.answered_at.is_not(None), asked.quality, asked.solved)
    )
    answered, quality, solved = Counter[bool](), Counter[int](), Counter[str]()
    for given, mark, outcome, number in rows:
        answered[given] += number
        if mark is not None:
            quality[mark] += number
        if outcome:
            solved[outcome] += number
    marks = quality.total()
    return Marks(
        asked=answered.total(),
        answered=answered[True],
        average=round(sum(mark * number for mark, number in quality.items()) / marks, 2)
        if marks >= groups.LEAST
        else None,
        quality=_spread({str(mark): number for mark, number in quality.items()}, "54321"),
        solved=_spread(solved, ("yes", "partly", "no")),
    )


def _spread(given: Mapping[str, int], codes: Iterable[str]) -> tuple[Share, ...]:
    """How many said what; nothing while who knows the people could tell who said it."""
    whole = sum(given.values())
    if whole < groups.LEAST:
        return ()
    found = [(code, given.get(code, 0)) for code in codes]
    return tuple(Share(code, number, _percent(number, whole)) for code, number in found)


def _percent(number: int, total: int) -> int:
    return round(100 * number / total) if total else 0


def _load(session: Session, day: date) -> tuple[Load, ...]:
    """What each executor has at hand today, whatever the period."""
    near = day + timedelta(days=policy.NEAR_DAYS)
    at_hand = Assignment.state.in_(policy.OPEN_ASSIGNMENT)
    wanted = (
        at_hand,
        at_hand & (Assignment.due_on < day),
        at_hand & (Assignment.due_on >= day) & (Assignment.due_on <= near),
        Assignment.state == "done",
    )
    sums = [func.sum(case((one, 1), else_=0)) for one in wanted]
    rows = session.execute(
        select(Assignment.executor, *sums)
        .group_by(Assignment.executor)
        .order_by(Assignment.executor)
    ).all()
    people = People(session)
    return tuple(
        Load(row[0], people.name(row[0]), people.unit(row[0]), *(int(one or 0) for one in row[1:]))
        for row in rows
    )
