"""Letters from draft to delivery, and plain notices by mail.

A letter: `draft` → `revise`… → `approve` (its content is frozen) → `request_signature` (number;
a job renders and signs it, then tells the instance `letter_signed`) → `register` → `send` (a job
mails it, then tells the instance `letter_sent`) or, by post, `mark_posted` → `mark_delivered` or
`mark_returned`. Until it leaves it may be taken back by `recall`, and keeps its number; what nobody
needs any longer is put aside by `discard`. A notice: `notify`, whatever the channel.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from app import clock
from app.access.values import Person
from app.audit.services import record
from app.correspondence import composing, names, policy, rendering
from app.correspondence.models import Letter
from app.correspondence.policy import TAKES_SIGNATURES as TAKES_SIGNATURES
from app.correspondence.registry import see_to
from app.correspondence.shapes import Addressee as Addressee
from app.correspondence.shapes import Composition as Composition
from app.correspondence.shapes import LetterView as LetterView
from app.database import reading
from app.directory import services as directory
from app.documents import beside
from app.documents import policy as document_policy
from app.documents import services as documents
from app.documents.shapes import SignatureView
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.extensions import settings
from app.looks import Looks
from app.outbox.services import promise, take_back
from app.session import expect, give_ids, notes

_KEY: BindParameter[str] = bindparam("key")
#: What `letters` asks; it may be looked up beside something else.
OF_KEY = Looks(select(Letter).where(Letter.key == _KEY).order_by(Letter.id))
SYSTEM = "system"
STAFF, CITIZEN, ORGANISATION = "staff", "citizen", "organisation"


def compose(
    session: Session, template: str, facts: Mapping[str, Any], language: str = "", *, key: str = ""
) -> Composition:
    """Subject and text of a letter ("reply", "interim", "cover"…) to begin a draft with.

    They are kept nowhere. With `key`, what is known of the case fills in what `facts` leave out.
    """
    spoken = language or settings().default_language
    return composing.compose(session, f"draft_{template}", facts, spoken, key=key, paper=True)


def draft(
    session: Session,
    *,
    key: str,
    kind: str,
    template: str,
    text: str,
    subject: str,
    addressee: Addressee,
    actor: str,
    facts: Mapping[str, Any] | None = None,
    attachments: Sequence[int] = (),
) -> LetterView:
    """Begin a letter ("reply", "interim", "cover", "request").

    Raises `Invalid` when the channel lacks its address.

    `facts` a letter's sheet shows: reference_number, reference_on (else those of the case),
    executor, executor_phone, enclosures (list of words).
    """
    _check_address(addressee)
    row = _new(session, key, kind, template, addressee, facts or {}, actor=actor)
    row.text, row.subject = text, policy.one_line(subject)
    row.attachments = list(attachments)
    give_ids(session, row)
    record(session, actor, "letter.drafted", key, letter=row.id, kind=kind, channel=row.channel)
    return _view(row)


def revise(
    session: Session,
    letter_id: int,
    text: str,
    actor: str,
    *,
    subject: str | None = None,
    facts: Mapping[str, Any] | None = None,
    attachments: Sequence[int] | None = None,
) -> LetterView:
    """Change a letter that is not being signed yet; an approval it had is gone."""
    row = _in_state(session, letter_id, policy.DRAFT, policy.APPROVED)
    row.text = text
    if subject is not None:
        row.subject = policy.one_line(subject)
    if facts is not None:
        row.facts = {**row.facts, **_kept(facts)}
    if attachments is not None:
        row.attachments = list(attachments)
    row.state, row.content_hash, row.approved_by, row.approved_at = policy.DRAFT, None, None, None
    row.remark = ""
    record(session, actor, "letter.revised", row.key, letter=row.id)
    return _view(row)


def approve(session: Session, letter_id: int, actor: str) -> LetterView:
    """Freeze what the letter says: from here on only this very content may be signed."""
    row = _in_state(session, letter_id, policy.DRAFT, policy.APPROVED)
    if row.state == policy.DRAFT:
        _approve(session, row, actor)
    return _view(row)


def send_back(session: Session, letter_id: int, remark: str, actor: str) -> None:
    """Return a letter that is not being signed yet to who wrote it."""
    row = _in_state(session, letter_id, policy.DRAFT, policy.APPROVED)
    row.remark = remark
    record(session, actor, "letter.returned", row.key, letter=row.id, remark=remark)


def request_signature(
    session: Session,
    letter_id: int,
    *,
    signatory: Person,
    instance: int | None = None,
    element: str | None = None,
    instead_of: Person | None = None,
) -> LetterView:
    """Give the letter its number and promise to sign it; the instance will get `letter_signed`.

    Who signs `instead_of` an absent colleague needs a right to sign of their own. Raises `Conflict`
    when the letter is not approved or was changed since, `Forbidden` when the signatory's authority
    is not in force.
    """
    row = _in_state(session, letter_id, policy.APPROVED)
    if not directory.signs_on(session, signatory.login, clock.today(directory.body(session).zone)):
        raise Forbidden(_("Your right to sign is not in force today."))
    if instead_of is not None:
        _require_own_right(session, signatory)
        row.signed_for = names.in_absence_of(instead_of.said("name", row.language), row.language)
    if not approval_holds(session, letter_id):
        raise Conflict(_("The letter was changed after it had been approved. Approve it again."))
    row.signatory, row.instance_id = signatory.login, instance
    row.signatory_name = signatory.said("name", row.language)
    row.signatory_post = signatory.said("post", row.language)
    _promise_signature(session, row, signatory.login, instance=instance, element=element)
    return _view(row)


def _require_own_right(session: Session, signatory: Person) -> None:
    """A substitution lends tasks, not the right to sign."""
    today = clock.today(directory.body(session).zone)
    known = directory.may_sign(session, signatory.login, today) is not None
    if not known and "signatory" not in signatory.roles:
        raise Forbidden(
            _(
                "You stand in for a signatory but have no right to sign: the administrator enters"
                " it on the page “Right to sign”."
            )
        )


def register(session: Session, letter_id: int, *, actor: str = SYSTEM) -> LetterView:
    """Enter the signed letter into the register of outgoing documents."""
    row = _in_state(session, letter_id, policy.SIGNED, policy.REGISTERED)
    if row.state == policy.SIGNED:
        _register(session, row, actor)
    return _view(row)


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
    row = _locked(session, letter_id)
    if row.channel == "post" or row.state in (policy.SENDING, policy.SENT):
        return _view(row)
    if row.state != policy.REGISTERED:
        raise _wrong_state(row)
    row.state = policy.SENDING
    promise(
        session, "letter.send", {"letter": row.id}, key=row.key, instance=instance, element=element
    )
    record(session, actor, "letter.sending", row.key, letter=row.id)
    return _view(row)


def mark_posted(
    session: Session, letter_id: int, track: str, posted_on: date, actor: str
) -> LetterView:
    """Note that a printed letter went to the post; `track` may be empty for an ordinary letter."""
    row = _locked(session, letter_id)
    if row.state == policy.SIGNING:
        raise Conflict(_("The letter is still being prepared. Try again in a minute."))
    if row.channel != "post" or row.state not in (policy.REGISTERED, policy.RETURNED):
        raise _wrong_state(row)
    if row.dated and posted_on < row.dated:
        message = _("A letter cannot be posted before the day it is dated.")
        raise Invalid(message, fields={"posted_on": [message]})
    row.track, row.posted_on = track.strip() or None, posted_on
    mark_sent(session, row, actor)
    return _view(row)


def mark_delivered(session: Session, letter_id: int, actor: str) -> LetterView:
    """Note that the addressee has the letter."""
    return _close(session, letter_id, policy.DELIVERED, actor)


def mark_returned(session: Session, letter_id: int, actor: str) -> LetterView:
    """Note that the post brought the letter back, and have somebody see to it, once."""
    known = _in_state(session, letter_id, policy.SENT, policy.RETURNED).state == policy.RETURNED
    letter = _close(session, letter_id, policy.RETURNED, actor)
    if not known:
        see_to(session, letter)
    return letter


def recall(session: Session, letter_id: int, actor: str, reason: str) -> LetterView:
    """Take back a letter that has not left: it keeps its number and is never sent.

    Raises `Conflict` when it has left, or is leaving this very moment.
    """
    row = _in_state(session, letter_id, *policy.UNSENT)
    mail, kind = {"letter": row.id}, "mail.send" if row.kind == "notice" else "letter.send"
    if row.state == policy.SENDING and not take_back(session, kind, mail, key=row.key):
        raise Conflict(_("The letter is leaving right now: it can no longer be recalled."))
    row.state, row.remark = policy.RECALLED, reason
    if row.document_id is not None:
        documents.move(session, row.document_id, policy.RECALLED, actor=actor)
    record(
        session, actor, "letter.recalled", row.key, letter=row.id, number=row.number, reason=reason
    )
    return _view(row)


def discard(session: Session, letter_id: int, actor: str) -> LetterView:
    """Put aside a letter that nobody needs any longer; one that has left stays as it is.

    One that was signed keeps its number and is recalled; one that is leaving this moment leaves.
    """
    row = _locked(session, letter_id)
    if row.state in policy.UNSIGNED:
        row.state = policy.DISCARDED
        record(session, actor, "letter.discarded", row.key, letter=row.id)
    elif row.state in policy.UNSENT and row.state != policy.SENDING:
        return recall(session, letter_id, actor, "")
    return _view(row)


def notify(
    session: Session,
    *,
    key: str,
    notice: str,
    addressee: Addressee,
    facts: Mapping[str, Any] | None = None,
    attachments: Sequence[int] = (),
    actor: str = SYSTEM,
) -> int:
    """Tell somebody something by a template; return the id of the letter.

    By e-mail it is promised at once and rendered at sending, in the addressee's language, with
    the facts of that moment. By post it gets a number and a signed sheet at once, which then
    waits for `mark_posted`; an access code is never put on paper that is kept.
    """
    _check_address(addressee)
    template = policy.notice_name(notice)
    row = _new(session, key, "notice", template, addressee, facts or {}, actor=actor)
    row.attachments = list(attachments)
    if row.channel == "post":
        found = composing.compose(
            session, template, row.facts, row.language, key=key, paper=True, addressee=addressee
        )
        row.subject, row.text = found.subject, found.text
        give_ids(session, row)
        _approve(session, row, actor)
        _promise_signature(session, row, actor)
    else:
        row.state = policy.SENDING
        give_ids(session, row)
        promise(session, "mail.send", {"letter": row.id}, key=key)
    record(session, actor, "notice.promised", key, letter=row.id, notice=template)
    return row.id


def expect_letters(session: Session) -> None:
    """Say that this use case will probably write a letter or two."""
    expect(session, {Letter: 2})


def letters(session: Session, key: str) -> list[LetterView]:
    """All letters and notices of a case, oldest first."""
    if known := OF_KEY.known(session, key=key):
        return [_view(row) for row in known[0]]
    rows = session.scalars(select(Letter).where(Letter.key == key).order_by(Letter.id))
    return [_view(row) for row in rows]


def letter(session: Session, letter_id: int) -> LetterView:
    return _view(_found(session, letter_id))


def preview(letter_id: int) -> bytes:
    """The PDF of a letter: the signed one when there is one, else what it would look like now."""
    with reading() as session:
        row = _found(session, letter_id)
        if row.document_id is not None:
            return documents.content(session, row.document_id)
        sheet, as_of = composing.sheet(session, _shown(session, _view(row))), row.approved_at
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


def add_signature(
    session: Session, letter_id: int, content: bytes, name: str, actor: str
) -> SignatureView:
    """Keep a signature of the letter that was made elsewhere; a job judges it.

    A letter that waits for it goes on when the signature is of this file. Raises `Conflict`.
    """
    row = _in_state(session, letter_id, *TAKES_SIGNATURES)
    if row.document_id is None:
        raise _wrong_state(row)
    made = beside.add(
        session,
        row.document_id,
        name=name,
        content=content,
        origin=beside.OUTSIDE,
        actor=actor,
        later=False,
    )
    payload = {"letter": row.id, "signature": made.id}
    promise(session, "letter.countersigned", payload, key=row.key, instance=row.instance_id)
    return made


def waits_for_outside(session: Session, letter_id: int) -> bool:
    """Whether the letter stays until a signature made elsewhere is there that fits its file."""
    row = _found(session, letter_id)
    if row.document_id is None or row.kind == "notice" or row.state != policy.SIGNED:
        return False
    if directory.setting(session, "letters.outside_signature") != "yes":
        return False
    found = beside.of(session, [row.document_id]).get(row.document_id, [])
    return not any(one.origin == beside.OUTSIDE and beside.fits(one) for one in found)


def approval_holds(session: Session, letter_id: int) -> bool:
    """Whether the letter says exactly what was approved."""
    row = _found(session, letter_id)
    return row.content_hash is not None and row.content_hash == _hash(row)


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
    row = _in_state(session, letter_id, policy.RETURNED)
    row.addressee = {**row.addressee, "channel": "email", "email": email}
    row.channel = "email"
    row.state, row.remark = policy.SENDING, ""
    kind = "mail.send" if row.kind == "notice" else "letter.send"
    promise(session, kind, {"letter": row.id}, key=row.key, instance=row.instance_id)
    record(session, actor, "letter.again", row.key, letter=row.id)


def go_by_post(session: Session, letter_id: int, postal_address: str, actor: str) -> None:
    """Have a signed letter that came back printed and posted instead."""
    row = _in_state(session, letter_id, policy.RETURNED)
    row.addressee = {**row.addressee, "channel": "post", "postal_address": postal_address}
    row.channel, row.remark = "post", ""
    record(session, actor, "letter.by_post", row.key, letter=row.id)


def let_go_on(session: Session, letter_id: int) -> None:
    """Tell who waits for a letter that came back that it has been seen to."""
    row = _locked(session, letter_id)
    if row.instance_id is not None:
        promise(session, "letter.onward", {"letter": row.id}, key=row.key, instance=row.instance_id)


def mark_signed(session: Session, row: Letter, document_id: int) -> None:
    """The signed file is in the set; a notice needs no further hand and is registered at once."""
    row.document_id, row.state, row.signed_at = document_id, policy.SIGNED, clock.now()
    record(session, row.signatory or SYSTEM, "letter.signed", row.key, letter=row.id)
    if row.kind == "notice":
        _register(session, row, SYSTEM)


def locked_row(session: Session, letter_id: int) -> Letter:
    """For this room's jobs."""
    return _locked(session, letter_id)


def _new(
    session: Session,
    key: str,
    kind: str,
    template: str,
    addressee: Addressee,
    facts: Mapping[str, Any],
    *,
    actor: str,
) -> Letter:
    row = Letter(
        key=key,
        kind=kind,
        template=template,
        audience=policy.audience(kind, template),
        state=policy.DRAFT,
        channel=addressee.channel,
        language=addressee.language or settings().default_language,
        subject="",
        text="",
        facts=_kept(facts),
        addressee={name: str(value) for name, value in asdict(addressee).items()},
        attachments=[],
        created_by=actor,
        created_at=clock.now(),
    )
    session.add(row)
    return row


def _kept(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as they may lie in the database: JSON, and never an access code."""
    return {name: _json(value) for name, value in facts.items() if name != "access_code"}


def _json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _json(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_json(each) for each in value]
    return value if isinstance(value, int | float | str | None) else str(value)


def _check_address(addressee: Addressee) -> None:
    if addressee.channel == "email" and "@" not in addressee.email:
        message = _("There is no e-mail address to send the letter to.")
        raise Invalid(message, fields={"email": [message]})
    if addressee.channel == "post" and not addressee.postal_address.strip():
        message = _("There is no postal address to send the letter to.")
        raise Invalid(message, fields={"postal_address": [message]})


def _hash(row: Letter) -> str:
    return policy.content_hash({name: getattr(row, name) for name in policy.CONTENT})


def _approve(session: Session, row: Letter, actor: str) -> None:
    row.state, row.content_hash = policy.APPROVED, _hash(row)
    row.approved_by, row.approved_at = actor, clock.now()
    record(session, actor, "letter.approved", row.key, letter=row.id, sha256=row.content_hash)


def _promise_signature(
    session: Session,
    row: Letter,
    actor: str,
    *,
    instance: int | None = None,
    element: str | None = None,
) -> None:
    row.dated = clock.today(directory.body(session).zone)
    row.number = directory.next_number(session, "outgoing", row.dated)
    row.check_code = document_policy.new_check_code()
    row.state = policy.SIGNING
    promise(
        session, "letter.sign", {"letter": row.id}, key=row.key, instance=instance, element=element
    )
    record(session, actor, "letter.numbered", row.key, letter=row.id, number=row.number)


def _register(session: Session, row: Letter, actor: str) -> None:
    row.state = policy.REGISTERED
    if row.document_id is not None:
        documents.move(session, row.document_id, "registered", actor=actor)
    record(session, actor, "letter.registered", row.key, letter=row.id, number=row.number)


def _close(session: Session, letter_id: int, state: str, actor: str) -> LetterView:
    row = _in_state(session, letter_id, policy.SENT, state)
    if row.state != state:
        row.state, row.delivered_at = state, clock.now()
        _follow(session, row, state, actor)
        record(session, actor, f"letter.{state}", row.key, letter=row.id)
    return _view(row)


def _follow(session: Session, row: Letter, state: str, actor: str) -> None:
    """Move the letter's file along; one already filed in the archive stays there.

    The post may bring a receipt months after the case was closed: that is the letter's own mark.
    """
    if row.document_id is not None:
        documents.move(session, row.document_id, state, actor=actor, unless="filed")


def _found(session: Session, letter_id: int) -> Letter:
    row = session.get(Letter, letter_id)
    if row is None:
        raise NotFound(_("There is no such letter."))
    return row


def _locked(session: Session, letter_id: int) -> Letter:
    held: dict[int, Letter] = notes(session).setdefault(_locked, {})
    if letter_id not in held:
        row = session.get(Letter, letter_id, with_for_update=True, populate_existing=True)
        if row is None:
            raise NotFound(_("There is no such letter."))
        held[letter_id] = row
    return held[letter_id]


def _in_state(session: Session, letter_id: int, *states: str) -> Letter:
    row = _locked(session, letter_id)
    if row.state not in states:
        raise _wrong_state(row)
    return row


def _wrong_state(row: Letter) -> Conflict:
    state = policy.STATE_NAMES[row.state]
    return Conflict(
        _("This cannot be done with the letter now: its state is “%(state)s”.", state=state)
    )


def _view(row: Letter) -> LetterView:
    return LetterView(
        id=row.id,
        key=row.key,
        kind=row.kind,
        template=row.template,
        audience=row.audience,
        state=row.state,
        channel=row.channel,
        language=row.language,
        subject=row.subject,
        text=row.text,
        addressee=Addressee(**row.addressee),
        facts=row.facts,
        number=row.number,
        date=row.dated,
        instance_id=row.instance_id,
        check_code=row.check_code,
        document_id=row.document_id,
        attachments=tuple(row.attachments),
        created_by=row.created_by,
        created_at=row.created_at,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        signatory=row.signatory,
        signatory_name=row.signatory_name,
        signatory_post=row.signatory_post,
        signed_for=row.signed_for,
        signed_at=row.signed_at,
        sent_at=row.sent_at,
        track=row.track,
        posted_on=row.posted_on,
        delivered_at=row.delivered_at,
        remark=row.remark,
    )
