"""The inbox: work items joined with their appeals, counted, filtered, sorted, in pages."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    case,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.access.services import Person
from app.appeals import building, policy, sight, timeline
from app.appeals.cards import Counts, InboxPage, Page, TaskItem
from app.appeals.commands import InboxFilter
from app.appeals.models import Appeal
from app.appeals.people import People
from app.appeals.terms import today, zone_of
from app.database import reading
from app.workflow.items import element_of, view
from app.workflow.models import OPEN, WorkItem, WorkItemRole

LARGEST_PAGE = 200
LAST_PAGE = 100_000


def inbox(person: Person, wanted: InboxFilter) -> InboxPage:
    """The open work items this person may see, with the figures above them."""
    with reading() as session:
        day = today(session)
        seen = _seen(person)
        base = _joined(seen)
        elements = _elements(session, base)
        query = _filtered(base, wanted, person, day, elements)
        return InboxPage(
            page=_page(session, query, wanted, person, day),
            counts=_counts(session, seen, person, day),
            elements=tuple(sorted({(key[2], *names) for key, names in elements.items()})),
        )


def _mine(person: Person) -> ColumnElement[bool]:
    return func.coalesce(WorkItem.taken_by, WorkItem.assigned_to) == person.login


def _of_roles(person: Person) -> ColumnElement[bool]:
    if not person.roles:
        return false()
    return WorkItem.roles.any(WorkItemRole.role.in_(sorted(person.roles)))


def _free(person: Person) -> ColumnElement[bool]:
    return and_(WorkItem.taken_by.is_(None), WorkItem.assigned_to.is_(None), _of_roles(person))


def _seen(person: Person) -> ColumnElement[bool]:
    if person.roles & policy.OVERSEERS:
        return true()
    # A colleague's item of one's role is shown too, so that the role knows who has what.
    return or_(_mine(person), and_(WorkItem.assigned_to.is_(None), _of_roles(person)))


def _joined(seen: ColumnElement[bool]) -> Select[Any, Any]:
    return (
        select(WorkItem, Appeal)
        .join(Appeal, Appeal.key == WorkItem.key)
        .where(WorkItem.status == OPEN, seen)
        .options(selectinload(Appeal.applicants))
    )


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


def _due() -> ColumnElement[date]:
    """The day a work item is due.

    A term ends with a day of the body's zone. Every Russian zone is ahead of UTC by no more than
    twelve hours, so that moment has the same date in UTC.
    """
    own = utc_date(WorkItem.due_at)
    to_register = case((Appeal.registered_on.is_(None), Appeal.register_by))
    return func.coalesce(own, Appeal.due_on, to_register, type_=Date)


def _pressing() -> ColumnElement[date]:
    """What the list is sorted by: the internal term of the reply where it comes before."""
    earlier = and_(Appeal.outcome.is_(None), Appeal.internal_due_on < _due())
    return case((earlier, Appeal.internal_due_on), else_=_due())


def _filtered(
    query: Select[Any, Any],
    wanted: InboxFilter,
    person: Person,
    day: date,
    elements: dict[tuple[int, str, str], tuple[str, str | None]],
) -> Select[Any, Any]:
    if wanted.scope == "mine":
        query = query.where(_mine(person))
    elif wanted.scope == "role":
        query = query.where(_free(person))
    if wanted.appeal:
        key = policy.number_key(wanted.appeal)
        query = query.where(
            or_(Appeal.receipt_key == key, Appeal.number_key == key, Appeal.key == wanted.appeal)
        )
    if wanted.element:
        query = query.where(WorkItem.element == wanted.element)
    if wanted.process:
        query = query.where(WorkItem.process == wanted.process)
    if wanted.role:
        query = query.where(WorkItem.roles.any(WorkItemRole.role == wanted.role))
    if wanted.stage:
        # The words are the diagram's; which elements bear them is looked up there.
        word = policy.folded(wanted.stage)
        bearing = {key[2] for key, names in elements.items() if word in policy.folded(names[0])}
        query = query.where(WorkItem.element.in_(sorted(bearing | {wanted.stage})))
    if wanted.text:
        query = query.where(_has_text(person, wanted.text))
    return _in_term(query, wanted.term, day)


def _has_text(person: Person, text: str) -> ColumnElement[bool]:
    pattern = policy.like(text)
    columns = (Appeal.search_text, Appeal.receipt_key, Appeal.number_key)
    return or_(
        sight.findable(person, text),
        *(column.like(pattern, escape="\\") for column in columns),
    )


def _in_term(query: Select[Any, Any], term: str, day: date) -> Select[Any, Any]:
    near = day + timedelta(days=policy.NEAR_DAYS)
    if term == "overdue":
        return query.where(_due() < day)
    if term == "near":
        return query.where(_due() >= day, _due() <= near)
    if term == "later":
        return query.where(_due() > near)
    if term == "none":
        return query.where(_due().is_(None))
    return query


def _order(sort: str) -> list[ColumnElement[Any]]:
    columns: dict[str, Any] = {
        "due": _pressing(),
        "opened": WorkItem.opened_at,
        "number": Appeal.id,
        "title": WorkItem.element,
        "applicant": Appeal.search_people,
    }
    column = columns.get(sort.lstrip("-"), columns["due"])
    first = column.desc() if sort.startswith("-") else column.asc()
    return [first.nulls_last(), WorkItem.id.asc()]


def _page(
    session: Session, query: Select[Any, Any], wanted: InboxFilter, person: Person, day: date
) -> Page[TaskItem]:
    size = min(max(wanted.size, 1), LARGEST_PAGE)
    number = min(max(wanted.page, 1), LAST_PAGE)
    total = session.scalar(
        query.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    )
    rows = session.execute(
        query.order_by(*_order(wanted.sort)).limit(size).offset((number - 1) * size)
    ).all()
    zone, people = zone_of(session), People(session)
    stages = timeline.timelines(session, list({row.id: row for _item, row in rows}.values()))
    items = tuple(
        sight.mask_in_lists(person, appeal)(
            building.task_item(
                view(session, item),
                appeal,
                stages[appeal.id],
                login=person.login,
                today=day,
                zone=zone,
                people=people,
            )
        )
        for item, appeal in rows
    )
    return Page(items, int(total or 0), number, size)


def _counts(session: Session, seen: ColumnElement[bool], person: Person, day: date) -> Counts:
    near = day + timedelta(days=policy.NEAR_DAYS)
    conditions = (
        _mine(person),
        _free(person),
        true(),
        _due() < day,
        and_(_due() >= day, _due() <= near),
    )
    figures = [func.coalesce(func.sum(case((one, 1), else_=0)), 0) for one in conditions]
    row = session.execute(
        select(*figures)
        .select_from(WorkItem)
        .join(Appeal, Appeal.key == WorkItem.key)
        .where(WorkItem.status == OPEN, seen)
    ).one()
    return Counts(*(int(figure) for figure in row))


def _elements(
    session: Session, query: Select[Any, Any]
) -> dict[tuple[int, str, str], tuple[str, str | None]]:
    """The kinds of work at hand with their titles, for the filters."""
    kinds = session.execute(
        query.with_only_columns(
            WorkItem.version_id, WorkItem.process, WorkItem.element, maintain_column_froms=True
        ).distinct()
    )
    found = {}
    for version, process, element in kinds:
        info = element_of(session, version, process, element)
        found[version, process, element] = (info.name or element, info.name_en)
    return found
