"""Internal notes: written, changed and withdrawn by their authors, read by those who work on it.

The journal says that there is a note and who wrote it, never what it says: more people read the
journal than the notes.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.access.services import Person
from app.appeals import impartial, policy
from app.appeals.cards import NoteVersion, NoteView
from app.appeals.commands import storable
from app.appeals.finding import hold, known_id, visible
from app.appeals.models import Appeal, InternalNote
from app.appeals.people import People
from app.audit.services import record
from app.database import transaction
from app.errors import Forbidden, Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.session import give_ids

LONGEST = 5000


def may_read(person: Person, appeal: Appeal) -> bool:
    """Whether the person's work needs the notes; who is complained of never reads them."""
    return bool(person.roles & policy.NOTE_READERS) and not impartial.complained(appeal, person)


def may_write(person: Person, appeal: Appeal) -> bool:
    return bool(person.roles & policy.NOTE_WRITERS) and may_read(person, appeal)


def add_note(person: Person, ref: int | str, text: str) -> int:
    """Write a note; its id. Raises Forbidden, Invalid on `text`."""
    with transaction() as session:
        appeal = _open_to(session, person, ref)
        row = InternalNote(appeal_id=appeal.id, author=person.login, at=clock.now(), earlier=[])
        _say(row, text)
        give_ids(session, row)
        record(session, person.login, "note.added", appeal.key, note=row.id)
        return row.id


def change_note(person: Person, note_id: int, text: str) -> None:
    """Reword a note of one's own; the wording before stays. Raises Forbidden, Invalid on `text`."""
    with transaction() as session:
        row, appeal = _own(session, person, note_id)
        before = {"at": (row.changed_at or row.at).isoformat(), "text": row.text}
        _say(row, text)
        if row.text == before["text"]:
            return
        row.earlier, row.changed_at = [*row.earlier, before], clock.now()
        record(session, person.login, "note.changed", appeal.key, note=row.id)


def withdraw_note(person: Person, note_id: int) -> None:
    """Withdraw a note of one's own; what it said stays to be looked up."""
    with transaction() as session:
        row, appeal = _own(session, person, note_id)
        row.withdrawn_at = clock.now()
        record(session, person.login, "note.withdrawn", appeal.key, note=row.id)


def notes_of(session: Session, appeal: Appeal, person: Person) -> tuple[NoteView, ...]:
    """The notes as the person may read them, the latest first; none to who may not."""
    if not may_read(person, appeal):
        return ()
    people, writes = People(session), may_write(person, appeal)
    rows = session.scalars(
        select(InternalNote)
        .where(InternalNote.appeal_id == appeal.id)
        .order_by(InternalNote.id.desc())
    )
    return tuple(
        NoteView(
            id=row.id,
            author=row.author,
            author_name=people.name(row.author),
            at=row.at,
            text=row.text,
            changed_at=row.changed_at,
            withdrawn_at=row.withdrawn_at,
            earlier=tuple(
                NoteVersion(datetime.fromisoformat(one["at"]), one["text"]) for one in row.earlier
            ),
            mine=writes and row.author == person.login and row.withdrawn_at is None,
        )
        for row in rows
    )


def _say(row: InternalNote, text: str) -> None:
    said = storable(text).strip()
    if not said or len(said) > LONGEST:
        message = (
            _("At most %(n)s characters fit here.", n=LONGEST) if said else _("Write the note.")
        )
        raise Invalid(_("Please check the fields marked below."), fields={"text": [message]})
    row.text, row.search_text = said, policy.folded(said)


def _open_to(session: Session, person: Person, ref: int | str) -> Appeal:
    appeal = visible(session, person, ref)
    hold(session, appeal)
    if not may_write(person, appeal):
        raise Forbidden(_("Your roles do not allow this."))
    return appeal


def _own(session: Session, person: Person, note_id: int) -> tuple[InternalNote, Appeal]:
    row = session.get(InternalNote, known_id(note_id))
    if row is None:
        raise NotFound(_("There is no such note."))
    appeal = _open_to(session, person, row.appeal_id)
    session.refresh(row)
    if row.author != person.login or row.withdrawn_at is not None:
        raise Forbidden(_("Only the author changes a note, until it is withdrawn."))
    return row, appeal
