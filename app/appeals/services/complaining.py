"""A complaint about how an appeal was considered: a new appeal, tied to the old one."""

from dataclasses import fields, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.appeals import policy
from app.appeals.cards import Receipt
from app.appeals.commands import ApplicantData, SubmitAppeal, storable
from app.appeals.finding import by_code, hold
from app.appeals.models import Appeal, Applicant
from app.appeals.parts import latest_reply
from app.appeals.people import People
from app.appeals.services.filing import file, numbered, receipt_of
from app.database import transaction
from app.errors import Conflict, Invalid
from app.extensions import in_language, settings
from app.extensions import lazy_gettext as _
from app.workflow import services as workflow


def complain(
    ref: str, code: str, text: str, *, auth_method: str = "", person_key: str = ""
) -> Receipt:
    """File a complaint about what became of an appeal; raises `WrongPair`.

    Applicant, channel and language are those of the appeal. Conflict while it is still considered,
    Invalid by field: text. Who files electronically is identified by the door, as for any appeal.
    The same words sent again, because no answer came, are the complaint that they made.
    """
    text = storable(text)
    _check(text)
    with transaction() as session:
        appeal = by_code(session, ref, code)
        hold(session, appeal)
        if not appeal.closed:
            raise Conflict(_("This appeal is still considered: wait for the reply."))
        if (twin := _sent_before(session, appeal, text)) is not None:
            return receipt_of(session, twin)
        command = replace(_command(appeal, text, auth_method), person_key=person_key)
        complaint, made = file(session, command, actor="citizen")
        complaint.kind, complaint.earlier_id = policy.COMPLAINT, appeal.id
        complaint.complained_person, complaint.complained_other = _answered_by(session, appeal)
        with in_language(settings().default_language):
            number = appeal.number or appeal.receipt
            complaint.summary = str(
                _("Complaint about the reply to appeal No. %(number)s", number=number)
            )
    return numbered(made, complaint)


def _sent_before(session: Session, appeal: Appeal, text: str) -> Appeal | None:
    """The complaint with these words about this appeal that is still considered."""
    sent = select(Appeal).where(
        Appeal.earlier_id == appeal.id,
        Appeal.kind == policy.COMPLAINT,
        Appeal.outcome.is_(None),
        Appeal.text == text,
    )
    return session.scalars(sent).first()


def _answered_by(session: Session, appeal: Appeal) -> tuple[str | None, str | None]:
    """Who wrote the reply, and for whom where that one was absent.

    Somebody else considers the complaint about it (art. 8 p. 6). The registrar may name another. A
    manager among the two is left out: then nobody could decide who considers the complaint, and
    the registrar settles whom it is about.
    """
    reply = latest_reply(session, appeal.id)
    if reply is None:
        return None, None
    absent = workflow.absent_of(workflow.steps(session, str(appeal.key)))
    wrote = (reply.drafted_by, absent.get((reply.drafted_by, reply.at)))
    found = (People(session).get(login) for login in wrote if login)
    barred = [one.login for one in found if one is not None and "manager" not in one.roles]
    first, second, *_rest = [*barred, None, None]
    return first, second


def _check(text: str) -> None:
    errors: dict[str, list[Any]] = {}
    longest = settings().text_max_characters
    if not text.strip():
        errors["text"] = [_("Write what you do not agree with.")]
    elif len(text) > longest:
        errors["text"] = [
            _("The text is longer than %(n)s characters: attach it as a file.", n=longest)
        ]
    if errors:
        raise Invalid(_("Please check the fields marked below."), fields=errors)


def _command(appeal: Appeal, text: str, auth_method: str) -> SubmitAppeal:
    first, *others = (_data(one) for one in appeal.applicants)
    return SubmitAppeal(
        applicant=first,
        text=text,
        reply_channel=appeal.reply_channel,
        co_applicants=tuple(others),
        auth_method=auth_method,
        language=appeal.language,
    )


def _data(row: Applicant) -> ApplicantData:
    return ApplicantData(**{one.name: getattr(row, one.name) for one in fields(ApplicantData)})
