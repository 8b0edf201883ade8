"""The inbox: work items joined with their appeals, counted, filtered, sorted, in pages."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlalchemy.orm import Session, selectinload

from app.access.services import Person
from app.appeals import building, sight, timeline, worklist
from app.appeals.cards import Counts, InboxPage, Page, TaskItem
from app.appeals.commands import InboxFilter
from app.appeals.counting import counted
from app.appeals.models import Appeal
from app.appeals.people import People
from app.appeals.terms import zone_of
from app.appeals.worklist import Asker
from app.database import reading
from app.workflow.items import view
from app.workflow.models import WorkItem

LARGEST_PAGE = 200
LAST_PAGE = 100_000
#: What the figures above the list are of.
SCOPES = frozenset({"all", "mine", "role", "unit"})


def inbox(person: Person, wanted: InboxFilter) -> InboxPage:
    """The open work items this person may see, with the figures above them."""
    with reading() as session:
        asker = worklist.asker(session, person)
        elements = worklist.elements(session, asker)
        counts = _counts(session, asker)
        return InboxPage(
            page=_page(session, wanted, asker, counts),
            counts=counts,
            elements=tuple(sorted((name, *titles) for name, titles in elements.items())),
        )


def _page(session: Session, wanted: InboxFilter, asker: Asker, counts: Counts) -> Page[TaskItem]:
    size = min(max(wanted.size, 1), LARGEST_PAGE)
    number = min(max(wanted.page, 1), LAST_PAGE)
    condition = worklist.matching(session, wanted, asker)
    total, more = _total(session, wanted, condition, counts)
    order = worklist.order(asker.person, wanted.sort)
    # The rows of the page are chosen first: only they are read whole, with their appeals.
    ids = worklist.chosen((WorkItem.id,), and_(condition, *worklist.named(order)))
    ids = ids.order_by(*order).limit(size).offset((number - 1) * size)
    rows = session.execute(
        select(WorkItem, Appeal)
        .join(Appeal, Appeal.key == WorkItem.key)
        .where(WorkItem.id.in_(ids))
        .options(selectinload(Appeal.applicants))
        .order_by(*order)
    ).all()
    return Page(lines(session, asker, rows), total, number, size, more)


def _total(
    session: Session, wanted: InboxFilter, condition: ColumnElement[bool], counts: Counts
) -> tuple[int, bool]:
    """How many items there are, and whether there are more than were counted."""
    shown = InboxFilter(wanted.scope, sort=wanted.sort, page=wanted.page, size=wanted.size)
    if wanted == shown and wanted.scope in SCOPES:
        return int(getattr(counts, wanted.scope)), False
    if wanted.text or wanted.topic:
        return counted(session, worklist.chosen((WorkItem.id,), condition))
    # An index of the open items counts them.
    return int(session.scalar(worklist.chosen((func.count(),), condition)) or 0), False


def lines(session: Session, asker: Asker, rows: Sequence[Row[Any, Any]]) -> tuple[TaskItem, ...]:
    """Items with their appeals as the person who asks sees them in a list."""
    zone, people, person = zone_of(session), People(session), asker.person
    stages = timeline.present_of(session, list({row.id: row for _item, row in rows}.values()))
    people.look_up(filter(None, (one.taken_by or one.assigned_to for one, _appeal in rows)))
    return tuple(
        sight.mask_in_lists(person, appeal)(
            building.task_item(
                view(session, item),
                appeal,
                stages[appeal.id],
                person=person,
                today=asker.day,
                zone=zone,
                people=people,
            )
        )
        for item, appeal in rows
    )


def _counts(session: Session, asker: Asker) -> Counts:
    """Each figure by a question of its own, which an index of the open items answers."""
    seen = worklist.seen(asker)
    figures = (
        seen & worklist.mine(asker),
        worklist.free(asker),
        seen,
        seen & worklist.overdue(asker),
        seen & worklist.near(asker),
        worklist.of_unit(asker),
    )
    counts = (worklist.chosen((func.count(),), one).scalar_subquery() for one in figures)
    return Counts(*(int(one or 0) for one in session.execute(select(*counts)).one()))
