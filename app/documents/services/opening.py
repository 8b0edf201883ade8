"""Documents looked at and opened: those of a set, one, its bytes."""

import io
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from app.audit.services import record
from app.database import transaction
from app.documents import beside, blobs, cleaning, extracting, policy, store
from app.documents.models import Blob, Document, DocumentState, FileSignature
from app.documents.services.rows import check_of, found_row, said_of, view_of, views_of
from app.documents.shapes import DocumentView, FileCheck, FileView, OpenedFile
from app.errors import Held
from app.extensions import lazy_gettext as _
from app.looks import Looks
from app.search import services as search

_KEY: BindParameter[str] = bindparam("key")
_FILE = ("id", "kind", "name", "size", "sha256", "media_type")
#: What `files` asks; it may be looked up beside something else.
FILES = Looks(
    select(
        *(Document.id, Document.kind, Document.name, Document.size),
        *(Document.sha256, Document.media_type),
        *(Blob.verdict, Blob.finding, Blob.checked_with, Blob.checked_at, Blob.marks),
    )
    .join(Blob, Blob.sha256 == Document.sha256)
    .where(Document.key == _KEY)
    .order_by(Document.id)
)
_SET = Looks(
    select(Document).where(Document.key == _KEY).order_by(Document.id),
    select(DocumentState)
    .where(DocumentState.document_id.in_(select(Document.id).where(Document.key == _KEY)))
    .order_by(DocumentState.id),
    select(Blob).where(Blob.sha256.in_(select(Document.sha256).where(Document.key == _KEY))),
    select(FileSignature)
    .where(FileSignature.document_id.in_(select(Document.id).where(Document.key == _KEY)))
    .order_by(FileSignature.id),
)


def documents(session: Session, key: str) -> list[DocumentView]:
    """The set of `key`, oldest first."""
    rows, steps, files, signatures = _SET(session, key=key)
    checks = {one.sha256: check_of(one) for one in files}
    return [
        view_of(
            row,
            [one for one in steps if one.document_id == row.id],
            checks[row.sha256],
            [beside.view(one) for one in signatures if one.document_id == row.id],
        )
        for row in rows
    ]


def files(session: Session, key: str) -> list[FileView]:
    """The same, but no more of each document than its file."""
    (rows,) = FILES(session, key=key)
    return [
        FileView(**{name: row.pop(name) for name in _FILE}, check=said_of(**row)) for row in rows
    ]


def document(session: Session, document_id: int) -> DocumentView:
    return views_of(session, [found_row(session, document_id)])[0]


def unread(session: Session, key: str) -> frozenset[int]:
    """Documents of the set that the search finds by their cards alone: nobody has read their text.

    Signatures have none to read.
    """
    known = search.sources(session, key, extracting.FILE)
    rows = session.scalars(select(Document).where(Document.key == key))
    return frozenset(
        row.id
        for row in rows
        if str(row.id) not in known and policy.ending(row.name) not in policy.SIGNATURES
    )


def open_file(session: Session, document_id: int) -> OpenedFile:
    """A document to be read, a picture as its copy where the settings want that.

    Raises `Held` while the scanner has not looked at it, and of what is in quarantine.
    """
    row = found_row(session, document_id)
    blob = session.get_one(Blob, row.sha256)
    if (check := check_of(blob)) and check.held:
        raise Held(_quarantined(row, check) if check.finding else _not_yet(row))
    if not cleaning.wanted(row.media_type):
        stream = store.files().open(row.sha256)
        return OpenedFile(stream, row.name, row.media_type, row.size, row.sha256)
    return _copy(session, row, blob)


def original(document_id: int, folder: Path, *, actor: str) -> str:
    """Write a file as it was sent, whatever was said of it, under its name, its SHA-256."""
    with transaction() as session:
        row = found_row(session, document_id)
        record(session, actor, "document.unsealed", row.key, document=row.id, sha256=row.sha256)
        stream, sha256 = store.files().open(row.sha256), row.sha256
    with stream:
        blobs.copy(stream, folder / sha256)
    return sha256


def _copy(session: Session, row: Document, blob: Blob) -> OpenedFile:
    """The copy of a picture; made anew of one that came before copies were wanted."""
    ending, kind = cleaning.KINDS[row.media_type]
    name = f"{PurePosixPath(row.name).stem}.{ending}"
    if blob.copy_sha256 is None:
        content = cleaning.painted(store.files().open(row.sha256), row.media_type)
        return OpenedFile(io.BytesIO(content), name, kind, len(content))
    size = session.get_one(Blob, blob.copy_sha256).size
    stream = store.files().open(blob.copy_sha256)
    return OpenedFile(stream, name, kind, size, blob.copy_sha256)


def _not_yet(row: Document) -> Any:
    return _("“%(name)s” is being checked for viruses. Open it in a while.", name=row.name)


def _quarantined(row: Document, check: FileCheck) -> Any:
    return _(
        "“%(name)s” is in quarantine: the scanner found “%(finding)s” in it.",
        name=row.name,
        finding=check.finding,
    )


def content(session: Session, document_id: int) -> bytes:
    """The whole file; for letters, which are small."""
    with open_file(session, document_id).stream as stream:
        return stream.read()
