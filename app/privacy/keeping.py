"""Which appeals have come to the end of their keeping, and what stands against erasing one."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app import clock
from app.appeals import earlier
from app.appeals.models import Appeal, AppealLink
from app.appeals.terms import today, zone_of
from app.extensions import lazy_gettext as _
from app.outbox.models import Promise
from app.outbox.services import PARKED, WAITING
from app.privacy.models import (
    APPROVED,
    EXPERTS,
    PERMANENT,
    PROPOSED,
    DestructionAct,
    DestructionLine,
    Erasure,
    Preservation,
)
from app.privacy.terms import Keeping, Retention, kept_until, retention
from app.privacy.values import Due
from app.workflow.models import BROKEN, RUNNING, Instance

MOST = 500
#: The words of a person found by these are surely the same person's.
SURE = frozenset({earlier.EMAIL, earlier.ADDRESS})
NEVER = date.max
OPEN, RUNS, DELIVERY, TIED, LONGER = "open", "runs", "delivery", "tied", "longer"

#: What stands against an erasure -> in words.
HELD: Mapping[str, Any] = {
    OPEN: _("It is still in work."),
    RUNS: _("A process of it still runs or is broken."),
    DELIVERY: _("A delivery of it is not settled."),
    EXPERTS: _("It waits for the expert commission."),
    PERMANENT: _("It is kept permanently."),
    TIED: _("Another appeal tied to it is in work."),
    LONGER: _("Its term became longer."),
}


def due(session: Session) -> list[Due]:
    """Appeals whose term of keeping is over and that are not erased yet, the oldest first."""
    day, table = today(session), retention(session)
    found = session.scalars(
        select(Appeal)
        .where(Appeal.closed_at.is_not(None), Appeal.id.not_in(select(Erasure.appeal_id)))
        .order_by(Appeal.closed_at, Appeal.id)
    )
    lines: list[Due] = []
    for appeal in found:
        # What is tied to an appeal only makes its term longer, and is asked for afterwards.
        if _until(table.of(appeal), _ended(session, appeal)) >= day:
            continue
        line = look(session, appeal, table)
        if line.kept_until < day:
            lines.append(line)
        if len(lines) == MOST:
            break
    return lines


def look(session: Session, appeal: Appeal, table: Retention) -> Due:
    """Until when an appeal is kept, and what stands against its erasure."""
    keeping, others = table.of(appeal), tied(session, appeal)
    ended = max(_ended(session, one) for one in (appeal, *others) if one.closed_at)
    line = _proposal(session, appeal.id)
    return Due(
        appeal_id=appeal.id,
        number=appeal.number or appeal.receipt,
        received_on=_day(session, appeal.received_at),
        ended_on=_ended(session, appeal),
        outcome=appeal.outcome or "",
        kept_until=_until(keeping, ended),
        norm=keeping.norm,
        norm_en=keeping.norm_en,
        held=held(session, appeal, others),
        act=line or "",
    )


def held(session: Session, appeal: Appeal, others: Iterable[Appeal]) -> str:
    """Why an appeal must not be erased whatever its age, a key of `HELD`; '' when it may be."""
    key = str(appeal.key)
    kept = session.get(Preservation, appeal.id)
    if appeal.outcome is None or appeal.closed_at is None:
        return OPEN
    if _any(
        session,
        select(Instance.id).where(Instance.key == key, Instance.status.in_((RUNNING, BROKEN))),
    ):
        return RUNS
    waits = Promise.status.in_((WAITING, PARKED))
    if _any(session, select(Promise.id).where(Promise.key == key, waits)):
        return DELIVERY
    if kept is not None and kept.mark == EXPERTS:
        return EXPERTS
    if kept is not None:
        return PERMANENT
    if any(one.outcome is None for one in others):
        return TIED
    return ""


def tied(session: Session, appeal: Appeal) -> list[Appeal]:
    """Appeals that this one repeats or that repeat it, and those somebody tied to it.

    One of surely the same person that is not registered yet may turn out to be such a one.
    """
    by_hand = select(AppealLink.appeal_id, AppealLink.other_id).where(
        or_(AppealLink.appeal_id == appeal.id, AppealLink.other_id == appeal.id),
        AppealLink.untied_at.is_(None),
    )
    linked = {one for pair in session.execute(by_hand) for one in pair} - {appeal.id}
    links = or_(
        Appeal.earlier_id == appeal.id, Appeal.id == appeal.earlier_id, Appeal.id.in_(linked)
    )
    found = {one.id: one for one in session.scalars(select(Appeal).where(links))}
    for match, other in earlier.before(session, appeal):
        if match in SURE and other.registered_on is None and other.outcome is None:
            found[other.id] = other
    return list(found.values())


def _until(keeping: Keeping, ended: date) -> date:
    return NEVER if keeping.years is None else kept_until(ended, keeping.years)


def _ended(session: Session, appeal: Appeal) -> date:
    """The day consideration and the case of it ended; today while it goes on."""
    return _day(session, appeal.closed_at) if appeal.closed_at else today(session)


def _day(session: Session, moment: Any) -> date:
    return clock.local(moment, zone_of(session)).date()


def _proposal(session: Session, appeal_id: int) -> str | None:
    """The number of the act that already lists the appeal."""
    return session.scalar(
        select(DestructionAct.number)
        .join(DestructionLine, DestructionLine.act_id == DestructionAct.id)
        .where(
            DestructionLine.appeal_id == appeal_id,
            DestructionAct.state.in_((PROPOSED, APPROVED)),
        )
        .limit(1)
    )


def _any(session: Session, query: Any) -> bool:
    return session.scalar(query.limit(1)) is not None
