"""Absences: who is away, from what day to what day, and who acts for them meanwhile.

A substitute acts for an absent colleague by that colleague's own tasks; roles are not lent. Nobody
acts for somebody who is away as well, so that chains and circles cannot arise.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.access import people, policy
from app.access.models import Account, SubstitutionRow
from app.access.values import Person, Substitution
from app.audit.services import record
from app.clock import local, now, today
from app.database import reading, transaction
from app.directory import services as directory
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.extensions import day_said
from app.extensions import lazy_gettext as _

LONGEST = 366  # days
FARTHEST = 10  # years


def list_substitutions() -> list[Substitution]:
    """What runs and what is to come, in the order of their days."""
    with reading() as session:
        rows = session.scalars(
            select(SubstitutionRow)
            .where(SubstitutionRow.ends_at > now())
            .order_by(SubstitutionRow.begins_at, SubstitutionRow.id)
        ).all()
        return _views(session, rows)


def substitute(
    by: Person, absent: str, other: str, since: date | None, until: date | None
) -> Substitution:
    """Let `other` act for `absent` from the day `since` to the day `until`.

    One's own absence anybody sets; another's takes the right `substitutions.change`. Raises
    Forbidden, NotFound, Invalid by field: absent, substitute, since, until.
    """
    with transaction() as session:
        _require(by, absent)
        since, until = _days(session, since, until)
        pair = _pair(session, absent, other)
        _check(session, *pair, since, until)
        zone = ZoneInfo(directory.body(session).zone)
        row = SubstitutionRow(
            absent_id=pair[0].id,
            substitute_id=pair[1].id,
            since=since,
            until=until,
            begins_at=datetime.combine(since, time.min, zone).astimezone(UTC),
            ends_at=datetime.combine(until + timedelta(days=1), time.min, zone).astimezone(UTC),
        )
        session.add(row)
        session.flush()
        after = {"substitute": pair[1].login, "since": since, "until": until}
        subject = f"account:{pair[0].login}"
        record(session, by.login, "substitution.added", subject, before={}, after=after)
        return _views(session, [row])[0]


def end_substitution(by: Person, substitution_id: int) -> None:
    """End a substitution now, before its last day; one that has not begun never will.

    Raises NotFound, Forbidden, Conflict when it is over already.
    """
    with transaction() as session:
        row = session.get(SubstitutionRow, substitution_id, with_for_update=True)
        if row is None:
            raise NotFound(_("There is no such substitution."))
        absent = session.get_one(Account, row.absent_id)
        _require(by, absent.login)
        moment = now()
        if row.ends_at <= moment:
            raise Conflict(_("This substitution is over already."))
        before = {"since": row.since, "until": row.until}
        row.ends_at = max(moment, row.begins_at)
        row.until = max(row.since, local(moment, directory.body(session).zone).date())
        record(
            session, by.login, "substitution.ended", f"account:{absent.login}",
            before=before, after={"since": row.since, "until": row.until},
        )  # fmt: skip


def may_change_absence(by: Person, absent: str) -> bool:
    """Whether the person may set and end the absences of somebody."""
    return by.login == absent or policy.may(by, "substitutions.change")


def _require(by: Person, absent: str) -> None:
    if not may_change_absence(by, policy.login_of(absent)):
        raise Forbidden(_("Only a manager or an administrator sets the absence of another."))


def _pair(session: Session, absent: str, other: str) -> tuple[Account, Account]:
    """Both accounts, locked: of two substitutions set at once the second sees the first."""
    wanted = {"absent": policy.login_of(absent), "substitute": policy.login_of(other)}
    rows = session.scalars(
        select(Account)
        .where(Account.login.in_(set(wanted.values())), Account.active)
        .order_by(Account.id)
        .with_for_update()
    )
    found = {row.login: row for row in rows}
    problems = {
        field: [_("Choose a person.")] for field, login in wanted.items() if login not in found
    }
    if problems:
        raise Invalid(fields=problems)
    return found[wanted["absent"]], found[wanted["substitute"]]


def _days(session: Session, since: date | None, until: date | None) -> tuple[date, date]:
    problems: dict[str, list[Any]] = {}
    first = today(directory.body(session).zone)
    if since is None:
        problems["since"] = [_("Give the first day.")]
    elif since < first:
        problems["since"] = [_("The first day lies in the past.")]
    if until is None:
        problems["until"] = [_("Give the last day.")]
    elif since is not None and until < since:
        problems["until"] = [_("The last day is before the first.")]
    elif since is not None and (until - since).days >= LONGEST:
        problems["until"] = [_("An absence lasts a year at most.")]
    elif until.year > first.year + FARTHEST:
        problems["until"] = [_("This day is too far ahead: check the year.")]
    if problems or since is None or until is None:
        raise Invalid(fields=problems)
    return since, until


def _check(session: Session, absent: Account, other: Account, since: date, until: date) -> None:
    problems: dict[str, list[Any]] = {}
    if absent.id == other.id:
        problems["substitute"] = [_("Nobody stands in for themselves.")]
    elif {one.role for one in other.role_rows} <= policy.IDLE:
        problems["substitute"] = [_("This person has no role to act in: choose another.")]
    else:
        problems = _meanwhile(session, absent, other, since, until)
    if problems:
        raise Invalid(fields=problems)


def _meanwhile(
    session: Session, absent: Account, other: Account, since: date, until: date
) -> dict[str, list[Any]]:
    """Why it does not fit what is set for the same days."""
    clashing = select(SubstitutionRow).where(
        SubstitutionRow.since <= until,
        SubstitutionRow.until >= since,
        SubstitutionRow.ends_at > SubstitutionRow.begins_at,
        SubstitutionRow.ends_at > now(),
    )

    def first(*conditions: ColumnElement[bool]) -> SubstitutionRow | None:
        return session.scalars(clashing.where(or_(*conditions))).first()

    if row := first(SubstitutionRow.absent_id == absent.id):
        message = _(
            "%(name)s is already away in these days, %(substitute)s stands in.",
            name=absent.name,
            substitute=session.get_one(Account, row.substitute_id).name,
        )
        return {"since": [_dated(message, row)]}
    if row := first(SubstitutionRow.absent_id == other.id):
        circle = row.substitute_id == absent.id
        message = (
            _("They would stand in for each other: %(name)s is away too.", name=other.name)
            if circle
            else _("%(name)s is away in these days: choose another.", name=other.name)
        )
        return {"substitute": [_dated(message, row)]}
    if row := first(SubstitutionRow.substitute_id == absent.id):
        message = _(
            "%(name)s stands in for %(other)s in these days: end that first.",
            name=absent.name,
            other=session.get_one(Account, row.absent_id).name,
        )
        return {"since": [_dated(message, row)]}
    return {}


def _dated(message: Any, row: SubstitutionRow) -> str:
    return f"{message} ({day_said(row.since)} – {day_said(row.until)})"


def _views(session: Session, rows: Any) -> list[Substitution]:
    ids = {number for row in rows for number in (row.absent_id, row.substitute_id)}
    accounts = session.scalars(select(Account).where(Account.id.in_(ids)))
    logins = {one.id: one.login for one in accounts}
    known = people.people_by_login(session, logins.values())
    moment = now()
    return [
        Substitution(
            row.id,
            known[logins[row.absent_id]],
            known[logins[row.substitute_id]],
            row.since,
            row.until,
            row.begins_at <= moment < row.ends_at,
        )
        for row in rows
    ]
