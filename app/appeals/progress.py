"""What has been done on an appeal so far and what remains, in the words of a letter."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.appeals import asking, statutory, visits
from app.appeals.models import Appeal, Assignment
from app.appeals.people import People
from app.extensions import day_said, in_language
from app.extensions import gettext as _


def so_far(session: Session, appeal: Appeal) -> str:
    """What was done, in one sentence; '' where the appeal only lies."""
    return "; ".join(done(session, appeal))


def done(session: Session, appeal: Appeal) -> list[str]:
    """Who considers the appeal, what was asked of other bodies and what the place showed."""
    requests = [one for one in asking.requests_of(session, appeal.id) if one.sent_on]
    answered = dict.fromkeys(one.organisation for one in requests if one.answered_on)
    asked = dict.fromkeys(one.organisation for one in requests if not one.answered_on)
    seen = dict.fromkeys(one.visited_on for one in visits.visits_of(session, appeal.id))
    with in_language(appeal.language):
        said = []
        if units := _units(session, appeal):
            said.append(_("the appeal is considered by: %(units)s", units=", ".join(units)))
        if asked:
            said.append(_("documents were requested from: %(bodies)s", bodies=", ".join(asked)))
        if answered:
            said.append(_("documents were received from: %(bodies)s", bodies=", ".join(answered)))
        if seen:
            days = ", ".join(map(day_said, seen))
            said.append(_("the place was visited on %(days)s", days=days))
        return said


def remaining(session: Session, appeal: Appeal, today: date) -> list[str]:
    """Whose answer is still waited for, and until when."""
    waiting = [
        (one.organisation, due)
        for one in asking.requests_of(session, appeal.id)
        if asking.state_of(one, appeal) == "waiting"
        and (due := statutory.day_of(one.term)) is not None
        and due >= today
    ]
    with in_language(appeal.language):
        return [
            _("get the answer of: %(body)s, until %(day)s", body=body, day=day_said(due))
            for body, due in waiting
        ]


def _units(session: Session, appeal: Appeal) -> list[str]:
    people = People(session)
    logins = session.scalars(
        select(Assignment.executor)
        .where(Assignment.appeal_id == appeal.id, Assignment.state != "cancelled")
        .order_by(Assignment.id)
    ).all()
    people.look_up(logins)
    found = [person for login in logins if (person := people.get(login)) is not None]
    return list(dict.fromkeys(filter(None, (one.said("unit", appeal.language) for one in found))))
