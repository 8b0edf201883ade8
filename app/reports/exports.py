"""Tables as files: a small one at once, a large one by a worker, for a day and for its owner."""

import io
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from app import clock
from app.access.services import Person, load_person
from app.appeals import looked
from app.appeals.terms import zone_of
from app.audit.services import record
from app.database import reading, transaction
from app.documents import blobs
from app.documents import services as documents
from app.errors import Conflict, DomainError, NotFound
from app.extensions import in_language, locale
from app.extensions import lazy_gettext as _
from app.outbox.services import GiveUp, Job, at_it_still, keep_with, promise
from app.reports.books import Book, Wanted, book_of
from app.reports.models import BUSY, CANCELLED, DONE, FAILED, WORKING, Export
from app.reports.sheets import MEDIA_TYPES, Row, Sheet, write

JOB = "reports.export"
DOWNLOADED = "export.downloaded"
#: Rows that are written while the person waits: a second of work at most.
AT_ONCE = 1000
STEP = 500
KEPT = timedelta(days=1)
MOST_BUSY = 3


@dataclass(frozen=True)
class Made:
    """A file to be given out; whoever gets it closes the stream."""

    stream: IO[bytes]
    name: str
    media_type: str


@dataclass(frozen=True)
class ExportView:
    """A file on its way or made; `size` in bytes, `until` when it goes."""

    id: str
    title: str
    name: str
    format: str
    state: str
    total: int
    done: int
    size: int | None
    reason: str
    asked_at: datetime
    ended_at: datetime | None
    until: datetime

    @property
    def busy(self) -> bool:
        return self.state in BUSY


class _Stopped(Exception):
    """Nobody waits for the file any more, or another worker makes it."""


def export(person: Person, code: str, kind: str, wanted: Wanted) -> Made | str:
    """The table as a file; of a large one, the id of the export that a worker makes.

    Raises NotFound for an unknown table or format, Forbidden, Conflict when too many are made.
    """
    book = book_of(person, code)
    if kind not in MEDIA_TYPES:
        raise NotFound(_("There is no such format."))
    total = book.count(person, wanted)
    if total > AT_ONCE:
        return _asked(person, book, kind, dict(wanted), total)
    with blobs.spool() as folder:
        path = Path(folder) / "table"
        written = _write(person, book, kind, wanted, path)
        content = path.read_bytes()
    looked.list_exported(person, code, written)
    return Made(io.BytesIO(content), _name(book, kind), MEDIA_TYPES[kind])


def _asked(person: Person, book: Book, kind: str, wanted: dict[str, str], total: int) -> str:
    name = _name(book, kind)
    with transaction() as session:
        own = select(Export).where(Export.owner == person.login, Export.state.in_(BUSY))
        busy = session.scalars(own).all()
        for one in busy:
            # The button was pressed twice.
            if (one.book, one.format, one.wanted) == (book.code, kind, wanted):
                return one.id
        if len(busy) >= MOST_BUSY:
            raise Conflict(_("Wait until one of your exports is ready, or cancel it."))
        row = Export(
            id=uuid.uuid4().hex,
            owner=person.login,
            book=book.code,
            wanted=wanted,
            format=kind,
            language=locale(),
            name=name,
            total=total,
            asked_at=clock.now(),
        )
        session.add(row)
        promise(session, JOB, {"export": row.id})
        return row.id


def make(job: Job) -> None:
    """Write a large table, noting how far it is; what stands in the way for good ends it."""
    number = str(job.payload["export"])
    with transaction() as session:
        row = session.get(Export, number)
        if row is None or row.state not in BUSY:
            return
        row.state, row.done = WORKING, 0
        owner, code, kind, wanted, name, language = (
            *(row.owner, row.book, row.format, row.wanted, row.name, row.language),
        )
    try:
        with blobs.spool() as folder, in_language(language):
            path = Path(folder) / "table"
            person = load_person(owner)
            book = book_of(person, code)
            written = _write(person, book, kind, wanted, path, job=job)
            kept = documents.keep_own(path, name, MEDIA_TYPES[kind], owner=_holder(owner))
    except _Stopped:
        return
    except DomainError as refusal:
        raise GiveUp(str(refusal)) from refusal
    with transaction() as session:
        if not keep_with(session, job):
            return
        row = session.get_one(Export, number, with_for_update=True)
        row.state, row.done, row.ended_at = DONE, written, clock.now()
        row.upload_id, row.size = kept.id, kept.size
        looked.note_export(session, owner, code, written)


def _write(
    person: Person, book: Book, kind: str, wanted: Wanted, path: Path, job: Job | None = None
) -> int:
    """Write the rows the person may have; how many there were."""
    written = 0

    def counted() -> Iterator[Row]:
        nonlocal written
        for written, row in enumerate(book.rows(person, wanted), start=1):
            if job is not None and written % STEP == 0:
                _go_on(job, written)
            yield row

    write(Sheet(str(book.title), book.columns, counted()), kind, path)
    return written


def _go_on(job: Job, done: int) -> None:
    """Note how far it is; raises `_Stopped` when it was cancelled or another has taken over."""
    with transaction() as session:
        row = session.get(Export, str(job.payload["export"]), with_for_update=True)
        if row is None or row.state != WORKING or not at_it_still(session, job):
            raise _Stopped
        row.done = done


def failed(session: Session, job: Job, reason: str) -> None:
    """A promise was set aside: when it was an export, its owner is told why."""
    if job.kind != JOB:
        return
    row = session.get(Export, str(job.payload["export"]))
    if row is not None and row.state in BUSY:
        row.state, row.reason, row.ended_at = FAILED, reason, clock.now()


def show(person: Person, number: str) -> ExportView:
    """One's own export; nobody else's is there."""
    with reading() as session:
        return _view(_own(session, person, number))


def mine(person: Person) -> list[ExportView]:
    """What the person asked for within a day, latest first."""
    with reading() as session:
        query = select(Export).where(Export.owner == person.login)
        rows = session.scalars(query.order_by(Export.asked_at.desc(), Export.id)).all()
        return [_view(row) for row in rows]


def download(person: Person, number: str) -> Made:
    """The file of one's own export; that it left the house is noted."""
    with transaction() as session:
        row = _own(session, person, number)
        if row.state != DONE or row.upload_id is None:
            raise NotFound(_("There is no such file."))
        facts = {"what": row.book, "format": row.format, "rows": row.done}
        record(session, person.login, DOWNLOADED, f"account:{person.login}", **facts)
        upload, name, kind = row.upload_id, row.name, row.format
    with reading() as session:
        opened = documents.open_upload(session, upload, owner=_holder(person.login))
    return Made(opened.stream, name, MEDIA_TYPES[kind])


def cancel(person: Person, number: str) -> None:
    """Stop what is on its way, or do away with the file that was made."""
    with transaction() as session:
        row = _own(session, person, number)
        upload, row.upload_id = row.upload_id, None
        if row.state in BUSY or upload:
            row.state, row.ended_at = CANCELLED, clock.now()
    if upload:
        documents.discard_upload(upload, owner=_holder(person.login))


def sweep() -> int:
    """Forget exports that are over for a day, as their files are; how many there were."""
    with reading() as session:
        if session.scalar(select(Export.id).where(_old()).limit(1)) is None:
            return 0
    with transaction() as session:
        gone: Iterable[str] = session.scalars(delete(Export).where(_old()).returning(Export.id))
        return len(list(gone))


def _old() -> ColumnElement[bool]:
    return func.coalesce(Export.ended_at, Export.asked_at) < clock.now() - KEPT


def _own(session: Session, person: Person, number: str) -> Export:
    row = session.get(Export, number)
    if row is None or row.owner != person.login:
        raise NotFound(_("There is no such export."))
    return row


def _holder(login: str) -> str:
    """Whose a file is among those that wait: no form can attach it."""
    return f"export:{login}"


def _name(book: Book, kind: str) -> str:
    with reading() as session:
        day = clock.today(zone_of(session))
    return f"{book.title} {day:%d.%m.%Y}.{kind}"


def _view(row: Export) -> ExportView:
    return ExportView(
        id=row.id,
        title=row.name.rpartition(".")[0],
        name=row.name,
        format=row.format,
        state=row.state,
        total=row.total,
        done=row.done,
        size=row.size,
        reason=row.reason,
        asked_at=row.asked_at,
        ended_at=row.ended_at,
        until=(row.ended_at or row.asked_at) + KEPT,
    )
