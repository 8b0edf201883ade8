"""Assignments that were given: whose they are, until when, and what follows from a change."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.appeals import notices, policy
from app.appeals.finding import key_of
from app.appeals.models import Appeal, Assignment
from app.appeals.terms import end_of, spelt, zone_of
from app.audit.services import record
from app.workflow import services as workflow

NOT_OVER = ("drafted", *policy.OPEN_ASSIGNMENT)


def given(session: Session, appeal: Appeal) -> Sequence[Assignment]:
    """The assignments of an appeal that are not over."""
    query = select(Assignment).where(Assignment.appeal_id == appeal.id)
    return session.scalars(
        query.where(Assignment.state.in_(NOT_OVER)).order_by(Assignment.id)
    ).all()


def follow_term(
    session: Session,
    appeal: Appeal,
    before: date | None,
    *,
    actor: str,
    asked_by: str | None = None,
) -> None:
    """Move the assignments that had the whole term `before`, and that of who asked for more time.

    A shorter term that the manager gave to somebody else stays; none is later than the appeal's.
    """
    rows = given(session, appeal)
    for row in rows:
        whole = row.due_on in (None, before) or row.executor == asked_by
        late = row.due_on is not None and appeal.due_on is not None and row.due_on > appeal.due_on
        if (whole or late) and row.due_on != appeal.due_on:
            set_term(session, row, appeal.due_on, among=rows, actor=actor)


def set_term(
    session: Session,
    row: Assignment,
    due_on: date | None,
    *,
    among: Sequence[Assignment],
    actor: str,
) -> None:
    """Set the term of an assignment; what was passed on from it, `among` these, ends no later."""
    later = row.due_on is None or (due_on is not None and due_on > row.due_on)
    row.due_on = due_on
    action = "assignment.extended" if later else "assignment.shortened"
    record(session, actor, action, key_of(row.appeal_id), assignment=row.id, due_on=due_on)
    for child in among:
        below = child.parent_id == row.id
        if below and due_on is not None and child.due_on is not None and child.due_on > due_on:
            set_term(session, child, due_on, among=among, actor=actor)


def reassign(session: Session, appeal: Appeal, row: Assignment, to: str, *, actor: str) -> None:
    """Make the assignment another's, with what was passed on from it and, later, the reply."""
    row.executor = to
    children = update(Assignment).where(Assignment.parent_id == row.id)
    session.execute(children.values(acceptor=to))
    tell(session, appeal, actor=actor, drafter=to if row.responsible else None)
    facts = {"due_on": row.due_on, "resolution": row.text, "responsible": row.responsible}
    notices.tell_staff(session, appeal, to, "assignment", facts)


def tell(session: Session, appeal: Appeal, *, actor: str, **more: Any) -> None:
    """Let the processes of the appeal take the changes of its assignments into account.

    `more` becomes process data where it is not None: `drafter`, `nothing_left`.
    """
    session.flush()
    payload: Mapping[str, Any] = {name: value for name, value in more.items() if value is not None}
    if appeal.due_on:
        due_at = spelt(end_of(appeal.due_on, zone_of(session)))
        payload = {"due_at": due_at, **payload}
    workflow.deliver(session, str(appeal.key), "term_changed", payload, actor=actor)
