"""What a person has begun to write: kept closed, opened by a code, erased once it is sent.

The code is derived from the mark of the form, so that one form is one draft, and the key of the
content from the code: who has the database alone, or the server's key besides, reads nothing.
"""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    bindparam,
    delete,
    false,
    literal_column,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from app.appeals import codes
from app.appeals import services as appeals
from app.database import reading, transaction
from app.documents import services as documents
from app.errors import Conflict, NotFound
from app.extensions import lazy_gettext as _
from app.extensions import settings
from app.looks import Errand, Looks
from app.reception.models import Draft

Pairs = Sequence[tuple[str, str]]
_CODE: BindParameter[str] = bindparam("code")
_KNOWN = Looks(select(Draft.code_hash).where(Draft.code_hash == _CODE))
_NONCE = 12
_BATCH = 100


@dataclass(frozen=True)
class Saved:
    """`code` opens the draft until `kept_until`; both moments UTC."""

    code: str
    saved_at: datetime
    kept_until: datetime


@dataclass(frozen=True)
class Hand:
    """Who writes: what its browser calls itself, and when what it has `seen` was saved (UTC).

    `anyway` is what a person wants who was told that somebody else has written meanwhile.
    """

    writer: str = ""
    seen: datetime | None = None
    anyway: bool = True


class Elsewhere(Conflict):
    """The draft was changed on another device at `saved_at`, and who writes has not seen that."""

    def __init__(self, code: str, saved_at: datetime) -> None:
        super().__init__(_("The draft was changed on another device."))
        self.code, self.saved_at = code, saved_at


@dataclass(frozen=True)
class Opened:
    """A draft: names and values of its form as they were sent."""

    pairs: Pairs
    saved_at: datetime


def save(
    form: str, pairs: Pairs, *, owner: str, files: Sequence[str], hand: Hand = Hand()
) -> Saved:
    """Keep what stands in the form of this mark in place of what was kept of it before.

    `owner` owns the `files` it names, which are kept as long. Raises `Conflict` once the form was
    sent, `Elsewhere` when another device wrote what this `hand` has not seen.
    """
    code, now, key = code_of(form), clock.now(), key_of(form)
    until = now + timedelta(days=settings().draft_days)
    with transaction() as session:
        first = _write(session, _row(code, _sealed(code, pairs), now, until), hand, code)
        if appeals.filed(session, key):
            raise _sent()
        documents.keep_uploads(session, files, owner=owner, until=until)
    # Who is filing the form at this moment has seen no draft to erase.
    if first and appeals.filed_by_now(key):
        discard(form)
        raise _sent()
    return Saved(code, now, until)


def open_with(code: str) -> Opened:
    """The draft behind a code as a person typed it; raises `NotFound`."""
    with reading() as session:
        row = session.get(Draft, _hash(code))
        if row is None or row.content is None or row.expires_at <= clock.now():
            raise NotFound(_("There is no draft with this code: it may have been sent or expired."))
        return Opened(_unsealed(code, row.content), row.saved_at)


def key_of(form: str) -> str:
    """The key under which a form is filed, once."""
    return f"form-{form}"


def closing(form: str) -> Errand:
    """Erase the draft of a form as it is sent; who filed in one go has none."""
    code = _hash(code_of(form))

    def close(session: Session) -> None:
        (known,) = _KNOWN(session, code=code)
        if known:
            session.execute(update(Draft).where(Draft.code_hash == code).values(content=None))

    return Errand(_KNOWN, {"code": code}, close)


def discard(form: str) -> None:
    """Forget the draft of a form that its writer wants no more."""
    with transaction() as session:
        session.execute(delete(Draft).where(Draft.code_hash == _hash(code_of(form))))


def sweep() -> int:
    """Forget drafts that nobody touched for long; return how many."""
    old = select(Draft.code_hash).where(Draft.expires_at < clock.now()).limit(_BATCH)
    with reading() as session:
        stale = session.scalars(old).all()
    if stale:
        with transaction() as session:
            session.execute(delete(Draft).where(Draft.code_hash.in_(stale)))
    return len(stale)


def code_of(form: str) -> str:
    """The code of the draft of the form of this mark."""
    return codes.draft_code(settings().access_code_key, form)


def _write(session: Session, values: dict[str, object], hand: Hand, code: str) -> bool:
    """Keep a row; whether it is new and others may have looked for it in vain meanwhile.

    On SQLite nobody else is at work while we are.
    """
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if on_postgresql else sqlite.insert
    is_new: ColumnElement[bool] = literal_column("xmax = 0") if on_postgresql else false()
    changed = {**values, "writer": hand.writer}
    known = or_(Draft.writer == hand.writer, Draft.saved_at == hand.seen)
    free = Draft.content.is_not(None) & (true() if hand.anyway else known)
    # One statement: the same form may be saved from two devices, or sent, at this moment.
    statement = (
        insert(Draft)
        .values(changed)
        .on_conflict_do_update(index_elements=["code_hash"], set_=changed, where=free)
        .returning(is_new)
    )
    written = session.execute(statement).first()
    if written is None:
        there = session.execute(
            select(Draft.content, Draft.saved_at).where(Draft.code_hash == values["code_hash"])
        ).one()
        raise _sent() if there.content is None else Elsewhere(code, there.saved_at)
    return bool(written[0])


def _sent() -> Conflict:
    return Conflict(_("The appeal with this text has been sent already."))


def _row(code: str, content: bytes, now: datetime, until: datetime) -> dict[str, object]:
    return {"code_hash": _hash(code), "content": content, "saved_at": now, "expires_at": until}


def _hash(code: str) -> str:
    return codes.token_hash(code)


def _sealed(code: str, pairs: Pairs) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    text = json.dumps(list(pairs), ensure_ascii=False).encode("utf-8", "replace")
    return nonce + _cipher(code).encrypt(nonce, text, None)


def _unsealed(code: str, content: bytes) -> Pairs:
    text = _cipher(code).decrypt(content[:_NONCE], content[_NONCE:], None)
    return [(name, value) for name, value in json.loads(text)]


def _cipher(code: str) -> AESGCM:
    key = HKDF(SHA256(), 32, salt=None, info=b"draft of an appeal").derive(
        codes.plain(code).encode()
    )
    return AESGCM(key)


def mark_of(form: str) -> str:
    """What the browser calls a form by: it tells nothing of the form's own mark."""
    return hashlib.sha256(form.encode("utf-8", "replace")).hexdigest()[:16]
