"""Letters looked at: those of a case, one, its sheet."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from app import clock
from app.correspondence import composing, policy, rendering
from app.correspondence.models import Letter
from app.correspondence.services.rows import found_row, view_of
from app.correspondence.shapes import LetterView
from app.database import reading
from app.documents import services as documents
from app.looks import Looks
from app.outbox.services import parked_for
from app.session import expect

_LEAVING = ("letter.sign", "letter.send", "mail.send")
_KEY: BindParameter[str] = bindparam("key")
#: What `letters` asks; it may be looked up beside something else.
OF_KEY = Looks(select(Letter).where(Letter.key == _KEY).order_by(Letter.id))


def expect_letters(session: Session) -> None:
    """Say that this use case will probably write a letter or two."""
    expect(session, {Letter: 2})


def letters(session: Session, key: str) -> list[LetterView]:
    """All letters and notices of a case, oldest first."""
    if known := OF_KEY.known(session, key=key):
        return [view_of(row) for row in known[0]]
    rows = session.scalars(select(Letter).where(Letter.key == key).order_by(Letter.id))
    return [view_of(row) for row in rows]


def letter(session: Session, letter_id: int) -> LetterView:
    return view_of(found_row(session, letter_id))


def halted(session: Session, found: Iterable[LetterView | Letter]) -> frozenset[int]:
    """Those of the letters that could not be signed or mailed: an administrator has to act."""
    leaving = {one.id: one.key for one in found if one.state in (policy.SIGNING, policy.SENDING)}
    if not leaving:
        return frozenset()
    about = parked_for(session, sorted(set(leaving.values())), _LEAVING)
    return frozenset(leaving.keys() & {int(one["letter"]) for one in about})


def preview(letter_id: int) -> bytes:
    """The PDF of a letter: the signed one when there is one, else what it would look like now."""
    with reading() as session:
        row = found_row(session, letter_id)
        if row.document_id is not None:
            return documents.content(session, row.document_id)
        sheet, as_of = composing.sheet(session, _shown(session, view_of(row))), row.approved_at
    return rendering.render(sheet, moment=clock.now(), as_of=as_of)


def _shown(session: Session, letter: LetterView) -> LetterView:
    """A notice sent by e-mail keeps no text: show what it says now, without the access code."""
    if letter.kind != "notice" or letter.text:
        return letter
    found = composing.compose(
        session,
        letter.template,
        letter.facts,
        letter.language,
        key=letter.key,
        paper=True,
        addressee=letter.addressee,
    )
    return replace(letter, subject=found.subject, text=found.text)
