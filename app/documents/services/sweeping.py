"""What nobody needs any longer goes; what the store holds is told."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app import clock
from app.database import reading, transaction
from app.documents import blobs, store
from app.documents.models import Blob, Document, StoredUpload
from app.documents.services.receiving import drop_upload

ORPHAN_AGE = timedelta(days=1)
_BATCH = 100


def sweep_uploads() -> int:
    """Forget files that nobody attached within a day, nor keeps in a draft; return how many."""
    now = clock.now()
    old = select(StoredUpload).where(
        StoredUpload.created_at < now - ORPHAN_AGE,
        or_(StoredUpload.keep_until.is_(None), StoredUpload.keep_until < now),
    )
    with reading() as session:
        # A look costs no write lock, and nearly always there is nothing to do.
        if session.scalar(old.with_only_columns(StoredUpload.id).limit(1)) is None:
            return 0
    with transaction() as session:
        rows = session.scalars(old.limit(_BATCH)).all()
        for row in rows:
            drop_upload(session, row)
        return len(rows)


def sweep() -> dict[str, int]:
    """Remove all that is a day old and belongs to nothing; how many of each.

    `uploads` were never attached, `strays` are files of a use that failed after they were written,
    `halves` are files whose writing broke off.
    """
    uploads = 0
    while swept := sweep_uploads():
        uploads += swept
    before = clock.real() - ORPHAN_AGE
    strays = sum(sweep_stray(name) for name in store.files().names(before))
    return {"uploads": uploads, "strays": strays, "halves": store.files().tidy(before)}


def sweep_stray(sha256: str) -> bool:
    """Remove a file unless it is known; who is sending it anew waits, and then writes it again."""
    with reading() as session:
        if session.get(Blob, sha256) is not None:
            return False
    with transaction() as session:
        blobs.hold(session, sha256, 0)
        return blobs.release(session, sha256)


def stored(session: Session) -> Iterable[tuple[str, int, frozenset[str]]]:
    """(sha256, size, fingerprints of the certificates it was signed with) of each file we hold."""
    signed: dict[str, set[str]] = defaultdict(set)
    for sha256, signature in session.execute(select(Document.sha256, Document.signature)):
        if signature:
            signed[sha256].add(str(signature.get("fingerprint", "")))
    rows = session.execute(select(Blob.sha256, Blob.size).order_by(Blob.sha256))
    for sha256, size in rows:
        yield sha256, int(size), frozenset(signed.get(sha256, ()))
