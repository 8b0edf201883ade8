"""Take back what was assigned: other words, another term, another executor, or not at all."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.access.policy import login_of
from app.access.services import Person
from app.appeals import assigning, impartial, notices, policy, sight, work
from app.appeals.cards import AssignmentView
from app.appeals.commands import storable
from app.appeals.finding import hold, known_id, visible
from app.appeals.hands import hands_of
from app.appeals.models import Appeal, Assignment
from app.appeals.people import People
from app.appeals.terms import today
from app.audit.services import record
from app.database import transaction
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.extensions import day_said
from app.extensions import lazy_gettext as _
from app.workflow import services as workflow

# Tasks of the executor of an assignment.
OF_EXECUTOR = frozenset({"accept_assignment", "report"})


@dataclass(frozen=True)
class AssignmentChange:
    """What to change of an assignment; what is '' or None stays as it is."""

    executor: str = ""
    text: str = ""
    due_on: date | None = None


def change_assignment(
    person: Person, assignment_id: int, change: AssignmentChange, reason: str
) -> AssignmentView:
    """Change the words, the term or the executor of an assignment that is not done yet.

    For who gave it and for `policy.LEADERS`. Raises NotFound, Forbidden, Conflict when it is over,
    Invalid by field: executor, due_on, reason.
    """
    change = replace(change, executor=login_of(change.executor) or change.executor)
    with transaction() as session:
        row, appeal = _held(session, person, assignment_id)
        reason = storable(reason).strip()
        _check(session, appeal, row, change, reason)
        before, executor = _facts(row), row.executor
        if not _wanted(row, change):
            raise Invalid(_("Nothing was changed."))
        row.text = storable(change.text).strip() or row.text
        if change.due_on is not None and change.due_on != row.due_on:
            among = assigning.given(session, appeal)
            assigning.set_term(session, row, change.due_on, among=among, actor=person.login)
        if change.executor and change.executor != executor:
            _give(session, appeal, row, change.executor, person)
            _tell(session, appeal, row, executor, reason, taken_away=True)
        else:
            assigning.tell(session, appeal, actor=person.login)
            _tell(session, appeal, row, executor, reason)
        record(
            session, person.login, "assignment.changed", appeal.key, assignment=row.id,
            reason=reason, before=before, after=_facts(row), executor=row.executor,
        )  # fmt: skip
        return _view(session, appeal, row, person)


def cancel_assignment(person: Person, assignment_id: int, reason: str) -> AssignmentView:
    """Cancel an assignment with what was passed on from it.

    When nothing of a resolution is left, the appeal goes back to the manager; the next executor
    answers for the reply when the responsible one's part is cancelled.
    """
    with transaction() as session:
        row, appeal = _held(session, person, assignment_id)
        reason = storable(reason).strip()
        if errors := policy.too_long(reason=reason):
            raise Invalid(_("Please check the fields marked below."), fields=errors)
        if not reason:
            raise Invalid(
                _("Please check the fields marked below."),
                fields={"reason": [_("Write the reason.")]},
            )
        _cancel(session, appeal, row, reason, by=person)
        drafter = _next_responsible(session, row) if row.responsible else None
        left = row.parent_id is not None or _something_left(session, row)
        assigning.tell(
            session, appeal, actor=person.login, drafter=drafter,
            nothing_left=None if left else True,
        )  # fmt: skip
        return _view(session, appeal, row, person)


def _held(session: Session, person: Person, assignment_id: int) -> tuple[Assignment, Appeal]:
    row = session.get(Assignment, known_id(assignment_id))
    if row is None:
        raise NotFound(_("There is no such assignment."))
    appeal = visible(session, person, row.appeal_id)
    hold(session, appeal)
    session.refresh(row)
    impartial.require(person, appeal)
    if row.author not in person.logins and not person.roles & policy.LEADERS:
        raise Forbidden(_("Only who gave the assignment, a manager or a controller changes it."))
    if not person.roles & policy.LEADERS:
        workflow.stand_in_for(session, row.author, person)
    if row.state not in policy.OPEN_ASSIGNMENT:
        raise Conflict(_("This assignment is over: it can no longer be changed."))
    return row, appeal


def _check(
    session: Session, appeal: Appeal, row: Assignment, change: AssignmentChange, reason: str
) -> None:
    text = storable(change.text).strip()
    errors = policy.too_long(text="" if text == row.text else text, reason=reason)
    if change.executor and (problem := _unfit(session, appeal, row, change.executor)):
        errors["executor"] = [problem]
    parent = session.get(Assignment, row.parent_id) if row.parent_id else None
    latest = parent.due_on if parent and parent.due_on else appeal.due_on
    if change.due_on is not None and change.due_on < today(session):
        errors["due_on"] = [_("The term lies in the past.")]
    elif change.due_on is not None and latest is not None and change.due_on > latest:
        errors["due_on"] = [_("The term cannot be later than %(day)s.", day=day_said(latest))]
    if not reason:
        errors["reason"] = [_("Write the reason.")]
    if errors:
        raise Invalid(_("Please check the fields marked below."), fields=errors)


def _unfit(session: Session, appeal: Appeal, row: Assignment, login: str) -> Any:
    """Why a person cannot have the assignment; None when there is nothing against it."""
    people = People(session)
    found = people.get(login)
    if found is None or not found.active:
        return _("Choose a person.")
    if people.idle(login):
        return policy.NO_ROLE
    if impartial.complains_of(session, appeal, login):
        return policy.TO_PERSON
    if login == row.acceptor:
        return _("This person accepts the report: choose somebody else.")
    if row.parent_id is None and login != row.executor and login in _executors(session, row):
        return _("%(name)s has an assignment of this resolution already.", name=found.name)
    return None


def _executors(session: Session, row: Assignment) -> set[str]:
    of_one = select(Assignment.executor).where(
        Assignment.resolution_id == row.resolution_id,
        Assignment.state.in_(assigning.NOT_OVER),
    )
    return set(session.scalars(of_one))


def _give(session: Session, appeal: Appeal, row: Assignment, to: str, by: Person) -> None:
    """Make the assignment another's, with the task of it that is open."""
    for item in workflow.open_items(session, key=str(appeal.key)):
        if item.element in OF_EXECUTOR and item.variables.get("assignment") == row.id:
            workflow.give(session, item.id, to=to)
    assigning.reassign(session, appeal, row, to, actor=by.login)


def _cancel(session: Session, appeal: Appeal, row: Assignment, reason: str, *, by: Person) -> None:
    passed_on = [one for one in assigning.given(session, appeal) if one.parent_id == row.id]
    for child in passed_on:
        _cancel(session, appeal, child, reason, by=by)
    row.state, row.closed_at = "cancelled", clock.now()
    record(
        session, by.login, "assignment.cancelled", appeal.key, assignment=row.id,
        executor=row.executor, reason=reason,
    )  # fmt: skip
    _tell(session, appeal, row, row.executor, reason, taken_away=True)


def _next_responsible(session: Session, row: Assignment) -> str | None:
    """Make another executor of the resolution answer for the reply."""
    others = session.scalars(
        select(Assignment)
        .where(Assignment.resolution_id == row.resolution_id, Assignment.state != "cancelled")
        .where(Assignment.id != row.id)
        .order_by(Assignment.id)
    ).all()
    if not others:
        return None
    row.responsible, others[0].responsible = False, True
    return others[0].executor


def _something_left(session: Session, row: Assignment) -> bool:
    return any(
        one.state != "cancelled"
        for one in session.scalars(
            select(Assignment).where(Assignment.resolution_id == row.resolution_id)
        )
    )


def _tell(
    session: Session,
    appeal: Appeal,
    row: Assignment,
    login: str,
    reason: str,
    *,
    taken_away: bool = False,
) -> None:
    facts = {
        "due_on": row.due_on,
        "resolution": row.text,
        "reason": reason,
        "taken_away": taken_away,
    }
    notices.tell_staff(session, appeal, login, "assignment_changed", facts)


def _facts(row: Assignment) -> dict[str, Any]:
    return {"executor": row.executor, "text": row.text, "due_on": row.due_on}


def _wanted(row: Assignment, change: AssignmentChange) -> bool:
    asked = {"executor": change.executor, "text": storable(change.text).strip()}
    return any(
        value and value != getattr(row, name) for name, value in asked.items()
    ) or change.due_on not in (None, row.due_on)


def _view(session: Session, appeal: Appeal, row: Assignment, person: Person) -> AssignmentView:
    session.flush()
    people, day = People(session), today(session)
    hands = hands_of(session, [str(appeal.key)])
    depth = 1 if row.parent_id else 0
    view = work.assignment_view(row, depth, appeal, people=people, today=day, hands=hands)
    return sight.mask_in_lists(person, appeal)(view)
