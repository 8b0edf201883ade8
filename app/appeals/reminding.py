"""Warnings of terms: kept for the inbox, and told by mail at once or in the digest of a morning.

A warning by mail holds the number of the appeal, its term and a link, and nothing of the citizen.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app import clock
from app.access.policy import DIGEST
from app.appeals import impartial, notices, policy, statutory
from app.appeals.models import Appeal, Assignment, Reminder
from app.appeals.people import People
from app.appeals.terms import today, zone_of
from app.correspondence import services as correspondence
from app.correspondence.services import Addressee
from app.deadlines.services import calendar
from app.directory.settings import setting
from app.extensions import settings
from app.outbox.services import promise
from app.workflow.models import OPEN, WorkItem

DIGEST_JOB = "reminders.digest"
KEY = "reminders"  # of a digest: it belongs to no single appeal


def workers(session: Session, appeal: Appeal) -> set[str]:
    """Who has an open part of an appeal: an assignment, or a task taken or given by name."""
    parts = select(Assignment.executor).where(
        Assignment.appeal_id == appeal.id, Assignment.state.in_(policy.OPEN_ASSIGNMENT)
    )
    return set(session.scalars(parts)) | set(items_of(session, [str(appeal.key)]).values())


def with_substitutes(session: Session, appeal: Appeal, logins: Iterable[str]) -> set[str]:
    """These people and who stands in for those of them that are away, if the appeal bears it."""
    people, found = People(session), set(logins)
    people.look_up(found)
    standing = {away.login for away in map(people.away, found) if away}
    return found | {one for one in standing if not impartial.complains_of(session, appeal, one)}


def items_of(session: Session, keys: Iterable[str]) -> dict[tuple[str, int], str]:
    """Open tasks that somebody has, by appeal and task, with the login of who has each."""
    rows = session.execute(
        select(WorkItem.key, WorkItem.id, WorkItem.taken_by, WorkItem.assigned_to)
        .where(WorkItem.status == OPEN, WorkItem.key.in_(sorted(keys)))
        .order_by(WorkItem.id)
    )
    held = {(key, number): taken or assigned for key, number, taken, assigned in rows}
    return {place: login for place, login in held.items() if login}


def remind(
    session: Session, appeal: Appeal, logins: Iterable[str], due_on: date, *, now: datetime
) -> None:
    """Warn people of the term of an appeal, each in the way they chose."""
    people, told = People(session), list(logins)
    people.look_up(told)
    known = {
        row.login: row
        for row in session.scalars(select(Reminder).where(Reminder.appeal_id == appeal.id))
    }
    links = _links(session, appeal, told)
    for login in told:
        person = people.get(login)
        if person is None or not person.active:
            continue
        row = known.get(login) or Reminder(login=login, appeal_id=appeal.id)
        row.due_on, row.at, row.seen_at = due_on, now, None
        row.for_digest = person.reminders == DIGEST
        session.add(row)
        if row.for_digest:
            # One of a morning finds all there is to tell, the others nothing.
            promise(session, DIGEST_JOB, {"login": login}, due_at=next_digest(session, now))
        else:
            facts = {**told_of(appeal, today(session)), "link": links[login]}
            notices.mail_to(session, appeal, person, "reminder", facts)


def told_of(appeal: Appeal, day: date) -> dict[str, Any]:
    """What a mail says of a term: no names, no text."""
    watched = statutory.watched(appeal, day)
    return {
        "number": appeal.number or appeal.receipt,
        "due_on": appeal.due_on,
        "internal_due_on": appeal.internal_due_on,
        "internal_passed": appeal.internal_due_on is not None and watched != appeal.internal_due_on,
        "days_left": policy.days_left(watched, day),
    }


def _links(session: Session, appeal: Appeal, logins: Iterable[str]) -> Mapping[str, str]:
    """To the task that a person has, else to the card."""
    found = {login: f"{settings().address}/desk/appeals/{appeal.id}" for login in logins}
    for (_key, item), login in items_of(session, [str(appeal.key)]).items():
        if login in found:
            found[login] = f"{settings().address}/desk/items/{item}"
    return found


def next_digest(session: Session, now: datetime) -> datetime:
    """The next morning of a working day at the hour of the digest, in UTC."""
    zone = ZoneInfo(zone_of(session))
    hour, worked = time(int(setting(session, "control.digest_hour"))), calendar()
    day = clock.local(now, zone.key).date()
    while True:
        moment = datetime.combine(day, hour, zone).astimezone(UTC)
        if moment > now and worked.is_working(day):
            return moment
        day += timedelta(days=1)


def waiting(session: Session, login: str) -> list[tuple[Reminder, Appeal]]:
    """The warnings that still say something, the most pressing first."""
    return [(reminder, appeal) for reminder, appeal in session.execute(_waiting(login))]


def not_put_away(session: Session, login: str, most: int) -> list[tuple[Reminder, Appeal]]:
    """The same without those the person put away, so many at most."""
    rows = session.execute(_waiting(login).where(Reminder.seen_at.is_(None)).limit(most))
    return [(reminder, appeal) for reminder, appeal in rows]


def _waiting(login: str) -> Select[Any, Any]:
    # Most warnings are of appeals that were closed in time: of days before any that is open.
    first = select(func.min(Appeal.due_on)).where(Appeal.outcome.is_(None)).scalar_subquery()
    return (
        select(Reminder, Appeal)
        .join(Appeal, Appeal.id == Reminder.appeal_id)
        .where(
            Reminder.login == login,
            Reminder.due_on >= first,
            Appeal.outcome.is_(None),
            Reminder.due_on == Appeal.due_on,
        )
        # By the appeal's day, which is the same: its index has the open ones alone.
        .order_by(Appeal.due_on, Reminder.id)
    )


def send_digest(session: Session, login: str) -> None:
    """Promise the mail of a morning, if anything is left to be told, and note what it tells."""
    untold = select(Reminder).where(Reminder.login == login, Reminder.for_digest)
    # Another worker with the same morning's job waits here, and then finds nothing.
    untold_ids = set()
    for row in session.scalars(untold.with_for_update()):
        untold_ids.add(row.id)
        row.for_digest = False
    rows = [(row, appeal) for row, appeal in waiting(session, login) if row.id in untold_ids]
    person = People(session).get(login)
    if not rows or person is None or not person.active or "@" not in person.email:
        return
    day = today(session)
    lines = [
        {**told_of(appeal, day), "link": _links(session, appeal, [login])[login]}
        for _row, appeal in rows
    ]
    correspondence.notify(
        session,
        key=KEY,
        notice="digest",
        addressee=Addressee(person.name, person.email),
        facts={"lines": lines, "link": f"{settings().address}/desk/"},
    )
