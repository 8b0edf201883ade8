"""Files that arrive: looked at, written to the store, kept until their owner attaches them."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from sqlalchemy.orm import Session

from app import clock
from app.documents import blobs, cleaning, inspecting, policy, store
from app.documents.models import StoredUpload
from app.documents.shapes import Upload
from app.session import insert_unless_there


@dataclass(frozen=True)
class Arrived:
    """A file in the store that no row holds yet; `path` has its bytes until the request ends.

    `copy` is the picture painted anew, empty where none is.
    """

    path: Path
    name: str
    sha256: str
    size: int
    media_type: str
    marks: Sequence[str]
    copy: bytes


def arrive(stream: IO[bytes], name: str, path: Path) -> Arrived:
    """Look at a file and write it to the store; raises `Invalid` on field `file`.

    The slow part, a transfer to another host perhaps, goes before the transaction.
    """
    name = policy.safe_name(name)
    received = blobs.receive(stream, path)
    policy.check_content(name, received.head)
    marks = inspecting.inspect(path, name, received.head)
    media_type = policy.media_type(name, received.head)
    copy = cleaning.painted(path.open("rb"), media_type) if cleaning.wanted(media_type) else b""
    store.files().put(path, received.sha256)
    return Arrived(path, name, received.sha256, received.size, media_type, marks, copy)


def keep(
    session: Session, files: Sequence[Arrived], *, owner: str, form: str | None
) -> list[Upload]:
    """Hold the files and note whose they are, in two statements however many they are."""
    blobs.hold_all(session, {one.sha256: (one.size, one.marks) for one in files})
    for one in files:
        if one.copy:
            blobs.keep_copy(session, one.sha256, one.copy)
        if not store.files().has(one.sha256):
            store.files().put(one.path, one.sha256)
    kept = {upload.id: upload for upload in (_upload(one, owner, form) for one in files)}
    # A twin of this request has waited at the row of the content, and its rows may be there.
    now = clock.now()
    rows = [StoredUpload(**asdict(one), owner=owner, created_at=now) for one in kept.values()]
    insert_unless_there(session, rows)
    return list(kept.values())


def _upload(one: Arrived, owner: str, form: str | None) -> Upload:
    number = _id_within(form, owner, one.name, one.sha256) if form else uuid.uuid4().hex
    return Upload(number, one.name, one.size, one.sha256, one.media_type)


def _id_within(form: str, *file: str) -> str:
    """The id of a file among those of a form; who does not know the form cannot guess it."""
    return hashlib.sha256(json.dumps([form, *file]).encode()).hexdigest()[:32]
