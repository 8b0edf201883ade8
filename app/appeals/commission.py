"""The sheet of an act: what it shows, and its way into the documents of the appeal."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.appeals.models import Appeal, CommissionAct
from app.correspondence import rendering
from app.correspondence.policy import initials
from app.database import reading, transaction
from app.directory import services as directory
from app.documents import services as documents
from app.outbox.services import Job, keep_with
from app.workflow import services as workflow


def make(job: Job) -> None:
    """Render the act, keep it with the appeal and let the process go on; bears a repeat."""
    act_id = int(job.payload["act"])
    with reading() as session:
        row = session.get_one(CommissionAct, act_id)
        sheet = _sheet(session, row)
    pdf = rendering.render(sheet, moment=clock.now())
    with transaction() as session:
        if not keep_with(session, job):
            return
        row = session.get_one(CommissionAct, act_id, with_for_update=True)
        row.document_id = _keep(session, row, pdf)
        if job.instance is not None:
            told = {"document": row.document_id}
            workflow.deliver(session, job.instance, "act_made", told, actor="system")


def _keep(session: Session, row: CommissionAct, pdf: bytes) -> int:
    return documents.add_document(
        session,
        key=f"appeal:{row.appeal_id}",
        kind="commission_act",
        title=f"Акт о невозможности прочтения текста обращения № {row.number}",
        content=pdf,
        name=f"Акт {(row.number or '').replace('/', '-')}.pdf",
        media_type="application/pdf",
        actor=row.author,
        state="registered",
        number=row.number,
        issued_on=row.made_on,
    ).id


def _sheet(session: Session, row: CommissionAct) -> dict[str, Any]:
    """All that the act shows: its body, number, date, commission, appeal, finding, signatures."""
    appeal, body = session.get_one(Appeal, row.appeal_id), directory.body(session)
    return {
        "kind": "commission_act",
        "body": body.name,
        "number": row.number,
        "date": f"{row.made_on:%d.%m.%Y}" if row.made_on else "",
        "appeal": appeal.number,
        "registered": f"{appeal.registered_on:%d.%m.%Y}" if appeal.registered_on else "",
        "description": row.description,
        "conclusion": row.conclusion,
        "members": [
            {
                "role": "Председатель комиссии" if place == 0 else "Член комиссии",
                "post": one["post"],
                "name": initials(one["name"]),
                "signed": _moment(str(one["at"]), body.zone),
            }
            for place, one in enumerate(row.members)
        ],
    }


def _moment(at: str, zone: str) -> str:
    return f"{clock.local(datetime.fromisoformat(at), zone):%d.%m.%Y %H:%M}"
