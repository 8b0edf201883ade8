"""What was put in force in the place of a shipped file: who, when and why; the last row counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.audit.services import record
from app.correspondence.models import Layout
from app.correspondence.wordings import EDITION
from app.database import transaction
from app.directory.services import note_edition
from app.errors import Conflict, Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.session import give_ids


@dataclass(frozen=True)
class Version:
    """A file as somebody put it in force; `shipped`: the one of the release again."""

    id: int
    file: str
    note: str
    made_by: str
    made_at: datetime
    shipped: bool


def versions(session: Session) -> dict[str, tuple[Version, ...]]:
    """All versions by file, the newest first."""
    found: dict[str, tuple[Version, ...]] = {}
    for row in session.scalars(select(Layout).order_by(Layout.id.desc())):
        found[row.file] = (*found.get(row.file, ()), _version(row))
    return found


def versions_of(session: Session, file: str) -> tuple[Version, ...]:
    """The versions of a file, the newest first."""
    rows = session.scalars(select(Layout).where(Layout.file == file).order_by(Layout.id.desc()))
    return tuple(_version(row) for row in rows)


def text_of(session: Session, file: str, version: int) -> str | None:
    """The text of a version, None of one that is as shipped; raises NotFound."""
    row = session.get(Layout, version)
    if row is None or row.file != file:
        raise NotFound(_("There is no such version of the template."))
    return row.text


def put(
    shipped: Mapping[str, str], file: str, text: str, *, note: str, since: int, actor: str
) -> Version:
    """Add a version; `since` is the one its writer has seen in force, another is a Conflict."""
    try:
        return _put(shipped[file], file, text, note, since, actor)
    except IntegrityError as twin:
        # Two people at once have seen the same version in force; the second one is refused.
        raise _overtaken() from twin


def _put(shipped: str, file: str, text: str, note: str, since: int, actor: str) -> Version:
    with transaction() as session:
        known = versions_of(session, file)
        at = known[0].id if known else 0
        if at != since:
            raise _overtaken()
        in_force = session.get_one(Layout, at).text if at else None
        if text == (in_force or shipped):
            message = _("Nothing is changed: this is the template in force.")
            raise Invalid(message, fields={"text": [message]})
        row = Layout(
            file=file,
            follows=since,
            text=None if text == shipped else text,
            note=note[:500],
            made_by=actor,
            made_at=clock.now(),
        )
        give_ids(session, row)
        note_edition(session, EDITION, row.id)
        record(session, actor, "layout.changed", f"layout:{file}", version=row.id, note=row.note)
        return _version(row)


def _overtaken() -> Conflict:
    return Conflict(_("Somebody has changed this template meanwhile: look at theirs first."))


def _version(row: Layout) -> Version:
    return Version(row.id, row.file, row.note, row.made_by, row.made_at, row.text is None)
