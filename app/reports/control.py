"""The control list: appeals under consideration by their terms, the most urgent first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.access.services import Person, logins_of_units, people
from app.appeals import building, rights, sight
from app.appeals.cards import AppealRef, Page
from app.appeals.models import Appeal, Assignment, Extension, Particulars
from app.appeals.people import People
from app.appeals.terms import today
from app.database import reading
from app.directory.services import branch
from app.extensions import locale
from app.reports.journal import BATCH, LAST_PAGE, SIZE, executors

#: Terms by how far off they are: code -> (first, last) day counted from today, both included.
TERMS: dict[str, tuple[int | None, int | None]] = {
    "late": (None, -1),
    "today": (0, 0),
    "three": (1, 3),
    "week": (4, 7),
    "fortnight": (8, 15),
    "later": (16, None),
}
ANY_CONTROL = "any"
_MOST_LOGINS = 50


@dataclass(frozen=True)
class ControlFilter:
    """`term`: a key of TERMS; `control`: any, ordinary, special; `executor`: login or words."""

    term: str = ""
    control: str = ""
    executor: str = ""
    unit: int | None = None
    page: int = 1


@dataclass(frozen=True)
class ControlLine:
    """`days_left` below 0 after the term; `extended` times; `control` as the card notes it."""

    appeal: AppealRef
    channel: str
    executor: str
    unit: str
    due_on: date
    internal_due_on: date | None
    days_left: int
    extended: int
    control: str


@dataclass(frozen=True)
class ControlList:
    """`spread`: how many there are by their terms, whatever term was chosen."""

    on: date
    wanted: ControlFilter
    page: Page[ControlLine]
    spread: tuple[tuple[str, int], ...]


def control_list(person: Person, wanted: ControlFilter) -> ControlList:
    """A page of the list."""
    with reading() as session:
        day = today(session)
        whole = _condition(session, person, wanted)
        spread = _spread(session, whole, day)
        total = dict(spread)[wanted.term] if wanted.term else sum(dict(spread).values())
        number = min(max(wanted.page, 1), LAST_PAGE)
        query = _query(and_(whole, _term(wanted.term, day))).limit(SIZE)
        rows = session.scalars(query.offset((number - 1) * SIZE)).all()
        lines = _lines(session, person, rows, day)
        return ControlList(day, wanted, Page(lines, total, number, SIZE), spread)


def count(person: Person, wanted: ControlFilter) -> int:
    """How many lines the whole list has."""
    with reading() as session:
        condition = and_(_condition(session, person, wanted), _term(wanted.term, today(session)))
        return int(session.scalar(select(func.count(Appeal.id)).where(condition)) or 0)


def lines(person: Person, wanted: ControlFilter) -> Iterator[ControlLine]:
    """The whole list, read in batches."""
    place: tuple[date, int] | None = None
    while True:
        with reading() as session:
            day = today(session)
            condition = and_(_condition(session, person, wanted), _term(wanted.term, day))
            if place is not None:
                due, number = place
                same_day = and_(Appeal.due_on == due, Appeal.id > number)
                condition = and_(condition, or_(Appeal.due_on > due, same_day))
            rows = session.scalars(_query(condition).limit(BATCH)).all()
            found = _lines(session, person, rows, day)
            if found:
                place = (found[-1].due_on, rows[-1].id)
        yield from found
        if len(found) < BATCH:
            return


def _condition(session: Session, person: Person, wanted: ControlFilter) -> ColumnElement[bool]:
    found: list[ColumnElement[bool]] = [
        Appeal.outcome.is_(None),
        Appeal.due_on.is_not(None),
        rights.open_to(session, person),
    ]
    if wanted.control:
        noted = select(Particulars.appeal_id).where(
            Particulars.appeal_id == Appeal.id, Particulars.control_off_on.is_(None)
        )
        if wanted.control == ANY_CONTROL:
            noted = noted.where(Particulars.control != "")
        else:
            noted = noted.where(Particulars.control == wanted.control)
        found.append(noted.correlate(Appeal).exists())
    if wanted.executor:
        known = people(session, wanted.executor, limit=_MOST_LOGINS)
        found.append(_of({one.login for one in known} | {wanted.executor}))
    if wanted.unit is not None:
        found.append(_of(set(logins_of_units(session, branch(session, wanted.unit)))))
    return and_(*found)


def _of(logins: set[str]) -> ColumnElement[bool]:
    """Appeals that one of these people answers for."""
    part = select(Assignment.id).where(
        Assignment.appeal_id == Appeal.id,
        Assignment.responsible.is_(True),
        Assignment.executor.in_(sorted(logins)),
    )
    return part.correlate(Appeal).exists()


def _term(code: str, day: date) -> ColumnElement[bool]:
    first, last = TERMS.get(code, (None, None))
    found: list[ColumnElement[bool]] = [Appeal.due_on.is_not(None)]
    if first is not None:
        found.append(Appeal.due_on >= day + timedelta(days=first))
    if last is not None:
        found.append(Appeal.due_on <= day + timedelta(days=last))
    return and_(*found)


def _spread(
    session: Session, condition: ColumnElement[bool], day: date
) -> tuple[tuple[str, int], ...]:
    sums = [func.coalesce(func.sum(case((_term(code, day), 1), else_=0)), 0) for code in TERMS]
    row = session.execute(select(*sums).where(condition)).one()
    return tuple((code, int(number)) for code, number in zip(TERMS, row, strict=True))


def _query(condition: ColumnElement[bool]) -> Select[Appeal]:
    query = select(Appeal).where(condition).options(selectinload(Appeal.applicants))
    return query.order_by(Appeal.due_on, Appeal.id)


def _lines(
    session: Session, person: Person, rows: Sequence[Appeal], day: date
) -> tuple[ControlLine, ...]:
    ids = [one.id for one in rows]
    responsible = executors(session, rows)
    granted = select(Extension.appeal_id, func.count()).where(
        Extension.appeal_id.in_(ids), Extension.decision == "grant"
    )
    extended = {
        one: int(times) for one, times in session.execute(granted.group_by(Extension.appeal_id))
    }
    noted = select(Particulars.appeal_id, Particulars.control).where(
        Particulars.appeal_id.in_(ids), Particulars.control_off_on.is_(None)
    )
    control = dict(session.execute(noted).all())
    known = People(session)
    known.look_up(responsible.values())
    found = []
    for one in rows:
        login, due = responsible.get(one.id), one.due_on or day
        who = known.get(login) if login else None
        line = ControlLine(
            appeal=building.appeal_ref(one),
            channel=one.channel,
            executor=known.name(login),
            unit=who.said("unit", locale()) if who else "",
            due_on=due,
            internal_due_on=one.internal_due_on,
            days_left=(due - day).days,
            extended=extended.get(one.id, 0),
            control=control.get(one.id, ""),
        )
        found.append(sight.mask_in_lists(person, one)(line))
    return tuple(found)
