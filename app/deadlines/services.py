"""Terms for the rest of the house."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, cast

from sqlalchemy.orm import Session

from app.deadlines import terms
from app.deadlines.calendar import Calendar, is_countable
from app.deadlines.models import Base, Policy, Rule, Shift, Start, Term
from app.deadlines.policy import Count, Move, moved
from app.directory.settings import setting
from app.errors import Invalid
from app.extensions import lazy_gettext as _
from app.extensions import settings
from app.workflow import shelf

__all__ = ["Move", "Policy", "Term", "calendar", "counting", "due", "moved_of", "policy_of", "term"]

DEFAULT = Policy()


def due(
    rule: str,
    start: date,
    *,
    extended: bool = False,
    days: int | None = None,
    at: date | None = None,
    policy: Policy = DEFAULT,
    table: terms.Terms | None = None,
    production_calendar: Calendar | None = None,
) -> Term:
    """Count the term that a rule gives from `start` (the day of receipt, registration or request).

    `extended` adds the longest extension the rule allows, or `days` of it when given. Without
    `extended`, `days` is a shorter term of the body's own. `at` chooses the rules in force on
    another day than the start. Raises NotFound for a rule without a term and Invalid for what
    the rule does not allow.
    """
    if not is_countable(start):
        raise Invalid(_("Terms cannot be counted from %(day)s.", day=start.isoformat()))
    found = (table or terms.shipped()).rule(rule, at or start)
    count = Count(found, start, policy, production_calendar or calendar())
    if extended:
        return count.extended(_extension(found, days))
    return count.plain(_own(found, days))


def counting(session: Session, key: str = "") -> Callable[..., Term]:
    """`due` as this body counts: by its settings and its published table.

    With a business `key` the table is that of the version the key runs on, else of the active one.
    """
    version = shelf.version_set(session, shelf.version_for(session, key))
    table = terms.published(version)
    return partial(due, policy=policy_of(session), table=table)


def term(session: Session, rule: str, start: date, *, key: str = "", **more: Any) -> Term:
    """One term as this body counts it; `more` is what `due` takes."""
    return counting(session, key)(rule, start, **more)


def moved_of(session: Session, last: date, start: date) -> Move:
    """Where a last day that somebody named goes, as this body moves days that are not worked."""
    return moved(last, start, policy_of(session), calendar())


def policy_of(session: Session) -> Policy:
    """What this body chose where the law is silent."""
    return Policy(
        cast("Start", setting(session, "deadlines.start")),
        cast("Shift", setting(session, "deadlines.nonworking")),
        cast("Base", setting(session, "deadlines.extension_base")),
    )


def calendar() -> Calendar:
    """The production calendar of this installation."""
    return Calendar(settings().data_dir / "calendar")


def _extension(rule: Rule, asked: int | None) -> int:
    if not rule.extension_days:
        raise Invalid(_("The term of the rule %(rule)s cannot be extended.", rule=rule.id))
    if asked is None:
        return rule.extension_days
    if not 1 <= asked <= rule.extension_days:
        message = _("A term is extended by 1 to %(limit)d days.", limit=rule.extension_days)
        raise Invalid(message, fields={"days": [message]})
    return asked


def _own(rule: Rule, asked: int | None) -> int:
    if asked is None:
        return rule.days
    if not 1 <= asked <= rule.days:
        message = _("A term of the body's own lasts 1 to %(limit)d days.", limit=rule.days)
        raise Invalid(message, fields={"days": [message]})
    return asked
