"""Rows of documents and uploads as values: with their steps, checks and signatures."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents import beside, policy
from app.documents.models import Blob, Document, DocumentState, StoredUpload
from app.documents.shapes import DocumentView, FileCheck, SignatureView, StateView, Upload
from app.errors import NotFound
from app.extensions import lazy_gettext as _
from app.extensions import settings


def found_row(session: Session, document_id: int) -> Document:
    row = session.get(Document, document_id)
    if row is None:
        raise NotFound(_("There is no such document."))
    return row


def views_of(session: Session, rows: Sequence[Document]) -> list[DocumentView]:
    steps: dict[int, list[DocumentState]] = defaultdict(list)
    query = select(DocumentState).where(DocumentState.document_id.in_([row.id for row in rows]))
    for step in session.scalars(query.order_by(DocumentState.id)):
        steps[step.document_id].append(step)
    checks = checks_of(session, {row.sha256 for row in rows})
    signatures = beside.of(session, [row.id for row in rows])
    return [
        view_of(row, steps[row.id], checks[row.sha256], signatures.get(row.id, ())) for row in rows
    ]


def checks_of(session: Session, hashes: Collection[str]) -> dict[str, FileCheck | None]:
    """What is said of each file."""
    if not hashes:
        return {}
    rows = session.scalars(select(Blob).where(Blob.sha256.in_(sorted(hashes))))
    return {one.sha256: check_of(one) for one in rows}


def check_of(blob: Blob) -> FileCheck | None:
    """What is said of a file; None of the body's own."""
    return said_of(blob.verdict, blob.finding, blob.checked_with, blob.checked_at, blob.marks)


def said_of(
    verdict: str,
    finding: str,
    checked_with: str,
    checked_at: datetime | None,
    marks: Sequence[str] | None,
) -> FileCheck | None:
    """The same of what is kept of the file."""
    if verdict == policy.OWN:
        return None
    # Whose scanner was switched off waits for nothing any more.
    if verdict == policy.WAITING and not settings().clamd:
        verdict = policy.UNCHECKED
    return FileCheck(verdict, finding, checked_with, checked_at, tuple(marks or ()))


def view_of(
    row: Document,
    steps: Sequence[DocumentState],
    check: FileCheck | None,
    signatures: Sequence[SignatureView] = (),
) -> DocumentView:
    return DocumentView(
        id=row.id,
        key=row.key,
        kind=row.kind,
        title=row.title,
        name=row.name,
        size=row.size,
        sha256=row.sha256,
        media_type=row.media_type,
        state=row.state,
        states=tuple(StateView(step.state, step.at, step.actor) for step in steps),
        created_at=row.created_at,
        number=row.number,
        issued_on=row.issued_on,
        signature=row.signature,
        check=check,
        signatures=tuple(signatures),
        follows=row.follows,
    )


def upload_of(row: StoredUpload) -> Upload:
    return Upload(row.id, row.name, row.size, row.sha256, row.media_type)
