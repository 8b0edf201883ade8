"""What is kept of migrations: each instance's outcome, how far one has come, the latest of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import reading
from app.errors import NotFound
from app.extensions import lazy_gettext as _
from app.workflow import reasons
from app.workflow.models import OPEN, Instance, MigrationLine, WorkItem
from app.workflow.models import Migration as MigrationRow

WAITING, MOVED, STAYED, UNDONE, KEPT = "waiting", "moved", "stayed", "undone", "kept"


@dataclass(frozen=True)
class Moved:
    """What a migration did with one instance, or would do; `rule` and `element` say why not."""

    instance: int
    key: str
    process: str
    can: bool
    reason: str
    rule: str | None = None
    element: str | None = None


@dataclass(frozen=True)
class Progress:
    """How far a migration has come. `counts` holds every outcome."""

    id: str
    source: int
    target: int
    begun_at: datetime
    actor: str
    finished_at: datetime | None
    undo_begun_at: datetime | None
    undo_actor: str | None
    undo_finished_at: datetime | None
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def busy(self) -> bool:
        if self.undo_begun_at is not None:
            return self.undo_finished_at is None
        return self.finished_at is None

    @property
    def whole(self) -> int:
        """How many instances are moved, or taken back."""
        return self.total if self.undo_begun_at is None else self.moved + self.counts[UNDONE]

    @property
    def done(self) -> int:
        """How many of them are through with it."""
        return self.whole - self.counts[WAITING if self.undo_begun_at is None else MOVED]

    @property
    def moved(self) -> int:
        """How many are on the new version now."""
        return self.counts[MOVED] + self.counts[KEPT]


def progress(migration: str) -> Progress:
    """How far a migration has come; raises NotFound."""
    with reading() as session:
        return _progress(session, row_of(session, migration))


def latest(limit: int = 20) -> list[Progress]:
    """The latest migrations, newest first."""
    with reading() as session:
        rows = session.scalars(
            select(MigrationRow).order_by(MigrationRow.begun_at.desc()).limit(limit)
        )
        return [_progress(session, row) for row in rows.all()]


def lines(migration: str, *, can: bool, offset: int = 0, limit: int = 50) -> list[Moved]:
    """A page of the instances of a migration that went where it was to lead, or did not."""
    with reading() as session:
        row = row_of(session, migration)
        back = row.undo_begun_at is not None
        good = (UNDONE,) if back else (MOVED,)
        bad = (KEPT, STAYED) if back else (STAYED,)
        found = session.scalars(
            select(MigrationLine)
            .where(
                MigrationLine.migration_id == migration,
                MigrationLine.outcome.in_(good if can else bad),
            )
            .order_by(MigrationLine.id)
            .offset(offset)
            .limit(limit)
        )
        return [moved_of(session, row, line) for line in found.all()]


def moved_of(session: Session, migration: MigrationRow, line: MigrationLine) -> Moved:
    instance = session.get_one(Instance, line.instance_id)
    reason = ""
    if line.rule is not None:
        reason = reasons.sentence(session, line, migration.from_version, migration.to_version)
    can = line.outcome in (MOVED, UNDONE)
    return Moved(instance.id, instance.key, instance.process, can, reason, line.rule, line.element)


def _progress(session: Session, row: MigrationRow) -> Progress:
    return Progress(
        row.id,
        row.from_version,
        row.to_version,
        row.begun_at,
        row.actor,
        row.finished_at,
        row.undo_begun_at,
        row.undo_actor,
        row.undo_finished_at,
        counts_of(session, row.id),
    )


def counts_of(session: Session, migration: str) -> dict[str, int]:
    found = session.execute(
        select(MigrationLine.outcome, func.count())
        .where(MigrationLine.migration_id == migration)
        .group_by(MigrationLine.outcome)
    )
    counted = {outcome: int(number) for outcome, number in found}
    return {name: counted.get(name, 0) for name in (WAITING, MOVED, STAYED, UNDONE, KEPT)}


def row_of(session: Session, migration: str, *, lock: bool = False) -> MigrationRow:
    row = session.get(MigrationRow, migration, with_for_update=lock or None)
    if row is None:
        raise NotFound(_("There is no such migration to undo."))
    return row


def standing(instances: Sequence[int]) -> dict[int, list[str]]:
    """The names of the steps that are open in each of some instances."""
    found: dict[int, list[str]] = {one: [] for one in instances}
    with reading() as session:
        rows = session.execute(
            select(WorkItem.instance_id, WorkItem.version_id, WorkItem.process, WorkItem.element)
            .where(WorkItem.instance_id.in_(instances), WorkItem.status == OPEN)
            .order_by(WorkItem.id)
        )
        for instance, version, process, element in rows:
            found[instance].append(reasons.name_of(session, process, element, version))
    return found
