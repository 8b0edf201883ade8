"""Barcode sheets and stamps to print, and the batch scan that finds its cards by them."""

from dataclasses import dataclass

from app import clock
from app.access.services import Person
from app.appeals import finding
from app.appeals.finding import by_ref, known_id, visible
from app.appeals.models import Appeal
from app.audit.services import record
from app.correspondence import rendering
from app.database import reading, transaction
from app.directory import services as directory
from app.documents import scans
from app.documents import services as documents
from app.documents.shapes import DocumentView
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.extensions import lazy_gettext as _

PDF = "application/pdf"
#: The set of scanned pages that no card was found for.
UNPLACED = "scans"


@dataclass(frozen=True)
class Placed:
    """Where a part of a scan went; `number` is '' of one that has to be placed by hand."""

    first: int
    pages: int
    number: str
    appeal_id: int | None


def barcode_sheet(person: Person, ref: int | str) -> bytes:
    """The sheet to be laid before the papers of an appeal when they are scanned."""
    return _printed(person, ref, "barcode")


def stamp(person: Person, ref: int | str) -> bytes:
    """The registration stamp as a label; Conflict before registration."""
    return _printed(person, ref, "stamp")


def scan_batch(person: Person, content: bytes, name: str) -> list[Placed]:
    """Take a scan apart and put each part to its card; what has no card waits to be placed.

    For registrars. All of it is kept or none of it is. Raises Forbidden, Invalid on `file`.
    """
    _require_registrar(person)
    parts = scans.taken_apart(content)
    placed = []
    with transaction() as session:
        for part in parts:
            number = scans.number_of(part.code)
            known = number is not None and 0 < number < 2**31
            appeal = session.get(Appeal, number) if known else None
            documents.add_document(
                session,
                key=str(appeal.key) if appeal else UNPLACED,
                kind="scan",
                title=name if appeal else f"{name}, {part.first}–{part.first + part.pages - 1}",
                content=part.content,
                name=f"scan-{part.first}.pdf",
                media_type=PDF,
                actor=person.login,
                state="received",
            )
            shown = (appeal.number or appeal.receipt) if appeal else ""
            placed.append(Placed(part.first, part.pages, shown, appeal.id if appeal else None))
        record(
            session, person.login, "scan.taken_apart", UNPLACED,
            files=len(parts), found=sum(bool(one.number) for one in placed),
        )  # fmt: skip
    return placed


def unplaced(person: Person) -> list[DocumentView]:
    """Scanned pages that wait for a card."""
    _require_registrar(person)
    with reading() as session:
        return documents.documents(session, UNPLACED)


def place_scan(person: Person, document_id: int, ref: str) -> str:
    """Put scanned pages to the card of that number; the number. Raises Invalid on `number`."""
    _require_registrar(person)
    with transaction() as session:
        found = documents.document(session, known_id(document_id))
        if found.key != UNPLACED:
            raise NotFound(_("There is no such file."))
        appeal = by_ref(session, ref.strip()) if ref.strip() else None
        if appeal is None or not finding.may_see(session, person, appeal):
            message = _("There is no appeal with this number.")
            raise Invalid(message, fields={"number": [message]})
        documents.place(session, document_id, str(appeal.key), of=UNPLACED, actor=person.login)
        return appeal.number or appeal.receipt


def _printed(person: Person, ref: int | str, kind: str) -> bytes:
    with transaction() as session:
        appeal = visible(session, person, ref)
        if kind == "stamp" and (appeal.number is None or appeal.registered_on is None):
            raise Conflict(_("The appeal is not registered yet."))
        # A stamped page is a page of the appeal: its code must not look like that of a sheet.
        code = scans.code_of(appeal.id) if kind == "barcode" else str(appeal.number)
        sheet = {
            "kind": kind,
            "body": directory.body(session).name,
            "number": appeal.number or appeal.receipt,
            "date": f"{appeal.registered_on:%d.%m.%Y}" if appeal.registered_on else "",
            "code": code,
            "qr": scans.drawn(code),
            "bars": scans.drawn(code, "Code128") if kind == "barcode" else "",
        }
        record(session, person.login, f"{kind}.printed", appeal.key)
    return rendering.render(sheet, moment=clock.now())


def _require_registrar(person: Person) -> None:
    if "registrar" not in person.roles:
        raise Forbidden(_("Scans are taken in by registrars."))
