"""Files taken in: kept as uploads until somebody attaches or discards them."""

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.database import reading, transaction
from app.documents import blobs, policy, store
from app.documents.arriving import arrive, keep, put
from app.documents.models import StoredUpload
from app.documents.services.rows import upload_of
from app.documents.shapes import Arrived, OpenedFile, Upload
from app.errors import Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.extensions import settings

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

    The uploads, and by the names to show why others were not taken.
    """
    with arriving(sent, owner=owner, form=form) as found:
        found.keep()
    return found.uploads, found.refused


@dataclass
class Arrivals:
    """Files that came together: `uploads` were taken, `refused` says why others not.

    The names are those to show. `loose` are those that no row holds yet. Whoever attaches them
    takes them out of it.
    """

    owner: str
    uploads: list[Upload] = field(default_factory=list)
    refused: list[tuple[str, Invalid]] = field(default_factory=list)
    loose: list[Arrived] = field(default_factory=list)

    def keep(self) -> None:
        """Keep what is loose as uploads of its owner."""
        if not self.loose:
            return
        put(self.loose)
        with transaction() as session:
            keep(session, self.loose, owner=self.owner)
        for one in self.loose:
            one.path.unlink()
        self.loose.clear()


@contextmanager
def arriving(
    sent: Iterable[tuple[IO[bytes], str]], *, owner: str, form: str | None = None
) -> Iterator[Arrivals]:
    """Take in files that came together and may be attached at once; what then is loose is kept.

    After a failure nothing is kept: nobody was told of the files. Large ones are kept before.
    """
    found = Arrivals(owner)
    with blobs.places() as place:
        for stream, name in sent:
            try:
                one = arrive(stream, name, place(), owner=owner, form=form)
            except Invalid as refusal:
                found.refused.append((policy.safe_name(name), refusal))
                continue
            found.uploads.append(one.upload)
            found.loose.append(one)
            if sum(each.upload.size for each in found.loose) > _TOGETHER:
                found.keep()
        put(found.loose)
        yield found
        found.keep()


def keep_own(path: Path, name: str, media_type: str, *, owner: str) -> Upload:
    """Keep a file that the body itself made until its owner fetches it, a day at most."""
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    size = path.stat().st_size
    store.files().put({sha256: path})
    with transaction() as session:
        blobs.hold(session, sha256, size, own=True)
        # As in `hold` of what arrives.
        store.files().put({sha256: path})
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
        return upload_of(row)


def discard_upload(upload_id: str, *, owner: str) -> None:
    """Forget a file that was sent by mistake; only its owner may."""
    with transaction() as session:
        row = session.get(StoredUpload, upload_id)
        if row is None or row.owner != owner:
            raise NotFound(_("There is no such file."))
        drop_upload(session, row)


def uploads(session: Session, ids: Sequence[str], *, owner: str | None = None) -> list[Upload]:
    """The files among `ids` that wait to be attached, in that order; unknown ones left out."""
    rows = _waiting(session, ids, owner)
    return [upload_of(rows[name]) for name in dict.fromkeys(ids) if name in rows]


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


def drop_upload(session: Session, row: StoredUpload) -> None:
    session.delete(row)
    session.flush()
    blobs.release(session, row.sha256)
