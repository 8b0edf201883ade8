"""Put a slip in the card right, at any moment of consideration."""

from app.access.services import Person
from app.appeals import impartial, outdated, policy
from app.appeals.commands import storable
from app.appeals.finding import hold, visible
from app.appeals.terms import end_of, spelt, today, zone_of
from app.audit.services import record
from app.database import transaction
from app.errors import Conflict, Forbidden, Invalid
from app.extensions import lazy_gettext as _
from app.workflow import services as workflow

TASK = "correct_card"


def ask_for_correction(person: Person, ref: int | str, reason: str) -> int:
    """Have the registrar correct the card; the id of the task.

    For registrars and `policy.LEADERS`. Raises Forbidden, Conflict before registration, after the
    end and while a correction is under way, Invalid by field: reason.
    """
    with transaction() as session:
        appeal = visible(session, person, ref)
        hold(session, appeal)
        if not person.roles & (policy.LEADERS | {"registrar"}):
            raise Forbidden(_("Only a registrar, a manager or a controller corrects the card."))
        impartial.require(person, appeal)
        if appeal.number is None or appeal.closed:
            raise Conflict(_("This appeal is not under consideration."))
        key = str(appeal.key)
        if workflow.open_items(session, key=key, element=TASK):
            raise Conflict(_("The card is being corrected already."))
        reason = storable(reason).strip()
        if not reason:
            raise Invalid(
                _("Please check the fields marked below."),
                fields={"reason": [_("Write the reason.")]},
            )
        record(session, person.login, "correction.asked", key, reason=reason)
        due_at = spelt(end_of(today(session), zone_of(session)))
        payload = {"appeal": appeal.id, "reason": reason, "due_at": due_at}
        if not workflow.deliver(session, key, TASK, payload, actor=person.login):
            raise outdated.refusal(
                session, appeal, _("The diagrams of this appeal know no correction.")
            )
        (task,) = workflow.open_items(session, key=key, element=TASK)
        return task.id
