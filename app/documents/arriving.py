"""Files that arrive: looked at, written to the store, held by a row as soon as there is one."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO

from sqlalchemy.orm import Session

from app import clock
from app.documents import beside, blobs, cleaning, inspecting, policy, store
from app.documents.models import StoredUpload
from app.documents.shapes import Arrived, Upload
from app.session import insert_unless_there


def arrive(
    stream: IO[bytes], name: str, path: Path, *, owner: str, form: str | None = None
) -> Arrived:
    """Look at a file; raises `Invalid` on field `file`."""
    name = policy.safe_name(name)
    received = blobs.receive(stream, path)
    sha256 = received.sha256
    policy.check_content(name, received.head)
    media_type = policy.media_type(name, received.head)
    with received.open() as file:
        marks = inspecting.inspect(file, name, received.head)
        plain = beside.is_plain(file, name, media_type)
    copy = cleaning.painted(path.open("rb"), media_type) if cleaning.wanted(media_type) else b""
    number = _id_within(form, owner, name, sha256) if form else uuid.uuid4().hex
    upload = Upload(number, name, received.size, sha256, media_type)
    return Arrived(upload, path, marks, copy, plain)


def put(files: Sequence[Arrived]) -> None:
    """Write the files to the store; what is there already is left alone.

    The slow part, a transfer to another host perhaps, goes before the transaction.
    """
    store.files().put({one.upload.sha256: one.path for one in files})


def hold(session: Session, files: Sequence[Arrived]) -> None:
    """Hold the files, in one statement however many they are."""
    blobs.hold_all(session, {one.upload.sha256: (one.upload.size, one.marks) for one in files})
    for one in files:
        if one.copy:
            blobs.keep_copy(session, one.upload.sha256, one.copy)
    # One that a sweep took away before its row was locked is written anew.
    put(files)


def keep(session: Session, files: Sequence[Arrived], *, owner: str) -> None:
    """Hold the files and note whose they are, in two statements however many they are."""
    hold(session, files)
    # A twin of this request has waited at the row of the content, and its rows may be there.
    now, kept = clock.now(), {one.upload.id: one.upload for one in files}
    rows = [StoredUpload(**asdict(one), owner=owner, created_at=now) for one in kept.values()]
    insert_unless_there(session, rows)


def _id_within(form: str, *file: str) -> str:
    """The id of a file among those of a form; who does not know the form cannot guess it."""
    return hashlib.sha256(json.dumps([form, *file]).encode()).hexdigest()[:32]
