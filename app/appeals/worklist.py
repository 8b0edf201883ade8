"""Open work items as a list is asked for them: whose, due when, at which step, about what."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, case, false, func, or_, select, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.access.services import Person, logins_of_units, people
from app.appeals import impartial, lookups, policy, rights, sight
from app.appeals.commands import InboxFilter
from app.appeals.models import Appeal, Question
from app.appeals.terms import today
from app.directory.services import branch
from app.workflow.items import element_of
from app.workflow.models import OPEN, WorkItem, WorkItemRole

#: Who has an item: who took it, else whom it was given to by name.
holder = func.coalesce(WorkItem.taken_by, WorkItem.assigned_to)
MOST_LOGINS, MOST_TOPICS = 50, 50


@dataclass(frozen=True)
class Asker:
    """Who asks, on which day, and who sits in the same unit or in those below it."""

    person: Person
    day: date
    unit: tuple[str, ...] = ()


def asker(session: Session, person: Person) -> Asker:
    unit: tuple[str, ...] = ()
    if person.unit_id is not None:
        unit = tuple(logins_of_units(session, branch(session, person.unit_id)))
    return Asker(person, today(session), unit)


def mine(asker: Asker) -> ColumnElement[bool]:
    return impartial.own(asker.person, holder)


def free(asker: Asker) -> ColumnElement[bool]:
    """Of one's roles, and nobody has it."""
    return and_(
        WorkItem.taken_by.is_(None), WorkItem.assigned_to.is_(None), _of_roles(asker.person)
    )


def of_unit(asker: Asker) -> ColumnElement[bool]:
    """What the people of one's unit have, as far as one may open it."""
    held = and_(holder.in_(asker.unit), rights.within(asker.person))
    if asker.person.roles & policy.OVERSEERS:
        return held
    return and_(held, or_(mine(asker), _of_roles(asker.person)))


def seen(asker: Asker) -> ColumnElement[bool]:
    """What the inbox shows without a choice."""
    within = rights.within(asker.person)
    if asker.person.roles & policy.OVERSEERS:
        return within
    # A colleague's item of one's role is shown too, so that the role knows who has what.
    of_role = and_(WorkItem.assigned_to.is_(None), _of_roles(asker.person))
    return or_(mine(asker), and_(of_role, within))


def overdue(asker: Asker) -> ColumnElement[bool]:
    return due() < asker.day


def near(asker: Asker) -> ColumnElement[bool]:
    return and_(due() >= asker.day, due() <= asker.day + timedelta(days=policy.NEAR_DAYS))


def _of_roles(person: Person) -> ColumnElement[bool]:
    if not person.roles:
        return false()
    of_role = WorkItem.roles.any(WorkItemRole.role.in_(sorted(person.roles)))
    return and_(of_role, impartial.fair(person))


def joined(columns: Collection[Any], whose: ColumnElement[bool]) -> Select[Any]:
    """Columns of open items and of their appeals."""
    return (
        select(*columns)
        .select_from(WorkItem)
        .join(Appeal, Appeal.key == WorkItem.key)
        .where(WorkItem.status == OPEN, whose)
    )


def matching(session: Session, wanted: InboxFilter, asker: Asker) -> ColumnElement[bool]:
    """What the filter asks for, the scope included."""
    scopes = {"mine": mine, "role": free, "unit": of_unit}
    conditions = [scopes.get(wanted.scope, seen)(asker)]
    if wanted.appeal:
        key = policy.number_key(wanted.appeal)
        named = (Appeal.receipt_key == key, Appeal.number_key == key, Appeal.key == wanted.appeal)
        conditions.append(or_(*named))
    if wanted.element:
        conditions.append(WorkItem.element == wanted.element)
    if wanted.process:
        conditions.append(WorkItem.process == wanted.process)
    if wanted.role:
        conditions.append(WorkItem.roles.any(WorkItemRole.role == wanted.role))
    if wanted.stage:
        conditions.append(_of_stage(session, wanted.stage, asker))
    if wanted.executor.strip():
        conditions.append(_held_by(session, wanted.executor.strip()))
    if wanted.topic.strip():
        conditions.append(_about(wanted.topic.strip()))
    if wanted.text:
        conditions.append(_has_text(asker.person, wanted.text))
    if wanted.term:
        conditions.append(_in_term(wanted.term, asker))
    return and_(*conditions)


def elements(
    session: Session, whose: ColumnElement[bool]
) -> dict[tuple[int, str, str], tuple[str, str | None]]:
    """The kinds of work at hand with their titles, for the filters."""
    kinds = joined((WorkItem.version_id, WorkItem.process, WorkItem.element), whose).distinct()
    found = {}
    for version, process, element in session.execute(kinds):
        info = element_of(session, version, process, element)
        found[version, process, element] = (info.name or element, info.name_en)
    return found


def _of_stage(session: Session, stage: str, asker: Asker) -> ColumnElement[bool]:
    """The words are the diagram's; which elements bear them is looked up there."""
    word, known = policy.folded(stage), elements(session, seen(asker))
    bearing = {key[2] for key, names in known.items() if word in policy.folded(names[0])}
    return WorkItem.element.in_(sorted(bearing | {stage}))


def _held_by(session: Session, who: str) -> ColumnElement[bool]:
    """A login, or words of the name, the post or the unit."""
    found = {one.login for one in people(session, who, limit=MOST_LOGINS)}
    return holder.in_(sorted(found | {who}))


def _about(topic: str) -> ColumnElement[bool]:
    """A code of the classifier or its beginning, a number, or words of a question."""
    below = Question.code.startswith(topic, autoescape=True)
    named = [one.code for one in lookups.classifier(topic, MOST_TOPICS)]
    return Appeal.questions.any(or_(below, Question.code.in_(named)))


def _has_text(person: Person, text: str) -> ColumnElement[bool]:
    pattern = policy.like(text)
    columns = (sight.text_of(person), Appeal.receipt_key, Appeal.number_key)
    return or_(
        sight.findable(person, text),
        *(column.like(pattern, escape="\\") for column in columns),
    )


def _in_term(term: str, asker: Asker) -> ColumnElement[bool]:
    if term == "overdue":
        return overdue(asker)
    if term == "near":
        return near(asker)
    if term == "later":
        return due() > asker.day + timedelta(days=policy.NEAR_DAYS)
    return due().is_(None) if term == "none" else true()


class utc_date(FunctionElement[date]):  # noqa: N801  # a function of SQL, spelt like one
    """The date of a moment in UTC."""

    type = Date()
    inherit_cache = True


@compiles(utc_date)
def _utc_date(element: utc_date, compiler: SQLCompiler, **options: Any) -> str:
    return f"date({compiler.process(element.clauses, **options)})"


@compiles(utc_date, "postgresql")
def _utc_date_of_zone(element: utc_date, compiler: SQLCompiler, **options: Any) -> str:
    # The server's own zone must not decide on which day a term ends.
    return f"CAST(({compiler.process(element.clauses, **options)}) AT TIME ZONE 'UTC' AS date)"


def due() -> ColumnElement[date]:
    """The day a work item is due.

    A term ends with a day of the body's zone. Every Russian zone is ahead of UTC by no more than
    twelve hours, so that moment has the same date in UTC.
    """
    own = utc_date(WorkItem.due_at)
    to_register = case((Appeal.registered_on.is_(None), Appeal.register_by))
    return func.coalesce(own, Appeal.due_on, to_register, type_=Date)


def pressing() -> ColumnElement[date]:
    """What the list is sorted by: the internal term of the reply where it comes before."""
    earlier = and_(Appeal.outcome.is_(None), Appeal.internal_due_on < due())
    return case((earlier, Appeal.internal_due_on), else_=due())


def order(person: Person, sort: str) -> list[ColumnElement[Any]]:
    columns: dict[str, Any] = {
        "due": pressing(),
        "opened": WorkItem.opened_at,
        "number": Appeal.id,
        "title": WorkItem.element,
        # An order by names would tell them.
        "applicant": Appeal.search_people if sight.sees_names(person) else Appeal.id,
        "holder": holder,
    }
    column = columns.get(sort.lstrip("-"), columns["due"])
    first = column.desc() if sort.startswith("-") else column.asc()
    return [first.nulls_last(), WorkItem.id.asc()]
