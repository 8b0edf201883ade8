"""Letters that get their number and their signatures, and are registered."""

from sqlalchemy.orm import Session

from app import clock
from app.access.values import Person
from app.audit.services import record
from app.correspondence import names, policy
from app.correspondence.models import Letter
from app.correspondence.policy import TAKES_SIGNATURES
from app.correspondence.services.drafting import approval_holds
from app.correspondence.services.rows import SYSTEM, found_row, in_state, view_of, wrong_state
from app.correspondence.shapes import LetterView
from app.directory import services as directory
from app.documents import beside
from app.documents import policy as document_policy
from app.documents import services as documents
from app.documents.shapes import SignatureView
from app.errors import Conflict, Forbidden
from app.extensions import lazy_gettext as _
from app.outbox.services import promise


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
    row = in_state(session, letter_id, policy.APPROVED)
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
    promise_signature(session, row, signatory.login, instance=instance, element=element)
    return view_of(row)


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
    row = in_state(session, letter_id, policy.SIGNED, policy.REGISTERED)
    if row.state == policy.SIGNED:
        register_row(session, row, actor)
    return view_of(row)


def mark_signed(session: Session, row: Letter, document_id: int) -> None:
    """The signed file is in the set; a notice needs no further hand and is registered at once."""
    row.document_id, row.state, row.signed_at = document_id, policy.SIGNED, clock.now()
    record(session, row.signatory or SYSTEM, "letter.signed", row.key, letter=row.id)
    if row.kind == "notice":
        register_row(session, row, SYSTEM)


def add_signature(
    session: Session, letter_id: int, content: bytes, name: str, actor: str
) -> SignatureView:
    """Keep a signature of the letter that was made elsewhere; a job judges it.

    A letter that waits for it goes on when the signature is of this file. Raises `Conflict`.
    """
    row = in_state(session, letter_id, *TAKES_SIGNATURES)
    if row.document_id is None:
        raise wrong_state(row)
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
    row = found_row(session, letter_id)
    if row.document_id is None or row.kind == "notice" or row.state != policy.SIGNED:
        return False
    if directory.setting(session, "letters.outside_signature") != "yes":
        return False
    found = beside.of(session, [row.document_id]).get(row.document_id, [])
    return not any(one.origin == beside.OUTSIDE and beside.fits(one) for one in found)


def promise_signature(
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


def register_row(session: Session, row: Letter, actor: str) -> None:
    row.state = policy.REGISTERED
    if row.document_id is not None:
        documents.move(session, row.document_id, "registered", actor=actor)
    record(session, actor, "letter.registered", row.key, letter=row.id, number=row.number)
