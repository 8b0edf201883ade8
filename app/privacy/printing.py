"""An act of destruction as a sheet: what was erased, by which norm, by whose decision."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.access.services import people_by_login
from app.appeals.models import Appeal
from app.appeals.terms import zone_of
from app.correspondence import rendering
from app.database import reading, transaction
from app.directory import services as directory
from app.documents import services as documents
from app.privacy.models import ERASED, DestructionAct, DestructionLine


def print_act(act_id: int) -> None:
    """Render the sheet and keep it; once it is there, nothing happens."""
    with reading() as session:
        act = session.get_one(DestructionAct, act_id)
        if act.document_id is not None:
            return
        sheet = _sheet(session, act)
    content = rendering.render(sheet, moment=clock.now())
    with transaction() as session:
        act = session.get_one(DestructionAct, act_id, with_for_update=True)
        if act.document_id is None:
            act.document_id = documents.add_document(
                session,
                key=f"act:{act.id}",
                kind="act",
                title=f"Акт {act.number}",
                content=content,
                name=f"act-{act.id}.pdf",
                media_type="application/pdf",
                actor="system",
            ).id


def _sheet(session: Session, act: DestructionAct) -> dict[str, Any]:
    body, zone = directory.body(session), zone_of(session)
    logins = [act.proposed_by, str(act.decided_by)]
    people = people_by_login(session, logins)
    rows = session.execute(
        select(DestructionLine, Appeal)
        .join(Appeal, Appeal.id == DestructionLine.appeal_id)
        .where(DestructionLine.act_id == act.id)
        .order_by(DestructionLine.id)
    ).all()
    erased = [(line, appeal) for line, appeal in rows if line.state == ERASED]
    signers = [
        {
            "role": role,
            "post": people[login].post if login in people else "",
            "name": people[login].short_name if login in people else login,
            "date": _spelt(clock.local(at, zone).date()) if at else "",
        }
        for role, login, at in zip(
            ("Составил", "Утвердил"), logins, (act.proposed_at, act.decided_at), strict=True
        )
    ]
    return {
        "kind": "act",
        "body": body.name,
        "number": act.number,
        "date": _spelt(clock.local(act.proposed_at, zone).date()),
        "done": _spelt(clock.local(act.done_at or clock.now(), zone).date()),
        "lines": [
            [
                appeal.number or appeal.receipt,
                _spelt(appeal.registered_on),
                _spelt(clock.local(appeal.closed_at, zone).date()) if appeal.closed_at else "",
                _spelt(line.kept_until),
                line.norm,
            ]
            for line, appeal in erased
        ],
        "kept": [
            [appeal.number or appeal.receipt] for line, appeal in rows if line.state != ERASED
        ],
        "signers": signers,
    }


def _spelt(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else "—"
