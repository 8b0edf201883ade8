"""Whether a letter is ours: by its number and code, or by the file itself."""

import hashlib
import hmac
from pathlib import Path
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.database import reading
from app.documents import blobs, judged, policy, trusting
from app.documents.models import Document
from app.documents.services.opening import content
from app.documents.shapes import CheckedFile, CheckedLetter
from app.documents.signatures import examine
from app.errors import Invalid
from app.extensions import lazy_gettext as _


def check(number: str, code: str) -> CheckedLetter | None:
    """Whether this body issued a letter of that number with that code; None says only "no"."""
    wanted = policy.plain_code(code)
    typed = number.strip().removeprefix("№").strip()
    query = select(Document).where(Document.number.in_({typed, typed.upper()}))
    with reading() as session:
        rows = session.scalars(query.where(Document.check_code.is_not(None))).all()
        # An unknown number costs the same comparison as a wrong code.
        codes = [policy.plain_code(row.check_code or "") for row in rows] or ["?" * 12]
        match = [hmac.compare_digest(found.encode(), wanted.encode()) for found in codes]
        if not rows or not any(match):
            return None
        return _checked(session, rows[match.index(True)])


def check_file(stream: IO[bytes], name: str, apart: IO[bytes] | None = None) -> CheckedFile:
    """Judge a file that somebody brought, with its detached signature perhaps; keeps nothing.

    Raises `Invalid` on field `file` when it is empty or too large.
    """
    with blobs.spool() as folder:
        path, signature = Path(folder) / "file", Path(folder) / "signature"
        received = blobs.receive(stream, path)
        if not received.size:
            raise Invalid(fields={"file": [_("The file is empty.")]})
        if apart is not None:
            blobs.receive(apart, signature)
        found = judged.judged(path, signature if apart is not None else None)
    issued = (
        select(Document)
        .where(Document.sha256 == received.sha256, Document.check_code.is_not(None))
        .order_by(Document.id)
        .limit(1)
    )
    with reading() as session:
        row = session.scalar(issued)
        letter = _checked(session, row) if row else None
    own = own_fingerprint()
    return CheckedFile(
        name=policy.safe_name(name),
        size=received.size,
        sha256=received.sha256,
        report=found,
        letter=letter,
        ours=any(one.fingerprint == own for one in found.verdicts),
    )


def own_fingerprint() -> str:
    """That of the certificate the body signs with now; '' where it signs with none."""
    # pyHanko takes a third of a second to load, and only who meets the body's key needs it.
    from app.documents import signing  # noqa: PLC0415

    try:
        return signing.certificate().fingerprint
    except signing.NoSigningKey:
        return ""


def _checked(session: Session, row: Document) -> CheckedLetter:
    data = content(session, row.id)
    kept = str((row.signature or {}).get("fingerprint", ""))
    report = examine(data, None, trusting.current(), clock.now())
    unchanged = hashlib.sha256(data).hexdigest() == row.sha256
    signed = report.intact and all(one.fingerprint == kept for one in report.verdicts)
    return CheckedLetter(
        number=row.number or "",
        issued_on=row.issued_on,
        title=row.title,
        size=row.size,
        sha256=row.sha256,
        authentic=unchanged and signed,
        report=report,
    )
