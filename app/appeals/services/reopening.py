"""Take up again what was over: a wrong reply, a demand of a court, new arguments, a slip."""

from datetime import date

from sqlalchemy.orm import Session

from app import clock
from app.access.services import Person
from app.appeals import impartial, outdated, policy, statutory
from app.appeals.commands import storable
from app.appeals.finding import hold, visible
from app.appeals.models import Appeal, Reopening
from app.appeals.terms import today
from app.database import transaction
from app.errors import Conflict, Forbidden, Invalid, Misfit
from app.extensions import day_said
from app.extensions import lazy_gettext as _
from app.session import give_ids
from app.workflow import services as workflow


def may_reopen(person: Person, *, registered: bool, over: bool) -> bool:
    """Whether the person may take consideration up again: the manager, once it is over."""
    return registered and over and "manager" in person.roles


def reopen(
    person: Person, ref: int | str, ground: str, reason: str, due_on: date | None = None
) -> date:
    """Take consideration up again; the day of its term.

    `due_on` is the day a court or a prosecutor names; it shortens the term and never lengthens it.
    Raises Forbidden for all but the manager, Conflict while it is under consideration, Invalid by
    field: ground, reason, due_on.
    """
    with transaction() as session:
        appeal = visible(session, person, ref)
        hold(session, appeal)
        if "manager" not in person.roles:
            raise Forbidden(_("Only the manager takes consideration up again."))
        impartial.require(person, appeal)
        if not appeal.closed or appeal.number is None:
            raise Conflict(_("Consideration of this appeal is not over."))
        reason = storable(reason).strip()
        _check(session, appeal, ground, reason, due_on)
        row = Reopening(
            appeal_id=appeal.id,
            author=person.login,
            at=clock.now(),
            ground=ground,
            reason=reason,
            asked_due_on=due_on,
            ended={},
        )
        give_ids(session, row)
        _begin(session, appeal, row, person)
        if appeal.due_on is None:
            raise Misfit("A reopened appeal has no term.")
        return appeal.due_on


def _check(session: Session, appeal: Appeal, ground: str, reason: str, due_on: date | None) -> None:
    errors = policy.too_long(reason=reason)
    if ground not in policy.REOPENING_GROUNDS:
        errors["ground"] = [_("Choose the ground.")]
    if not reason:
        errors["reason"] = [_("Write the reason: the citizen will be told it.")]
    latest = statutory.term_if_reopened(session, appeal, today(session))
    if due_on is not None and due_on < today(session):
        errors["due_on"] = [_("The term lies in the past.")]
    elif due_on is not None and due_on > latest:
        errors["due_on"] = [_("The term cannot be later than %(day)s.", day=day_said(latest))]
    if errors:
        raise Invalid(_("Please check the fields marked below."), fields=errors)


def _begin(session: Session, appeal: Appeal, row: Reopening, person: Person) -> None:
    """Go on in the process that still asks the citizen's opinion, or begin the second round."""
    key, payload = str(appeal.key), {"appeal": appeal.id, "reopening": row.id}
    if workflow.deliver(session, key, "reopen", payload, actor=person.login):
        return
    if workflow.runs(session, key, "appeal"):
        message = _("The diagrams of this appeal know no reopening.")
        raise outdated.refusal(session, appeal, message)
    # What ended before diagrams knew it goes on by those in force.
    workflow.start_newest(session, "appeal", payload, key=key, actor=person.login, message="reopen")
