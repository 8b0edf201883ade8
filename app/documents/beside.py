"""Signatures of a document that lie beside it: the body's own, those made elsewhere, citizens'.

What a citizen sends as a file with the ending of a signature stays a document of its own; it is
found out of which document it is the signature, and the verdict is kept with that one. Signatures
inside a citizen's PDF are judged too.
"""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.audit.services import record
from app.database import reading, transaction
from app.documents import blobs, judged, policy, store
from app.documents.models import Document, FileSignature
from app.documents.shapes import SignatureView
from app.documents.signatures import Report
from app.errors import Conflict, Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.outbox.services import Job, handles, keep_with, promise
from app.session import give_ids

CHECK, RECOGNISE = "signature.check", "signature.recognise"
#: Who made it: the body's key, its GOST key, somebody else by our order, a citizen.
BODY, GOST, OUTSIDE, CITIZEN = "body", "gost", "outside", "citizen"
SYSTEM = "system"
PDF = "application/pdf"
MEDIA_TYPE = "application/pkcs7-signature"
LARGEST_SIGNATURE = 5 * 1024 * 1024
#: With how many files of a set a signature without a telling name is tried.
_MOST_TRIED = 20
_COVERED = b"/ByteRange"
_PART = 1024 * 1024


def add(
    session: Session,
    document_id: int,
    *,
    name: str,
    content: bytes,
    origin: str,
    actor: str,
    report: Report | None = None,
    later: bool = True,
) -> SignatureView:
    """Keep a detached signature of a document; without a `report` it is judged after the commit.

    Not `later`: whoever calls has it judged by `judge`.
    """
    document = session.get(Document, document_id)
    if document is None:
        raise NotFound(_("There is no such document."))
    row = FileSignature(
        document_id=document_id,
        origin=origin,
        name=policy.safe_name(name),
        sha256=blobs.keep(session, content),
        size=len(content),
        added_by=actor,
        added_at=clock.now(),
        report=report.as_json() if report else None,
        checked_at=clock.now() if report else None,
    )
    give_ids(session, row)
    facts = {"signature": row.id, "of": document_id, "origin": origin, "sha256": row.sha256}
    record(session, actor, "signature.added", document.key, **facts)
    if report is None and later:
        promise(session, CHECK, {"signature": row.id}, key=document.key)
    return view(row)


def read(stream: IO[bytes]) -> bytes:
    """The bytes of a signature somebody sends; raises `Invalid` on `file`."""
    content = stream.read(LARGEST_SIGNATURE + 1)
    if not content or len(content) > LARGEST_SIGNATURE:
        message = _("A file with a signature is between 1 byte and 5 MB large.")
        raise Invalid(message, fields={"file": [message]})
    return content


def of(session: Session, document_ids: Iterable[int]) -> dict[int, list[SignatureView]]:
    """The signatures of documents, oldest first."""
    query = select(FileSignature).where(FileSignature.document_id.in_(list(document_ids)))
    found: dict[int, list[SignatureView]] = {}
    for row in session.scalars(query.order_by(FileSignature.id)):
        found.setdefault(row.document_id, []).append(view(row))
    return found


def content(session: Session, signature_id: int) -> tuple[bytes, str]:
    """The bytes of a detached signature and its name."""
    row = session.get(FileSignature, signature_id)
    if row is None or row.sha256 is None:
        raise NotFound(_("There is no such file."))
    with store.files().open(row.sha256) as stream:
        return stream.read(), row.name


def document_of(session: Session, signature_id: int) -> int:
    """The document a signature is of."""
    row = session.get(FileSignature, signature_id)
    if row is None:
        raise NotFound(_("There is no such file."))
    return row.document_id


def check_again(session: Session, signature_id: int) -> None:
    """Judge a signature anew, after the lists of trust have changed for instance."""
    row = session.get(FileSignature, signature_id)
    document = session.get(Document, row.document_id) if row else None
    if row is None or document is None:
        raise NotFound(_("There is no such file."))
    if row.report is None:
        raise Conflict(_("This signature is being checked already."))
    row.report = row.checked_at = None
    promise(session, CHECK, {"signature": row.id}, key=document.key)


def view(row: FileSignature) -> SignatureView:
    return SignatureView(
        id=row.id,
        document_id=row.document_id,
        origin=row.origin,
        name=row.name,
        size=row.size,
        added_by=row.added_by,
        added_at=row.added_at,
        report=Report.from_json(row.report) if row.report else None,
        checked_at=row.checked_at,
    )


def promise_recognition(session: Session, row: Document, *, plain: bool = False) -> None:
    """Have what came from outside looked at: a signature by its name, a PDF that may bear some.

    `plain`: somebody has seen that it is neither.
    """
    if row.state == "received" and not plain and (is_signature(row.name) or row.media_type == PDF):
        promise(session, RECOGNISE, {"document": row.id}, key=row.key)


def is_plain(file: BinaryIO, name: str, media_type: str) -> bool:
    """Whether a file is neither a signature by its name nor a PDF that may bear some."""
    if is_signature(name):
        return False
    if media_type != PDF:
        return True
    file.seek(0)
    return not _may_be_signed(file)


def is_signature(name: str) -> bool:
    return policy.ending(name) in judged.ENDINGS


@handles(CHECK)
def check(job: Job) -> None:
    """Judge one signature and keep what was found."""
    judge(int(job.payload["signature"]))


def judge(signature_id: int) -> Report | None:
    """Judge one signature and keep what was found, once; None for one that is no longer there."""
    with reading() as session:
        row = session.get(FileSignature, signature_id)
        document = session.get(Document, row.document_id) if row else None
        if row is None or document is None:
            return None
        if row.report:
            return Report.from_json(row.report)
        signature, content_hash, key = row.sha256, document.sha256, document.key
    report = _judge(content_hash, signature)
    with transaction() as session:
        row = session.get(FileSignature, signature_id, with_for_update=True)
        if row is not None and row.report is None:
            _note(session, row, key, report)
    return report


@handles(RECOGNISE, patient=True)
def recognise(job: Job) -> None:
    """Find what a citizen's signature is of, or what signatures a citizen's PDF bears."""
    with reading() as session:
        row = session.get(Document, int(job.payload["document"]))
        mine = _Known.of(row) if row else None
        others = _others(session, mine) if mine and is_signature(mine.name) else []
    if mine is None:
        return
    if not is_signature(mine.name):
        with store.files().open(mine.sha256) as stream:
            if not _may_be_signed(stream):
                return
    target, report = _found(mine, others)
    if target is mine and report.trouble in ("unsigned", "broken") and not is_signature(mine.name):
        return
    sha256 = mine.sha256 if target is not mine else None
    with transaction() as session:
        if not keep_with(session, job) or session.get(Document, target.id) is None:
            return
        made = FileSignature(
            document_id=target.id,
            origin=CITIZEN,
            name=mine.name,
            sha256=sha256,
            size=mine.size if sha256 else None,
            added_by=SYSTEM,
            added_at=clock.now(),
        )
        give_ids(session, made)
        facts = {"signature": made.id, "of": target.id, "origin": CITIZEN, "sha256": sha256}
        record(session, SYSTEM, "signature.added", target.key, **facts)
        _note(session, made, target.key, report)


def _may_be_signed(stream: BinaryIO) -> bool:
    """Whether a PDF tells what a signature covers; most do not, and judging one takes a process.

    The range counts bytes of the file as it lies there, so it is never packed away.
    """
    before = b""
    while part := stream.read(_PART):
        if _COVERED in before + part:
            return True
        before = part[-len(_COVERED) :]
    return False


@dataclass(frozen=True)
class _Known:
    """What is needed of a document outside of a transaction."""

    id: int
    key: str
    name: str
    sha256: str
    size: int

    @classmethod
    def of(cls, row: Document) -> "_Known":
        return cls(row.id, row.key, row.name, row.sha256, row.size)


def _found(mine: _Known, others: Sequence[_Known]) -> tuple[_Known, Report]:
    """What a file is the signature of, and the report; the file itself where it is of no other."""
    for other in others:
        report = _judge(other.sha256, mine.sha256)
        # Where its name says of what it is, and it is not: exactly this has to be told.
        if _fits(report) or (report.verdicts and _named_after(mine.name, other.name)):
            return other, report
    return mine, _judge(mine.sha256, None)


def _others(session: Session, mine: _Known) -> list[_Known]:
    """The files a signature may be of, those whose name it bears first."""
    query = select(Document).where(Document.key == mine.key, Document.id != mine.id)
    rows = [
        _Known.of(row)
        for row in session.scalars(query.order_by(Document.id))
        if not is_signature(row.name) and row.size <= judged.LARGEST
    ]
    rows.sort(key=lambda one: not _named_after(mine.name, one.name))
    return rows[:_MOST_TRIED]


def _named_after(signature: str, name: str) -> bool:
    """Whether a signature's name is that of the file: "x.pdf.sig" or "x.sig" of "x.pdf"."""
    bare = PurePosixPath(signature).stem.casefold()
    return bare in (name.casefold(), PurePosixPath(name).stem.casefold())


def fits(signature: SignatureView) -> bool:
    """Whether nothing says that a judged signature is of another file."""
    return signature.report is not None and _fits(signature.report)


def _fits(report: Report) -> bool:
    return any(one.integrity != "changed" for one in report.verdicts)


def _judge(content_hash: str, signature: str | None) -> Report:
    with blobs.spool() as folder:
        path = Path(folder) / "file"
        _fetch(content_hash, path)
        if signature is None:
            return judged.judged(path)
        beside = Path(folder) / "signature"
        _fetch(signature, beside)
        return judged.judged(path, beside)


def _fetch(sha256: str, path: Path) -> None:
    with store.files().open(sha256) as stream, path.open("wb") as target:
        shutil.copyfileobj(stream, target)


def _note(session: Session, row: FileSignature, key: str, report: Report) -> None:
    row.report, row.checked_at = report.as_json(), clock.now()
    record(session, SYSTEM, "signature.checked", key, signature=row.id, **_told(report))


def _told(report: Report) -> Mapping[str, Any]:
    """The verdicts in the journal: codes, no names."""
    parts: Sequence[tuple[str, str, str]] = [
        (one.integrity, one.chain, one.revocation) for one in report.verdicts
    ]
    return {"trouble": report.trouble, "verdicts": ["/".join(one) for one in parts]}
