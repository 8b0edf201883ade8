"""Assignments: pass one on, list them, print them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from app import clock
from app.access.models import Account
from app.access.services import Person
from app.appeals import impartial, policy, rights, sight, work
from app.appeals.cards import AssignmentView, Page
from app.appeals.commands import AssignmentFilter, storable
from app.appeals.counting import asks, counted, ids
from app.appeals.finding import hold, key_of, known_id, visible
from app.appeals.hands import hands_of
from app.appeals.models import Appeal, Assignment
from app.appeals.people import People
from app.appeals.terms import today
from app.audit.services import record
from app.database import reading, transaction
from app.errors import Conflict, Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.session import give_ids
from app.workflow import services as workflow

LAST_PAGE = 100_000
#: Scopes of assignments that are a person's own.
OWN = frozenset({"mine", "issued"})
_WITH_CARDS = (
    select(Assignment, Appeal)
    .join(Appeal, Appeal.id == Assignment.appeal_id)
    .options(selectinload(Appeal.applicants), selectinload(Assignment.reports))
)


def sub_assign(
    person: Person, assignment_id: int, executor: str, text: str, due_on: date | None = None
) -> AssignmentView:
    """Pass a part of one's own assignment on; its report comes back to who passed it on.

    Raises NotFound unless the assignment is one's own, Conflict when it is not open, Invalid by
    field: executor, text, due_on.
    """
    with transaction() as session:
        parent = session.get(Assignment, known_id(assignment_id))
        appeal = session.get(Appeal, parent.appeal_id) if parent else None
        if not (parent and appeal and parent.executor in impartial.logins(person, appeal)):
            raise NotFound(_("You have no such assignment."))
        workflow.stand_in_for(session, parent.executor, person)
        hold(session, appeal)
        session.refresh(parent)
        if parent.state not in ("accepted", "rework"):
            raise Conflict(_("Only an assignment in work can be passed on: accept it first."))
        if impartial.complains_of(session, appeal, executor.strip()):
            raise Invalid(
                _("Please check the fields marked below."), fields={"executor": [policy.TO_PERSON]}
            )
        row = _child(session, parent, executor, storable(text).strip(), due_on)
        record(
            session, person.login, "assignment.passed_on", appeal.key, assignment=row.id,
            parent=parent.id, executor=row.executor,
        )  # fmt: skip
        workflow.start(
            session,
            "assignment",
            {"appeal": appeal.id, "assignment": row.id},
            key=key_of(appeal.id),
            actor=person.login,
        )
        return _view(session, person, row, appeal, depth=1)


def _child(
    session: Session,
    parent: Assignment,
    executor: str,
    text: str,
    due_on: date | None,
) -> Assignment:
    errors = policy.too_long(text=text)
    people = People(session)
    found = people.get(executor.strip())
    if found is None or not found.active:
        errors["executor"] = [_("Choose a person.")]
    elif people.idle(found.login):
        errors["executor"] = [policy.NO_ROLE]
    elif found.login == parent.executor:
        errors["executor"] = [_("Choose somebody else: this assignment is yours already.")]
    if due_on is not None and due_on < today(session):
        errors["due_on"] = [_("The term lies in the past.")]
    elif due_on is not None and parent.due_on is not None and due_on > parent.due_on:
        errors["due_on"] = [_("The term is later than that of your own assignment.")]
    if errors or found is None:
        raise Invalid(_("Please check the fields marked below."), fields=errors)
    said = text or parent.text
    if found.login in _given(session, parent, said):
        raise Conflict(_("%(name)s already has this part of your assignment.", name=found.name))
    row = Assignment(
        appeal_id=parent.appeal_id,
        resolution_id=None,
        parent_id=parent.id,
        # Whoever stood in passes on for the one they stood in for.
        author=parent.executor,
        executor=found.login,
        acceptor=parent.executor,
        responsible=False,
        text=said,
        due_on=due_on or parent.due_on,
        created_at=clock.now(),
        state="drafted",
    )
    give_ids(session, row)
    return row


def _given(session: Session, parent: Assignment, text: str) -> set[str]:
    """Who has this very part already: the same form may be sent twice."""
    same = select(Assignment.executor).where(
        Assignment.parent_id == parent.id,
        Assignment.text == text,
        Assignment.state.in_(policy.OPEN_ASSIGNMENT),
    )
    return set(session.scalars(same))


def assignment(person: Person, assignment_id: int) -> AssignmentView:
    """One assignment of an appeal the person may see."""
    with reading() as session:
        row = session.get(Assignment, known_id(assignment_id))
        if row is None:
            raise NotFound(_("There is no such assignment."))
        appeal = visible(session, person, row.appeal_id)
        return _view(session, person, row, appeal, depth=0)


def _view(
    session: Session, person: Person, row: Assignment, appeal: Appeal, *, depth: int
) -> AssignmentView:
    people, day = People(session), today(session)
    hands = hands_of(session, [str(appeal.key)])
    found = work.assignment_view(row, depth, appeal, people=people, today=day, hands=hands)
    return sight.mask_in_lists(person, appeal)(found)


def assignments(person: Person, wanted: AssignmentFilter) -> Page[AssignmentView]:
    """The assignments this person may see, with the sub-assignments of each below it."""
    with reading() as session:
        return _page(session, person, wanted)


def count_assignments(person: Person, wanted: AssignmentFilter) -> int:
    """How many assignments fit, all of them counted."""
    with reading() as session:
        query = _filtered(_seen(session, person, wanted), person, wanted, today(session))
        every = _alone(query).with_only_columns(func.count(), maintain_column_froms=True)
        return int(session.scalar(every) or 0)


def assignments_after(
    person: Person, wanted: AssignmentFilter, last: int, size: int
) -> tuple[AssignmentView, ...]:
    """The next assignments that fit in the order they were given, after the id `last`.

    `depth` says how deep each was passed on.
    """
    with reading() as session:
        day = today(session)
        query = _filtered(_seen(session, person, wanted), person, wanted, day).where(
            Assignment.id > last
        )
        rows = session.execute(query.order_by(Assignment.id).limit(size)).all()
        people, depths = People(session), _depths(session, [row for row, _appeal in rows])
        hands = hands_of(session, [str(appeal.key) for _row, appeal in rows])
        return tuple(
            sight.mask_in_lists(person, appeal)(
                work.assignment_view(
                    row, depths[row.id], appeal, people=people, today=day, hands=hands
                )
            )
            for row, appeal in rows
        )


def _depths(session: Session, rows: Sequence[Assignment]) -> dict[int, int]:
    """How many times each was passed on before it came to its executor."""
    above = {row.id: row.parent_id for row in rows}
    while asked := {one for one in above.values() if one is not None and one not in above}:
        query = select(Assignment.id, Assignment.parent_id).where(Assignment.id.in_(asked))
        above |= dict(session.execute(query).all())

    def depth(number: int) -> int:
        parent = above[number]
        return 0 if parent is None else 1 + depth(parent)

    return {row.id: depth(row.id) for row in rows}


def _page(session: Session, person: Person, wanted: AssignmentFilter) -> Page[AssignmentView]:
    day = today(session)
    query = _filtered(_seen(session, person, wanted), person, wanted, day)
    total, more = counted(session, _alone(query))
    size, number = max(wanted.size, 1), min(max(wanted.page, 1), LAST_PAGE)
    # Overdue first: whoever opens the list wants to see what burns.
    order = Assignment.due_on.asc().nulls_last(), Assignment.id
    chosen = ids(_alone(query)).order_by(*order).limit(size).offset((number - 1) * size)
    rows = session.execute(_WITH_CARDS.where(Assignment.id.in_(chosen)).order_by(*order)).all()
    listed = [assignment for assignment, _appeal in rows]
    listed += _passed_on(session, listed)
    appeals = {appeal.id: appeal for _assignment, appeal in rows}
    people = People(session)
    people.look_up(login for one in listed for login in (one.executor, one.author))
    masks = {one.id: sight.mask_in_lists(person, one) for one in appeals.values()}
    hands = hands_of(session, [str(one.key) for one in appeals.values()])
    items = tuple(
        masks[row.appeal_id](
            work.assignment_view(
                row, depth, appeals[row.appeal_id], people=people, today=day, hands=hands
            )
        )
        for row, depth in work.in_tree(listed)
    )
    return Page(items, total, number, size, more)


def _alone(query: Select[Any, Any]) -> Select[Any]:
    """The same without cards, if nothing is asked of them: none is looked up for each row."""
    if asks(query, Appeal):
        return query
    some = select(Assignment.id)
    return some if query.whereclause is None else some.where(query.whereclause)


def _passed_on(session: Session, rows: Sequence[Assignment]) -> list[Assignment]:
    """What was passed on from these, at any depth, and is not among them."""
    known, found = {row.id for row in rows}, list[Assignment]()
    above = set(known)
    while above:
        query = select(Assignment).where(Assignment.parent_id.in_(above)).order_by(Assignment.id)
        below = [row for row in session.scalars(query) if row.id not in known]
        found += below
        above = {row.id for row in below}
        known |= above
    return found


def _seen(session: Session, person: Person, wanted: AssignmentFilter) -> Select[Any, Any]:
    query = _WITH_CARDS
    if policy.may_read_all(person):
        return query.where(rights.not_kept(session, person))
    if wanted.scope in OWN:
        # Whose it is, or who gave it, has a part: no appeal has to be looked at for that.
        return query
    # On an appeal one works on, the others' parts are seen too: the responsible executor has to.
    return query.where(rights.has_part(person))


def _filtered(
    query: Select[Any, Any], person: Person, wanted: AssignmentFilter, day: date
) -> Select[Any, Any]:
    open_states = ("drafted", *policy.OPEN_ASSIGNMENT)
    scopes = {
        "mine": impartial.own(person, Assignment.executor),
        "issued": impartial.own(person, Assignment.author),
        "overdue": and_(Assignment.due_on < day, Assignment.state.in_(open_states)),
    }
    if wanted.scope in scopes:
        query = query.where(scopes[wanted.scope])
    if wanted.executor:
        query = query.where(Assignment.executor == wanted.executor)
    if wanted.unit is not None:
        of_unit = select(Account.login).where(Account.unit_id == wanted.unit)
        query = query.where(Assignment.executor.in_(of_unit))
    if wanted.state == "open":
        query = query.where(Assignment.state.in_(open_states))
    elif wanted.state:
        query = query.where(Assignment.state == wanted.state)
    if wanted.due_from:
        query = query.where(Assignment.due_on >= wanted.due_from)
    if wanted.due_to:
        query = query.where(Assignment.due_on <= wanted.due_to)
    return query.where(_has_text(person, wanted.text)) if wanted.text else query


def _has_text(person: Person, text: str) -> ColumnElement[bool]:
    pattern = policy.like(text)
    columns: list[Any] = [sight.text_of(person), Appeal.receipt_key, Appeal.number_key]
    if sight.sees_names(person):
        # An assignment may name the applicant, and no mask was made of its words.
        columns.append(func.lower(Assignment.text))
    return or_(
        sight.findable(person, text),
        *(column.like(pattern, escape="\\") for column in columns),
    )
