"""Files that come piece by piece and go on after a break, until they are whole and taken.

What has come of one lies in `DATA_DIR/incoming/pieces`: a file of bytes, whose length says how far
it got, and beside it what was said of it. Nothing of it is in the database until it is taken.
Several web hosts share that folder, or each sender keeps to one of them.
"""

import fcntl
import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from app import clock
from app.documents import blobs, services
from app.documents.shapes import Upload
from app.errors import Conflict, Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.extensions import settings

_CHUNK = 64 * 1024
_ID = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class Progress:
    """How much of a file has come: `offset` of `length` bytes."""

    length: int
    offset: int


class Busy(Conflict):
    """Another request is writing to the same file."""

    def __init__(self) -> None:
        super().__init__(_("The file is being received at this moment."))


def begin(length: int, name: str, *, owner: str) -> str:
    """Make room for a file of `length` bytes; its id. Raises `Invalid` when it is too large."""
    if length > settings().upload_max_bytes:
        raise blobs.too_large()
    piece_id = uuid.uuid4().hex
    (_folder() / f"{piece_id}.json").write_text(_said(length, name, owner), encoding="utf-8")
    (_folder() / piece_id).touch()
    return piece_id


def progress(piece_id: str) -> Progress:
    said = _about(piece_id)
    if "upload" in said:
        return Progress(said["length"], said["length"])
    return Progress(said["length"], _place(piece_id).stat().st_size)


def append(piece_id: str, offset: int, stream: IO[bytes]) -> Progress:
    """Write on from `offset`; what came of a stream that breaks is kept.

    Raises `Conflict` when the file ends elsewhere and `Invalid` when more comes than was said.
    """
    said = _about(piece_id)
    with _written(piece_id) as file:
        if offset != file.tell():
            raise Conflict(_("The file goes on from another place."))
        left = said["length"] - offset
        while chunk := stream.read(min(_CHUNK, left + 1)):
            left -= len(chunk)
            if left < 0:
                raise Invalid(_("The file is longer than was said."))
            file.write(chunk)
        file.flush()
        return Progress(said["length"], file.tell())


def take(piece_id: str) -> Upload:
    """Keep a file that has come whole until its owner attaches it; a repeat gives the same.

    Raises `Conflict` while it is not whole, and what `accept_upload` raises.
    """
    said = _about(piece_id)
    if "upload" in said:
        return Upload(**said["upload"])
    with _written(piece_id) as file:
        said = _about(piece_id)
        if "upload" in said:
            return Upload(**said["upload"])
        if file.tell() != said["length"]:
            raise Conflict(_("The file has not come whole."))
        file.seek(0)
        try:
            kept = services.accept_upload(file, said["name"], owner=said["owner"], form=piece_id)
        except Invalid:
            forget(piece_id)
            raise
        text = _said(said["length"], said["name"], said["owner"], upload=asdict(kept))
        _replace(_folder() / f"{piece_id}.json", text)
        file.truncate(0)
    return kept


def forget(piece_id: str) -> None:
    """Forget what has come of a file; one that is gone already is no matter."""
    for path in (_place(piece_id), _place(piece_id).with_suffix(".json")):
        path.unlink(missing_ok=True)


def sweep() -> int:
    """Forget files that did not grow for a day; return how many."""
    oldest = (clock.real() - services.ORPHAN_AGE).timestamp()
    stale = [path for path in _folder().glob("*.json") if _touched(path) < oldest]
    for path in stale:
        forget(path.stem)
    return len(stale)


def _folder() -> Path:
    folder: Path = settings().data_dir / "incoming" / "pieces"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _place(piece_id: str) -> Path:
    # The id comes from an address.
    if not _ID.fullmatch(piece_id):
        raise NotFound(_("There is no such file."))
    return _folder() / piece_id


def _about(piece_id: str) -> dict[str, Any]:
    try:
        text = _place(piece_id).with_suffix(".json").read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise NotFound(_("There is no such file.")) from error
    said: dict[str, Any] = json.loads(text)
    return said


def _said(length: int, name: str, owner: str, **more: Any) -> str:
    return json.dumps({"length": length, "name": name, "owner": owner, **more})


def _replace(path: Path, text: str) -> None:
    # A reader must never see half of it.
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


@contextmanager
def _written(piece_id: str) -> Iterator[IO[bytes]]:
    """The file of bytes at its end, ours alone; raises `Busy`."""
    try:
        file = _place(piece_id).open("r+b")
    except FileNotFoundError as error:
        raise NotFound(_("There is no such file.")) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy from error
        file.seek(0, 2)
        yield file


def _touched(path: Path) -> float:
    """When a file last grew, in seconds since 1970; 0 for one that is gone."""
    try:
        return max(path.stat().st_mtime, path.with_suffix("").stat().st_mtime)
    except FileNotFoundError:
        return 0
