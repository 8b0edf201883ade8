"""Campaigns: show groups of like texts, confirm one, take an appeal out of it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from app import clock
from app.access.services import Person
from app.appeals import building, impartial, likeness, looked, policy, rights, sight
from app.appeals.batches import runs_of, steps_of
from app.appeals.cards import AppealRef, Page
from app.appeals.cards.campaign import CampaignView, GroupPage, GroupView, MemberView
from app.appeals.commands import storable
from app.appeals.finding import by_ref, known_id
from app.appeals.models import Appeal, Campaign, CampaignMember, CampaignRun, Likeness
from app.appeals.people import People
from app.audit.services import record
from app.database import reading, transaction
from app.errors import Forbidden, Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.session import give_ids
from app.workflow.models import OPEN, WorkItem

#: From so many like texts on it is worth a look whether they are a campaign.
LEAST = 3
MOST_GROUPS = 100
PAGE = 25
NAME_LENGTH = 200
#: The first appeal, how many, the first and the last moment, the campaign if there is one.
Grouped = tuple[int, int, datetime, datetime, int | None]
GATHERERS = frozenset({"registrar", "assistant", "manager"})


def groups(person: Person) -> list[GroupView]:
    """Groups of open appeals that nobody has confirmed yet, the largest first."""
    _require_reader(person)
    with reading() as session:
        rows = session.execute(_grouped()).all()
        return [_group(session, person, row) for row in rows if not _kept(session, person, row[0])]


def group(person: Person, first: int, page: int = 1) -> GroupPage:
    """A group with its members, a page of them."""
    _require_reader(person)
    with reading() as session:
        row = session.execute(_grouped(known_id(first))).one_or_none()
        if row is None or _kept(session, person, first):
            raise NotFound(_("There is no such group."))
        found, sample = _group(session, person, row), session.get_one(Appeal, first)
        query = _alike(first).where(_free())
        opened = GroupPage(
            found, _sample(person, sample), _members(session, person, query, sample, page)
        )
    looked.campaign_opened(person, f"group:{first}", found.count)
    return opened


def campaigns(person: Person) -> list[CampaignView]:
    """The campaigns, the latest first, without their members."""
    with reading() as session:
        rows = session.scalars(select(Campaign).order_by(Campaign.id.desc()).limit(MOST_GROUPS))
        return [_view(session, person, row, None) for row in rows if sees(session, person, row)]


def campaign(person: Person, campaign_id: int, page: int = 1) -> CampaignView:
    """One campaign with a page of its members."""
    with reading() as session:
        row = session.get(Campaign, known_id(campaign_id))
        if row is None or not sees(session, person, row):
            raise NotFound(_("There is no such campaign."))
        view = _view(session, person, row, page)
    looked.campaign_opened(person, f"campaign:{campaign_id}", view.count)
    return view


def confirm(person: Person, first: int | str, name: str = "") -> int:
    """Make a campaign of a group; the id of the campaign, which may be there already.

    Every open appeal with nearly the same text becomes a member, what came since as well.
    """
    _require_gatherer(person)
    with transaction() as session:
        sample = _seen(session, person, first)
        found = _firsts(session, sample) if sample else None
        if found is None or _kept(session, person, found):
            raise NotFound(_("There is no such group."))
        # Two who confirm at once make one campaign.
        session.get(Appeal, found, with_for_update=True)
        row = session.scalar(select(Campaign).where(Campaign.first_id == found))
        fresh = list(session.scalars(_alike(found).where(_free())))
        if row is None and len(fresh) < LEAST:
            raise NotFound(_("There is no such group."))
        if row is None:
            said = storable(name).strip() or policy.in_short(session.get_one(Appeal, found).text)
            if len(said) > NAME_LENGTH:
                message = _("At most %(n)s characters fit here.", n=NAME_LENGTH)
                raise Invalid(
                    _("Please check the fields marked below."), fields={"name": [message]}
                )
            row = Campaign(
                first_id=found, name=said, confirmed_at=clock.now(), confirmed_by=person.login
            )
            give_ids(session, row)
            session.flush()
        for one in fresh:
            session.add(CampaignMember(appeal_id=one.id, campaign_id=row.id, out=False))
            record(session, person.login, "campaign.joined", one.key, campaign=row.id)
        return row.id


def take_out(person: Person, campaign_id: int, ref: int | str, *, out: bool = True) -> None:
    """Consider an appeal by itself, or put it back with the others."""
    _require_gatherer(person)
    with transaction() as session:
        appeal = _seen(session, person, ref)
        member = session.get(CampaignMember, appeal.id) if appeal else None
        if appeal is None or member is None or member.campaign_id != campaign_id:
            raise NotFound(_("There is no such appeal in the campaign."))
        if member.out != out:
            member.out = out
            action = "campaign.left" if out else "campaign.joined"
            record(session, person.login, action, appeal.key, campaign=campaign_id)


def may_gather(person: Person) -> bool:
    return bool(person.roles & GATHERERS)


def sees_all(person: Person) -> bool:
    return policy.may_read_all(person)


def _require_reader(person: Person) -> None:
    if not policy.may_read_all(person):
        raise Forbidden(_("Campaigns are seen by those who work with all appeals."))


def _require_gatherer(person: Person) -> None:
    if not may_gather(person):
        raise Forbidden(_("Campaigns are gathered by registrars, assistants and managers."))


def sees(session: Session, person: Person, row: Campaign) -> bool:
    """Those who work with all appeals see all campaigns; others those they have or had work in."""
    if _kept(session, person, row.first_id):
        return False
    if policy.may_read_all(person):
        return True
    own = (
        select(CampaignMember.appeal_id)
        .join(Appeal, Appeal.id == CampaignMember.appeal_id)
        .join(WorkItem, WorkItem.key == Appeal.key)
        .where(CampaignMember.campaign_id == row.id, WorkItem.status == OPEN)
        .where(impartial.own(person, WorkItem.assigned_to, WorkItem.taken_by))
    )
    begun = select(CampaignRun.id).where(
        CampaignRun.campaign_id == row.id, CampaignRun.actor == person.login
    )
    return any(session.scalar(one.limit(1)) is not None for one in (own, begun))


def _seen(session: Session, person: Person, ref: int | str) -> Appeal | None:
    """The appeal that is meant, if the person may see it."""
    found = by_ref(session, ref)
    return found if found is not None and rights.may_see(session, person, found) else None


def _free() -> ColumnElement[bool]:
    """Of the appeals: those in work that stand in no campaign and were taken out of none.

    What is kept for a limited circle is dealt with apart.
    """
    member = select(CampaignMember.appeal_id).where(CampaignMember.appeal_id == Appeal.id)
    return Appeal.outcome.is_(None) & Appeal.confined.is_(False) & ~member.exists()


def _alike(first: int) -> Select[Appeal]:
    own = select(Likeness.appeal_id).where(Likeness.first_id == first)
    return select(Appeal).where(Appeal.id.in_(own)).order_by(Appeal.id)


def _firsts(session: Session, appeal: Appeal) -> int | None:
    return session.scalar(select(Likeness.first_id).where(Likeness.appeal_id == appeal.id))


def _grouped(first: int | None = None) -> Select[*Grouped]:
    known = aliased(Campaign)
    query = (
        select(
            Likeness.first_id,
            func.count(),
            func.min(Appeal.received_at),
            func.max(Appeal.received_at),
            func.min(known.id),
        )
        .join(Appeal, Appeal.id == Likeness.appeal_id)
        .join(known, known.first_id == Likeness.first_id, isouter=True)
        .where(_free())
        .group_by(Likeness.first_id)
        .having(or_(func.count() >= LEAST, func.min(known.id).is_not(None)))
        .order_by(func.count().desc(), Likeness.first_id)
        .limit(MOST_GROUPS)
    )
    return query if first is None else query.where(Likeness.first_id == first)


def _group(session: Session, person: Person, row: Row[*Grouped]) -> GroupView:
    first, count, since, until, known = row
    sample = session.get_one(Appeal, first)
    return GroupView(_ref(person, sample), count, since, until, known)


def _kept(session: Session, person: Person, first: int) -> bool:
    """Whether the text that the others repeat is kept from the person."""
    sample = session.get_one(Appeal, first)
    return sample.confined and not rights.may_see(session, person, sample)


def _sample(person: Person, appeal: Appeal) -> str:
    return sight.mask_in_lists(person, appeal).text(appeal.text)


def _ref(person: Person, appeal: Appeal) -> AppealRef:
    return sight.mask_in_lists(person, appeal)(building.appeal_ref(appeal))


def _members(
    session: Session,
    person: Person,
    query: Select[Appeal],
    sample: Appeal,
    page: int,
    out: Iterable[int] = (),
) -> Page[MemberView]:
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    page, taken_out = max(1, page), set(out)
    rows = session.scalars(
        query.limit(PAGE).offset((page - 1) * PAGE).options(selectinload(Appeal.applicants))
    ).all()
    shares = select(Likeness.appeal_id, Likeness.percent).where(
        Likeness.appeal_id.in_([one.id for one in rows])
    )
    percents = {row.appeal_id: row.percent for row in session.execute(shares)}
    found = tuple(
        sight.mask_in_lists(person, one)(
            MemberView(
                appeal=building.appeal_ref(one),
                received_at=one.received_at,
                address=one.main_applicant.postal_address,
                reply_channel=one.reply_channel,
                percent=percents.get(one.id, 100),
                pieces=tuple(likeness.marked(one.text, sample.text)),
                outcome=one.outcome,
                out=one.id in taken_out,
            )
        )
        for one in rows
    )
    return Page(found, total, page, PAGE)


def _view(session: Session, person: Person, row: Campaign, page: int | None) -> CampaignView:
    sample = session.get_one(Appeal, row.first_id)
    whole = select(CampaignMember).where(CampaignMember.campaign_id == row.id)
    out = {one.appeal_id for one in session.scalars(whole) if one.out}
    own = select(CampaignMember.appeal_id).where(CampaignMember.campaign_id == row.id)
    query = select(Appeal).where(Appeal.id.in_(own), rights.within(person)).order_by(Appeal.id)
    counted = select(func.count(), func.count(Appeal.outcome)).where(
        Appeal.id.in_(own.where(CampaignMember.out.is_(False)))
    )
    count, closed = session.execute(counted).one()
    fresh = _alike(row.first_id).where(_free()).order_by(None)
    seen = page is not None and policy.may_read_all(person)
    return CampaignView(
        id=row.id,
        name=row.name,
        first=_ref(person, sample),
        sample=_sample(person, sample),
        confirmed_at=row.confirmed_at,
        confirmed_by=People(session).name(row.confirmed_by),
        count=count,
        closed=closed,
        fresh=session.scalar(select(func.count()).select_from(fresh.subquery())) or 0,
        steps=steps_of(session, person, row.id),
        runs=runs_of(session, row.id),
        members=_members(session, person, query, sample, page or 1, out)
        if seen
        else Page((), 0, 1, PAGE),
        may_change=may_gather(person),
    )
