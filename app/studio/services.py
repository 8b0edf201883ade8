"""Use cases of the studio: look into a version set, bring an archive, check it, publish it."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

import engine
from app.appeals.services import called
from app.audit.services import record
from app.clock import now
from app.database import reading, transaction
from app.errors import Conflict, NotFound
from app.extensions import lazy_gettext as _
from app.studio import archive
from app.studio.models import Draft
from app.workflow import versions
from app.workflow.shelf import version_set


@dataclass(frozen=True)
class Contents:
    """What a version set holds, for the eyes of an analyst."""

    processes: tuple[engine.Process, ...]
    elements: tuple[engine.Element, ...]
    decisions: tuple[engine.Decision, ...]
    forms: tuple[str, ...]
    standing: tuple[versions.Standing, ...]

    def steps_of(self, process: str) -> list[engine.Element]:
        """The elements of one process in which something is done or told."""
        return [
            one
            for one in self.elements
            if one.process == process and (one.kind.endswith("ask") or one.kind == "callActivity")
        ]

    def step(self, process: str, element: str) -> engine.Element | None:
        """One element of a process, if there is such."""
        drawn = (one for one in self.elements if (one.process, one.id) == (process, element))
        return next(drawn, None)

    def count(self, process: str, element: str) -> int:
        """How many work items stand on an element now."""
        return sum(
            one.count for one in self.standing if (one.process, one.element) == (process, element)
        )


@dataclass(frozen=True)
class Upload:
    """An uploaded set against the active one; findings are those of `engine check`."""

    id: int
    digest: str
    name: str
    uploaded_at: datetime
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    findings: tuple[engine.Finding, ...]

    @property
    def errors(self) -> tuple[engine.Finding, ...]:
        return tuple(one for one in self.findings if one.severity == "error")

    @property
    def by_rule(self) -> list[tuple[str, str, list[engine.Finding]]]:
        """Findings by (severity, rule), errors first, so that one cause is told once."""
        groups: dict[tuple[str, str], list[engine.Finding]] = {}
        for one in sorted(self.findings, key=lambda finding: finding.severity):
            groups.setdefault((one.severity, one.rule), []).append(one)
        return [(*key, found) for key, found in groups.items()]

    @property
    def same(self) -> bool:
        return not (self.added or self.changed or self.removed)


def version(version_id: int) -> versions.VersionView:
    """One published set; raises NotFound."""
    for one in versions.versions():
        if one.id == version_id:
            return one
    raise NotFound(_("There is no such version of the processes."))


def contents(version_id: int) -> Contents:
    """Look into a published set."""
    standing = tuple(one for one in versions.where() if one.version == version_id)
    with reading() as session:
        known = version_set(session, version_id)
    return Contents(
        tuple(known.processes.values()),
        tuple(known.elements.values()),
        tuple(known.decisions.values()),
        tuple(sorted(known.forms)),
        standing,
    )


def file(version_id: int, path: str) -> bytes:
    """One file of a published set, exactly as it was published."""
    found = versions.export(version_id).get(path)
    if found is None:
        raise NotFound(_("There is no such file in this version."))
    return found


def stays(
    version_id: int, element: engine.Element, *, limit: int, offset: int
) -> list[tuple[str, versions.Stay]]:
    """A page of what stands on an element, each with the number of its appeal."""
    found = versions.stays(version_id, element.process, element.id, limit=limit, offset=offset)
    numbers = called({one.key for one in found})
    return [(numbers.get(one.key, one.key), one) for one in found]


def export(version_id: int) -> bytes:
    """A published set as a zip archive."""
    return archive.pack(versions.export(version_id))


def upload(name: str, content: bytes, *, actor: str) -> int:
    """Keep an archive for its check in place of what this analyst uploaded before; its id.

    Raises Invalid on the field `archive` when it cannot be a version set.
    """
    archive.unpack(content)
    with transaction() as session:
        session.execute(delete(Draft).where(Draft.owner == actor))
        row = Draft(owner=actor, name=name[:200], content=content, uploaded_at=now())
        session.add(row)
        session.flush()
        record(session, actor, "processes.uploaded", f"draft:{row.id}", name=row.name)
        return row.id


def draft(draft_id: int, *, actor: str) -> Upload:
    """Check one's own upload and compare it with the active set."""
    with reading() as session:
        row = _own(session, draft_id, actor)
        name, uploaded_at, content = row.name, row.uploaded_at, row.content
    active = next((versions.export(one.id) for one in versions.versions() if one.active), {})
    given = archive.unpack(content)
    common = given.keys() & active.keys()
    return Upload(
        draft_id,
        sha256(content).hexdigest(),
        name,
        uploaded_at,
        added=tuple(sorted(given.keys() - active.keys())),
        changed=tuple(sorted(path for path in common if given[path] != active[path])),
        removed=tuple(sorted(active.keys() - given.keys())),
        findings=_findings(given),
    )


def draft_file(draft_id: int, path: str, *, actor: str) -> bytes:
    """One file of one's own upload."""
    with reading() as session:
        content = _own(session, draft_id, actor).content
    found = archive.unpack(content).get(path)
    if found is None:
        raise NotFound(_("There is no such file in this archive."))
    return found


def publish(draft_id: int, digest: str, *, note: str, actor: str) -> versions.Published:
    """Publish one's own upload; new appeals follow it. Raises engine.Refused with findings.

    `digest` names what the analyst saw: if another tab has uploaded something else meanwhile, that
    is a Conflict and nothing is published.
    """
    with reading() as session:
        content = _own(session, draft_id, actor).content
    if not compare_digest(sha256(content).hexdigest(), digest):
        raise Conflict(_("Another archive was uploaded meanwhile: look at its check first."))
    published = versions.publish(archive.unpack(content), note=note, actor=actor, whole=True)
    discard(draft_id, actor=actor)
    return published


def discard(draft_id: int, *, actor: str) -> None:
    """Forget one's own upload; one already forgotten stays so."""
    with transaction() as session:
        session.execute(delete(Draft).where(Draft.id == draft_id, Draft.owner == actor))


def own_draft(actor: str) -> int | None:
    """The id of the upload this analyst has not published yet."""
    with reading() as session:
        return session.scalar(select(Draft.id).where(Draft.owner == actor))


def _own(session: Session, draft_id: int, actor: str) -> Draft:
    row = session.scalar(select(Draft).where(Draft.id == draft_id, Draft.owner == actor))
    if row is None:
        raise NotFound(_("There is no such upload."))
    return row


def _findings(given: dict[str, bytes]) -> tuple[engine.Finding, ...]:
    try:
        return versions.findings(given, whole=True)
    except engine.Refused as refusal:
        return refusal.findings
