"""What is due: open appeals with a term near or over, by unit and by whom they wait for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, selectinload

from app.access.policy import ROLES
from app.access.services import Person
from app.appeals import building, looked, policy, rights, sight, statutory
from app.appeals.cards import DueLine, DueList
from app.appeals.commands import DueFilter
from app.appeals.models import Appeal, Assignment
from app.appeals.people import People
from app.appeals.terms import end_of, today, zone_of
from app.clock import local
from app.database import reading
from app.extensions import gettext, locale
from app.workflow.items import element_of
from app.workflow.models import OPEN, WorkItem

MOST = 2000


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
    anybody else what waits for them.
    """
    with reading() as session:
        day = today(session)
        last = day + timedelta(days=wanted.days)
        found = _due_by(session, last, person)
        masks = {one.id: sight.mask_in_lists(person, one) for one in found}
        lines = [masks[one.appeal.id](one) for one in _lines(session, found)]
        lines = [one for one in lines if one.due_on <= last]
        if not policy.may_read_all(person):
            lines = [one for one in lines if one.login == person.login]
        if wanted.unit is not None:
            lines = [one for one in lines if one.unit_id == wanted.unit]
        return DueList(day, wanted.days, tuple(sorted(lines, key=_place)))


def due_rows(person: Person, wanted: DueFilter) -> list[list[str]]:
    """The same list as rows of text, the heading first, for an exported table."""
    heading = [
        gettext("Unit"),
        gettext("Executor"),
        gettext("Appeal"),
        gettext("Applicant"),
        gettext("Summary"),
        gettext("Task"),
        gettext("Term"),
        gettext("Days left"),
        gettext("Internal term"),
        gettext("Reply by"),
    ]
    lines = due_list(person, wanted).lines
    looked.list_exported(person, "due", len(lines))
    return [heading, *(_row(one) for one in lines)]


def _row(one: DueLine) -> list[str]:
    days = [f"{day:%d.%m.%Y}" if day else "" for day in (one.internal_due_on, one.reply_by)]
    return [
        one.unit,
        one.name,
        one.appeal.number or one.appeal.receipt,
        one.appeal.applicant,
        one.appeal.summary,
        "; ".join(one.tasks),
        f"{one.due_on:%d.%m.%Y}",
        str(one.days_left),
        *days,
    ]


def _place(one: DueLine) -> tuple[bool, str, bool, str, int, int]:
    """By unit and person; what no person has yet stands last, under its roles."""
    return (not one.unit, one.unit, not one.login, one.name, one.days_left, one.appeal.id)


def _due_by(session: Session, last: date, person: Person) -> Sequence[Appeal]:
    """Open appeals of which anything is due by a day, without those kept from the person."""
    end = end_of(last, zone_of(session))
    tasks = select(WorkItem.key).where(WorkItem.status == OPEN, WorkItem.due_at <= end)
    return session.scalars(
        select(Appeal)
        .where(
            Appeal.outcome.is_(None),
            rights.within(person),
            or_(
                Appeal.due_on <= last,
                Appeal.internal_due_on <= last,
                and_(Appeal.registered_on.is_(None), Appeal.register_by <= last),
                Appeal.key.in_(tasks),
            ),
        )
        .options(selectinload(Appeal.applicants))
        .order_by(Appeal.id)
        .limit(MOST)
    ).all()


def _lines(session: Session, appeals: Iterable[Appeal]) -> list[DueLine]:
    by_key = {str(one.key): one for one in appeals}
    holders = _holders(session, by_key)
    people, day = People(session), today(session)
    people.look_up(login for found in holders.values() for login, _roles in found if login)
    lines = []
    for key, found in holders.items():
        appeal = by_key[key]
        reply = statutory.watched(appeal, day) or appeal.register_by
        for (login, roles), held in found.items():
            known = people.get(login) if login else None
            due_on = min(held.due_on or reply, reply)
            lines.append(
                DueLine(
                    appeal=building.appeal_ref(appeal),
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
    items = session.scalars(
        select(WorkItem)
        .where(WorkItem.status == OPEN, WorkItem.key.in_(sorted(by_key)))
        .options(selectinload(WorkItem.roles))
        .order_by(WorkItem.id)
    )
    for item in items:
        login = item.taken_by or item.assigned_to or ""
        roles = () if login else tuple(sorted(one.role for one in item.roles))
        info = element_of(session, item.version_id, item.process, item.element)
        title = info.name_en if locale() == "en" and info.name_en else info.name
        due_on = local(item.due_at, zone).date() if item.due_at else None
        held[item.key].setdefault((login, roles), Held()).add(title or item.element, due_on)
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
