"""Use cases of keeping and erasure; each is one transaction of its own.

Two persons erase: one proposes an act, another approves it, and only then a job for each appeal
does what the act says, after looking again whether anything stands against it.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.access import policy as access
from app.access.services import Person
from app.appeals.cards import OpenedFile
from app.appeals.commands import storable
from app.appeals.finding import by_ref, hold, known_id
from app.appeals.models import Appeal
from app.appeals.terms import today, zone_of
from app.audit.services import record
from app.correspondence import mailbox
from app.database import reading, transaction
from app.directory.numbers import next_number
from app.documents import services as documents
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.outbox.services import Job, keep_with, promise
from app.privacy import erasing, keeping
from app.privacy.models import (
    APPROVED,
    CARRIED_OUT,
    ERASED,
    EXPERTS,
    KEPT,
    LISTED,
    PERMANENT,
    PROPOSED,
    REFUSED,
    DestructionAct,
    DestructionLine,
    Erasure,
    Preservation,
)
from app.privacy.terms import retention
from app.privacy.values import ActLine, ActView, Due, ErasureLine
from app.session import give_ids
from app.workflow import services as workflow

MARKS = (EXPERTS, PERMANENT)


def due(person: Person) -> list[Due]:
    """Appeals whose keeping is over, with what stands against erasing each."""
    access.demand(person, "retention.read")
    with reading() as session:
        return keeping.due(session)


def preserve(person: Person, ref: int | str, mark: str, reason: str) -> None:
    """Mark an appeal for the expert commission or as kept for ever; '' takes the mark off."""
    access.demand(person, "retention.propose")
    said = storable(reason).strip()
    if mark not in ("", *MARKS):
        raise Invalid(fields={"mark": [_("One of: epk, permanent, or nothing.")]})
    if not said:
        raise Invalid(fields={"reason": [_("Write the reason.")]})
    with transaction() as session:
        appeal = _found(session, ref)
        hold(session, appeal)
        row = session.get(Preservation, appeal.id)
        if mark:
            row = row or Preservation(appeal_id=appeal.id)
            row.mark, row.reason, row.by, row.at = mark, said, person.login, clock.now()
            session.add(row)
            record(session, person.login, "appeal.preserved", appeal.key, mark=mark, reason=said)
        elif row is not None:
            session.delete(row)
            record(session, person.login, "appeal.unpreserved", appeal.key, reason=said)


def propose(person: Person, appeal_ids: Sequence[int] | None = None) -> ActView:
    """Draw up an act of what is due and not held, or of these of it.

    Raises Invalid when there is nothing, or something that is not due.
    """
    access.demand(person, "retention.propose")
    with transaction() as session:
        # Taken first: who proposes at the same moment waits here, and sees this act when it looks.
        number = next_number(session, "act", today(session))
        ready = {one.appeal_id: one for one in keeping.due(session) if not (one.held or one.act)}
        wanted = list(ready) if appeal_ids is None else list(dict.fromkeys(appeal_ids))
        if not wanted or any(one not in ready for one in wanted):
            message = _("Choose appeals whose keeping is over and against which nothing stands.")
            raise Invalid(message, fields={"appeals": [message]})
        act = DestructionAct(
            number=number,
            state=PROPOSED,
            proposed_by=person.login,
            proposed_at=clock.now(),
        )
        give_ids(session, act)
        lines = [
            DestructionLine(
                act_id=act.id,
                appeal_id=one,
                kept_until=ready[one].kept_until,
                norm=ready[one].norm,
                state=LISTED,
            )
            for one in wanted
        ]
        session.add_all(lines)
        record(
            session, person.login, "destruction.proposed", f"act:{act.id}",
            number=act.number, appeals=len(lines),
        )  # fmt: skip
        session.flush()
        return _view(session, act, person)


def decide(person: Person, act_id: int, *, approve: bool, remark: str = "") -> ActView:
    """Approve an act that another proposed, which sets the erasing going; or refuse it."""
    access.demand(person, "retention.approve")
    said = storable(remark).strip()
    with transaction() as session:
        act = session.get(DestructionAct, known_id(act_id), with_for_update=True)
        if act is None:
            raise NotFound(_("There is no such act."))
        if act.state != PROPOSED:
            raise Conflict(_("This act is decided on already."))
        if act.proposed_by == person.login:
            raise Forbidden(_("Who proposed an act does not approve it: another person does."))
        if not approve and not said:
            raise Invalid(fields={"remark": [_("Write the reason.")]})
        act.state = APPROVED if approve else REFUSED
        act.decided_by, act.decided_at, act.remark = person.login, clock.now(), said
        verb = "destruction.approved" if approve else "destruction.refused"
        record(session, person.login, verb, f"act:{act.id}", number=act.number, remark=said)
        for line in act.lines if approve else ():
            promise(session, "privacy.erase", {"line": line.id})
        return _view(session, act, person)


def erase(job: Job) -> None:
    """Carry out one line of an approved act, once, unless something stands against it now."""
    uids: list[str] = []
    with transaction() as session:
        line = session.get(DestructionLine, int(job.payload["line"]), with_for_update=True)
        if line is None or not keep_with(session, job) or line.state != LISTED:
            return
        # Lines of one act wait for each other here, so that one of them is the last.
        act = session.get_one(DestructionAct, line.act_id, with_for_update=True)
        appeal = session.get_one(Appeal, line.appeal_id)
        workflow.hold(session, str(appeal.key))
        session.refresh(appeal)
        now = keeping.look(session, appeal, retention(session))
        if now.held or now.kept_until >= today(session):
            line.state, line.why = KEPT, now.held or keeping.LONGER
        else:
            uids = _erase(session, act, line, appeal)
        session.flush()
        _finish(session, act)
    mailbox.forget(uids)


def acts(person: Person) -> list[ActView]:
    """Acts, the latest first."""
    access.demand(person, "retention.read")
    with reading() as session:
        rows = session.scalars(select(DestructionAct).order_by(DestructionAct.id.desc()))
        return [_view(session, row, person) for row in rows]


def act(person: Person, act_id: int) -> ActView:
    access.demand(person, "retention.read")
    with reading() as session:
        row = session.get(DestructionAct, known_id(act_id))
        if row is None:
            raise NotFound(_("There is no such act."))
        return _view(session, row, person)


def register(person: Person) -> list[ErasureLine]:
    """The register of erasures, the latest first."""
    access.demand(person, "retention.read")
    with reading() as session:
        return lines_of(session)[::-1]


def lines_of(session: Session) -> list[ErasureLine]:
    """Every line of the register, oldest first."""
    names = ErasureLine.__dataclass_fields__
    rows = session.scalars(select(Erasure).order_by(Erasure.id))
    return [ErasureLine(**{name: getattr(row, name) for name in names}) for row in rows]


def reapply(lines: Iterable[ErasureLine]) -> int:
    """Erase again what a register lists and the restored database holds; how many appeals."""
    erased = 0
    for line in lines:
        with transaction() as session:
            known = select(Erasure.id).where(Erasure.receipt == line.receipt)
            if session.scalar(known) is not None:
                continue  # What was restored had it erased already.
            session.add(Erasure(**asdict(line)))
            appeal = session.scalar(select(Appeal).where(Appeal.receipt == line.receipt))
            if appeal is None:
                continue
            session.flush()
            uids = erasing.erase(session, appeal.id, actor="system")
            record(session, "system", "appeal.erased", appeal.key, act=line.act, again=True)
            erased += 1
        mailbox.forget(uids)
    return erased


def read_lines(rows: Iterable[Mapping[str, Any]]) -> list[ErasureLine]:
    """Lines of a register written as JSON."""
    dates = ("received_on", "registered_on", "ended_on", "kept_until")
    return [
        ErasureLine(
            **{
                **row,
                **{name: row[name] and date.fromisoformat(row[name]) for name in dates},
                "erased_at": datetime.fromisoformat(row["erased_at"]),
            }
        )
        for row in rows
    ]


def printed(person: Person, act_id: int) -> OpenedFile:
    """The act on paper, once it is carried out."""
    access.demand(person, "retention.read")
    with reading() as session:
        row = session.get(DestructionAct, known_id(act_id))
        if row is None or row.document_id is None:
            raise NotFound(_("There is no such act."))
        content, name = documents.content(session, row.document_id), f"act-{row.id}.pdf"
    return OpenedFile(io.BytesIO(content), name, "application/pdf", len(content))


def _found(session: Session, ref: int | str) -> Appeal:
    found = by_ref(session, ref)
    if found is None:
        raise NotFound(_("There is no such appeal."))
    return found


def _erase(
    session: Session, act: DestructionAct, line: DestructionLine, appeal: Appeal
) -> list[str]:
    files, letters = erasing.counted(session, appeal.id)
    zone = zone_of(session)
    assert appeal.closed_at is not None  # noqa: S101  # `keeping.held` has just said so
    session.add(
        Erasure(
            appeal_id=appeal.id,
            receipt=appeal.receipt,
            number=appeal.number,
            received_on=clock.local(appeal.received_at, zone).date(),
            registered_on=appeal.registered_on,
            ended_on=clock.local(appeal.closed_at, zone).date(),
            outcome=appeal.outcome,
            kept_until=line.kept_until,
            norm=line.norm,
            files=files,
            letters=letters,
            act=act.number,
            proposed_by=act.proposed_by,
            approved_by=act.decided_by,
            erased_at=clock.now(),
        )
    )
    line.state = ERASED
    session.flush()
    uids = erasing.erase(session, appeal.id, actor=str(act.decided_by))
    session.expire(appeal)
    record(session, str(act.decided_by), "appeal.erased", appeal.key, act=act.number)
    return uids


def _finish(session: Session, act: DestructionAct) -> None:
    """After the last line: note it and have the act printed."""
    left = session.scalar(
        select(func.count()).where(
            DestructionLine.act_id == act.id, DestructionLine.state == LISTED
        )
    )
    if not left:
        act.state, act.done_at = CARRIED_OUT, clock.now()
        record(session, str(act.decided_by), "destruction.done", f"act:{act.id}", number=act.number)
        promise(session, "privacy.print", {"act": act.id})


def _view(session: Session, act: DestructionAct, person: Person) -> ActView:
    rows = session.execute(
        select(DestructionLine, Appeal)
        .join(Appeal, Appeal.id == DestructionLine.appeal_id)
        .where(DestructionLine.act_id == act.id)
        .order_by(DestructionLine.id)
    )
    zone = zone_of(session)
    lines = tuple(
        ActLine(
            appeal_id=appeal.id,
            number=appeal.number or appeal.receipt,
            registered_on=appeal.registered_on,
            ended_on=clock.local(appeal.closed_at or clock.now(), zone).date(),
            kept_until=line.kept_until,
            norm=line.norm,
            state=line.state,
            why=line.why,
        )
        for line, appeal in rows
    )
    may_decide = access.may(person, "retention.approve") and act.proposed_by != person.login
    return ActView(
        id=act.id,
        number=act.number,
        state=act.state,
        proposed_by=act.proposed_by,
        proposed_at=act.proposed_at,
        decided_by=act.decided_by,
        decided_at=act.decided_at,
        remark=act.remark,
        done_at=act.done_at,
        lines=lines,
        document=act.document_id is not None,
        may_decide=may_decide and act.state == PROPOSED,
    )
