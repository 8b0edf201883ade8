"""The inbox: work items joined with their appeals, counted, filtered, sorted, in pages."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, select, union_all
from sqlalchemy.orm import Session, selectinload

from app.access.services import Person
from app.appeals import building, counting, sight, timeline, worklist
from app.appeals.cards import Counts, InboxPage, Page, TaskItem
from app.appeals.commands import InboxFilter
from app.appeals.models import Appeal
from app.appeals.people import People
from app.appeals.services import inbox_views, reminders
from app.appeals.terms import zone_of
from app.appeals.worklist import Asker, Parts
from app.database import reading
from app.session import on_postgresql
from app.workflow.items import view
from app.workflow.models import WorkItem

LARGEST_PAGE = 200
LAST_PAGE = 100_000
#: So many of the first items are looked at for words and topics. By how many of them fit it is
#: told how far along the list a page and the count are; never beyond so many items.
LOOKED_AT, FARTHEST = 100, 3_000
#: What the figures above the list are of.
SCOPES = frozenset({"all", "mine", "role", "unit"})


def inbox(person: Person, wanted: InboxFilter) -> InboxPage:
    """The open work items this person may see, with the figures, views and warnings above them."""
    with reading() as session:
        asker = worklist.asker(session, person)
        views, warned = inbox_views.of(session, asker), reminders.of(session, person)
        elements = worklist.elements(session, asker)
        counts = _counts(session, asker)
        return InboxPage(
            page=_page(session, wanted, asker, counts),
            counts=counts,
            elements=tuple(sorted((name, *titles) for name, titles in elements.items())),
            views=views,
            reminders=warned,
        )


def inbox_page(person: Person, wanted: InboxFilter) -> Page[TaskItem]:
    """The same items alone, for who looks at nothing above them."""
    with reading() as session:
        return _page(session, wanted, worklist.asker(session, person))


def _page(
    session: Session, wanted: InboxFilter, asker: Asker, counts: Counts | None = None
) -> Page[TaskItem]:
    size = min(max(wanted.size, 1), LARGEST_PAGE)
    number = min(max(wanted.page, 1), LAST_PAGE)
    order = worklist.order(asker.person, wanted.sort)
    # The rows of the page are chosen first: only they are read whole, with their appeals.
    if wanted.text or wanted.topic:
        # To find them is what it costs, once: they are counted as far as anybody would turn, and
        # as far as somebody has.
        found, most = _found(session, wanted, asker, number * size)
        most = max(most, number * size)
        total, more = min(len(found), most), len(found) > most
        ids: Any = found[(number - 1) * size : number * size]
    else:
        counted, listed = worklist.matching(session, wanted, asker)
        total, more = _total(session, wanted, counted, counts)
        ids = _first(listed, order, number * size).offset((number - 1) * size).limit(size)
    rows = session.execute(
        select(WorkItem, Appeal)
        .join(Appeal, Appeal.key == WorkItem.key)
        .where(WorkItem.id.in_(ids))
        .options(selectinload(Appeal.applicants), building.LINE)
        .order_by(*order)
    ).all()
    return Page(lines(session, asker, rows), total, number, size, more)


def _found(
    session: Session, wanted: InboxFilter, asker: Asker, until: int
) -> tuple[Sequence[int], int]:
    """The ids of the first items with these words, about this topic; how far that counts them."""
    if on_postgresql(session) and (common := _common(session, wanted, asker, until)):
        return common
    _counted, listed = worklist.matching(session, wanted, asker)
    order, most = worklist.order(asker.person, wanted.sort), counting.MOST
    return session.scalars(_first(listed, order, max(until, most) + 1)).all(), most


def _common(
    session: Session, wanted: InboxFilter, asker: Asker, until: int
) -> tuple[Sequence[int], int] | None:
    """The same along the list, if enough of its first items fit that a page is not far.

    To gather all that say what many say («прошу») would read most of the texts.
    """
    _counted, listed = worklist.matching(session, replace(wanted, text="", topic=""), asker)
    fits = worklist.fits(session, wanted, asker)
    order = worklist.order(asker.person, wanted.sort)

    def look(far: int) -> tuple[list[int], bool]:
        """Which of so many first items fit, and whether the list ends there."""
        some = WorkItem.id.in_(_first(listed, order, far))
        query = worklist.chosen((WorkItem.id, fits.label("fits")), some).order_by(*order)
        rows = session.execute(query).all()
        return [row.id for row in rows if row.fits], len(rows) < far

    found, whole = look(LOOKED_AT)
    if whole:
        return found, counting.MOST
    if not found:
        return _rare(session, wanted, asker, until)
    needed = max(until, counting.MOST_OF_COMMON) + 1
    # A quarter more than these promise: the share need not be the same farther down.
    far = needed * LOOKED_AT * 5 // (len(found) * 4)
    if far > FARTHEST:
        return None
    found, whole = look(far)
    if whole:
        return found, counting.MOST
    return (found, counting.MOST_OF_COMMON) if len(found) >= needed else None


def _rare(
    session: Session, wanted: InboxFilter, asker: Asker, until: int
) -> tuple[Sequence[int], int] | None:
    """The same of words that none of the first items says."""
    if not wanted.text:
        return None
    said = worklist.rarely(session, asker.person, wanted.text)
    _counted, listed = worklist.matching(session, replace(wanted, text=""), asker)
    order, most = worklist.order(asker.person, wanted.sort), counting.MOST
    query = _first(tuple(one & said for one in listed), order, max(until, most) + 1)
    return session.scalars(query).all(), most


def _first(parts: Parts, order: Sequence[ColumnElement[Any]], most: int) -> Select[int]:
    """The ids of the first items of a list, each part in its own order and then together."""
    each = [
        worklist.chosen((WorkItem.id,), and_(one, *worklist.named(order)))
        .order_by(*order)
        .limit(most)
        for one in parts
    ]
    if len(each) == 1:
        return each[0]
    some = union_all(*(select(one.subquery().c.id) for one in each)).subquery()
    together = and_(WorkItem.id.in_(select(some.c.id)), *worklist.named(order))
    return worklist.chosen((WorkItem.id,), together).order_by(*order).limit(most)


def _total(
    session: Session, wanted: InboxFilter, parts: Parts, counts: Counts | None
) -> tuple[int, bool]:
    """How many items there are, and whether more: counted in the indexes of the open items."""
    shown = InboxFilter(wanted.scope, sort=wanted.sort, page=wanted.page, size=wanted.size)
    if counts is not None and wanted == shown and wanted.scope in SCOPES:
        return int(getattr(counts, wanted.scope)), wanted.scope in counts.more
    most = counting.MOST_OPEN
    number = int(session.scalar(select(worklist.number(parts, most))) or 0)
    return min(number, most), number > most


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
    seen, overdue, near = worklist.seen(asker), worklist.overdue(asker), worklist.near(asker)
    figures: Mapping[str, Parts] = {
        "mine": (worklist.mine(asker),),
        "role": worklist.free(asker),
        "all": seen,
        "overdue": tuple(one & overdue for one in seen),
        "near": tuple(one & near for one in seen),
        "unit": worklist.of_unit(asker),
    }
    most = counting.MOST_OPEN
    numbers = [worklist.number(parts, most) for parts in figures.values()]
    found = dict(zip(figures, session.execute(select(*numbers)).one(), strict=True))
    return Counts(
        **{name: min(int(one), most) for name, one in found.items()},
        more=frozenset(name for name, one in found.items() if one > most),
    )
