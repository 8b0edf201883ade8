"""Uploads and files of our own become documents of a set; documents move on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app import clock
from app.audit.services import record
from app.documents import arriving, beside, blobs, extracting, policy
from app.documents.models import Blob, Document, DocumentState, StoredUpload
from app.documents.services.receiving import _check_count
from app.documents.services.rows import check_of, view_of
from app.documents.shapes import Arrived, DocumentView, FileCheck, StateView, Upload
from app.errors import Conflict, Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.outbox.services import promise
from app.session import expect, give_ids

_CLAIM = (
    select(StoredUpload, Blob)
    .join(Blob, Blob.sha256 == StoredUpload.sha256)
    .where(StoredUpload.id.in_(bindparam("ids", expanding=True)))
    .order_by(StoredUpload.id)
    .with_for_update(of=StoredUpload)
)


def attach(
    session: Session,
    upload_ids: Sequence[str],
    *,
    key: str,
    kind: str,
    actor: str,
    title: str | None = None,
    owner: str | None = None,
    arrived: Sequence[Arrived] = (),
) -> list[DocumentView]:
    """Move sent files into the set of `key`; with `owner`, only files of that owner.

    Those that have `arrived` with this request are no uploads yet, and need not become any.
    Raises `Invalid` on field `files` for an unknown id or for more files than are allowed.
    """
    wanted = list(dict.fromkeys(upload_ids))
    _check_count(len(wanted))
    loose = {one.upload.id: one for one in arrived if one.upload.id in wanted}
    found = _claimed(session, [name for name in wanted if name not in loose], owner)
    taken: dict[str, tuple[StoredUpload | Upload, FileCheck | None]] = {
        name: (upload, check_of(blob)) for name, (upload, blob) in found.items()
    }
    taken |= {name: (one.upload, _unseen(one)) for name, one in loose.items()}
    if any(name not in taken for name in wanted):
        message = _("A file is no longer here: it was removed or kept too long. Add it again.")
        raise Invalid(message, fields={"files": [message]})
    if loose:
        arriving.hold(session, [*loose.values()])
    made = [_of_file(taken[name][0], key, kind, title) for name in wanted]
    give_ids(session, *made)
    for upload, _blob in found.values():
        session.delete(upload)
    plain = {name for name, one in loose.items() if one.plain}
    return [
        _add(session, document, actor, check=taken[name][1], plain=name in plain)
        for document, name in zip(made, wanted, strict=True)
    ]


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


def _unseen(one: Arrived) -> FileCheck:
    """What is said of a file that has just come, be its content known or not."""
    return FileCheck(blobs.unseen(), marks=tuple(one.marks))


def _of_file(row: StoredUpload | Upload, key: str, kind: str, title: str | None) -> Document:
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
    row = Document(
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
    give_ids(session, row)
    return _add(session, row, actor, before)


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


def place(session: Session, document_id: int, key: str, *, of: str, actor: str) -> None:
    """Put a document that lies in the set `of` into the set of `key`."""
    row = session.get(Document, document_id, with_for_update=True, populate_existing=True)
    # Of two who place it at once the second finds it gone.
    if row is None or row.key != of:
        raise NotFound(_("There is no such document."))
    record(session, actor, "document.placed", row.key, document=row.id)
    row.key = key
    record(session, actor, "document.placed", key, document=row.id)


def _add(
    session: Session,
    row: Document,
    actor: str,
    before: Sequence[StateView] = (),
    check: FileCheck | None = None,
    *,
    plain: bool = False,
) -> DocumentView:
    facts = {"document": row.id, "kind": row.kind, "sha256": row.sha256, "size": row.size}
    record(session, actor, "document.added", row.key, **facts)
    earlier = [DocumentState(document_id=row.id, **asdict(step)) for step in before]
    session.add_all(earlier)
    if extracting.kind_of(row.name, row.media_type):
        promise(session, extracting.JOB, {"document": row.id}, key=row.key)
    beside.promise_recognition(session, row, plain=plain)
    return view_of(row, [*earlier, _enter(session, row, actor)], check)


def _enter(session: Session, row: Document, actor: str) -> DocumentState:
    step = DocumentState(document_id=row.id, state=row.state, at=clock.now(), actor=actor)
    session.add(step)
    return step
