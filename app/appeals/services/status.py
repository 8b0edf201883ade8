"""What the citizen sees and does with number and access code."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from app.appeals import building, inspections, notices, statutory, timeline
from app.appeals.cards import (
    EnclosedFile,
    FileLine,
    LetterLink,
    OpenedFile,
    Stage,
    StatusView,
)
from app.appeals.commands import storable
from app.appeals.finding import by_code, by_ref, hold
from app.appeals.models import (
    Appeal,
    Applicant,
    Assignment,
    Extension,
    FileInspection,
    Question,
    Redirection,
    SurveyInvitation,
)
from app.appeals.notices import CITIZENS_FILES
from app.appeals.people import People
from app.appeals.policy import folded
from app.appeals.services.filing import files_among
from app.appeals.terms import zone_of
from app.audit.services import record
from app.correspondence.services import OF_KEY, LetterView, letters
from app.database import glancing, transaction
from app.directory.services import body
from app.documents import services as documents
from app.documents.services import attach
from app.documents.shapes import DocumentView, FileView
from app.errors import Conflict, Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.looks import Looks, hang, only
from app.outbox.services import promise
from app.workflow import services as workflow

CITIZEN = "citizen"
# Letters to the citizen, as opposed to cover letters and papers of the house.
OPEN_KINDS = ("reply", "interim", "notice")
# Terms that bind the body towards the citizen; others tell when it decides and is its own affair.
SHOWN_TERMS = (statutory.REGISTRATION, statutory.REPLY, statutory.EXTENSION)
# What a browser shows as it is; nothing that may hold a script.
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})

_ID: BindParameter[int] = bindparam("id")
_LOOKS = Looks(
    only(Applicant, Applicant.id, Applicant.position, Applicant.email)
    .where(Applicant.appeal_id == _ID)
    .order_by(Applicant.position),
    select(Question).where(Question.appeal_id == _ID).order_by(Question.position),
    select(Extension).where(Extension.appeal_id == _ID).order_by(Extension.id),
    select(Redirection).where(Redirection.appeal_id == _ID).order_by(Redirection.id),
    select(SurveyInvitation)
    .where(SurveyInvitation.appeal_id == _ID)
    .order_by(SurveyInvitation.id.desc()),
    select(FileInspection).where(FileInspection.appeal_id == _ID).order_by(FileInspection.id),
    select(Assignment)
    .where(Assignment.appeal_id == _ID, Assignment.state != "cancelled")
    .order_by(Assignment.responsible.desc(), Assignment.id),
)
_BESIDE = (documents.FILES, OF_KEY, workflow.STEPS)


def status(ref: str, code: str, *, meant: int | None = None) -> StatusView:
    """Everything the citizen may know; raises `WrongPair`.

    Who gave a right pair before says by its id which appeal is `meant`, and one statement tells
    all. Whoever else knows a number gets nothing read by it until the code has proved right.
    """
    with glancing() as session:
        appeal = by_code(session, ref, code, meant=meant, beside=(_LOOKS, *_BESIDE))
        seen = _look(session, appeal)
        posted = {one.id: one for one in letters(session, str(appeal.key))}
        steps = workflow.steps(session, str(appeal.key))
        stages = timeline.public(timeline.stages_of(session, appeal, steps))
        now = next((one for one in reversed(stages) if one.left_at is None), None)
        return StatusView(
            id=appeal.id,
            number=appeal.number,
            receipt=appeal.receipt,
            received_at=appeal.received_at,
            register_by=appeal.register_by,
            registered_on=appeal.registered_on,
            due_on=appeal.due_on,
            stages=stages,
            extensions=tuple(
                replace(building.extension_view(one), remark="", request_reason="", asked_by="")
                for one in seen.extensions
                if one.decision == "grant"
            ),
            redirections=tuple(
                replace(building.redirection_view(one, appeal, posted), text="", answer=None)
                for one in seen.redirections
                if one.sent_on
            ),
            # What executors propose is nobody's business until the body has said it.
            questions=building.question_views(appeal),
            letters=_letter_links(seen.files, tuple(posted.values())),
            files=files_among(seen.files),
            survey_open=any(
                not one.answered_at and not one.closed_at for one in seen.invitations[:1]
            ),
            may_ask_to_read=inspections.allowed(appeal, seen.inspections),
            open=appeal.outcome is None,
            outcome=appeal.outcome,
            zone=zone_of(session),
            now=now,
            units=_units(session, seen.assignments, now),
            news=notices.news_token(appeal),
            news_wanted=appeal.quiet_since is None,
            terms=tuple(one for one in building.term_views(appeal) if one.of in SHOWN_TERMS),
            body=body(session),
        )


class _Seen(NamedTuple):
    """What hangs on an appeal, each in its order; of invitations the latest comes first."""

    extensions: list[Extension]
    redirections: list[Redirection]
    invitations: list[SurveyInvitation]
    inspections: list[FileInspection]
    assignments: list[Assignment]
    files: list[FileView]


def _look(session: Session, appeal: Appeal) -> _Seen:
    """All that the page tells, in one look, applicants and questions put into the card."""
    key = str(appeal.key)
    applicants, questions, *others = _LOOKS(session, beside=_BESIDE, key=key, id=appeal.id)
    hang(appeal, applicants=applicants, questions=questions)
    return _Seen._make([*others, documents.files(session, key)])


def status_file(ref: str, code: str, document_id: int) -> OpenedFile:
    """A letter to the citizen, or a file the citizen sent; anything else is not found."""
    with transaction() as session:
        appeal = by_code(session, ref, code)
        kept = documents.documents(session, str(appeal.key))
        links = _letter_links(kept, letters(session, str(appeal.key)))
        theirs = {link.id for link in links} | {one.id for link in links for one in link.files}
        theirs |= {one.id for one in kept if one.kind in CITIZENS_FILES}
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
    kept: Iterable[DocumentView | FileView], found: Iterable[LetterView]
) -> tuple[LetterLink, ...]:
    sent = ("sent", "delivered", "returned", "filed")
    files = {one.id: one for one in kept}
    return tuple(
        _link(one, files[one.document_id], files)
        for one in found
        if one.kind in OPEN_KINDS and one.state in sent and one.document_id
    )


def _link(
    letter: LetterView,
    document: DocumentView | FileView,
    files: Mapping[int, DocumentView | FileView],
) -> LetterLink:
    enclosed = (files[one] for one in letter.attachments if one in files)
    return LetterLink(
        id=document.id,
        name=document.name,
        kind=letter.kind,
        number=letter.number,
        date=letter.date,
        size=document.size,
        code=letter.check_code or "",
        signed_by=" ".join(filter(None, (letter.signatory_post, letter.signatory_name))),
        files=tuple(
            EnclosedFile(one.id, one.name, one.size, one.media_type in PICTURES) for one in enclosed
        ),
    )


def _units(session: Session, given: Iterable[Assignment], now: Stage | None) -> tuple[str, ...]:
    """Whose executors have the appeal now, the responsible one's unit first."""
    if now is None or "executor" not in now.holders:
        return ()
    people = People(session)
    return tuple(dict.fromkeys(unit for one in given if (unit := people.unit(one.executor))))
