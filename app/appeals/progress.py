"""What has been done on an appeal so far, in one sentence for a letter."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.appeals import asking
from app.appeals.models import Appeal, Assignment
from app.appeals.people import People
from app.extensions import gettext as _
from app.extensions import in_language


def so_far(session: Session, appeal: Appeal) -> str:
    """Who considers the appeal and what was asked of other bodies; '' where it only lies."""
    people, language = People(session), appeal.language
    logins = session.scalars(
        select(Assignment.executor)
        .where(Assignment.appeal_id == appeal.id, Assignment.state != "cancelled")
        .order_by(Assignment.id)
    ).all()
    people.look_up(logins)
    found = [person for login in logins if (person := people.get(login)) is not None]
    units = dict.fromkeys(filter(None, (one.said("unit", language) for one in found)))
    asked = dict.fromkeys(
        one.organisation for one in asking.requests_of(session, appeal.id) if one.sent_on
    )
    with in_language(language):
        said = []
        if units:
            said.append(_("the appeal is considered by: %(units)s", units=", ".join(units)))
        if asked:
            said.append(_("documents were requested from: %(bodies)s", bodies=", ".join(asked)))
        return "; ".join(said)
