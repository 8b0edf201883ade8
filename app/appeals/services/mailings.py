"""Letters for the post, many at once: one file to print, the register, track numbers back."""

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import pypdfium2
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.access.services import Person
from app.appeals import looked, tracks
from app.appeals.batches import WAITING
from app.appeals.cards import OpenedFile
from app.appeals.finding import id_of
from app.appeals.models import CampaignLine, CampaignRun
from app.appeals.models.mailing import Mailing
from app.appeals.services import carrying
from app.appeals.services.letters import letters_to_post, note_delivery
from app.appeals.services.tasks import completed
from app.appeals.tracks import Unmatched
from app.audit.services import record
from app.correspondence import rendering
from app.correspondence import services as correspondence
from app.correspondence.models import Letter
from app.correspondence.policy import SENT
from app.correspondence.services import LetterView
from app.database import reading, transaction
from app.directory import services as directory
from app.documents import blobs, office
from app.documents import services as documents
from app.errors import Conflict, Invalid, NotFound
from app.extensions import gettext, locale
from app.extensions import lazy_gettext as _
from app.outbox.services import GiveUp, Job, handles, keep_with, promise
from app.session import give_ids
from app.workflow import services as workflow

MAKE = "mailing.make"
TRACKS = "tracks"
MOST = 500
PDF = "application/pdf"
LARGEST_TABLE = 5 * 1024 * 1024
#: After so many letters the page shows how far it is.
_STEP = 25
SHOWN = 20
#: What a spreadsheet takes for the beginning of a formula, also as East Asian keyboards type it.
_FORMULAS = tuple("=+-@\t\r\n＝＋－＠")


@dataclass(frozen=True)
class MailingView:
    """A batch: `total` letters, `done` of them set; `file` is whether it can still be printed."""

    id: int
    made_at: datetime
    total: int
    done: int
    finished_at: datetime | None
    file: bool


@dataclass(frozen=True)
class Posted:
    """One letter of a batch, as the register names it."""

    position: int
    letter: LetterView


@dataclass(frozen=True)
class MailingPage:
    mailing: MailingView
    letters: tuple[Posted, ...]


def mailings(person: Person) -> tuple[int, tuple[MailingView, ...]]:
    """How many letters wait to be printed, and the person's last batches, newest first."""
    with reading() as session:
        rows = session.scalars(
            select(Mailing)
            .where(Mailing.made_by == person.login)
            .order_by(Mailing.id.desc())
            .limit(SHOWN)
        )
        return len(_to_print(session, person)), tuple(_view(session, one) for one in rows)


def begin(person: Person) -> int:
    """Gather the letters that wait for the post and are in no batch yet, at most 500; the id."""
    with transaction() as session:
        chosen = _gathered(session, person)
        if not chosen:
            raise Conflict(_("No letter waits to be printed for the post."))
        row = Mailing(letters=chosen, done=0, made_by=person.login, made_at=clock.now())
        give_ids(session, row)
        _promise(session, row)
    looked.letters_shown(person, len(chosen))
    return row.id


def print_again(person: Person, mailing_id: int) -> None:
    """Make the file of a batch anew: it is kept a day only."""
    with transaction() as session:
        row = _own(session, person, mailing_id)
        if row.finished_at is None:
            raise Conflict(_("The file is being made already."))
        row.done, row.finished_at, row.upload_id = 0, None, None
        _promise(session, row)
    looked.letters_shown(person, len(row.letters))


def page(person: Person, mailing_id: int) -> MailingPage:
    with reading() as session:
        row = _own(session, person, mailing_id)
        return MailingPage(_view(session, row), _letters(session, row))


def open_batch(person: Person, mailing_id: int) -> OpenedFile:
    """The file to print: before each letter the sheet with its address."""
    with transaction() as session:
        row = _own(session, person, mailing_id)
        record(session, person.login, "mailing.opened", f"mailing:{row.id}")
        return documents.open_upload(session, row.upload_id or "", owner=_owner(row))


def register_pdf(person: Person, mailing_id: int) -> OpenedFile:
    """The register of form 103 to print, with the track numbers known by now."""
    with reading() as session:
        row = _own(session, person, mailing_id)
        day = clock.local(row.made_at, directory.body(session).zone)
        sheet = {
            **_sheet(session, _letters(session, row)),
            "kind": "post_register",
            "title": f"Список № {row.id} почтовых отправлений от {day:%d.%m.%Y}",
        }
    content = rendering.render(sheet, moment=clock.now())
    return OpenedFile(io.BytesIO(content), f"register-{mailing_id}.pdf", PDF, len(content))


def register_csv(person: Person, mailing_id: int) -> OpenedFile:
    """The register as a table for the post's program; filled in, it can be given back."""
    with reading() as session:
        found = _letters(session, _own(session, person, mailing_id))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    head = ("№ п/п", "Исх. №", "Адресат", "Адрес", "Масса, г", "Объявленная ценность, р.")
    writer.writerow([*head, "Наложенный платёж, р.", "Плата, р.", "ШПИ", "Примечание"])
    for one in found:
        where = ", ".join(one.letter.addressee.postal_address.splitlines())
        cells = (one.letter.number or "", one.letter.addressee.name, where)
        row = [one.position, *map(_safe, cells), "", "", "", "", one.letter.track or "", ""]
        writer.writerow(row)
    content = out.getvalue().encode("utf-8-sig")
    return OpenedFile(io.BytesIO(content), f"register-{mailing_id}.csv", "text/csv", len(content))


@dataclass(frozen=True)
class Taken:
    """What a table of the post told.

    `run` marks letters as posted, None when there are none; `returned` letters came back, and
    somebody was asked to see to each; `rest` are the lines that told nothing.
    """

    run: int | None
    returned: int
    rest: list[Unmatched]


def take_tracks(
    person: Person, mailing_id: int, stream: IO[bytes], name: str, posted_on: date | None
) -> Taken:
    """Take the post's table (CSV or XLSX): track numbers, and which letters come back.

    Raises Invalid on `file`.
    """
    rows = _rows(stream.read(LARGEST_TABLE + 1), name)
    with transaction() as session:
        row = _own(session, person, mailing_id)
        letters = [one.letter for one in _letters(session, row)]
        items = _items(session, letters)
        numbers = {one.number: one.id for one in letters if one.number}
        away = {one.id for one in letters if one.state == SENT}
        found, back, rest = tracks.matched(rows, numbers, items, away)
        keys = {items[one.id]: one.key for one in letters if one.id in found}
        told = {items[letter]: track for letter, track in found.items()}
        returned = {items[letter]: letter for letter in back if letter in found}
        run = _begun(session, person, keys, told, returned, posted_on) if found else None
        record(
            session, person.login, "mailing.tracks_taken", f"mailing:{row.id}",
            matched=len(found), returned=len(back), unmatched=len(rest),
        )  # fmt: skip
    for letter in back:
        if letter not in found:
            note_delivery(person, letter, delivered=False)
    return Taken(run, len(back), rest)


def _begun(
    session: Session,
    person: Person,
    keys: Mapping[int, str],
    told: Mapping[int, str],
    returned: Mapping[int, int],
    posted_on: date | None,
) -> int:
    """A run that completes each item with its track number.

    By item: `keys`, `told` the tracks, `returned` the letters that have come back already.
    """
    run = CampaignRun(
        campaign_id=None,
        action=TRACKS,
        element="",
        answers={
            "posted_on": posted_on.isoformat() if posted_on else None,
            "tracks": {str(item): track for item, track in told.items()},
            "returned": {str(item): letter for item, letter in returned.items()},
        },
        actor=person.login,
        language=locale(),
        begun_at=clock.now(),
    )
    give_ids(session, run)
    session.flush()
    session.add_all(
        CampaignLine(
            run_id=run.id, appeal_id=id_of(keys[item]), item_id=item, outcome=WAITING, reason=""
        )
        for item in told
    )
    promise(session, carrying.JOB, {"run": run.id})
    return run.id


@carrying.act(TRACKS)
def _post(session: Session, person: Person, line: CampaignLine, run: CampaignRun) -> None:
    """Mark one letter as posted, with its own track number, and as come back if it has."""
    answers = {"track": run.answers["tracks"][str(line.item_id)]}
    if run.answers["posted_on"]:
        answers["posted_on"] = run.answers["posted_on"]
    completed(session, person, line.item_id, answers)
    if letter := run.answers.get("returned", {}).get(str(line.item_id)):
        correspondence.mark_returned(session, letter, person.login)


@handles(MAKE)
def make(job: Job) -> None:
    """Set the address sheets, put each before its letter, keep the file for a day."""
    mailing_id = int(job.payload["mailing"])
    with reading() as session:
        row = session.get_one(Mailing, mailing_id)
        if row.finished_at is not None:
            return
        owner, found = _owner(row), _letters(session, row)
        sheet = {**_sheet(session, found), "kind": "envelopes", "title": f"Список № {row.id}"}
    try:
        envelopes = rendering.render(sheet, moment=clock.now())
    except rendering.CannotRender as error:
        raise GiveUp(str(error)) from error
    with blobs.spool() as folder:
        path = Path(folder) / "batch.pdf"
        _put_together(mailing_id, found, envelopes, path)
        with path.open("rb") as stream:
            kept = documents.accept_upload(stream, f"batch-{mailing_id}.pdf", owner=owner)
    with transaction() as session:
        if keep_with(session, job):
            row = session.get_one(Mailing, mailing_id, with_for_update=True)
            row.done, row.upload_id, row.finished_at = len(found), kept.id, clock.now()


def _put_together(mailing_id: int, found: tuple[Posted, ...], envelopes: bytes, path: Path) -> None:
    with (
        closing(pypdfium2.PdfDocument.new()) as batch,
        closing(pypdfium2.PdfDocument(envelopes)) as addresses,
    ):
        for place, one in enumerate(found):
            batch.import_pages(addresses, [place])
            for content in _contents(one.letter):
                with closing(pypdfium2.PdfDocument(content)) as letter:
                    batch.import_pages(letter)
            if (place + 1) % _STEP == 0:
                with transaction() as session:
                    session.get_one(Mailing, mailing_id).done = place + 1
        batch.save(str(path))


def _contents(letter: LetterView) -> Iterator[bytes]:
    """The letter, and what goes with it as a PDF."""
    with reading() as session:
        if letter.document_id is not None:
            yield documents.content(session, letter.document_id)
        for one in letter.attachments:
            if documents.document(session, one).media_type == PDF:
                yield documents.content(session, one)


def _promise(session: Session, row: Mailing) -> None:
    promise(session, MAKE, {"mailing": row.id})
    record(session, row.made_by, "mailing.begun", f"mailing:{row.id}", letters=len(row.letters))


def _gathered(session: Session, person: Person) -> list[int]:
    """Letters for a batch, locked: of two who gather at once the second finds them taken."""
    waiting = _to_print(session, person)[:MOST]
    locked = select(Letter.id).where(Letter.id.in_(waiting)).order_by(Letter.id).with_for_update()
    session.scalars(locked).all()
    still = set(_to_print(session, person))
    return [one for one in waiting if one in still]


def _to_print(session: Session, person: Person) -> list[int]:
    """Letters that wait for the post and are in no batch of anybody."""
    printed = {one for ids in session.scalars(select(Mailing.letters)) for one in ids}
    return [one for one in letters_to_post(session, person) if one not in printed]


def _items(session: Session, letters: list[LetterView]) -> dict[int, int]:
    """The open task to post each letter, by letter."""
    found: dict[int, int] = {}
    for one in letters:
        for item in workflow.open_items(session, key=one.key):
            if item.variables.get("letter") == one.id and item.element.startswith("dispatch"):
                found[one.id] = item.id
    return found


def _letters(session: Session, row: Mailing) -> tuple[Posted, ...]:
    return tuple(
        Posted(position, correspondence.letter(session, one))
        for position, one in enumerate(row.letters, 1)
    )


def _sheet(session: Session, found: tuple[Posted, ...]) -> dict[str, Any]:
    body = directory.body(session)
    return {
        "body": body.said("name", "ru"),
        "sender": [body.said("address", "ru")],
        "letters": [_named(one) for one in found],
    }


def _named(one: Posted) -> Mapping[str, Any]:
    addressee = one.letter.addressee
    return {
        "position": one.position,
        "number": one.letter.number or "",
        "name": addressee.to or addressee.name,
        "address": [line for line in addressee.postal_address.splitlines() if line.strip()],
        "track": one.letter.track or "",
    }


def _rows(content: bytes, name: str) -> list[list[str]]:
    if len(content) > LARGEST_TABLE:
        raise Invalid(fields={"file": [_("The table is larger than 5 MB.")]})
    try:
        if not name.lower().endswith(".xlsx"):
            return tracks.rows_of_csv(content)
        with blobs.spool() as folder:
            path = Path(folder) / "table.xlsx"
            path.write_bytes(content)
            return [list(row) for row in office.rows(path, most=MOST * 2)]
    except (tracks.Unreadable, office.Unreadable) as error:
        raise Invalid(fields={"file": [_("This table cannot be read.")]}) from error


def _own(session: Session, person: Person, mailing_id: int) -> Mailing:
    row = session.get(Mailing, mailing_id)
    if row is None or row.made_by not in person.logins:
        raise NotFound(gettext("There is no such batch."))
    return row


def _owner(row: Mailing) -> str:
    return f"mailing:{row.id}"


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULAS) else cell


def _view(session: Session, row: Mailing) -> MailingView:
    there = bool(documents.uploads(session, [row.upload_id or ""], owner=_owner(row)))
    return MailingView(row.id, row.made_at, len(row.letters), row.done, row.finished_at, there)
