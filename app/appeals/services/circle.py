"""Who is let in to a card: the limited circle of an appeal, and cards shown to people by name."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app import clock
from app.access.services import Person
from app.appeals import building, impartial, notices, policy, rights, sight
from app.appeals.cards import AppealRef, Why
from app.appeals.commands import storable
from app.appeals.finding import hold, visible
from app.appeals.models import Appeal, Share
from app.appeals.people import People
from app.appeals.terms import end_of, today, zone_of
from app.audit.services import record
from app.database import reading, transaction
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.session import give_ids

LONGEST = 500


@dataclass(frozen=True)
class ShareView:
    """One person let in; `running` now, or from `since` on. `until` None: without an end."""

    id: int
    login: str
    name: str
    since: datetime
    until: datetime | None
    reason: str
    given_by: str
    running: bool


@dataclass(frozen=True)
class AccessView:
    """Who sees a card, for those who may change it (`may_change`)."""

    appeal: AppealRef
    appeal_id: int
    confined: bool
    why: Why
    shares: tuple[ShareView, ...]
    may_change: bool


def access_to(person: Person, ref: int | str) -> AccessView:
    """Who is let in to a card, and why the person who asks sees it."""
    with reading() as session:
        appeal = visible(session, person, ref)
        why = rights.why(session, person, appeal)
        assert why is not None  # noqa: S101  # it is visible
        people, now = People(session), clock.now()
        open_still = (Share.ended_at.is_(None), or_(Share.until.is_(None), Share.until > now))
        of_it = select(Share).where(Share.appeal_id == appeal.id, *open_still).order_by(Share.id)
        return AccessView(
            appeal=sight.mask_in_lists(person, appeal)(building.appeal_ref(appeal)),
            appeal_id=appeal.id,
            confined=appeal.confined,
            why=why,
            shares=tuple(_view(one, people, now) for one in session.scalars(of_it)),
            may_change=may_let_in(person),
        )


def may_let_in(person: Person) -> bool:
    """Whether the roles of the person let others in and close the circle."""
    return bool(person.roles & policy.KEEPERS)


def confine(person: Person, ref: int | str, reason: str) -> None:
    """Keep the appeal for a limited circle; who does it stays in the circle.

    Raises Forbidden, Conflict when it is so already, Invalid on `reason`.
    """
    with transaction() as session:
        appeal, said = _to_change(session, person, ref), _said(reason)
        if appeal.confined:
            raise Conflict(_("The appeal is kept for a limited circle already."))
        appeal.confined = True
        record(session, person.login, "appeal.confined", appeal.key, reason=said)
        _let_in(session, person, appeal, person.login, clock.now(), None, said)


def open_circle(person: Person, ref: int | str, reason: str) -> None:
    """Show the appeal by role again. Raises Forbidden, Conflict, Invalid on `reason`."""
    with transaction() as session:
        appeal, said = _to_change(session, person, ref), _said(reason)
        if not appeal.confined:
            raise Conflict(_("The appeal is not kept for a limited circle."))
        appeal.confined = False
        record(session, person.login, "appeal.unconfined", appeal.key, reason=said)


def share(
    person: Person, ref: int | str, login: str, since: date | None, until: date | None, reason: str
) -> None:
    """Show a card to a person from a day to a day, both included; without days, from now on.

    Only a limited circle has members without an end. Raises Forbidden, Invalid by field: login,
    since, until, reason.
    """
    with transaction() as session:
        appeal, zone, day = _to_change(session, person, ref), zone_of(session), today(session)
        _check_days(since, until, day, endless=appeal.confined)
        to = People(session).get(login.strip())
        if to is None or not to.active:
            raise _wrong("login", _("There is no such person."))
        if impartial.complained(appeal, to):
            raise _wrong("login", policy.TO_PERSON)
        begin = clock.now()
        if since is not None and since > day:
            begin = datetime.combine(since, time(), ZoneInfo(zone))
        end = end_of(until, zone) if until else None
        _let_in(session, person, appeal, to.login, begin, end, _said(reason))
        if to.login != person.login:
            _tell(session, appeal, to, person, since if since and since > day else None, until)


def _tell(
    session: Session,
    appeal: Appeal,
    to: Person,
    giver: Person,
    since: date | None,
    until: date | None,
) -> None:
    """Mail whom a card is shown to; nothing of the citizen, nor the reason, leaves by mail."""
    facts = {
        "number": appeal.number or appeal.receipt,
        "given_by": giver.name,
        "since": since,
        "until": until,
    }
    notices.mail_to(session, appeal, to, "card_shared", facts)


def end_share(person: Person, ref: int | str, share_id: int) -> None:
    """Show the card to a person no longer, before the end. Raises Forbidden, NotFound."""
    with transaction() as session:
        appeal = _to_change(session, person, ref)
        row = session.get(Share, share_id)
        if row is None or row.appeal_id != appeal.id or row.ended_at is not None:
            raise NotFound(_("There is no such record."))
        row.ended_at, row.ended_by = clock.now(), person.login
        record(session, person.login, "card.share_ended", appeal.key, share=row.id, to=row.login)


def _to_change(session: Session, person: Person, ref: int | str) -> Appeal:
    appeal = visible(session, person, ref)
    if not may_let_in(person):
        raise Forbidden(_("Your roles do not allow this."))
    hold(session, appeal)
    return appeal


def _let_in(
    session: Session,
    person: Person,
    appeal: Appeal,
    login: str,
    since: datetime,
    until: datetime | None,
    reason: str,
) -> None:
    row = Share(
        appeal_id=appeal.id,
        login=login,
        since=since,
        until=until,
        reason=reason,
        given_by=person.login,
        given_at=clock.now(),
    )
    give_ids(session, row)
    record(
        session, person.login, "card.shared", appeal.key,
        share=row.id, to=login, since=since, until=until, reason=reason,
    )  # fmt: skip


def _check_days(since: date | None, until: date | None, day: date, *, endless: bool) -> None:
    if until is None and not endless:
        raise _wrong("until", _("Say until when."))
    if until is not None and until < max(day, since or day):
        raise _wrong("until", _("The last day is before the first one."))
    if until is not None and (until - day).days > 366:
        raise _wrong("until", _("At most a year ahead."))


def _said(reason: str) -> str:
    said = storable(reason).strip()
    if not said:
        raise _wrong("reason", _("Say why."))
    if len(said) > LONGEST:
        raise _wrong("reason", _("At most %(n)s characters fit here.", n=LONGEST))
    return said


def _wrong(field: str, text: object) -> Invalid:
    return Invalid(_("Please check the fields marked below."), fields={field: [text]})


def _view(row: Share, people: People, now: datetime) -> ShareView:
    return ShareView(
        id=row.id,
        login=row.login,
        name=people.name(row.login),
        since=row.since,
        until=row.until,
        reason=row.reason,
        given_by=people.name(row.given_by),
        running=row.since <= now,
    )
