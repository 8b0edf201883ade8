"""A newer version of a file that staff brought: who may put it in place of the older one."""

from sqlalchemy.orm import Session

from app.access.services import Person
from app.appeals import impartial, sight
from app.appeals.cards import CardView
from app.appeals.finding import hold, id_of, known_id, visible
from app.appeals.models import Appeal
from app.database import reading, transaction
from app.documents import policy, renewing
from app.documents import services as documents
from app.documents.shapes import DocumentView
from app.errors import Forbidden, Invalid, NotFound
from app.extensions import lazy_gettext as _


def may_renew(person: Person, appeal: Appeal | CardView, document: DocumentView) -> bool:
    """Whether the person may bring a newer version: a registrar, or who brought this one."""
    own = bool(document.states) and document.states[0].actor in person.logins
    numbered = document.number is not None
    return (
        appeal.closed_at is None
        and policy.renewable(document.kind, document.state, numbered=numbered)
        and (own or "registrar" in person.roles)
    )


def renewed_document(person: Person, document_id: int) -> tuple[DocumentView, int, str]:
    """(document, id of its appeal, number) for the page where a newer version is brought."""
    with reading() as session:
        found, appeal = _own(session, person, document_id)
        return found, appeal.id, appeal.number or appeal.receipt


def renew_document(person: Person, document_id: int, upload_id: str | None, note: str) -> int:
    """Put an upload in place of a document as its next version; the id of the appeal.

    Raises NotFound, Forbidden, Conflict, Invalid on `file` and `note`.
    """
    wrong = {}
    if not upload_id:
        wrong["file"] = [_("Choose a file.")]
    if not note.strip():
        wrong["note"] = [_("Say in a sentence what changed.")]
    with transaction() as session:
        found, appeal = _own(session, person, document_id)
        if wrong:
            raise Invalid(fields=wrong)
        hold(session, appeal)
        renewing.renew(
            session, found.id, str(upload_id), actor=person.login, note=note.strip()[:500]
        )
        return appeal.id


def _own(session: Session, person: Person, document_id: int) -> tuple[DocumentView, Appeal]:
    found = documents.document(session, known_id(document_id))
    if not found.key.startswith("appeal:"):
        raise NotFound(_("There is no such file."))
    appeal = visible(session, person, id_of(found.key))
    sight.require_files(session, person, appeal)
    impartial.require(person, appeal)
    if not may_renew(person, appeal, found):
        raise Forbidden(_("Only a registrar, or who brought the file, brings a newer version."))
    return found, appeal
