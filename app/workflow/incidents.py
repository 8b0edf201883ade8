"""Moves that broke: list them, retry them, give them up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import engine
from app import clock
from app.audit.services import record
from app.database import reading, transaction
from app.errors import Conflict, NotFound
from app.extensions import lazy_gettext as _
from app.outbox.services import Job
from app.workflow import bridge, said, services, timers
from app.workflow.models import RUNNING, IncidentRow, Instance


@dataclass(frozen=True)
class Incident:
    """A move that broke, for the administrator. `move` names what a retry would do again."""

    id: int
    key: str
    process: str
    element: str | None
    reason: engine.Sentence
    move: str
    created_at: datetime
    instance_id: int | None


def incidents() -> list[Incident]:
    """Incidents that are not settled, newest first."""
    with reading() as session:
        rows = session.scalars(
            select(IncidentRow)
            .where(IncidentRow.resolved_at.is_(None))
            .order_by(IncidentRow.id.desc())
        )
        return [
            Incident(
                row.id,
                row.key,
                row.process,
                row.element,
                said.read(row.reason),
                str(row.move.get("move")),
                row.created_at,
                row.instance_id,
            )
            for row in rows
        ]


def open_count(session: Session) -> int:
    found = session.scalar(
        select(func.count()).select_from(IncidentRow).where(IncidentRow.resolved_at.is_(None))
    )
    return int(found or 0)


def of_job(session: Session, job: Job, reason: str) -> None:
    """A job that a process waits for was parked: show it where the process stands."""
    instance = session.get(Instance, job.instance) if job.instance is not None else None
    if instance is None:
        return
    session.add(
        IncidentRow(
            instance_id=instance.id,
            key=instance.key,
            process=instance.process,
            element=job.element,
            reason=reason,
            move={"move": "job", "uid": job.uid, "kind": job.kind},
            created_at=clock.now(),
        )
    )


def retry_incident(incident_id: int, *, actor: str) -> None:
    """Do the broken move again; the incident is settled only if it succeeds this time."""
    with transaction() as session:
        row = _open_row(session, incident_id)
        if row.move["move"] == "job":
            raise Conflict(_("Retry this delivery in the list of parked deliveries."))
        _again(session, row, row.move)
        _settle(session, row, "retried", actor)


def _again(session: Session, row: IncidentRow, move: Mapping[str, Any]) -> None:
    if row.instance_id is None or move["move"] == "stuck":
        raise Conflict(_("There is nothing to retry; correct the diagram and start anew."))
    if move["move"] == "complete":
        services.complete(session, move["item"], move["answers"], actor=move["actor"])
        return
    instance = bridge.locked(session, row.instance_id)
    if move["move"] == "tick":
        instance.status = RUNNING
        timers.tick(session, instance)
    elif move["move"] == "deliver":
        bridge.deliver(session, instance.id, move["name"], move["payload"], kind=move["kind"])


def cancel_incident(incident_id: int, *, actor: str, reason: str) -> None:
    """Settle an incident without doing the move again; the process stays where it stands."""
    with transaction() as session:
        row = _open_row(session, incident_id)
        _settle(session, row, "cancelled", actor, reason=reason)


def _settle(session: Session, row: IncidentRow, how: str, actor: str, *, reason: str = "") -> None:
    row.resolved_at, row.resolved_by, row.resolution = clock.now(), actor, how
    record(session, actor, f"incident.{how}", row.key, element=row.element, reason=reason)


def _open_row(session: Session, incident_id: int) -> IncidentRow:
    row = session.get(IncidentRow, incident_id, with_for_update=True)
    if row is None:
        raise NotFound(_("There is no such incident."))
    if row.resolved_at is not None:
        raise Conflict(_("This incident is already settled."))
    return row
