"""Letters that leave, arrive or come back; and those taken back before."""

from datetime import date

from sqlalchemy.orm import Session

from app import clock
from app.audit.services import record
from app.correspondence import policy
from app.correspondence.models import Letter
from app.correspondence.registry import see_to
from app.correspondence.services.rows import SYSTEM, in_state, locked_row, view_of, wrong_state
from app.correspondence.shapes import LetterView
from app.documents import services as documents
from app.errors import Conflict, Invalid
from app.extensions import lazy_gettext as _
from app.outbox.services import promise, take_back


def send(
    session: Session,
    letter_id: int,
    *,
    instance: int | None = None,
    element: str | None = None,
    actor: str = SYSTEM,
) -> LetterView:
    """Let the letter go; `.channel` of the result says how.

    By e-mail a job sends it and tells the instance `letter_sent`; by post it waits for
    `mark_posted`. A notice is on its way since `notify`, and a letter never goes twice.
    """
    row = locked_row(session, letter_id)
    if row.channel == "post" or row.state in (policy.SENDING, policy.SENT):
        return view_of(row)
    if row.state != policy.REGISTERED:
        raise wrong_state(row)
    row.state = policy.SENDING
    promise(
        session, "letter.send", {"letter": row.id}, key=row.key, instance=instance, element=element
    )
    record(session, actor, "letter.sending", row.key, letter=row.id)
    return view_of(row)


def mark_posted(
    session: Session, letter_id: int, track: str, posted_on: date, actor: str
) -> LetterView:
    """Note that a printed letter went to the post; `track` may be empty for an ordinary letter."""
    row = locked_row(session, letter_id)
    if row.state == policy.SIGNING:
        raise Conflict(_("The letter is still being prepared. Try again in a minute."))
    if row.channel != "post" or row.state not in (policy.REGISTERED, policy.RETURNED):
        raise wrong_state(row)
    if row.dated and posted_on < row.dated:
        message = _("A letter cannot be posted before the day it is dated.")
        raise Invalid(message, fields={"posted_on": [message]})
    row.track, row.posted_on = track.strip() or None, posted_on
    mark_sent(session, row, actor)
    return view_of(row)


def mark_delivered(session: Session, letter_id: int, actor: str) -> LetterView:
    """Note that the addressee has the letter."""
    return _close(session, letter_id, policy.DELIVERED, actor)


def mark_returned(session: Session, letter_id: int, actor: str) -> LetterView:
    """Note that the post brought the letter back, and have somebody see to it, once."""
    known = in_state(session, letter_id, policy.SENT, policy.RETURNED).state == policy.RETURNED
    letter = _close(session, letter_id, policy.RETURNED, actor)
    if not known:
        see_to(session, letter)
    return letter


def mark_sent(session: Session, row: Letter, actor: str, *, subject: str = "") -> None:
    """The letter has left: by the job that mailed it or the dispatcher who posted it."""
    row.state, row.sent_at = policy.SENT, clock.now()
    row.subject = row.subject or subject
    _follow(session, row, "sent", actor)
    record(session, actor, "letter.sent", row.key, letter=row.id, channel=row.channel)


def mark_undelivered(session: Session, row: Letter, code: str, *, subject: str = "") -> None:
    """Mail did not take the letter to its addressee; `code` is what the server said."""
    row.state, row.remark = policy.RETURNED, code
    row.subject = row.subject or subject
    if row.sent_at is not None:
        _follow(session, row, "returned", SYSTEM)
    record(session, SYSTEM, "letter.undelivered", row.key, letter=row.id, code=code)


def send_again(session: Session, letter_id: int, email: str, actor: str) -> None:
    """Mail a letter that came back, to this address; who waited for it is told when it has left."""
    row = in_state(session, letter_id, policy.RETURNED)
    row.addressee = {**row.addressee, "channel": "email", "email": email}
    row.channel = "email"
    row.state, row.remark = policy.SENDING, ""
    kind = "mail.send" if row.kind == "notice" else "letter.send"
    promise(session, kind, {"letter": row.id}, key=row.key, instance=row.instance_id)
    record(session, actor, "letter.again", row.key, letter=row.id)


def go_by_post(session: Session, letter_id: int, postal_address: str, actor: str) -> None:
    """Have a signed letter that came back printed and posted instead."""
    row = in_state(session, letter_id, policy.RETURNED)
    row.addressee = {**row.addressee, "channel": "post", "postal_address": postal_address}
    row.channel, row.remark = "post", ""
    record(session, actor, "letter.by_post", row.key, letter=row.id)


def let_go_on(session: Session, letter_id: int) -> None:
    """Tell who waits for a letter that came back that it has been seen to."""
    row = locked_row(session, letter_id)
    if row.instance_id is not None:
        promise(session, "letter.onward", {"letter": row.id}, key=row.key, instance=row.instance_id)


def recall(session: Session, letter_id: int, actor: str, reason: str) -> LetterView:
    """Take back a letter that has not left: it keeps its number and is never sent.

    Raises `Conflict` when it has left, or is leaving this very moment.
    """
    row = in_state(session, letter_id, *policy.UNSENT)
    mail, kind = {"letter": row.id}, "mail.send" if row.kind == "notice" else "letter.send"
    if row.state == policy.SENDING and not take_back(session, kind, mail, key=row.key):
        raise Conflict(_("The letter is leaving right now: it can no longer be recalled."))
    row.state, row.remark = policy.RECALLED, reason
    if row.document_id is not None:
        documents.move(session, row.document_id, policy.RECALLED, actor=actor)
    record(
        session, actor, "letter.recalled", row.key, letter=row.id, number=row.number, reason=reason
    )
    return view_of(row)


def discard(session: Session, letter_id: int, actor: str) -> LetterView:
    """Put aside a letter that nobody needs any longer; one that has left stays as it is.

    One that was signed keeps its number and is recalled; one that is leaving this moment leaves.
    """
    row = locked_row(session, letter_id)
    if row.state in policy.UNSIGNED:
        row.state = policy.DISCARDED
        record(session, actor, "letter.discarded", row.key, letter=row.id)
    elif row.state in policy.UNSENT and row.state != policy.SENDING:
        return recall(session, letter_id, actor, "")
    return view_of(row)


def _close(session: Session, letter_id: int, state: str, actor: str) -> LetterView:
    row = in_state(session, letter_id, policy.SENT, state)
    if row.state != state:
        row.state, row.delivered_at = state, clock.now()
        _follow(session, row, state, actor)
        record(session, actor, f"letter.{state}", row.key, letter=row.id)
    return view_of(row)


def _follow(session: Session, row: Letter, state: str, actor: str) -> None:
    """Move the letter's file along; one already filed in the archive stays there.

    The post may bring a receipt months after the case was closed: that is the letter's own mark.
    """
    if row.document_id is not None:
        documents.move(session, row.document_id, state, actor=actor, unless="filed")
