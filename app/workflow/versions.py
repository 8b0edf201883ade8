"""Published version sets: publish, activate, export, and what runs where."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

import engine
from app import clock
from app.audit.services import record
from app.database import reading, transaction
from app.errors import NotFound
from app.extensions import lazy_gettext as _
from app.failures import reason_of
from app.workflow import registry, shelf
from app.workflow.models import OPEN, RUNNING, Instance, Version, VersionFile, WorkItem
from app.workflow.shelf import files as files_of
from app.workflow.shelf import version_set

log = structlog.get_logger(__name__)
SUFFIXES = {".bpmn", ".dmn", ".form"}
#: The note of the set that came with the program; pages say it in the language of the reader.
SHIPPED = "Поставляемый комплект / As shipped"


@dataclass(frozen=True)
class Published:
    """What publishing did; `changed` is False when the same set was published before."""

    version: int
    changed: bool
    warnings: tuple[engine.Finding, ...]


@dataclass(frozen=True)
class VersionView:
    """A published set and what runs on it."""

    id: int
    content_key: str
    note: str
    published_at: datetime
    published_by: str
    active: bool
    running: int
    files: tuple[str, ...]
    processes: tuple[engine.Process, ...]


@dataclass(frozen=True)
class Standing:
    """How many open work items stand on an element of a version."""

    version: int
    process: str
    element: str
    name: str
    name_en: str | None
    count: int

    @property
    def id(self) -> str:
        """What it is called where it has no name."""
        return self.element


@dataclass(frozen=True)
class Stay:
    """An open work item: whose it is (a login, or None), since when and until when."""

    key: str
    who: str | None
    opened_at: datetime
    due_at: datetime | None


def read_folders(processes: Path, forms: Path) -> dict[str, bytes]:
    """Read a set from disk: diagrams by their path below `processes`, forms below `forms/`."""
    found = {
        str(path.relative_to(processes)): path.read_bytes()
        for path in sorted(processes.rglob("*"))
        if path.suffix in SUFFIXES and path.is_file()
    }
    found |= {
        f"forms/{path.relative_to(forms)}": path.read_bytes()
        for path in sorted(forms.rglob("*.form"))
    }
    return found


def findings(files: Mapping[str, bytes], *, whole: bool = False) -> tuple[engine.Finding, ...]:
    """What `engine check` says of a set, with this house's operations as the manifest.

    A `whole` one holds the processes that the house begins by itself.
    """
    manifest = registry.manifest()
    if not whole:
        manifest["processes"] = []
    return engine.check(dict(files), manifest)


def publish(files: Mapping[str, bytes], *, note: str, actor: str, whole: bool = False) -> Published:
    """Check a set, keep it and make it the one that new appeals follow.

    Every door asks for a `whole` one. Raises engine.Refused with every finding when the check
    finds an error; nothing changes then.
    """
    found = findings(files, whole=whole)
    errors = tuple(one for one in found if one.severity == "error")
    if errors:
        raise engine.Refused(errors)
    content_key = engine.VersionSet.load(files).key
    with transaction() as session:
        row = session.scalar(select(Version).where(Version.content_key == content_key))
        changed = row is None
        if row is None:
            row = Version(
                content_key=content_key,
                digest=shelf.digest(files),
                note=note,
                published_at=clock.now(),
                published_by=actor,
                active=False,
                files=[VersionFile(path=path, content=content) for path, content in files.items()],
            )
            session.add(row)
            session.flush()
            record(session, actor, "processes.published", f"version:{row.id}", note=note)
        shelf.store(session, row.id)
        _make_active(session, row, actor)
        return Published(row.id, changed, found)


def activate(version_id: int, *, actor: str) -> None:
    """Make new appeals follow this version; running ones finish on theirs."""
    with transaction() as session:
        _make_active(session, _row(session, version_id), actor)


def _make_active(session: Session, row: Version, actor: str) -> None:
    if row.active:
        return
    session.execute(update(Version).where(Version.active).values(active=False))
    row.active = True
    record(session, actor, "processes.activated", f"version:{row.id}")


def prepare() -> None:
    """Store what this program makes of the versions in use, where another program stored it.

    A version that cannot be read stops what runs on it, not the release of everything else.
    """
    with transaction() as session:
        running = select(Instance.version_id).where(Instance.status == RUNNING)
        in_use = select(Version.id).where(Version.active | Version.id.in_(running))
        for version_id in session.scalars(in_use).all():
            try:
                shelf.store(session, version_id)
            except (engine.Refused, shelf.Tampered) as error:
                log.warning("processes.unreadable", version=version_id, reason=reason_of(error))


def published() -> bool:
    with reading() as session:
        return session.scalar(select(Version.id).where(Version.active)) is not None


def versions() -> list[VersionView]:
    """All published sets, newest first."""
    with reading() as session:
        running = dict(
            session.execute(
                select(Instance.version_id, func.count())
                .where(Instance.status == RUNNING)
                .group_by(Instance.version_id)
            ).all()
        )
        rows = session.scalars(select(Version).order_by(Version.id.desc())).all()
        return [_view(session, row, running.get(row.id, 0)) for row in rows]


def _view(session: Session, row: Version, running: int) -> VersionView:
    paths = session.scalars(
        select(VersionFile.path).where(VersionFile.version_id == row.id).order_by(VersionFile.path)
    )
    return VersionView(
        row.id,
        row.content_key,
        row.note,
        row.published_at,
        row.published_by,
        row.active,
        running,
        tuple(paths),
        tuple(version_set(session, row.id).processes.values()),
    )


def where() -> list[Standing]:
    """What stands where: open work items by version and element."""
    with reading() as session:
        rows = session.execute(
            select(WorkItem.version_id, WorkItem.process, WorkItem.element, func.count())
            .where(WorkItem.status == OPEN)
            .group_by(WorkItem.version_id, WorkItem.process, WorkItem.element)
            .order_by(WorkItem.version_id.desc(), WorkItem.process, WorkItem.element)
        )
        found = []
        for version, process, element, count in rows:
            drawn = version_set(session, version).element(process, element)
            found.append(Standing(version, process, element, drawn.name, drawn.name_en, int(count)))
        return found


def stays(version_id: int, process: str, element: str, *, limit: int, offset: int) -> list[Stay]:
    """What stands on one element, the longest first."""
    with reading() as session:
        rows = session.scalars(
            select(WorkItem)
            .where(
                WorkItem.status == OPEN,
                WorkItem.version_id == version_id,
                WorkItem.process == process,
                WorkItem.element == element,
            )
            .order_by(WorkItem.opened_at, WorkItem.id)
            .limit(limit)
            .offset(offset)
        )
        return [
            Stay(row.key, row.taken_by or row.assigned_to, row.opened_at, row.due_at)
            for row in rows
        ]


def export(version_id: int) -> dict[str, bytes]:
    """The files of a version exactly as they were published."""
    with reading() as session:
        _row(session, version_id)
        return files_of(session, version_id)


def _row(session: Session, version_id: int) -> Version:
    row = session.get(Version, version_id)
    if row is None:
        raise NotFound(_("There is no such version of the processes."))
    return row


def manifest_text() -> str:
    """`processes/operations.json` as it should stand on disk."""
    return json.dumps(registry.manifest(), ensure_ascii=False, indent=2) + "\n"
