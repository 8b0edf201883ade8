"""Signatures of files and letters: opened, judged anew, and added where they are made elsewhere."""

import io
from typing import IO

from sqlalchemy.orm import Session

from app.access.services import Person
from app.appeals import sight
from app.appeals.cards import OpenedFile
from app.appeals.cards.work import SignedLetter
from app.appeals.finding import id_of, known_id, visible
from app.appeals.services import letters
from app.audit.services import record
from app.correspondence import services as correspondence
from app.database import reading, transaction
from app.documents import beside
from app.documents import services as documents
from app.errors import NotFound
from app.extensions import lazy_gettext as _


def signed_letter(person: Person, letter_id: int) -> SignedLetter:
    """A letter with the signatures of its file."""
    line = letters.outgoing_letter(person, letter_id)
    with reading() as session:
        found = correspondence.letter(session, letter_id)
        if found.document_id is None:
            raise NotFound(_("The letter is not signed yet."))
        return SignedLetter(
            line,
            documents.document(session, found.document_id),
            waits=correspondence.waits_for_outside(session, letter_id),
            may_add=found.state in correspondence.TAKES_SIGNATURES,
        )


def add_letter_signature(person: Person, letter_id: int, stream: IO[bytes], name: str) -> None:
    """Take in a signature of a letter that was made elsewhere; it is judged in the background.

    Raises Invalid on `file`, Conflict when the letter is in no state for it.
    """
    content = beside.read(stream)
    with transaction() as session:
        key = letters.visible_key(session, person, letter_id)
        sight.require_files(session, person, visible(session, person, id_of(key)))
        correspondence.add_signature(session, letter_id, content, name, person.login)


def open_signature(person: Person, signature_id: int) -> OpenedFile:
    """A detached signature as a file; journaled like the file it is of."""
    with transaction() as session:
        key, document = _visible(session, person, signature_id)
        record(session, person.login, "document.opened", key, document=document)
        content, name = beside.content(session, signature_id)
        return OpenedFile(io.BytesIO(content), name, beside.MEDIA_TYPE, len(content))


def check_signature_again(person: Person, signature_id: int) -> None:
    """Judge a signature anew, by what is trusted now."""
    with transaction() as session:
        _visible(session, person, signature_id)
        beside.check_again(session, signature_id)


def _visible(session: Session, person: Person, signature_id: int) -> tuple[str, int]:
    """The key of the case and the id of the document a signature is of."""
    document = documents.document(session, beside.document_of(session, known_id(signature_id)))
    if not document.key.startswith("appeal:"):
        raise NotFound(_("There is no such file."))
    sight.require_files(session, person, visible(session, person, id_of(document.key)))
    return document.key, document.id
