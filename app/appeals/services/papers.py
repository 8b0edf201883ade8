"""The paper of an appeal: its place, who holds it, handing over, filing at the end."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.access.services import Person
from app.appeals import impartial, notices, policy
from app.appeals.cards import HandoverView, PaperView
from app.appeals.commands import storable
from app.appeals.finding import hold, visible
from app.appeals.models import Appeal, PaperHandover, PaperOriginal
from app.appeals.people import People
from app.appeals.rights import may_see
from app.appeals.terms import today
from app.audit.services import record, record_change
from app.database import transaction
from app.errors import Conflict, Forbidden, Invalid
from app.extensions import lazy_gettext as _
from app.session import give_ids

#: Field of the place -> the longest it may be.
PLACE = {"case_index": 60, "volume": 20, "leaves": 40}
LONGEST = 500


def place_paper(person: Person, ref: int | str, given: Mapping[str, str]) -> bool:
    """Say where the paper lies; the first to say so holds it. False when nothing differs.

    For those who keep the card. Raises Forbidden, Conflict once it is filed, Invalid by field.
    """
    with transaction() as session:
        appeal = _held(session, person, ref)
        if not person.roles & policy.KEEPERS:
            raise Forbidden(_("Your roles do not allow this."))
        values = {name: storable(given.get(name, "")).strip() for name in PLACE}
        for name, longest in PLACE.items():
            if len(values[name]) > longest:
                raise _wrong(name, _("At most %(n)s characters fit here.", n=longest))
        row = session.get(PaperOriginal, appeal.id)
        if row is not None and row.filed_on:
            raise Conflict(_("The paper is filed: its place is final."))
        before = {name: getattr(row, name) if row else None for name in PLACE}
        if not record_change(
            session, person.login, "paper.placed", str(appeal.key), before, values
        ):
            return False
        row = row or PaperOriginal(appeal_id=appeal.id, holder=person.login)
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)
        return True


def hand_paper(person: Person, ref: int | str, to: str, remark: str = "") -> int:
    """Give the paper to another person, who has to accept it; the id of the handing over.

    For who holds it. Raises Forbidden, Conflict when it is on its way or filed, Invalid on `to`.
    """
    with transaction() as session:
        appeal = _held(session, person, ref)
        row = _original(session, appeal)
        if row.holder != person.login:
            raise Forbidden(_("Only who holds the paper hands it over."))
        if row.filed_on or _on_its_way(session, appeal):
            raise Conflict(_("The paper is filed or on its way: it cannot be handed over now."))
        found = People(session).get(to.strip()) if to.strip() else None
        if found is None or not found.active or found.login == person.login:
            raise _wrong("to", _("Choose a person."))
        if impartial.complained(appeal, found):
            raise _wrong("to", policy.TO_PERSON)
        if not may_see(session, found, appeal):
            raise _wrong("to", _("This person does not see the appeal: show them the card first."))
        said = storable(remark).strip()[:LONGEST]
        given = PaperHandover(
            appeal_id=appeal.id,
            given_by=person.login,
            given_to=found.login,
            at=clock.now(),
            remark=said,
        )
        give_ids(session, given)
        record(
            session, person.login, "paper.handed", appeal.key,
            handover=given.id, executor=found.login, remark=said,
        )  # fmt: skip
        facts = {"number": appeal.number or appeal.receipt, "given_by": person.name}
        notices.mail_to(session, appeal, found, "paper_handed", facts)
        return given.id


def accept_paper(person: Person, ref: int | str) -> None:
    """Accept the paper that is on its way to the person. Raises Conflict when none is."""
    with transaction() as session:
        appeal = _held(session, person, ref)
        given = _on_its_way(session, appeal)
        if given is None or given.given_to != person.login:
            raise Conflict(_("No paper of this appeal is on its way to you."))
        given.accepted_at = clock.now()
        _original(session, appeal).holder = person.login
        record(session, person.login, "paper.accepted", appeal.key, handover=given.id)


def take_back_paper(person: Person, ref: int | str) -> None:
    """Take back the paper one gave; once it is accepted there is nothing to take back: Conflict."""
    with transaction() as session:
        appeal = _held(session, person, ref)
        given = _on_its_way(session, appeal)
        if given is None or given.given_by != person.login:
            raise Conflict(_("No paper that you gave is on its way: perhaps it was accepted."))
        session.delete(given)
        record(
            session, person.login, "paper.taken_back", appeal.key,
            handover=given.id, executor=given.given_to,
        )  # fmt: skip


def file_paper(person: Person, ref: int | str) -> None:
    """Put the paper into its case when the appeal is over.

    For who holds it. Raises Forbidden, Conflict while it is considered, on its way, or its case is
    not named.
    """
    with transaction() as session:
        appeal = _held(session, person, ref)
        row = _original(session, appeal)
        if row.holder != person.login:
            raise Forbidden(_("Only who holds the paper files it."))
        if row.filed_on or _on_its_way(session, appeal) or not appeal.closed:
            raise Conflict(_("Paper is filed once, when consideration is over and it is at hand."))
        if not row.case_index:
            raise Conflict(_("Name the case of the nomenclature first."))
        row.filed_on, row.filed_by = today(session), person.login
        record(
            session, person.login, "paper.filed", appeal.key,
            case=row.case_index, volume=row.volume, leaves=row.leaves,
        )  # fmt: skip


def paper_of(session: Session, appeal: Appeal, person: Person) -> PaperView | None:
    """Where the paper is and was; None where nobody noted any."""
    row = session.get(PaperOriginal, appeal.id)
    if row is None:
        return None
    people = People(session)
    asked = select(PaperHandover).where(PaperHandover.appeal_id == appeal.id)
    rows = session.scalars(asked.order_by(PaperHandover.id)).all()
    went = tuple(
        HandoverView(
            given_by=people.name(one.given_by),
            from_unit=people.unit(one.given_by),
            given_to=people.name(one.given_to),
            to_unit=people.unit(one.given_to),
            at=one.at,
            accepted_at=one.accepted_at,
            remark=one.remark,
            mine=one.accepted_at is None and one.given_to == person.login,
        )
        for one in rows
    )
    waits = [one for one in rows if one.accepted_at is None]
    holds = row.holder == person.login and not row.filed_on and not waits
    return PaperView(
        case_index=row.case_index,
        volume=row.volume,
        leaves=row.leaves,
        holder=people.name(row.holder),
        holder_unit=people.unit(row.holder),
        filed_on=row.filed_on,
        filed_by=people.name(row.filed_by),
        went=went,
        may_hand=holds,
        may_accept=any(one.mine for one in went),
        may_take_back=any(one.given_by == person.login for one in waits),
        may_file=holds and appeal.closed and bool(row.case_index),
    )


def _original(session: Session, appeal: Appeal) -> PaperOriginal:
    row = session.get(PaperOriginal, appeal.id)
    if row is None:
        raise Conflict(_("No paper of this appeal is noted yet."))
    return row


def _on_its_way(session: Session, appeal: Appeal) -> PaperHandover | None:
    return session.scalars(
        select(PaperHandover).where(
            PaperHandover.appeal_id == appeal.id, PaperHandover.accepted_at.is_(None)
        )
    ).first()


def _held(session: Session, person: Person, ref: int | str) -> Appeal:
    appeal = visible(session, person, ref)
    hold(session, appeal)
    impartial.require(person, appeal)
    return appeal


def _wrong(name: str, message: Any) -> Invalid:
    return Invalid(_("Please check the fields marked below."), fields={name: [message]})
