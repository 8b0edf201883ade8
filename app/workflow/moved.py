"""A task that is no longer there to be done, or is somebody else's: who did that, and when."""

from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from app.access.services import people_by_login
from app.audit.services import last
from app.clock import local
from app.directory.settings import body
from app.errors import Conflict
from app.extensions import gettext, locale, moment_said
from app.extensions import lazy_gettext as _
from app.workflow.models import DONE, WorkItem


class Closed(Protocol):
    """A work item, be it a row or a view."""

    @property
    def status(self) -> str: ...
    @property
    def closed_at(self) -> datetime | None: ...
    @property
    def closed_by(self) -> str | None: ...


def moved_on(session: Session, item: Closed) -> Conflict:
    """The refusal for an item that is closed."""
    who, when = _name(session, item.closed_by), _moment(session, item.closed_at)
    if item.status == DONE:
        return Conflict(_("This task is done already: %(who)s, %(when)s.", who=who, when=when))
    return Conflict(
        _(
            "This task is no longer needed, the appeal went on without it: %(who)s, %(when)s.",
            who=who,
            when=when,
        )
    )


def is_with(session: Session, row: WorkItem, owner: str) -> Conflict:
    """The refusal for an item that another person has."""
    taken = last(session, row.key, "item.taken", owner) if row.taken_by else row.opened_at
    who = _name(session, owner)
    if taken is None:
        return Conflict(_("This task is with another person: %(who)s.", who=who))
    when = _moment(session, taken)
    return Conflict(
        _("This task is with another person since %(when)s: %(who)s.", who=who, when=when)
    )


def _name(session: Session, login: str | None) -> str:
    if login == "citizen":
        return str(gettext("the applicant"))
    found = people_by_login(session, [login]).get(login) if login else None
    return found.said("name", locale()) if found else str(gettext("the system"))


def _moment(session: Session, at: datetime | None) -> str:
    return moment_said(local(at, body(session).zone)) if at else ""
