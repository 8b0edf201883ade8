"""What each executor has at hand, and what they did in a period."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import mean
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.access.services import logins_of_units
from app.appeals import policy
from app.appeals.models import Assignment, Report, SurveyInvitation
from app.appeals.people import People
from app.appeals.terms import today, zone_of
from app.clock import local
from app.database import reading
from app.directory.services import branch
from app.reports.groups import by_group

DAYS = 30


@dataclass(frozen=True)
class LoadFilter:
    """The period of what was done, both days included; the last thirty days without it."""

    since: date | None = None
    until: date | None = None
    unit: int | None = None


@dataclass(frozen=True)
class LoadLine:
    """One executor: assignments at hand today, `near` within 3 days, `week` within 7.

    Of the period: how many were `done`, of them `late`; days each took on average; how many
    reports were `returned` for rework; the average of the citizens' `marks` on the replies, None
    when they are too few to be told.
    """

    login: str
    name: str
    unit: str
    open: int
    overdue: int
    near: int
    week: int
    done: int
    late: int
    days: float | None
    returned: int
    mark: float | None
    marks: int


@dataclass(frozen=True)
class LoadList:
    on: date
    since: date
    until: date
    unit: int | None
    lines: tuple[LoadLine, ...]

    def total(self, name: str) -> int:
        return sum(getattr(one, name) for one in self.lines)


def load(wanted: LoadFilter) -> LoadList:
    """Everybody who has or had assignments, who has most first. No citizen's personal data."""
    with reading() as session:
        day = today(session)
        until = wanted.until or day
        since = wanted.since or until - timedelta(days=DAYS - 1)
        since, until = min(since, until), max(since, until)
        of_unit = None
        if wanted.unit is not None:
            of_unit = set(logins_of_units(session, branch(session, wanted.unit)))
        lines = _lines(session, day, _between(session, since, until), of_unit)
        return LoadList(day, since, until, wanted.unit, lines)


Period = tuple[datetime, datetime]


def _between(session: Session, since: date, until: date) -> Period:
    zone = ZoneInfo(zone_of(session))
    return (
        datetime.combine(since, time(), zone).astimezone(UTC),
        datetime.combine(until + timedelta(days=1), time(), zone).astimezone(UTC),
    )


def _lines(
    session: Session, day: date, period: Period, of_unit: set[str] | None
) -> tuple[LoadLine, ...]:
    at_hand, done = _at_hand(session, day), _done(session, period)
    returned, (marks, averages) = _returned(session, period), _marks(session, period)
    logins = {*at_hand, *done, *returned, *marks}
    if of_unit is not None:
        logins &= of_unit
    people = People(session)
    people.look_up(sorted(logins))
    found = []
    for login in logins:
        spans, late = done.get(login, ([], 0))
        number = marks.get(login, 0)
        found.append(
            LoadLine(
                login,
                people.name(login),
                people.unit(login),
                *at_hand.get(login, (0, 0, 0, 0)),
                done=len(spans),
                late=late,
                days=round(sum(spans) / len(spans), 1) if spans else None,
                returned=returned.get(login, 0),
                mark=averages.get(login),
                marks=number,
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.overdue, -one.open, one.name)))


def _at_hand(session: Session, day: date) -> dict[str, tuple[int, int, int, int]]:
    near, week = (day + timedelta(days=days) for days in (policy.NEAR_DAYS, 7))
    wanted = (
        Assignment.due_on < day,
        Assignment.due_on.between(day, near),
        Assignment.due_on.between(day, week),
    )
    sums = [func.coalesce(func.sum(case((one, 1), else_=0)), 0) for one in wanted]
    rows = session.execute(
        select(Assignment.executor, func.count(), *sums)
        .where(Assignment.state.in_(policy.OPEN_ASSIGNMENT))
        .group_by(Assignment.executor)
    )
    return {
        login: (int(number), int(late), int(close), int(soon))
        for login, number, late, close, soon in rows
    }


def _done(session: Session, period: Period) -> dict[str, tuple[list[int], int]]:
    """Days that each assignment done in the period took, and how many ended after their term."""
    zone = zone_of(session)
    rows = session.execute(
        select(
            Assignment.executor,
            func.coalesce(Assignment.issued_at, Assignment.created_at),
            Assignment.closed_at,
            Assignment.due_on,
        ).where(Assignment.state == "done", _within(Assignment.closed_at, period))
    )
    spans: dict[str, list[int]] = defaultdict(list)
    late: dict[str, int] = defaultdict(int)
    for login, given, closed, due in rows:
        if closed is None:
            continue
        ended = local(closed, zone).date()
        spans[login].append((ended - local(given, zone).date()).days)
        late[login] += due is not None and ended > due
    return {login: (taken, late[login]) for login, taken in spans.items()}


def _returned(session: Session, period: Period) -> dict[str, int]:
    rows = session.execute(
        select(Assignment.executor, func.count())
        .join(Report, Report.assignment_id == Assignment.id)
        .where(Report.decision == "rework", _within(Report.decided_at, period))
        .group_by(Assignment.executor)
    )
    return {login: int(number) for login, number in rows}


def _marks(session: Session, period: Period) -> tuple[Counter[str], dict[str, float]]:
    """How many marks on replies each has who answered for the appeal, and the average of enough.

    Whom subtracting from the whole would tell of is left out, as on the page of figures.
    """
    rows = session.execute(
        select(Assignment.executor, SurveyInvitation.appeal_id, SurveyInvitation.quality)
        .join(SurveyInvitation, SurveyInvitation.appeal_id == Assignment.appeal_id)
        .where(
            Assignment.responsible.is_(True),
            Assignment.state == "done",
            SurveyInvitation.quality.is_not(None),
            _within(SurveyInvitation.answered_at, period),
        )
    )
    voices: dict[int, int] = {}
    executors: dict[int, set[str]] = defaultdict(set)
    for login, appeal, mark in rows:
        voices[appeal] = int(mark or 0)
        executors[appeal].add(login)
    found = by_group(voices, executors, str, lambda code, _name, given: (code, mean(given)))
    number = Counter(login for logins in executors.values() for login in logins)
    return number, {login: round(average, 1) for login, average in found.groups}


def _within(column: InstrumentedAttribute[datetime | None], period: Period) -> ColumnElement[bool]:
    first, after = period
    return and_(column >= first, column < after)
