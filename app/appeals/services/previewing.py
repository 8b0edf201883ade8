"""A document of an appeal as it looks, for those who may open it."""

from sqlalchemy.orm import Session

from app.access.services import Person
from app.appeals import sight
from app.appeals.cards import DocumentLook
from app.appeals.finding import id_of, known_id, visible
from app.appeals.models import Appeal
from app.appeals.services.scanning import UNPLACED
from app.audit.services import record
from app.database import transaction
from app.documents import services as documents
from app.documents.previewing import Preview, preview
from app.documents.shapes import DocumentView, OpenedFile
from app.errors import Held, NotFound
from app.extensions import lazy_gettext as _


def preview_document(person: Person, document_id: int, page: int = 1) -> DocumentLook:
    """One page of a document; the look is journaled as every other.

    Raises NotFound, Forbidden to whom files are masked. What is drawn is drawn after the
    transaction: it takes its time.
    """
    with transaction() as session:
        found = documents.document(session, known_id(document_id))
        appeal = _appeal_of(session, person, found)
        record(session, person.login, "document.opened", found.key, document=document_id, page=page)
        papers = [one.id for one in documents.documents(session, found.key)]
        place = papers.index(document_id)
        file = _opened(session, document_id)
        number = (appeal.number or appeal.receipt) if appeal else ""
        appeal_id = appeal.id if appeal else None
    return DocumentLook(
        document=found,
        appeal_id=appeal_id,
        number=number,
        shown=_shown(file, page),
        before=papers[place - 1] if place else None,
        after=papers[place + 1] if place + 1 < len(papers) else None,
    )


def _opened(session: Session, document_id: int) -> OpenedFile | Preview:
    """The file, or in words why nobody gets to see it."""
    try:
        return documents.open_file(session, document_id)
    except Held as held:
        return Preview(trouble=held.message)


def _shown(found: OpenedFile | Preview, page: int) -> Preview:
    if isinstance(found, Preview):
        return found
    return preview(found.stream, found.name, found.media_type, found.size, page)


def _appeal_of(session: Session, person: Person, found: DocumentView) -> Appeal | None:
    """The appeal of a document the person may open; None of a scan that has none yet."""
    if found.key == UNPLACED and "registrar" in person.roles:
        return None
    if not found.key.startswith("appeal:"):
        raise NotFound(_("There is no such file."))
    appeal = visible(session, person, id_of(found.key))
    sight.require_files(session, person, appeal)
    return appeal
