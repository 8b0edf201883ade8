"""Move running instances to another version of the diagrams, and undo it."""

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
from app import clock
from app.audit.services import record
from app.database import reading, transaction
from app.errors import Conflict, NotFound
from app.extensions import lazy_gettext as _
from app.workflow import bridge
from app.workflow.models import RUNNING, Instance, Snapshot, StepRow, WorkItem
from app.workflow.shelf import version_set


@dataclass(frozen=True)
class Moved:
    """What a migration did, or would do: one line an instance."""

    instance: int
    key: str
    process: str
    can: bool
    reason: str


@dataclass(frozen=True)
class Migration:
    id: str | None
    lines: tuple[Moved, ...]


def migrate(
    source: int, target: int, *, instance: int | None = None, dry_run: bool = False, actor: str
) -> Migration:
    """Move the running instances of `source` (or one) to `target`; a rehearsal changes nothing."""
    migration = uuid.uuid4().hex
    # A rehearsal is the same work in a use case that is never kept.
    with reading() if dry_run else transaction() as session:
        # Both are asked for first: with nothing running, a slip in a number would go unnoticed.
        for version in (source, target):
            version_set(session, version)
        rows = _running(session, source, instance)
        lines = tuple(_move(session, row, target, migration, actor) for row in rows)
        record(
            session,
            actor,
            "processes.migrated",
            f"version:{target}",
            source=source,
            moved=sum(line.can for line in lines),
        )
    return Migration(None if dry_run else migration, lines)


def _running(session: Session, source: int, instance: int | None) -> list[Instance]:
    query = select(Instance).where(Instance.version_id == source, Instance.status == RUNNING)
    if instance is not None:
        query = query.where(Instance.id == instance)
    found = list(session.scalars(query.order_by(Instance.id).with_for_update()))
    if instance is not None and not found:
        raise NotFound(_("This instance does not run on that version."))
    return found


def _move(session: Session, row: Instance, target: int, migration: str, actor: str) -> Moved:
    old, new = version_set(session, row.version_id), version_set(session, target)
    try:
        outcome = engine.migrate(old, new, row.state, now=clock.now())
    except engine.CannotMigrate as refusal:
        return Moved(row.id, row.key, row.process, False, refusal.reason)
    session.add(
        Snapshot(
            migration=migration,
            instance_id=row.id,
            from_version=row.version_id,
            to_version=target,
            state=row.state,
            revision=row.revision + 1,
            at=clock.now(),
            actor=actor,
        )
    )
    _set_version(session, row, target)
    bridge.keep(session, row, outcome, actor=actor)
    return Moved(row.id, row.key, row.process, True, "")


def _set_version(session: Session, row: Instance, version: int) -> None:
    row.version_id = version
    for item in session.scalars(select(WorkItem).where(WorkItem.instance_id == row.id)):
        if item.closed_at is None:
            item.version_id = version
    standing = select(StepRow).where(StepRow.instance_id == row.id, StepRow.left_at.is_(None))
    for step in session.scalars(standing):
        step.version_id = version
    session.flush()


def undo(migration: str, *, actor: str) -> int:
    """Put the instances of a migration back, unless one has moved on since; how many were."""
    with transaction() as session:
        snapshots = session.scalars(
            select(Snapshot).where(Snapshot.migration == migration, Snapshot.undone_at.is_(None))
        ).all()
        if not snapshots:
            raise NotFound(_("There is no such migration to undo."))
        for snapshot in snapshots:
            row = bridge.locked(session, snapshot.instance_id)
            if row.revision != snapshot.revision:
                raise Conflict(_("Instance %(id)s has moved on since the migration.", id=row.id))
            old = version_set(session, snapshot.from_version)
            _set_version(session, row, snapshot.from_version)
            bridge.keep(session, row, engine.inspect(old, snapshot.state), actor=actor)
            snapshot.undone_at = clock.now()
        record(session, actor, "processes.migration_undone", None, migration=migration)
        return len(snapshots)
