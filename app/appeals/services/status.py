"""What the citizen sees and does with number and access code."""

import hmac
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from app.appeals import building, inspections, notices, timeline
from app.appeals.cards import FileLine, LetterLink, OpenedFile, StatusView
from app.appeals.commands import storable
from app.appeals.finding import by_code, by_ref, hold
from app.appeals.models import Appeal
from app.appeals.notices import CITIZENS_FILES
from app.appeals.policy import folded
from app.appeals.services.filing import files_of
from app.appeals.terms import zone_of
from app.audit.services import record
from app.correspondence.services import LetterView, letters
from app.database import reading, transaction
from app.documents import services as documents
from app.documents.services import attach
from app.errors import Conflict, Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.outbox.services import promise
from app.workflow import services as workflow

CITIZEN = "citizen"
# Letters to the citizen, as opposed to cover letters and papers of the house.
OPEN_KINDS = ("reply", "interim", "notice")


def status(ref: str, code: str) -> StatusView:
    """Everything the citizen may know; raises `WrongPair`."""
    with reading() as session:
        appeal = by_code(session, ref, code)
        posted = {one.id: one for one in letters(session, str(appeal.key))}
        invitation = building.invitation_of(session, appeal.id)
        return StatusView(
            number=appeal.number,
            receipt=appeal.receipt,
            received_at=appeal.received_at,
            register_by=appeal.register_by,
            registered_on=appeal.registered_on,
            due_on=appeal.due_on,
            stages=timeline.public(timeline.timeline(session, appeal.id)),
            extensions=tuple(
                replace(building.extension_view(one), remark="", request_reason="", asked_by="")
                for one in building.extensions_of(session, appeal.id)
                if one.decision == "grant"
            ),
            redirections=tuple(
                replace(building.redirection_view(one, appeal, posted), text="", answer=None)
                for one in building.redirections_of(session, appeal.id)
                if one.sent_on
            ),
            # What executors propose is nobody's business until the body has said it.
            questions=building.question_views(appeal),
            letters=_letter_links(session, appeal, tuple(posted.values())),
            files=files_of(session, appeal),
            survey_open=bool(
                invitation and not invitation.answered_at and not invitation.closed_at
            ),
            may_ask_to_read=inspections.may_ask(session, appeal),
            open=appeal.outcome is None,
            outcome=appeal.outcome,
            zone=zone_of(session),
        )


def status_file(ref: str, code: str, document_id: int) -> OpenedFile:
    """A letter to the citizen, or a file the citizen sent; anything else is not found."""
    with transaction() as session:
        appeal = by_code(session, ref, code)
        theirs = {link.id for link in _letter_links(session, appeal)} | {
            one.id
            for one in documents.documents(session, str(appeal.key))
            if one.kind in CITIZENS_FILES
        }
        if document_id not in theirs:
            raise NotFound(_("There is no such file."))
        record(session, CITIZEN, "document.opened", appeal.key, document=document_id)
        return documents.open_file(session, document_id)


def withdraw(ref: str, code: str, reason: str = "") -> None:
    """Stop consideration at the citizen's wish; raises `Conflict` when it is over."""
    with transaction() as session:
        appeal = by_code(session, ref, code)
        hold(session, appeal)
        _require_open(appeal)
        appeal.outcome_text = storable(reason).strip()
        record(session, CITIZEN, "appeal.withdrawal_asked", appeal.key)
        if not workflow.deliver(
            session, str(appeal.key), "withdraw", {"appeal": appeal.id}, actor=CITIZEN
        ):
            raise Conflict(_("The appeal can no longer be withdrawn: its consideration is over."))


def add_documents(ref: str, code: str, files: Sequence[str]) -> tuple[FileLine, ...]:
    """Add files to an appeal under consideration; the added ones as they were kept."""
    with transaction() as session:
        appeal = by_code(session, ref, code)
        hold(session, appeal)
        _require_open(appeal)
        if not files:
            raise Invalid(
                _("Please check the fields marked below."),
                fields={"files": [_("Choose at least one file.")]},
            )
        added = attach(session, files, key=str(appeal.key), kind="addition", actor=CITIZEN)
        payload = {"appeal": appeal.id, "documents": [one.id for one in added]}
        if not workflow.deliver(
            session, str(appeal.key), "documents_added", payload, actor=CITIZEN
        ):
            raise Conflict(_("Nothing can be added: consideration of the appeal is over."))
        return tuple(FileLine(one.name, one.size, one.sha256) for one in added)


def resend_code(number: str, email: str) -> None:
    """Send the access code to the stored address when number and address belong together.

    Says nothing either way and does the same work, so that nobody learns who wrote to the body: a
    promise is made in any case, and its job finds out whether there is anything to send.
    """
    with transaction() as session:
        appeal = by_ref(session, number)
        stored = appeal.main_applicant.email if appeal and appeal.applicants else ""
        same = hmac.compare_digest(folded(stored).encode(), folded(email).encode())
        meant = appeal.id if appeal and stored and same else 0
        promise(session, notices.CODE_JOB, {"appeal": meant})


def _require_open(appeal: Appeal) -> None:
    if appeal.closed:
        raise Conflict(_("Consideration of this appeal is over."))


def _letter_links(
    session: Session, appeal: Appeal, found: Sequence[LetterView] | None = None
) -> tuple[LetterLink, ...]:
    key = str(appeal.key)
    sent = ("sent", "delivered", "returned", "filed")
    shown = []
    for letter in letters(session, key) if found is None else found:
        if letter.kind not in OPEN_KINDS or letter.state not in sent or not letter.document_id:
            continue
        document = documents.document(session, letter.document_id)
        shown.append(
            LetterLink(
                id=document.id,
                name=document.name,
                kind=letter.kind,
                number=letter.number,
                date=letter.date,
                size=document.size,
            )
        )
    return tuple(shown)
