"""Tie appeals that belong together, and untie them; both with a reason."""

from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, selectinload

from app import clock
from app.access.services import Person
from app.appeals import building, impartial, policy, timeline
from app.appeals.cards import LinkedAppeal, LinkView, Stage
from app.appeals.commands import storable
from app.appeals.finding import by_ref, hold, known_id, may_see, visible
from app.appeals.models import Appeal, AppealLink
from app.appeals.people import People
from app.appeals.sight import mask_in_lists
from app.appeals.terms import today
from app.audit.services import record
from app.database import transaction
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.session import give_ids

LONGEST = 500


def tie(person: Person, ref: int | str, other: str, reason: str) -> int:
    """Tie an appeal to another by its number; the id of the link.

    Both must be visible to the person. Raises Forbidden, Conflict when they are tied already,
    Invalid by field: `other`, `reason`.
    """
    with transaction() as session:
        appeal = _kept(session, person, ref)
        found = by_ref(session, storable(other).strip()) if other.strip() else None
        why = _reason(reason)
        if found is None or not may_see(session, person, found):
            raise _wrong("other", _("There is no appeal with this number."))
        if found.id == appeal.id:
            raise _wrong("other", _("This is the appeal itself."))
        first, second = sorted((appeal, found), key=lambda one: one.id)
        # Always in one order: whoever ties the same two the other way round waits and is refused.
        hold(session, first)
        hold(session, second)
        if session.scalar(_between(first, second)):
            raise Conflict(_("These appeals are tied already."))
        row = AppealLink(
            appeal_id=first.id,
            other_id=second.id,
            reason=why,
            author=person.login,
            at=clock.now(),
            untied_for="",
        )
        give_ids(session, row)
        for one, its in ((first, second), (second, first)):
            record(
                session, person.login, "link.added", one.key,
                link=row.id, number=its.number or its.receipt, reason=why,
            )  # fmt: skip
        return row.id


def untie(person: Person, ref: int | str, link_id: int, reason: str) -> None:
    """Untie two appeals. Raises Forbidden, NotFound, Invalid on `reason`."""
    with transaction() as session:
        appeal = _kept(session, person, ref)
        hold(session, appeal)
        row = session.get(AppealLink, known_id(link_id), with_for_update=True)
        if row is None or appeal.id not in (row.appeal_id, row.other_id) or row.untied_at:
            raise NotFound(_("There is no such link."))
        row.untied_for = _reason(reason)
        row.untied_at, row.untied_by = clock.now(), person.login
        for one in (row.appeal_id, row.other_id):
            other = session.get_one(Appeal, row.other_id if one == row.appeal_id else row.appeal_id)
            record(
                session, person.login, "link.removed", f"appeal:{one}",
                link=row.id, number=other.number or other.receipt, reason=row.untied_for,
            )  # fmt: skip


def links_of(session: Session, appeal: Appeal, person: Person) -> tuple[LinkView, ...]:
    """What the appeal is tied to, as much of it as the person may see."""
    of_it = or_(AppealLink.appeal_id == appeal.id, AppealLink.other_id == appeal.id)
    rows = session.scalars(
        select(AppealLink).where(of_it, AppealLink.untied_at.is_(None)).order_by(AppealLink.id)
    ).all()
    others = {row.id: row.other_id if row.appeal_id == appeal.id else row.appeal_id for row in rows}
    found = {one.id: one for one in seen(session, person, list(others.values()))}
    people = People(session)
    return tuple(
        LinkView(
            id=row.id,
            reason=row.reason,
            author_name=people.name(row.author),
            at=row.at,
            appeal=found[others[row.id]],
        )
        for row in rows
        if others[row.id] in found
    )


def marked(session: Session, appeal: Appeal, person: Person) -> tuple[LinkedAppeal, ...]:
    """The appeal this one repeats or goes on with, and those that do so with this one."""
    tied = or_(Appeal.id == appeal.earlier_id, Appeal.earlier_id == appeal.id)
    ids = session.scalars(select(Appeal.id).where(tied).order_by(Appeal.id)).all()
    return seen(session, person, list(ids), before=appeal.earlier_id)


def seen(
    session: Session, person: Person, ids: list[int], *, before: int | None = None
) -> tuple[LinkedAppeal, ...]:
    """Those of the appeals that the person may see, each with where it stands and its term."""
    if not ids:
        return ()
    query = select(Appeal).where(Appeal.id.in_(ids)).order_by(Appeal.id)
    rows = [
        one
        for one in session.scalars(query.options(selectinload(Appeal.applicants)))
        if may_see(session, person, one)
    ]
    stages, day = timeline.present_of(session, rows), today(session)
    return tuple(
        mask_in_lists(person, one)(_view(one, stages[one.id], day, before)) for one in rows
    )


def _view(appeal: Appeal, stages: list[Stage], day: date, before: int | None) -> LinkedAppeal:
    present = building.present(stages)
    due_on = appeal.due_on or appeal.register_by
    return LinkedAppeal(
        id=appeal.id,
        number=appeal.number or appeal.receipt,
        received_at=appeal.received_at,
        summary=policy.in_short(appeal.summary or appeal.text),
        repeated=appeal.repeated,
        outcome=appeal.outcome,
        before=appeal.id == before,
        due_on=due_on,
        days_left=policy.days_left(due_on, day),
        stage=present.text if present else None,
        stage_en=present.text_en if present else None,
    )


def _between(first: Appeal, second: Appeal) -> Select[AppealLink]:
    return select(AppealLink).where(
        AppealLink.appeal_id == first.id,
        AppealLink.other_id == second.id,
        AppealLink.untied_at.is_(None),
    )


def _reason(given: str) -> str:
    reason = storable(given).strip()
    if not reason or len(reason) > LONGEST:
        message = _("At most %(n)s characters fit here.", n=LONGEST)
        raise _wrong("reason", message if reason else _("Write the reason."))
    return reason


def _wrong(name: str, message: Any) -> Invalid:
    return Invalid(_("Please check the fields marked below."), fields={name: [message]})


def _kept(session: Session, person: Person, ref: int | str) -> Appeal:
    appeal = visible(session, person, ref)
    if not person.roles & policy.KEEPERS or impartial.complained(appeal, person):
        raise Forbidden(_("Only a registrar, a manager, an assistant or a controller keeps it."))
    return appeal
