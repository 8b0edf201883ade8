"""The registration journal of a period: a line an appeal, with totals; on screen and as rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session, selectinload

from app.access.services import Person
from app.appeals import building, looked, rights, sight
from app.appeals.cards import AppealRef, Page
from app.appeals.models import Appeal, Assignment
from app.appeals.people import People
from app.appeals.terms import today
from app.database import reading

SIZE, LARGEST_EXPORT, LAST_PAGE = 50, 20_000, 100_000
STATES = ("", "open", "closed", "overdue")


@dataclass(frozen=True)
class JournalFilter:
    """Registered from `since` to `until`; `state`: open, closed, overdue; `channel` of the card."""

    since: date | None = None
    until: date | None = None
    state: str = ""
    channel: str = ""
    page: int = 1


@dataclass(frozen=True)
class JournalLine:
    appeal: AppealRef
    channel: str
    executor: str
    outcome: str | None
    decided_on: date | None
    overdue: bool


@dataclass(frozen=True)
class Journal:
    """`totals`: registered, open, considered, overdue now; `weekly` are counts a week."""

    wanted: JournalFilter
    page: Page[JournalLine]
    totals: tuple[int, int, int, int]
    weekly: tuple[tuple[date, int], ...]


def journal(person: Person, wanted: JournalFilter) -> Journal:
    """A page of the journal; without dates, of the year so far."""
    with reading() as session:
        day = today(session)
        wanted = _dated(wanted, day)
        condition = and_(_condition(wanted, day), rights.open_to(session, person))
        number = min(max(wanted.page, 1), LAST_PAGE)
        totals = _totals(session, condition, day)
        rows = session.scalars(_ordered(condition).limit(SIZE).offset((number - 1) * SIZE)).all()
        lines = _lines(session, person, rows, day)
        return Journal(
            wanted, Page(lines, totals[0], number, SIZE), totals, _weekly(session, condition)
        )


def journal_rows(person: Person, wanted: JournalFilter) -> list[list[str]]:
    """Number, registered on, applicant, summary, executor, term, decided on: rows of text.

    That a list left the house is noted.
    """
    with reading() as session:
        day = today(session)
        condition = and_(_condition(_dated(wanted, day), day), rights.open_to(session, person))
        query = _ordered(condition).limit(LARGEST_EXPORT)
        lines = _lines(session, person, session.scalars(query).all(), day)
    looked.list_exported(person, "registration", len(lines))
    return [_row(one) for one in lines]


def _dated(wanted: JournalFilter, day: date) -> JournalFilter:
    until = wanted.until or day
    since = wanted.since or date(until.year, 1, 1)
    return replace(wanted, since=min(since, until), until=max(since, until))


def _condition(wanted: JournalFilter, day: date) -> ColumnElement[bool]:
    found: list[ColumnElement[bool]] = [Appeal.registered_on.between(wanted.since, wanted.until)]
    if wanted.state == "closed":
        found.append(Appeal.outcome.is_not(None))
    elif wanted.state:
        found.append(Appeal.outcome.is_(None))
    if wanted.state == "overdue":
        found.append(Appeal.due_on < day)
    if wanted.channel:
        found.append(Appeal.channel == wanted.channel)
    return and_(*found)


def _ordered(condition: ColumnElement[bool]) -> Select[Appeal]:
    return (
        select(Appeal)
        .where(condition)
        .options(selectinload(Appeal.applicants))
        .order_by(Appeal.registered_on.desc(), Appeal.id.desc())
    )


def _totals(
    session: Session, condition: ColumnElement[bool], day: date
) -> tuple[int, int, int, int]:
    late = Appeal.outcome.is_(None) & (Appeal.due_on < day)
    flags = (Appeal.outcome.is_(None), Appeal.outcome.is_not(None), late)
    sums = [func.coalesce(func.sum(case((one, 1), else_=0)), 0) for one in flags]
    row = session.execute(select(func.count(Appeal.id), *sums).where(condition)).one()
    registered, opened, closed, overdue = (int(one) for one in row)
    return registered, opened, closed, overdue


def _weekly(session: Session, condition: ColumnElement[bool]) -> tuple[tuple[date, int], ...]:
    rows = session.execute(
        select(Appeal.registered_on, func.count(Appeal.id))
        .where(condition)
        .group_by(Appeal.registered_on)
    )
    weeks: dict[date, int] = {}
    for on, number in rows:
        if on is None:
            continue
        monday = date.fromordinal(on.toordinal() - on.weekday())
        weeks[monday] = weeks.get(monday, 0) + int(number)
    return tuple(sorted(weeks.items()))


def _lines(
    session: Session, person: Person, rows: Sequence[Appeal], day: date
) -> tuple[JournalLine, ...]:
    responsible = dict(
        session.execute(
            select(Assignment.appeal_id, Assignment.executor)
            .where(
                Assignment.appeal_id.in_([one.id for one in rows]),
                Assignment.responsible.is_(True),
            )
            .order_by(Assignment.id)
        ).all()
    )
    people = People(session)
    people.look_up(responsible.values())
    return tuple(
        sight.mask_in_lists(person, one)(
            JournalLine(
                appeal=building.appeal_ref(one),
                channel=one.channel,
                executor=people.name(responsible.get(one.id)),
                outcome=one.outcome,
                decided_on=one.decided_on,
                overdue=one.outcome is None and one.due_on is not None and one.due_on < day,
            )
        )
        for one in rows
    )


def _row(one: JournalLine) -> list[str]:
    ref = one.appeal
    days = [
        f"{on:%d.%m.%Y}" if on else "" for on in (ref.registered_on, ref.due_on, one.decided_on)
    ]
    return [
        ref.number or ref.receipt, days[0], ref.applicant, ref.summary, one.executor, *days[1:],
    ]  # fmt: skip
