"""The dispatch register: outgoing letters, their sheets, what came of each."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.access.services import Person
from app.appeals import building, impartial, outdated, policy, rights, sight
from app.appeals.cards import OpenedFile, OutgoingLetter, Page
from app.appeals.commands import LetterFilter, storable
from app.appeals.counting import counted
from app.appeals.finding import hold, id_of, known_id, visible
from app.appeals.models import Appeal, Assignment
from app.audit.services import record
from app.correspondence import services as correspondence
from app.correspondence.models import Letter
from app.correspondence.policy import REGISTERED, UNSENT
from app.correspondence.services import LetterView
from app.database import reading, transaction
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.workflow import services as workflow

LARGEST_PAGE = 200
ALL = LetterFilter()
LAST_PAGE = 100_000


def outgoing(
    person: Person, wanted: LetterFilter = ALL, *, page: int = 1, size: int = 50
) -> Page[OutgoingLetter]:
    """Letters and posted notices, newest first."""
    with reading() as session:
        query = _filtered(_seen(session, person), person, wanted)
        total, more = counted(session, query)
        size, page = min(max(size, 1), LARGEST_PAGE), min(max(page, 1), LAST_PAGE)
        rows = session.execute(
            query.order_by(Letter.id.desc()).limit(size).offset((page - 1) * size)
        )
        return Page(_lines(session, person, rows.all()), total, page, size, more)


def count_outgoing(person: Person, wanted: LetterFilter) -> int:
    """How many lines the whole register has, all of them counted."""
    with reading() as session:
        query = _filtered(_seen(session, person), person, wanted)
        every = query.with_only_columns(func.count(), maintain_column_froms=True)
        return int(session.scalar(every) or 0)


def outgoing_after(
    person: Person, wanted: LetterFilter, last: int, size: int
) -> tuple[OutgoingLetter, ...]:
    """The next letters of the register in the order they were made, after the id `last`."""
    with reading() as session:
        query = _filtered(_seen(session, person), person, wanted).where(Letter.id > last)
        rows = session.execute(query.order_by(Letter.id).limit(size))
        return _lines(session, person, rows.all())


def outgoing_days(person: Person, wanted: LetterFilter) -> dict[date, int]:
    """How many numbered letters of the register bear each date."""
    with reading() as session:
        query = _filtered(_seen(session, person), person, wanted).where(Letter.dated.is_not(None))
        counts = query.with_only_columns(
            Letter.dated, func.count(), maintain_column_froms=True
        ).group_by(Letter.dated)
        return {on: int(number) for on, number in session.execute(counts) if on is not None}


def letter_pdf(person: Person, letter_id: int) -> OpenedFile:
    """The sheet of a letter: the signed one, or what it would look like now."""
    with transaction() as session:
        key = visible_key(session, person, letter_id)
        sight.require_files(session, person, session.get_one(Appeal, id_of(key)))
        record(session, person.login, "letter.opened", key, letter=letter_id)
    content = correspondence.preview(letter_id)
    return OpenedFile(
        io.BytesIO(content), f"letter-{letter_id}.pdf", "application/pdf", len(content)
    )


def outgoing_letter(person: Person, letter_id: int) -> OutgoingLetter:
    """One line of the register."""
    with reading() as session:
        key = visible_key(session, person, letter_id)
        letter = session.get_one(Letter, letter_id)
        appeal = session.get_one(Appeal, id_of(key))
        return _lines(session, person, [(letter, appeal)])[0]


def note_delivery(
    person: Person, letter_id: int, *, delivered: bool, on: date | None = None
) -> None:
    """Note that the addressee has a letter, or that it came back; `on` is the day of the mark."""
    with transaction() as session:
        key = visible_key(session, person, letter_id)
        note = correspondence.mark_delivered if delivered else correspondence.mark_returned
        note(session, letter_id, person.login)
        if on is not None:
            record(session, person.login, "letter.delivery_dated", key, letter=letter_id, on=on)


def letters_to_post(session: Session, person: Person) -> list[int]:
    """Signed letters on paper that wait for the post and that the person may see, oldest first."""
    ready = (
        _seen(session, person)
        .where(Letter.channel == "post", Letter.state == REGISTERED)
        .where(Letter.document_id.is_not(None))
        .with_only_columns(Letter.id, maintain_column_froms=True)
        .order_by(Letter.id)
    )
    return list(session.scalars(ready))


def may_recall(person: Person, letter: LetterView | Letter) -> bool:
    """Whether the person may take a letter back: its signatory and those of `policy.LEADERS`."""
    own = letter.signatory in person.logins
    return (
        letter.state in UNSENT
        and (letter.kind != "notice" or letter.channel == "post")
        and (own or bool(person.roles & policy.LEADERS))
    )


def recall_letter(person: Person, letter_id: int, reason: str) -> None:
    """Take back a letter that was signed and has not left; its process writes another.

    Raises Forbidden, Conflict when it has left, Invalid by field: reason.
    """
    with transaction() as session:
        key = visible_key(session, person, letter_id)
        appeal = session.get_one(Appeal, id_of(key))
        hold(session, appeal)
        letter = correspondence.letter(session, letter_id)
        if not storable(reason).strip():
            raise Invalid(
                _("Please check the fields marked below."),
                fields={"reason": [_("Write the reason.")]},
            )
        holder = _holder(session, letter)
        if letter.state not in UNSENT or holder is None:
            raise Conflict(_("Only a letter that was signed and has not left can be recalled."))
        impartial.require(person, appeal)
        if not may_recall(person, letter):
            raise Forbidden(_("Only its signatory, a manager or a controller recalls a letter."))
        payload = {"letter": letter.id, "reason": storable(reason).strip()}
        if not workflow.deliver(session, holder, "recall_letter", payload, actor=person.login):
            raise outdated.refusal(
                session, appeal, _("The diagrams of this appeal know no recall of a letter.")
            )


def _holder(session: Session, letter: LetterView) -> int | None:
    """The process instance that sends a letter; a notice is known by the task to post it."""
    if letter.kind != "notice":
        return letter.instance_id
    open_now = workflow.open_items(session, key=letter.key)
    posting = (one for one in open_now if one.variables.get("letter") == letter.id)
    return next((one.instance_id for one in posting), None)


def visible_key(session: Session, person: Person, letter_id: int) -> str:
    """The key of the case of a letter the person may see."""
    key = correspondence.letter(session, known_id(letter_id)).key
    if not key.startswith("appeal:"):
        raise NotFound(_("There is no such letter."))
    visible(session, person, id_of(key))
    return key


def _seen(session: Session, person: Person) -> Select[Any, Any]:
    query = (
        select(Letter, Appeal)
        .join(Appeal, Appeal.key == Letter.key)
        .options(selectinload(Appeal.applicants))
        # A notice by e-mail leaves no sheet to post; a reminder to staff is no correspondence.
        .where(Letter.audience != "staff", or_(Letter.kind != "notice", Letter.channel == "post"))
    )
    if policy.may_read_all(person):
        return query.where(rights.not_kept(session, person))
    part = select(Assignment.id).where(Assignment.appeal_id == Appeal.id)
    return query.where(part.where(impartial.own(person, Assignment.executor)).exists())


def _filtered(query: Select[Any, Any], person: Person, wanted: LetterFilter) -> Select[Any, Any]:
    if wanted.state:
        query = query.where(Letter.state == wanted.state)
    if wanted.channel:
        query = query.where(Letter.channel == wanted.channel)
    if wanted.since:
        query = query.where(Letter.dated >= wanted.since)
    if wanted.until:
        query = query.where(Letter.dated <= wanted.until)
    if wanted.q.strip():
        pattern = policy.like(wanted.q)
        query = query.where(
            or_(
                func.lower(Letter.number).like(pattern, escape="\\"),
                Appeal.number_key.like(pattern, escape="\\"),
                Appeal.receipt_key.like(pattern, escape="\\"),
                sight.findable(person, wanted.q),
            )
        )
    return query


def _lines(session: Session, person: Person, rows: Sequence[Any]) -> tuple[OutgoingLetter, ...]:
    """Letters, each with its appeal, as the person sees them in a list."""
    halted = correspondence.halted(session, (letter for letter, _appeal in rows))
    return tuple(
        sight.mask_in_lists(person, appeal)(_line(person, letter, appeal, letter.id in halted))
        for letter, appeal in rows
    )


def _line(person: Person, letter: Letter, appeal: Appeal, halted: bool) -> OutgoingLetter:
    return OutgoingLetter(
        id=letter.id,
        appeal=building.appeal_ref(appeal),
        kind=letter.kind,
        subject=letter.subject,
        number=letter.number,
        date=letter.dated,
        addressee=letter.addressee.get("name", ""),
        postal_address=letter.addressee.get(
            "postal_address" if letter.channel == "post" else "email", ""
        ),
        channel=letter.channel,
        state=letter.state,
        halted=halted,
        track=letter.track,
        posted_on=letter.posted_on,
        sent_at=letter.sent_at,
        delivered_at=letter.delivered_at,
        signatory=letter.signatory_name or "",
        may_recall=may_recall(person, letter),
    )
