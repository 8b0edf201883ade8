"""Work beside the consideration that whoever considers an appeal begins by hand."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.access.services import Person
from app.appeals import (
    building,
    enclosures,
    impartial,
    inspections,
    outdated,
    sight,
    timeline,
    work,
)
from app.appeals.cards import Completed
from app.appeals.finding import hold, visible
from app.appeals.models import Appeal
from app.appeals.services.tasks import shown
from app.appeals.terms import end_of, spelt, today, zone_of
from app.audit.services import record
from app.database import transaction
from app.errors import Conflict, Forbidden, Invalid
from app.extensions import lazy_gettext as _
from app.workflow import services as workflow


def begin(person: Person, ref: int | str, action: Any) -> Completed:
    """Begin one of `work.ACTIONS` on an appeal under consideration; what opened by it.

    For those of `work.takes_part`. Raises Invalid on `action`, Forbidden for others, Conflict
    when the appeal is not under consideration or its diagrams have no such process.
    """
    if not isinstance(action, str) or action not in work.ACTIONS:
        message = _("There is no such action.")
        raise Invalid(message, fields={"action": [message]})
    with transaction() as session:
        appeal = visible(session, person, ref)
        hold(session, appeal)
        impartial.require(person, appeal)
        if action in work.OF_THE_OFFICE:
            author = _taking_in(session, appeal, person, str(action))
        elif appeal.closed or appeal.due_on is None:
            raise Conflict(_("This appeal is not under consideration."))
        else:
            author = work.takes_part(session, appeal, person)
        if author is None:
            raise Forbidden(_("Only the manager and those who work on the appeal may do this."))
        workflow.stand_in_for(session, author, person)
        payload = {
            "appeal": appeal.id,
            "author": author,
            "due_at": spelt(end_of(_due(session, appeal, action), zone_of(session))),
        }
        opened = workflow.opened_by(
            session, str(appeal.key), work.ACTIONS[action], payload, actor=person.login
        )
        if opened is None:
            raise outdated.refusal(
                session, appeal, _("The processes of this appeal know no such action.")
            )
        record(session, person.login, "action.begun", appeal.key, begun=action)
        stages = timeline.present(session, appeal)
        return Completed(
            appeal=sight.mask_in_lists(person, appeal)(building.appeal_ref(appeal)),
            next=tuple(shown(session, one, appeal, person, stages) for one in opened),
        )


def _taking_in(session: Session, appeal: Appeal, person: Person, action: str) -> str | None:
    """What the office begins: a request to read the file, even after the end, and acts."""
    if not person.roles & work.TAKE_IN:
        raise Forbidden(_("This is taken in by the office."))
    if action in work.OF_AN_ENVELOPE:
        if not enclosures.may_tell(appeal):
            raise Conflict(_("Such an act is drawn up of what came on paper, until the end."))
    elif not inspections.may_ask(session, appeal):
        raise Conflict(
            _("This is asked for once the appeal is registered, and one request at a time.")
        )
    return person.login


def _due(session: Session, appeal: Appeal, action: str) -> date:
    """What the office takes in is recorded on the same day; the rest within the term."""
    if action in work.OF_THE_OFFICE or appeal.due_on is None:
        return today(session)
    return appeal.due_on
