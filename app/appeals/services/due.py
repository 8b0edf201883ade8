"""What is due: open appeals with a term near or over, by unit and by whom they wait for."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.access.models import Account
from app.access.policy import ROLES
from app.access.services import Person
from app.appeals import building, counting, policy, rights, sight, statutory
from app.appeals.cards import DueLine, DueList, Page
from app.appeals.commands import DueFilter
from app.appeals.models import Appeal, Assignment
from app.appeals.people import People
from app.appeals.terms import today, zone_of
from app.clock import local
from app.database import reading
from app.extensions import locale
from app.workflow.items import element_of
from app.workflow.models import OPEN, WorkItem

BATCH = 500
LAST_PAGE = 1000


@dataclass
class Held:
    """What waits for one person, or for any of some roles: tasks, the day the first is due."""

    tasks: list[str] = field(default_factory=list)
    due_on: date | None = None

    def add(self, title: str, due_on: date | None) -> None:
        self.tasks.append(title)
        self.due_on = min(filter(None, (self.due_on, due_on)), default=None)


Holders = dict[tuple[str, tuple[str, ...]], Held]  # by login, or roles where nobody has it


def due_list(person: Person, wanted: DueFilter) -> DueList:
    """Open appeals due within some days or overdue, a line for each person one waits for.

    A line is due when the first of the person's tasks is, and no later than the internal term of
    the appeal or, once that has passed, the lawful one. Who reads every appeal sees all of them,
    anybody else what waits for them. A page has the lines of so many appeals, the most urgent on
    the first.
    """
    with reading() as session:
        day = today(session)
        last = day + timedelta(days=wanted.days)
        whose, shown = _whose(session, person, wanted), rights.not_kept(session, person)
        size, number = max(wanted.most, 1), min(max(wanted.page, 1), LAST_PAGE)
        each = [found.where(shown) for found in _due(day, last, whose)]
        over = [found.where(shown) for found in _due(day, day - timedelta(days=1), whose)]
        ids = tuple(_most_urgent(session, each, number * size)[(number - 1) * size :])
        lines = sorted(_seen(session, person, whose, last, ids), key=_place)
        total, more = counting.together(session, each)
        return DueList(
            day,
            wanted.days,
            tuple(lines),
            Page(ids, total, number, size, more),
            *counting.together(session, over),
        )


def _most_urgent(session: Session, each: Iterable[Select[Any]], number: int) -> list[int]:
    """The first so many appeals of several lists, by the earliest day any of them has."""
    days: dict[int, date] = {}
    for query in each:
        for appeal, day in _first(session, query, number):
            days[appeal] = min(day, days.get(appeal, day))
    return sorted(days, key=lambda one: (days[one], one))[:number]


def _first(session: Session, query: Select[Any], number: int) -> list[tuple[int, date]]:
    """The rows of at least so many appeals: one may have several tasks."""
    most = 2 * number
    while True:
        rows = session.execute(query.limit(most)).all()
        if len(rows) < most or len({appeal for appeal, _day in rows}) >= number:
            return [(appeal, day) for appeal, day in rows]
        most *= 4


def count_due(person: Person, wanted: DueFilter) -> int:
    """How many appeals the whole list is about."""
    with reading() as session:
        condition = _condition(session, person, wanted)
        return int(session.scalar(select(func.count(Appeal.id)).where(condition)) or 0)


def due_lines(person: Person, wanted: DueFilter) -> Iterator[DueLine]:
    """The whole list in the order the appeals came in, read in batches."""
    last_id = 0
    while True:
        with reading() as session:
            last = today(session) + timedelta(days=wanted.days)
            condition = and_(_condition(session, person, wanted), Appeal.id > last_id)
            query = select(Appeal.id).where(condition).order_by(Appeal.id).limit(BATCH)
            ids = session.scalars(query).all()
            whose = _whose(session, person, wanted)
            found = sorted(_seen(session, person, whose, last, ids), key=lambda one: one.appeal.id)
        yield from found
        if len(ids) < BATCH:
            return
        last_id = ids[-1]


def _place(one: DueLine) -> tuple[bool, str, bool, str, int, int]:
    """By unit and person; what no person has yet stands last, under its roles."""
    return (not one.unit, one.unit, not one.login, one.name, one.days_left, one.appeal.id)


#: The people whose lines are wanted; None for everybody's and nobody's.
Logins = set[str] | None


def _whose(session: Session, person: Person, wanted: DueFilter) -> Logins:
    found: Logins = None if policy.may_read_all(person) else {person.login}
    if wanted.unit is None:
        return found
    unit = set(session.scalars(select(Account.login).where(Account.unit_id == wanted.unit)))
    return unit if found is None else unit & found


def _condition(session: Session, person: Person, wanted: DueFilter) -> ColumnElement[bool]:
    day = today(session)
    each = _due(day, day + timedelta(days=wanted.days), _whose(session, person, wanted))
    is_due = or_(*(Appeal.id.in_(counting.ids(found)) for found in each))
    return and_(is_due, rights.not_kept(session, person))


def _due(day: date, last: date, whose: Logins) -> Iterator[Select[Any]]:
    """Open appeals with a term until `last`, by that day: each kind in an order an index has.

    An internal term that has passed is a term no more: the lawful one is. A task without a term of
    its own is due when its appeal is.
    """
    in_work = select(Appeal.id).where(Appeal.outcome.is_(None))
    items = in_work.join(WorkItem, WorkItem.key == Appeal.key).where(WorkItem.status == OPEN)
    if whose is not None:
        part = select(Assignment.id).where(
            Assignment.appeal_id == Appeal.id,
            Assignment.executor.in_(sorted(whose)),
            Assignment.state.in_(policy.OPEN_ASSIGNMENT),
        )
        own = func.coalesce(WorkItem.taken_by, WorkItem.assigned_to).in_(sorted(whose))
        item = select(WorkItem.id).where(WorkItem.key == Appeal.key, WorkItem.status == OPEN, own)
        # Who only has a part is waited for where there is nothing else to do, as `_holders` has it.
        other = select(WorkItem.id).where(WorkItem.key == Appeal.key, WorkItem.status == OPEN)
        idle = and_(part.correlate(Appeal).exists(), ~other.correlate(Appeal).exists())
        waits = or_(idle, item.correlate(Appeal).exists())
        in_work, items = in_work.where(waits), items.where(own)
    fresh = in_work.where(Appeal.registered_on.is_(None))
    for found, term, of, first in (
        (in_work, Appeal.due_on, Appeal.id, None),
        (in_work, Appeal.internal_due_on, Appeal.id, day),
        (fresh, Appeal.register_by, Appeal.id, None),
        (items.where(WorkItem.due_at.is_not(None)), WorkItem.term_on, WorkItem.id, None),
    ):
        between = term <= last if first is None else term.between(first, last)
        yield found.add_columns(term).where(between).order_by(term, of)


def _seen(
    session: Session, person: Person, whose: Logins, last: date, ids: Collection[int]
) -> Iterator[DueLine]:
    """The lines of these appeals, masked for the person."""
    query = select(Appeal).where(Appeal.id.in_(ids)).options(selectinload(Appeal.applicants))
    found = {one.id: one for one in session.scalars(query)}
    masks = {number: sight.mask_in_lists(person, one) for number, one in found.items()}
    for one in _lines(session, found.values()):
        if one.due_on <= last and (whose is None or one.login in whose):
            yield masks[one.appeal.id](one)


def _lines(session: Session, appeals: Iterable[Appeal]) -> list[DueLine]:
    by_key = {str(one.key): one for one in appeals}
    holders = _holders(session, by_key)
    people, day = People(session), today(session)
    people.look_up(login for found in holders.values() for login, _roles in found if login)
    lines = []
    for key, found in holders.items():
        appeal = by_key[key]
        reply = statutory.watched(appeal, day) or appeal.register_by
        ref = building.appeal_ref(appeal)
        for (login, roles), held in found.items():
            known = people.get(login) if login else None
            due_on = min(held.due_on or reply, reply)
            lines.append(
                DueLine(
                    appeal=ref,
                    login=login,
                    name=people.name(login) or ", ".join(str(ROLES.get(one, one)) for one in roles),
                    unit_id=known.unit_id if known else None,
                    unit=known.said("unit", locale()) if known else "",
                    tasks=tuple(dict.fromkeys(held.tasks)),
                    due_on=due_on,
                    days_left=(due_on - day).days,
                    internal_due_on=appeal.internal_due_on,
                    reply_by=appeal.due_on,
                )
            )
    return lines


def _holders(session: Session, by_key: Mapping[str, Appeal]) -> dict[str, Holders]:
    """Whom each appeal waits for: who has its open tasks, else who has its open assignments."""
    held: dict[str, Holders] = {key: {} for key in by_key}
    zone = zone_of(session)
    items: Any = session.execute(
        select(
            *(WorkItem.key, func.coalesce(WorkItem.taken_by, WorkItem.assigned_to, "")),
            *(WorkItem.queue, WorkItem.version_id, WorkItem.due_at),
        )
        .where(WorkItem.status == OPEN, WorkItem.key.in_(sorted(by_key)))
        .order_by(WorkItem.id)
    )
    for key, login, queue, version, due_at in items:
        named, process, element = queue.split("/", 2)
        roles = () if login else tuple(sorted(named.split(",")))
        info = element_of(session, version, process, element)
        title = info.name_en if locale() == "en" and info.name_en else info.name
        due_on = local(due_at, zone).date() if due_at else None
        held[key].setdefault((login, roles), Held()).add(title or element, due_on)
    idle = {one.id: key for key, one in by_key.items() if not held[key]}
    parts = select(Assignment.appeal_id, Assignment.executor).where(
        Assignment.appeal_id.in_(sorted(idle)), Assignment.state.in_(policy.OPEN_ASSIGNMENT)
    )
    for appeal_id, executor in session.execute(parts) if idle else ():
        held[idle[appeal_id]][executor, ()] = Held()
    for key in idle.values():
        # Nothing for a person to do: a letter is being made or is on its way.
        held[key] = held[key] or {("", ()): Held()}
    return held
