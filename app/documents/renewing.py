"""Versions of a document: newer bytes in place of older ones, which stay to be read."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.services import record
from app.documents import policy, services
from app.documents.models import Document
from app.documents.shapes import DocumentView
from app.errors import Conflict, NotFound
from app.extensions import lazy_gettext as _


def renew(
    session: Session, document_id: int, upload_id: str, *, actor: str, note: str = ""
) -> DocumentView:
    """Put a sent file in the place of a document as its next version; both stay readable.

    Raises Conflict of one that is not the newest or is no file that people brought (what was
    signed or has a number is never replaced), Invalid on `files` of an unknown upload.
    """
    row = session.get(Document, document_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(_("There is no such document."))
    if not policy.renewable(row.kind, row.state, numbered=row.number is not None):
        raise Conflict(_("This document cannot be replaced by a newer version."))
    if session.scalar(select(Document.id).where(Document.follows == row.id)) is not None:
        raise Conflict(_("There is a newer version already: look at it first."))
    # A title that was only the name of the file gives way to the name of the new one.
    title = row.title if row.title != row.name else None
    (made,) = services.attach(
        session, [upload_id], key=row.key, kind=row.kind, title=title, actor=actor, owner=actor
    )
    session.get_one(Document, made.id).follows = row.id
    record(session, actor, "document.renewed", row.key, document=made.id, of=row.id, note=note)
    return replace(made, follows=row.id)


def histories(documents: Iterable[DocumentView]) -> list[tuple[DocumentView, ...]]:
    """The documents of a set, each with its earlier versions behind it, newest first."""
    known: Mapping[int, DocumentView] = {one.id: one for one in documents}
    followed = {one.follows for one in known.values()}
    return [tuple(_line(one, known)) for one in known.values() if one.id not in followed]


def _line(newest: DocumentView, known: Mapping[int, DocumentView]) -> Iterable[DocumentView]:
    one: DocumentView | None = newest
    while one is not None:
        yield one
        one = known.get(one.follows) if one.follows is not None else None
