"""Published versions of the diagrams, running instances, and what they wait for."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model, UTCDateTime
from app.session import OVER

RUNNING, ENDED, CANCELLED, BROKEN = "running", "ended", "cancelled", "broken"
OPEN, DONE = "open", "done"


class Version(Model):
    """A published set of diagrams, tables and forms; immutable, found by its content key.

    The content key overlooks what means nothing, as the program that published it saw that;
    `digest` is of the very bytes, and tells at any time whether they are still the same.
    """

    __tablename__ = "process_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    content_key: Mapped[str] = mapped_column(String(64), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(default="")
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_by: Mapped[str] = mapped_column(String(100))
    active: Mapped[bool] = mapped_column(default=False)
    files: Mapped[list["VersionFile"]] = relationship(order_by="VersionFile.path")


class VersionFile(Model):
    __tablename__ = "process_file"

    version_id: Mapped[int] = mapped_column(ForeignKey("process_version.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(200), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class StoredSet(Model):
    """What the engine made of a version's files, so that no later process has to parse them.

    Nothing but a copy: a newer program makes its own, and where there is none the files are read.
    """

    __tablename__ = "process_stored"

    version_id: Mapped[int] = mapped_column(ForeignKey("process_version.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Instance(Model):
    """One running process. `state` is the engine's; `revision` catches a lost update."""

    __tablename__ = "instance"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("process_version.id"))
    process: Mapped[str] = mapped_column(String(120))
    key: Mapped[str] = mapped_column(String(64), index=True)
    # Text or bytes, never jsonb: sorted keys would destroy the engine's rows.
    state: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[str] = mapped_column(String(10), default=RUNNING)
    next_due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revision: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (Index("ix_instance_due", "status", "next_due_at"),)


_WITH_TERM = text("status = 'open' AND due_at IS NOT NULL")


#: Who has an item: who took it, else whom it was given to by name.
_HOLDER = text("coalesce(taken_by, assigned_to)")


def _of_open(name: str, *columns: Any) -> Index:
    """An index of the open items alone, in which a list is counted without looking at rows.

    What the lists ask besides stands behind: SQLite knows no columns that are only included.
    """
    opened = text("status = 'open'")
    return Index(name, *columns, postgresql_where=opened, sqlite_where=opened)


class WorkItem(Model):
    """One user task of one instance; open, done or cancelled, kept for ever.

    `queue` is "roles/process/element": whose inbox shows it and at which step it stands. `term_on`
    and `pressing_on`, the day it is due and the one it is sorted by, are told by the room above
    (`app.workflow.outcomes.on_standing`); while it is open, the lists ask for nothing else.
    """

    __tablename__ = "work_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"))
    task: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(64), index=True)
    process: Mapped[str] = mapped_column(String(120))
    element: Mapped[str] = mapped_column(String(120))
    version_id: Mapped[int] = mapped_column(ForeignKey("process_version.id"))
    assigned_to: Mapped[str | None] = mapped_column(String(100))
    taken_by: Mapped[str | None] = mapped_column(String(100))
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    queue: Mapped[str] = mapped_column(String(400), default="", server_default="")
    term_on: Mapped[date | None] = mapped_column(Date)
    pressing_on: Mapped[date | None] = mapped_column(Date)
    priority: Mapped[int] = mapped_column(default=50)
    variables: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(10), default=OPEN)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_by: Mapped[str | None] = mapped_column(String(100))
    revision: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        UniqueConstraint("instance_id", "task"),
        # None begins with the status: SQLite would take it for every list of the open ones.
        _of_open("ix_work_item_open", "element", "pressing_on", "id", "key"),
        _of_open(
            "ix_work_item_queue",
            *("queue", "pressing_on", "id", "term_on", "taken_by", "assigned_to", "key"),
        ),
        _of_open(
            "ix_work_item_pressing",
            *("pressing_on", "id", "queue", "term_on", "taken_by", "assigned_to", "key"),
        ),
        _of_open("ix_work_item_holder", _HOLDER, "pressing_on", "id", "queue", "term_on", "key"),
        _of_open("ix_work_item_term", "term_on", "queue", "taken_by", "assigned_to", "key"),
        _of_open("ix_work_item_opened", "opened_at", "id"),
        _of_open("ix_work_item_standing", "key", "pressing_on", "id"),
        # What has a term of its own: all else is due when its appeal is, or waits for years.
        Index(
            "ix_work_item_due",
            *("term_on", "id"),
            postgresql_where=_WITH_TERM,
            sqlite_where=_WITH_TERM,
        ),
    )

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles whose inbox shows the item, in order."""
        return roles_of(self.queue)


def queue_of(roles: Iterable[str], process: str, element: str) -> str:
    return f"{','.join(sorted(set(roles)))}/{process}/{element}"[:400]


def roles_of(queue: str) -> tuple[str, ...]:
    return tuple(filter(None, queue.partition("/")[0].split(",")))


class Waiting(Model):
    """A message or signal an instance waits for, so that a delivery loads only those concerned."""

    __tablename__ = "subscription"

    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), primary_key=True)


class StepRow(Model):
    """A stay of a token on an element; written once when entered, closed once when left.

    `actor` completed it, for the absent `instead_of` where that is named.
    """

    __tablename__ = "step"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"))
    key: Mapped[str] = mapped_column(String(64), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("process_version.id"))
    process: Mapped[str] = mapped_column(String(120))
    element: Mapped[str] = mapped_column(String(120))
    task: Mapped[str] = mapped_column(String(40))
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    how: Mapped[str | None] = mapped_column(String(10))
    actor: Mapped[str | None] = mapped_column(String(100))
    instead_of: Mapped[str | None] = mapped_column(String(100))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)

    __table_args__ = {"info": {OVER: "left_at"}}


class IncidentRow(Model):
    """A move that broke: what was tried, why it failed, how it was settled."""

    __tablename__ = "incident"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instance.id"))
    key: Mapped[str] = mapped_column(String(64), index=True)
    process: Mapped[str] = mapped_column(String(120))
    element: Mapped[str | None] = mapped_column(String(120))
    reason: Mapped[str]
    move: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    resolved_by: Mapped[str | None] = mapped_column(String(100))
    resolution: Mapped[str | None] = mapped_column(String(20))


class Migration(Model):
    """Running instances on their way from one version to another, and perhaps back."""

    __tablename__ = "migration"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    from_version: Mapped[int] = mapped_column(ForeignKey("process_version.id"))
    to_version: Mapped[int] = mapped_column(ForeignKey("process_version.id"))
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(100))
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undo_begun_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undo_actor: Mapped[str | None] = mapped_column(String(100))
    undo_finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class MigrationLine(Model):
    """What became of one instance in a migration.

    `state` is what it was before, to go back to; `after` the digest of what it became, which tells
    whether it has moved on since. `rule` and what follows say why it stayed, or did not go back.
    """

    __tablename__ = "migration_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    migration_id: Mapped[str] = mapped_column(ForeignKey("migration.id"))
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(10))
    state: Mapped[bytes | None] = mapped_column(LargeBinary)
    after: Mapped[str | None] = mapped_column(String(64))
    rule: Mapped[str | None] = mapped_column(String(30))
    process: Mapped[str | None] = mapped_column(String(120))
    element: Mapped[str | None] = mapped_column(String(120))
    other: Mapped[str | None] = mapped_column(String(120))
    detail: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_migration_line_outcome", "migration_id", "outcome"),)
