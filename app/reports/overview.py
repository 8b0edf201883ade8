"""What a manager looks at in the morning: what burns, where it is stuck, how it goes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, selectinload

from app import clock
from app.access.services import Person
from app.appeals import building, policy, rights, sight, worklist
from app.appeals.cards import AppealRef
from app.appeals.models import Appeal
from app.appeals.people import People
from app.appeals.services.status import CITIZEN
from app.appeals.terms import today
from app.database import reading
from app.extensions import locale
from app.reports.remembered import remembered
from app.workflow.items import element_of
from app.workflow.models import OPEN, WorkItem

DAYS, WEEKS, SHOWN = 28, 12, 10


@dataclass(frozen=True)
class Burning:
    """An open appeal whose term is over or ends within some days."""

    appeal: AppealRef
    due_on: date
    days_left: int


@dataclass(frozen=True)
class Pile:
    """Open tasks at one step, or with one person; `oldest_days` is the age of the oldest."""

    code: str
    name: str
    name_en: str | None
    count: int
    overdue: int
    oldest_days: int

    def named(self, locale: str) -> str:
        return self.name_en if locale == "en" and self.name_en else self.name


@dataclass(frozen=True)
class Trend:
    """A figure of the last `DAYS` days beside that of the days before them, and week by week."""

    code: str
    now: int
    before: int
    weeks: tuple[int, ...]

    @property
    def change(self) -> int:
        return self.now - self.before


@dataclass(frozen=True)
class Overview:
    """The state of the body on a day; all but what burns was counted `at` a moment."""

    on: date
    at: datetime
    overdue: int
    near: int
    burning: tuple[Burning, ...]
    stages: tuple[Pile, ...]
    people: tuple[Pile, ...]
    trends: tuple[Trend, ...]


def overview(person: Person) -> Overview:
    """The state of the body today, for who reads every appeal."""
    with reading() as session:
        day = today(session)
        at, overdue, near, stages, people, trends = remembered(
            ("overview", day, locale()), lambda: _counted(session, day)
        )
        return Overview(
            on=day,
            at=at,
            overdue=overdue,
            near=near,
            burning=_burning(session, person, day),
            stages=stages,
            people=people,
            trends=trends,
        )


_Counted = tuple[datetime, int, int, tuple[Pile, ...], tuple[Pile, ...], tuple[Trend, ...]]


def _counted(session: Session, day: date) -> _Counted:
    close = Appeal.due_on.between(day, day + timedelta(days=policy.NEAR_DAYS))
    return (
        clock.now(),
        _count(session, _open() & (Appeal.due_on < day)),
        _count(session, _open() & close),
        _stages(session, day),
        _people(session, day),
        tuple(_trend(session, code, counted, day) for code, counted in TRENDS),
    )


def _open() -> ColumnElement[bool]:
    return Appeal.outcome.is_(None)


def _count(session: Session, condition: ColumnElement[bool]) -> int:
    return int(session.scalar(select(func.count()).where(condition)) or 0)


def _burning(session: Session, person: Person, day: date) -> tuple[Burning, ...]:
    rows = session.scalars(
        select(Appeal)
        .where(
            _open(),
            Appeal.due_on <= day + timedelta(days=policy.NEAR_DAYS),
            rights.open_to(session, person),
        )
        .options(selectinload(Appeal.applicants))
        .order_by(Appeal.due_on, Appeal.id)
        .limit(SHOWN)
    )
    return tuple(
        sight.mask_in_lists(person, one)(
            Burning(building.appeal_ref(one), one.due_on, (one.due_on - day).days)
        )
        for one in rows
        if one.due_on
    )


#: What waits for the applicant is no pile of the body's.
_CITIZENS = f"{CITIZEN}/"


def _piles(session: Session, by: Any, day: date) -> list[tuple[str, int, int, int]]:
    """Code, how many, how many late, days of the oldest; the largest pile first."""
    late = func.sum(case((WorkItem.term_on < day, 1), else_=0))
    rows = session.execute(
        select(by, func.count(), late, func.min(WorkItem.opened_at), func.max(WorkItem.version_id))
        .where(WorkItem.status == OPEN, by.is_not(None), ~WorkItem.queue.startswith(_CITIZENS))
        .group_by(by)
        .order_by(func.count().desc(), by)
    )
    return [
        (code, number, int(overdue or 0), max(0, (day - oldest.date()).days))
        for code, number, overdue, oldest, _version in rows
    ]


def _stages(session: Session, day: date) -> tuple[Pile, ...]:
    found = []
    for queue, number, late, oldest in _piles(session, WorkItem.queue, day):
        _roles, process, element = queue.split("/", 2)
        version = session.scalar(
            select(WorkItem.version_id)
            .where(WorkItem.status == OPEN, WorkItem.queue == queue)
            .limit(1)
        )
        info = element_of(session, int(version or 0), process, element)
        found.append(Pile(element, info.name or element, info.name_en, number, late, oldest))
    return tuple(found)


def _people(session: Session, day: date) -> tuple[Pile, ...]:
    piles = _piles(session, worklist.holder, day)[: 2 * SHOWN]
    people = People(session)
    people.look_up(code for code, *_rest in piles)
    return tuple(Pile(code, people.name(code), None, *rest) for code, *rest in piles)


def _trend(session: Session, code: str, counted: tuple[Any, ...], day: date) -> Trend:
    """`counted` is the day of what is counted, and what else must hold of it."""
    column, *conditions = counted
    first = day - timedelta(days=7 * WEEKS - 1)
    rows = session.execute(
        select(column, func.count())
        .where(column >= first, column <= day, *conditions)
        .group_by(column)
    ).all()
    days = {on: int(number) for on, number in rows}
    return Trend(
        code,
        now=_sum(days, day - timedelta(days=DAYS - 1), day),
        before=_sum(days, day - timedelta(days=2 * DAYS - 1), day - timedelta(days=DAYS)),
        weeks=tuple(
            _sum(days, first + timedelta(days=7 * n), first + timedelta(days=7 * n + 6))
            for n in range(WEEKS)
        ),
    )


def _sum(days: dict[date, int], since: date, until: date) -> int:
    return sum(number for on, number in days.items() if since <= on <= until)


TRENDS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("registered", (Appeal.registered_on,)),
    ("considered", (Appeal.decided_on,)),
    ("late", (Appeal.decided_on, Appeal.decided_on > Appeal.due_on)),
)
