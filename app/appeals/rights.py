"""Who sees an appeal, and why: by role, by a part in it, by a share; fewer where it is confined.

An appeal of a limited circle («для служебного пользования») is not seen by role: only those see it
who have a part in it, whose task on it is open, who were let in by name, and the auditor, who sees
everything. Every door asks here, a row at a time (`why`) or for a list (`within`, `open_to`).
"""

from sqlalchemy import ColumnElement, Select, and_, not_, or_, select, true
from sqlalchemy.orm import Session

from app import clock
from app.access import policy as access
from app.access.services import Person, logins_of_units
from app.appeals import impartial, policy
from app.appeals.cards import Why
from app.appeals.models import Appeal, Assignment, Share
from app.appeals.people import People
from app.directory.services import branch, setting
from app.workflow.items import for_roles
from app.workflow.models import OPEN, WorkItem, roles_of

AUDITOR, ROLE, PART, TASK, SHARED, UNIT, FREE = (
    *("auditor", "role", "part", "task", "shared", "unit", "free"),
)
#: So many confined appeals are left out by their ids.
FEW = 500
_PART = (Assignment.executor, Assignment.author, Assignment.acceptor)


def may_see(session: Session, person: Person, appeal: Appeal) -> bool:
    return why(session, person, appeal) is not None


def why(session: Session, person: Person, appeal: Appeal) -> Why | None:
    """Why this member of staff sees the appeal; None when they do not."""
    if access.AUDITOR in person.roles:
        return Why(AUDITOR)
    if not appeal.confined and policy.may_read_all(person):
        return Why(ROLE, tuple(sorted(person.roles & policy.READERS)))
    logins = sorted(impartial.logins(person, appeal))
    own_part = _part_of(logins).where(Assignment.appeal_id == appeal.id)
    if appeal.registered_by in logins or session.scalar(own_part.limit(1)):
        return Why(PART)
    own_item = _item_of(logins).where(WorkItem.key == appeal.key)
    if session.scalar(own_item.limit(1)):
        return Why(TASK)
    if impartial.complained(appeal, person):
        return None
    share = session.scalar(_running(person).where(Share.appeal_id == appeal.id).limit(1))
    if share is not None:
        return Why(
            SHARED, by=People(session).name(share.given_by), reason=share.reason, until=share.until
        )
    if not appeal.confined and (unit := colleagues(session, person)):
        of_unit = select(Assignment.id).where(Assignment.executor.in_(unit))
        if session.scalar(of_unit.where(Assignment.appeal_id == appeal.id).limit(1)):
            return Why(UNIT)
    # The free item of one's role has to be read before it can be taken.
    free = select(WorkItem.queue).where(WorkItem.key == appeal.key, _free(person))
    named = {role for queue in session.scalars(free) for role in roles_of(queue)}
    roles = tuple(sorted(named & person.roles))
    return Why(FREE, roles) if roles else None


def within(person: Person) -> ColumnElement[bool]:
    """Of the appeals in a list that goes by role: those that are not kept from the person."""
    if access.AUDITOR in person.roles:
        return true()
    return or_(Appeal.confined.is_(False), _belongs(person))


def open_to(session: Session, person: Person) -> ColumnElement[bool]:
    """Of the appeals in a query: those the person finds in lists of appeals."""
    if policy.may_read_all(person):
        return not_kept(session, person)
    found = or_(has_part(person), _shared(person))
    if unit := colleagues(session, person):
        of_unit = select(Assignment.id).where(
            Assignment.appeal_id == Appeal.id, Assignment.executor.in_(unit)
        )
        seen = and_(Appeal.confined.is_(False), of_unit.correlate(Appeal).exists())
        found = or_(found, and_(seen, impartial.fair(person)))
    return found


def not_kept(session: Session, person: Person) -> ColumnElement[bool]:
    """The same as `within`; few are kept, so that no list has to look at every card for them."""
    if access.AUDITOR in person.roles:
        return true()
    # `confined` as it stands is what its index is of; `confined IS true` is not.
    away = select(Appeal.id).where(Appeal.confined, not_(within(person)))
    kept = session.scalars(away.limit(FEW + 1)).all()
    if len(kept) > FEW:
        return within(person)
    return Appeal.id.not_in(kept) if kept else true()


def has_part(person: Person) -> ColumnElement[bool]:
    """Of the appeals in a query: those the person, or who they stand in for, has a part of."""
    part = select(Assignment.id).where(Assignment.appeal_id == Appeal.id)
    return part.where(impartial.own(person, *_PART)).correlate(Appeal).exists()


def colleagues(session: Session, person: Person) -> list[str]:
    """The logins whose parts the person sees too: of the unit, where the body lets units look."""
    if person.unit_id is None or setting(session, "rights.unit") != "yes":
        return []
    return sorted(logins_of_units(session, branch(session, person.unit_id)))


def _belongs(person: Person) -> ColumnElement[bool]:
    """The grounds that hold for a confined appeal as well."""
    own = impartial.own(person, WorkItem.assigned_to, WorkItem.taken_by)
    item = select(WorkItem.id).where(WorkItem.key == Appeal.key, own)
    free = select(WorkItem.id).where(WorkItem.key == Appeal.key, _free(person))
    return or_(
        impartial.own(person, Appeal.registered_by),
        has_part(person),
        item.correlate(Appeal).exists(),
        _shared(person),
        and_(impartial.fair(person), free.correlate(Appeal).exists()),
    )


def _shared(person: Person) -> ColumnElement[bool]:
    running = _running(person).where(Share.appeal_id == Appeal.id).correlate(Appeal)
    return and_(impartial.fair(person), running.exists())


def _running(person: Person) -> Select[Share]:
    now = clock.now()
    return select(Share).where(
        Share.login == person.login,
        Share.ended_at.is_(None),
        Share.since <= now,
        or_(Share.until.is_(None), Share.until > now),
    )


def _part_of(logins: list[str]) -> Select[int]:
    return select(Assignment.id).where(or_(*(column.in_(logins) for column in _PART)))


def _item_of(logins: list[str]) -> Select[int]:
    return select(WorkItem.id).where(
        or_(WorkItem.assigned_to.in_(logins), WorkItem.taken_by.in_(logins))
    )


def _free(person: Person) -> ColumnElement[bool]:
    return and_(
        WorkItem.status == OPEN,
        WorkItem.assigned_to.is_(None),
        WorkItem.taken_by.is_(None),
        for_roles(person.roles),
    )
