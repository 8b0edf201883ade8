"""Give somebody's task to another: the one who has it is ill, on leave, or was named by mistake."""

from typing import Any

from sqlalchemy.orm import Session

from app.access.services import Person
from app.appeals import assigning, impartial, policy, timeline
from app.appeals.cards import TaskItem
from app.appeals.commands import storable
from app.appeals.finding import hold
from app.appeals.models import Appeal, Assignment
from app.appeals.people import People
from app.appeals.services.changing import OF_EXECUTOR
from app.appeals.services.tasks import shown, visible_item
from app.audit.services import record
from app.database import transaction
from app.errors import Forbidden, Invalid
from app.extensions import lazy_gettext as _
from app.workflow import services as workflow
from app.workflow.services import WorkItemView


def hand_over(person: Person, item_id: int, to: str, reason: str) -> TaskItem:
    """Make an open task another person's; an assignment goes with its task.

    For those of `policy.LEADERS`. Raises Forbidden for others, Conflict when the task moved on,
    Invalid by field: to, reason.
    """
    with transaction() as session:
        appeal, given = handed_over(session, person, item_id, to, reason)
        return shown(session, given, appeal, person, timeline.present(session, appeal))


def handed_over(
    session: Session, person: Person, item_id: int, to: str, reason: str
) -> tuple[Appeal, WorkItemView]:
    """The same in the caller's transaction."""
    item, appeal = visible_item(session, person, item_id)
    hold(session, appeal)
    if not person.roles & policy.LEADERS:
        raise Forbidden(_("Only a manager or a controller gives a task to another."))
    impartial.require(person, appeal)
    reason = storable(reason).strip()
    other = _checked(session, item, appeal, to.strip(), reason)
    given = workflow.give(session, item_id, to=other.login)
    record(
        session, person.login, "item.handed_over", appeal.key, item=item_id,
        element=item.element, executor=other.login, reason=reason,
    )  # fmt: skip
    assignment = item.variables.get("assignment")
    if item.element in OF_EXECUTOR and isinstance(assignment, int):
        row = session.get_one(Assignment, assignment)
        assigning.reassign(session, appeal, row, other.login, actor=person.login)
    return appeal, given


def _checked(session: Session, item: WorkItemView, appeal: Appeal, to: str, reason: str) -> Person:
    errors: dict[str, list[Any]] = {}
    people = People(session)
    other = people.get(to)
    if other is None or not other.active:
        errors["to"] = [_("Choose a person.")]
    elif people.idle(to):
        errors["to"] = [policy.NO_ROLE]
    elif to == item.assignee:
        errors["to"] = [_("This person has the task already.")]
    elif impartial.complains_of(session, appeal, to):
        errors["to"] = [policy.TO_PERSON]
    elif item.element not in OF_EXECUTOR and not other.roles & set(item.roles):
        errors["to"] = [policy.NO_ROLE]
    if not reason:
        errors["reason"] = [_("Write the reason.")]
    if errors or other is None:
        raise Invalid(_("Please check the fields marked below."), fields=errors)
    return other
