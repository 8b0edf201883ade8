"""The bytes under documents: received once, held by a row, forgotten when nothing needs them."""

import hashlib
import io
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app import clock
from app.documents import policy, store
from app.documents.models import Blob, Document, FileSignature, StoredUpload
from app.errors import Invalid
from app.extensions import lazy_gettext as _
from app.extensions import settings
from app.session import insert_unless_there

_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Received:
    """`size` in bytes, `sha256` in hex, `head` = the first bytes, which tell what the file is.

    It lies at `path`; `whole` are its bytes where they came in one piece, else None.
    """

    size: int
    sha256: str
    head: bytes
    path: Path
    whole: bytes | None

    def open(self) -> BinaryIO:
        """The file to look at, from memory where it is small: the disk is not asked again."""
        return self.path.open("rb") if self.whole is None else io.BytesIO(self.whole)


def incoming() -> Path:
    """Where files on their way lie; beside the store, where there is room for them."""
    folder = settings().data_dir / "incoming"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def spool() -> tempfile.TemporaryDirectory[str]:
    """A folder for a file on its way and what is made of it."""
    return tempfile.TemporaryDirectory(dir=incoming())


@contextmanager
def places() -> Iterator[Callable[[], Path]]:
    """New places for the files of a request, one a call; what lies there goes at the end.

    A folder for each request would cost the disk more than the files in it.
    """
    folder, taken = incoming(), list[Path]()

    def place() -> Path:
        taken.append(folder / uuid.uuid4().hex)
        return taken[-1]

    try:
        yield place
    finally:
        for path in taken:
            path.unlink(missing_ok=True)


def receive(stream: IO[bytes], path: Path) -> Received:
    """Write the stream to `path`; raises `Invalid` on field `file` when it is too large."""
    limit, size, digest, head = settings().upload_max_bytes, 0, hashlib.sha256(), b""
    whole: bytes | None = b""
    with path.open("wb") as target:
        while chunk := stream.read(_CHUNK):
            whole = None if size else chunk
            size += len(chunk)
            if size > limit:
                raise too_large()
            digest.update(chunk)
            head = head or chunk[: policy.HEAD_LENGTH]
            target.write(chunk)
    return Received(size, digest.hexdigest(), head, path, whole)


def too_large() -> Invalid:
    """The refusal of a file above the limit, on field `file`."""
    message = _(
        "The file is larger than %(megabytes)d MB. Divide it or make it smaller.",
        megabytes=max(1, settings().upload_max_bytes // 1024 // 1024),
    )
    return Invalid(message, fields={"file": [message]})


def copy(stream: IO[bytes], path: Path) -> None:
    """Write what is left of a stream to a file for a program that reads it."""
    with path.open("wb") as target:
        shutil.copyfileobj(stream, target, _CHUNK)


def unseen() -> str:
    """What is said of a file from outside that nobody has looked at."""
    return policy.WAITING if settings().clamd else policy.UNCHECKED


def hold(
    session: Session, sha256: str, size: int, *, own: bool = False, marks: Sequence[str] = ()
) -> None:
    """`hold_all` of one file."""
    hold_all(session, {sha256: (size, marks)}, own=own)


def hold_all(
    session: Session, files: Mapping[str, tuple[int, Sequence[str]]], *, own: bool = False
) -> None:
    """Lock the rows of files, making those that lack, so that no sweep takes the files away.

    `files` tells size and marks by SHA-256. What is not the body's `own` waits for the scanner,
    where there is one. One statement makes or locks the rows, always in one order: between a look
    that finds a row and a lock it could be forgotten, and two who hold the same never wait across.
    """
    verdict = policy.OWN if own else unseen()
    now = clock.now()
    rows = [
        Blob(
            sha256=sha256,
            size=size,
            created_at=now,
            read_at=now,
            verdict=verdict,
            marks=list(marks),
        )
        for sha256, (size, marks) in sorted(files.items())
    ]
    insert_unless_there(session, rows, touch="size")


def keep(session: Session, content: bytes) -> str:
    """Store a small file the body itself made; return its SHA-256."""
    sha256 = hashlib.sha256(content).hexdigest()
    hold(session, sha256, len(content), own=True)
    with spool() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        store.files().put({sha256: path})
    return sha256


def keep_copy(session: Session, sha256: str, content: bytes) -> None:
    """Have a copy, made by the body, stand for a file that is held; the first one stays."""
    blob = session.get_one(Blob, sha256)
    blob.copy_sha256 = blob.copy_sha256 or keep(session, content)


def release(session: Session, sha256: str) -> bool:
    """Forget a file unless an upload, a document or a signature holds it still; whether it did.

    The lock on its row comes before the look: another sender of the same content either has a row
    in already, or waits here and then finds the file gone and writes it anew.
    """
    blob = session.get(Blob, sha256, with_for_update=True)
    held = select(
        exists().where(StoredUpload.sha256 == sha256)
        | exists().where(Document.sha256 == sha256)
        | exists().where(Blob.copy_sha256 == sha256)
        | exists().where(FileSignature.sha256 == sha256)
    )
    if blob is None or session.scalar(held):
        return False
    copy = blob.copy_sha256
    session.delete(blob)
    session.flush()
    store.files().delete(sha256)
    if copy:
        release(session, copy)
    return True
