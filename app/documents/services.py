"""Take files in, gather them into sets of documents, move them from state to state, check them."""

import hashlib
import hmac
import io
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import IO, Any

from sqlalchemy import BindParameter, bindparam, or_, select, update
from sqlalchemy.orm import Session

from app import clock
from app.audit.services import record
from app.database import reading, transaction
from app.documents import (
    arriving,
    beside,
    blobs,
    cleaning,
    extracting,
    judged,
    policy,
    signing,
    store,
    trusting,
)
from app.documents.models import Blob, Document, DocumentState, FileSignature, StoredUpload
from app.documents.shapes import (
    CheckedFile,
    CheckedLetter,
    DocumentView,
    FileCheck,
    OpenedFile,
    SignatureView,
    StateView,
    Upload,
)
from app.documents.signatures import examine
from app.errors import Conflict, Held, Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.extensions import settings
from app.looks import Looks
from app.outbox.services import promise
from app.search import services as search
from app.session import expect, give_ids

_KEY: BindParameter[str] = bindparam("key")
#: What `documents` asks; it may be looked up beside something else.
SET = Looks(
    select(Document).where(Document.key == _KEY).order_by(Document.id),
    select(DocumentState)
    .where(DocumentState.document_id.in_(select(Document.id).where(Document.key == _KEY)))
    .order_by(DocumentState.id),
    select(Blob).where(Blob.sha256.in_(select(Document.sha256).where(Document.key == _KEY))),
    select(FileSignature)
    .where(FileSignature.document_id.in_(select(Document.id).where(Document.key == _KEY)))
    .order_by(FileSignature.id),
)
_CLAIM = (
    select(StoredUpload, Blob)
    .join(Blob, Blob.sha256 == StoredUpload.sha256)
    .where(StoredUpload.id.in_(bindparam("ids", expanding=True)))
    .order_by(StoredUpload.id)
    .with_for_update(of=StoredUpload)
)
ORPHAN_AGE = timedelta(days=1)
_BATCH = 100
#: Files of a form wait beside the store, for each other, until they have so many bytes.
_TOGETHER = 64 * 1024 * 1024


def accept_upload(stream: IO[bytes], name: str, *, owner: str, form: str | None = None) -> Upload:
    """Keep a sent file until its owner attaches it, a day at most.

    A file that comes with a `form` has one id however often the owner sends it with that form, so
    that the form sent again asks for the same. Raises `Invalid` on field `file` when it is empty,
    too large, a program or made to do harm.
    """
    taken, refused = accept_uploads([(stream, name)], owner=owner, form=form)
    for _name, refusal in refused:
        raise refusal
    return taken[0]


def accept_uploads(
    sent: Iterable[tuple[IO[bytes], str]], *, owner: str, form: str | None = None
) -> tuple[list[Upload], list[tuple[str, Invalid]]]:
    """`accept_upload` of files that came together, kept in one transaction; large ones in several.

    The uploads, and by the names they came with why others were not taken.
    """
    taken: list[Upload] = []
    arrived: list[arriving.Arrived] = []
    refused: list[tuple[str, Invalid]] = []
    with blobs.spool() as folder:
        for place, (stream, name) in enumerate(sent):
            try:
                arrived.append(arriving.arrive(stream, name, Path(folder) / str(place)))
            except Invalid as refusal:
                refused.append((name, refusal))
            if sum(one.size for one in arrived) > _TOGETHER:
                taken += _kept(arrived, owner, form)
                arrived = []
        taken += _kept(arrived, owner, form)
    return taken, refused


def _kept(files: Sequence[arriving.Arrived], owner: str, form: str | None) -> list[Upload]:
    if not files:
        return []
    with transaction() as session:
        kept = arriving.keep(session, files, owner=owner, form=form)
    for one in files:
        one.path.unlink()
    return kept


def keep_own(path: Path, name: str, media_type: str, *, owner: str) -> Upload:
    """Keep a file that the body itself made until its owner fetches it, a day at most."""
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    size = path.stat().st_size
    store.files().put(path, sha256)
    with transaction() as session:
        blobs.hold(session, sha256, size, own=True)
        if not store.files().has(sha256):
            store.files().put(path, sha256)
        row = StoredUpload(
            id=uuid.uuid4().hex,
            owner=owner,
            name=policy.safe_name(name),
            sha256=sha256,
            size=size,
            media_type=media_type,
            created_at=clock.now(),
        )
        session.add(row)
        return _upload(row)


def discard_upload(upload_id: str, *, owner: str) -> None:
    """Forget a file that was sent by mistake; only its owner may."""
    with transaction() as session:
        row = session.get(StoredUpload, upload_id)
        if row is None or row.owner != owner:
            raise NotFound(_("There is no such file."))
        _drop_upload(session, row)


def uploads(session: Session, ids: Sequence[str], *, owner: str | None = None) -> list[Upload]:
    """The files among `ids` that wait to be attached, in that order; unknown ones left out."""
    rows = _waiting(session, ids, owner)
    return [_upload(rows[name]) for name in dict.fromkeys(ids) if name in rows]


def keep_uploads(session: Session, ids: Sequence[str], *, owner: str, until: datetime) -> None:
    """Keep the files of an owner among `ids` longer than a day: a draft names them."""
    if ids:
        chosen = StoredUpload.id.in_(list(ids)), StoredUpload.owner == owner
        session.execute(update(StoredUpload).where(*chosen).values(keep_until=until))


def list_uploads(ids: Sequence[str], *, owner: str | None = None) -> list[Upload]:
    """`uploads` as a use case of its own, for doors."""
    with reading() as session:
        return uploads(session, ids, owner=owner)


def open_upload(session: Session, upload_id: str, *, owner: str) -> OpenedFile:
    """A file that was not attached, for its owner alone."""
    found = uploads(session, [upload_id], owner=owner)
    if not found:
        raise NotFound(_("There is no such file."))
    (one,) = found
    return OpenedFile(store.files().open(one.sha256), one.name, one.media_type, one.size)


def upload_waits(upload_id: str) -> bool:
    """Whether a form's answer names a file that can be attached; a use case of its own."""
    with reading() as session:
        return session.get(StoredUpload, upload_id) is not None


def attach(
    session: Session,
    upload_ids: Sequence[str],
    *,
    key: str,
    kind: str,
    actor: str,
    title: str | None = None,
    owner: str | None = None,
) -> list[DocumentView]:
    """Move sent files into the set of `key`; with `owner`, only files of that owner.

    Raises `Invalid` on field `files` for an unknown id or for more files than are allowed.
    """
    wanted = list(dict.fromkeys(upload_ids))
    _check_count(len(wanted))
    found = _claimed(session, wanted, owner)
    if any(name not in found for name in wanted):
        message = _("A file is no longer here: it was removed or kept too long. Add it again.")
        raise Invalid(message, fields={"files": [message]})
    made = [_of_upload(found[name][0], key, kind, title) for name in wanted]
    give_ids(session, *made)
    views = []
    for document, name in zip(made, wanted, strict=True):
        upload, blob = found[name]
        views.append(_add(session, document, actor, check=_check(blob)))
        session.delete(upload)
    return views


def expect_documents(session: Session, number: int) -> None:
    """Say that this use case will put so many documents into a set."""
    expect(session, {Document: number})


def _claimed(
    session: Session, ids: Sequence[str], owner: str | None
) -> dict[str, tuple[StoredUpload, Blob]]:
    """Uploads and their files, locked: two may name one, and it becomes a document of the first."""
    if not ids:
        return {}
    query = _CLAIM if owner is None else _CLAIM.where(StoredUpload.owner == owner)
    return {upload.id: (upload, blob) for upload, blob in session.execute(query, {"ids": ids})}


def _of_upload(row: StoredUpload, key: str, kind: str, title: str | None) -> Document:
    return Document(
        key=key,
        kind=kind,
        title=(title or row.name)[:300],
        name=row.name,
        sha256=row.sha256,
        size=row.size,
        media_type=row.media_type,
        state="received",
        created_at=clock.now(),
    )


def add_document(
    session: Session,
    *,
    key: str,
    kind: str,
    title: str,
    content: bytes,
    name: str,
    media_type: str,
    actor: str,
    state: str = "draft",
    before: Sequence[StateView] = (),
    number: str | None = None,
    issued_on: date | None = None,
    check_code: str | None = None,
    signature: Mapping[str, Any] | None = None,
) -> DocumentView:
    """Put a document the body itself made into the set of `key`.

    `before` = states it went through before there was a file, oldest first.
    """
    made = Document(
        key=key,
        kind=kind,
        title=title[:300],
        name=policy.safe_name(name),
        sha256=blobs.keep(session, content),
        size=len(content),
        media_type=media_type,
        state=state,
        number=number,
        issued_on=issued_on,
        check_code=check_code,
        signature=dict(signature) if signature else None,
        created_at=clock.now(),
    )
    return _add(session, made, actor, before)


def documents(session: Session, key: str) -> list[DocumentView]:
    """The set of `key`, oldest first."""
    rows, steps, files, signatures = SET(session, key=key)
    checks = {one.sha256: _check(one) for one in files}
    return [
        _view(
            row,
            [one for one in steps if one.document_id == row.id],
            checks[row.sha256],
            [beside.view(one) for one in signatures if one.document_id == row.id],
        )
        for row in rows
    ]


def document(session: Session, document_id: int) -> DocumentView:
    return _views(session, [_document(session, document_id)])[0]


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


def move(
    session: Session, document_id: int, state: str, *, actor: str, unless: str | None = None
) -> None:
    """Bring a document into its next state; being there already is fine, so a job may repeat.

    One that is in the state `unless` stays there. Raises `Conflict` for a step that `policy.STEPS`
    does not know.
    """
    row = session.get(Document, document_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(_("There is no such document."))
    if row.state not in (state, unless):
        if not policy.may_move(row.state, state):
            raise Conflict(
                _(
                    "The document is in the state “%(old)s” and cannot become “%(new)s”.",
                    old=policy.STATE_NAMES[row.state],
                    new=policy.STATE_NAMES.get(state, state),
                )
            )
        row.state = state
        _enter(session, row, actor)
        record(session, actor, f"document.{state}", row.key, document=row.id)


def place(session: Session, document_id: int, key: str, *, actor: str) -> None:
    """Put a document that lay in a set of its own into the set of `key`."""
    row = session.get(Document, document_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(_("There is no such document."))
    record(session, actor, "document.placed", row.key, document=row.id)
    row.key = key
    record(session, actor, "document.placed", key, document=row.id)


def open_file(session: Session, document_id: int) -> OpenedFile:
    """A document to be read, a picture as its copy where the settings want that.

    Raises `Held` while the scanner has not looked at it, and of what is in quarantine.
    """
    row = _document(session, document_id)
    blob = session.get_one(Blob, row.sha256)
    if (check := _check(blob)) and check.held:
        raise Held(_quarantined(row, check) if check.finding else _not_yet(row))
    if not cleaning.wanted(row.media_type):
        stream = store.files().open(row.sha256)
        return OpenedFile(stream, row.name, row.media_type, row.size, row.sha256)
    return _copy(session, row, blob)


def original(document_id: int, folder: Path, *, actor: str) -> str:
    """Write a file as it was sent, whatever was said of it, under its name, its SHA-256."""
    with transaction() as session:
        row = _document(session, document_id)
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
            _drop_upload(session, row)
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


def _check_count(count: int) -> None:
    limit = settings().upload_max_files
    if count > limit:
        message = _("At most %(limit)d files can be sent at once.", limit=limit)
        raise Invalid(message, fields={"files": [message]})


def _waiting(session: Session, ids: Sequence[str], owner: str | None) -> dict[str, StoredUpload]:
    if not ids:
        return {}
    query = select(StoredUpload).where(StoredUpload.id.in_(list(ids)))
    if owner is not None:
        query = query.where(StoredUpload.owner == owner)
    return {row.id: row for row in session.scalars(query)}


def _drop_upload(session: Session, row: StoredUpload) -> None:
    session.delete(row)
    session.flush()
    blobs.release(session, row.sha256)


def _add(
    session: Session,
    row: Document,
    actor: str,
    before: Sequence[StateView] = (),
    check: FileCheck | None = None,
) -> DocumentView:
    give_ids(session, row)
    facts = {"document": row.id, "kind": row.kind, "sha256": row.sha256, "size": row.size}
    record(session, actor, "document.added", row.key, **facts)
    earlier = [DocumentState(document_id=row.id, **asdict(step)) for step in before]
    session.add_all(earlier)
    if extracting.kind_of(row.name, row.media_type):
        promise(session, extracting.JOB, {"document": row.id}, key=row.key)
    beside.promise_recognition(session, row)
    return _view(row, [*earlier, _enter(session, row, actor)], check)


def _enter(session: Session, row: Document, actor: str) -> DocumentState:
    step = DocumentState(document_id=row.id, state=row.state, at=clock.now(), actor=actor)
    session.add(step)
    return step


def _document(session: Session, document_id: int) -> Document:
    row = session.get(Document, document_id)
    if row is None:
        raise NotFound(_("There is no such document."))
    return row


def _views(session: Session, rows: Sequence[Document]) -> list[DocumentView]:
    steps: dict[int, list[DocumentState]] = defaultdict(list)
    query = select(DocumentState).where(DocumentState.document_id.in_([row.id for row in rows]))
    for step in session.scalars(query.order_by(DocumentState.id)):
        steps[step.document_id].append(step)
    checks = _checks(session, {row.sha256 for row in rows})
    signatures = beside.of(session, [row.id for row in rows])
    return [
        _view(row, steps[row.id], checks[row.sha256], signatures.get(row.id, ())) for row in rows
    ]


def _checks(session: Session, hashes: Collection[str]) -> dict[str, FileCheck | None]:
    """What is said of each file."""
    if not hashes:
        return {}
    rows = session.scalars(select(Blob).where(Blob.sha256.in_(sorted(hashes))))
    return {one.sha256: _check(one) for one in rows}


def _check(blob: Blob) -> FileCheck | None:
    """What is said of a file; None of the body's own."""
    if blob.verdict == policy.OWN:
        return None
    # Whose scanner was switched off waits for nothing any more.
    waits = blob.verdict == policy.WAITING and settings().clamd
    verdict = policy.UNCHECKED if blob.verdict == policy.WAITING and not waits else blob.verdict
    return FileCheck(
        verdict, blob.finding, blob.checked_with, blob.checked_at, tuple(blob.marks or ())
    )


def _view(
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


def _upload(row: StoredUpload) -> Upload:
    return Upload(row.id, row.name, row.size, row.sha256, row.media_type)
