"""Move running instances to another version of the diagrams, and go back.

A migration is a list of instances. Each is moved in a transaction of its own, so that one that
cannot, or fails, does not hold up the others, and nobody who works meanwhile waits for more than
the one in hand. Steps are never rewritten: what was entered on a version stays so.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import engine
from app import clock
from app.audit.services import record
from app.database import reading, transaction
from app.errors import Conflict, NotFound
from app.extensions import lazy_gettext as _
from app.outbox.services import Job, handles, keep_with, promise
from app.workflow import bridge, outcomes, reasons, said
from app.workflow.migration_records import (
    KEPT,
    MOVED,
    STAYED,
    UNDONE,
    WAITING,
    Moved,
    counts_of,
    moved_of,
    row_of,
)
from app.workflow.models import (
    BROKEN,
    OPEN,
    RUNNING,
    IncidentRow,
    Instance,
    MigrationLine,
    WorkItem,
    queue_of,
)
from app.workflow.models import Migration as MigrationRow
from app.workflow.shelf import version_set

log = structlog.get_logger(__name__)

JOB = "process.migrate"
AT_ONCE = 50
#: When the worker takes over what a command does itself, should that have been killed.
TAKEN_OVER = timedelta(hours=1)
MOVABLE = (RUNNING, BROKEN)


@dataclass(frozen=True)
class Migration:
    """A migration that was done, or rehearsed (without an id)."""

    id: str | None
    lines: tuple[Moved, ...]

    @property
    def moved(self) -> int:
        return sum(line.can for line in self.lines)

    @property
    def left(self) -> int:
        return len(self.lines) - self.moved


# -- looking ahead ---------------------------------------------------------------------------------


def preview(
    source: int, target: int, *, instance: int | None = None, at_most: int | None = None
) -> Iterator[Moved]:
    """Tell of each running instance of `source` whether it can go over; nothing changes."""
    with reading() as session:
        _require_versions(session, source, target)
        found = _running(session, source, instance)[:at_most]
    for place in range(0, len(found), AT_ONCE):
        with reading() as session:
            ids = found[place : place + AT_ONCE]
            looked = [_look(session, instance_id, source, target) for instance_id in ids]
        yield from filter(None, looked)


def _look(session: Session, instance_id: int, source: int, target: int) -> Moved | None:
    row = session.get(Instance, instance_id)
    if row is None or row.version_id != source or row.status not in MOVABLE:
        return None
    try:
        _migrated(session, row, target)
    except engine.CannotMigrate as refusal:
        reason = reasons.sentence(session, refusal, source, target)
        return Moved(row.id, row.key, row.process, False, reason, refusal.rule, refusal.element)
    except engine.EngineError as failure:
        reason = reasons.unexpected(failure)
        return Moved(row.id, row.key, row.process, False, reason, "failed")
    return Moved(row.id, row.key, row.process, True, "")


def _migrated(session: Session, row: Instance, target: int) -> engine.Outcome:
    old, new = version_set(session, row.version_id), version_set(session, target)
    return engine.migrate(old, new, row.state, now=clock.now())


# -- moving ----------------------------------------------------------------------------------------


def migrate(
    source: int,
    target: int,
    *,
    instance: int | None = None,
    dry_run: bool = False,
    actor: str,
    tell: Callable[[Moved], None] | None = None,
) -> Migration:
    """Move the running instances of `source` (or one) to `target`; a rehearsal changes nothing.

    `tell` hears of each instance as it is through.
    """
    tell = tell or (lambda _line: None)
    lines: list[Moved] = []
    migration = None
    if dry_run:
        for line in preview(source, target, instance=instance):
            tell(line)
            lines.append(line)
    else:
        migration = begin(source, target, instance=instance, actor=actor)
        _carry_all(migration, lines, tell)
    return Migration(migration, tuple(lines))


def _carry_all(migration: str, lines: list[Moved], tell: Callable[[Moved], None]) -> None:
    while (done := carry_on(migration)) is not None:
        for line in done:
            tell(line)
        lines += done


def begin(
    source: int, target: int, *, instance: int | None = None, actor: str, later: bool = False
) -> str:
    """Write down what is to be moved; return the id of the migration.

    `later` leaves the moving to the worker; otherwise the caller calls `carry_on`, and the worker
    goes on only with what is left after an hour.
    """
    with transaction() as session:
        _require_versions(session, source, target)
        found = _running(session, source, instance)
        row = MigrationRow(
            id=uuid.uuid4().hex,
            from_version=source,
            to_version=target,
            begun_at=clock.now(),
            actor=actor,
        )
        session.add(row)
        session.flush()
        session.add_all(
            MigrationLine(migration_id=row.id, instance_id=one, outcome=WAITING) for one in found
        )
        _promise(session, row.id, later=later)
        return row.id


def _promise(session: Session, migration: str, *, later: bool) -> None:
    due_at = clock.now() if later else clock.now() + TAKEN_OVER
    promise(session, JOB, {"migration": migration}, due_at=due_at)


def _require_versions(session: Session, source: int, target: int) -> None:
    # Both are asked for first: with nothing running, a slip in a number would go unnoticed.
    for version in (source, target):
        version_set(session, version)
    if source == target:
        raise Conflict(_("The version to move to is the one they run on."))


def _running(session: Session, source: int, instance: int | None) -> Sequence[int]:
    query = select(Instance.id).where(Instance.version_id == source, Instance.status.in_(MOVABLE))
    if instance is not None:
        query = query.where(Instance.id == instance)
    found = session.scalars(query.order_by(Instance.id)).all()
    if instance is not None and not found:
        raise NotFound(_("This instance does not run on that version."))
    return found


@handles(JOB)
def keep_on(job: Job) -> None:
    """Do a part of a migration, and promise the rest: a lease is short, a migration may be long."""
    migration = str(job.payload["migration"])
    if carry_on(migration) is not None:
        with transaction() as session:
            if keep_with(session, job):
                promise(session, JOB, {"migration": migration})


def carry_on(migration: str, at_most: int = AT_ONCE) -> list[Moved] | None:
    """Move, or take back, the next instances of a migration; None when it is finished.

    What another worker was faster with is not among them.
    """
    with reading() as session:
        row = row_of(session, migration)
        wanted = MOVED if row.undo_begun_at is not None else WAITING
        pending = session.scalars(
            select(MigrationLine.id)
            .where(MigrationLine.migration_id == migration, MigrationLine.outcome == wanted)
            .order_by(MigrationLine.id)
            .limit(at_most)
        ).all()
    if not pending:
        _finish(migration)
        return None
    step = _take_back if wanted == MOVED else _move
    return [line for line_id in pending if (line := _carry(line_id, wanted, step)) is not None]


def _carry(
    line_id: int, wanted: str, step: Callable[[Session, MigrationRow, MigrationLine], None]
) -> Moved | None:
    """Do one instance in a transaction of its own; what fails is written down and stays there."""
    try:
        with transaction() as session:
            line = session.get(MigrationLine, line_id, with_for_update=True)
            if line is None or line.outcome != wanted:
                return None  # another worker was faster
            migration = row_of(session, line.migration_id)
            step(session, migration, line)
            session.flush()
            return moved_of(session, migration, line)
    except OperationalError:
        raise  # the database is away; the migration goes on where it stands
    except Exception as failure:  # one instance must not hold up the others, whatever it meets
        log.warning("migration.failed", line=line_id, exc_info=failure)
        with transaction() as session:
            line = session.get_one(MigrationLine, line_id)
            line.outcome = STAYED if wanted == WAITING else KEPT
            line.rule, line.detail = "failed", said.kept(reasons.detail_of(failure))
            return moved_of(session, row_of(session, line.migration_id), line)


def _move(session: Session, migration: MigrationRow, line: MigrationLine) -> None:
    row = bridge.locked(session, line.instance_id)
    if row.version_id != migration.from_version or row.status not in MOVABLE:
        line.outcome, line.rule = STAYED, "instance.elsewhere"
        return
    try:
        outcome = _migrated(session, row, migration.to_version)
    except engine.CannotMigrate as refusal:
        line.outcome, line.rule, line.process = STAYED, refusal.rule, refusal.process
        line.element, line.other = refusal.element, refusal.other
        line.detail = said.kept(refusal.detail) if refusal.detail is not None else None
        return
    line.outcome, line.state, line.after = MOVED, row.state, _digest(outcome.state)
    if row.status == BROKEN:
        _settle_timer(session, row, migration.actor)
    _keep(session, row, migration.to_version, outcome, migration.actor)


def _keep(
    session: Session, row: Instance, version: int, outcome: engine.Outcome, actor: str
) -> None:
    """Write the outcome; open items follow the new diagram, steps stay what they are."""
    row.version_id = version
    outcomes.keep(session, row, outcome, actor=actor)
    tasks = {task.id: task for task in outcome.tasks}
    items = select(WorkItem).where(WorkItem.instance_id == row.id, WorkItem.status == OPEN)
    for item in session.scalars(items):
        task = tasks[item.task]
        item.version_id, item.assigned_to, item.priority = version, task.assignee, task.priority
        item.queue = queue_of(task.roles, item.process, item.element)
    session.flush()


def _settle_timer(session: Session, row: Instance, actor: str) -> None:
    """A timer that broke on the old diagram will be tried on the new one."""
    broken = select(IncidentRow).where(
        IncidentRow.instance_id == row.id, IncidentRow.resolved_at.is_(None)
    )
    for incident in session.scalars(broken):
        if incident.move.get("move") == "tick":
            incident.resolved_at, incident.resolved_by = clock.now(), actor
            incident.resolution = "migrated"


def _finish(migration: str) -> None:
    with transaction() as session:
        row = row_of(session, migration, lock=True)
        undone = row.undo_begun_at is not None
        if (row.undo_finished_at if undone else row.finished_at) is not None:
            return
        counts = counts_of(session, migration)
        if undone:
            row.undo_finished_at = clock.now()
            record(
                session,
                row.undo_actor or row.actor,
                "processes.migration_undone",
                f"version:{row.from_version}",
                migration=migration,
                undone=counts[UNDONE],
                left=counts[KEPT],
            )
        else:
            row.finished_at = clock.now()
            record(
                session,
                row.actor,
                "processes.migrated",
                f"version:{row.to_version}",
                migration=migration,
                source=row.from_version,
                moved=counts[MOVED],
                left=counts[STAYED],
            )


# -- going back ------------------------------------------------------------------------------------


def undo(migration: str, *, actor: str, tell: Callable[[Moved], None] | None = None) -> Migration:
    """Put the instances of a migration back where they were; those that moved on since stay.

    Raises Conflict when all of them have.
    """
    begin_undo(migration, actor=actor)
    lines: list[Moved] = []
    _carry_all(migration, lines, tell or (lambda _line: None))
    if not any(line.can for line in lines):
        raise Conflict(_("Nothing was put back: every instance has moved on since the migration."))
    return Migration(migration, tuple(lines))


def begin_undo(migration: str, *, actor: str, later: bool = False) -> None:
    """Stop a migration if it still runs, and begin to take it back."""
    with transaction() as session:
        row = row_of(session, migration, lock=True)
        counts = counts_of(session, migration)
        if row.undo_begun_at is not None or not counts[MOVED]:
            raise NotFound(_("There is no such migration to undo."))
        row.undo_begun_at, row.undo_actor = clock.now(), actor
        session.execute(
            update(MigrationLine)
            .where(MigrationLine.migration_id == migration, MigrationLine.outcome == WAITING)
            .values(outcome=STAYED, rule="stopped")
        )
        _promise(session, migration, later=later)


def _take_back(session: Session, migration: MigrationRow, line: MigrationLine) -> None:
    row = bridge.locked(session, line.instance_id)
    state = line.state
    same = row.version_id == migration.to_version and row.status in MOVABLE
    if state is None or not same or _digest(row.state) != line.after:
        line.outcome, line.rule = KEPT, "instance.went_on"
        return
    new = version_set(session, migration.to_version)
    old = version_set(session, migration.from_version)
    outcome = engine.go_back(new, old, row.state, state, now=clock.now())
    _keep(session, row, migration.from_version, outcome, migration.undo_actor or migration.actor)
    line.outcome, line.state, line.rule = UNDONE, None, None


def _digest(state: bytes) -> str:
    return sha256(state).hexdigest()


def running(version: int) -> int:
    """How many instances of a version could be moved at all."""
    with reading() as session:
        return len(_running(session, version, None))
