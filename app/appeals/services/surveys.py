"""The survey behind the one-time link."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.appeals import building, codes, prefill
from app.appeals.cards import SurveyView
from app.appeals.finding import by_code, hold
from app.appeals.models import Appeal, SurveyInvitation
from app.appeals.resolving import HouseResolver
from app.database import reading, transaction
from app.errors import Invalid
from app.extensions import lazy_gettext as _
from app.extensions import locale, settings
from app.formkit import FormInvalid, compile_form
from app.workflow import services as workflow
from app.workflow.registry import APPLICANT
from app.workflow.services import WorkItemView

OPEN, ACCEPTED, ANSWERED, CLOSED, UNKNOWN = "open", "accepted", "answered", "closed", "unknown"


def survey(token: str) -> SurveyView:
    """The survey of a link; never an error, because links are opened late and twice."""
    with reading() as session:
        invitation, appeal = _invited(session, token)
        if invitation is None or appeal is None:
            return SurveyView(UNKNOWN)
        item = _item(session, invitation, appeal)
        if item is None or item.form_key is None:
            return SurveyView(_over(invitation), number=appeal.number)
        schema = workflow.form(session, item)
        values = prefill.values(session, item.form_key, appeal, item)
        if schema is not None:
            values = compile_form(schema, item.form_key).values(values)
        return SurveyView(OPEN, item.form_key, schema, values, appeal.number)


def answer_survey(token: str, answers: Mapping[str, Any]) -> SurveyView:
    """Keep the marks once; a second or late answer changes nothing and says so by its state.

    Raises Invalid by field when the answers do not fit the form.
    """
    with transaction() as session:
        invitation, appeal = _invited(session, token)
        if invitation is None or appeal is None:
            return SurveyView(UNKNOWN)
        hold(session, appeal)
        session.refresh(invitation)
        item = _item(session, invitation, appeal)
        if item is None:
            return SurveyView(_over(invitation), number=appeal.number)
        clean = _clean(session, item, appeal, answers)
        workflow.complete(session, item.id, clean, actor=APPLICANT)
        return SurveyView(ACCEPTED, number=appeal.number)


def survey_token(ref: str, code: str) -> str:
    """The token of the latest survey for who has number and code; '' when there was none."""
    with reading() as session:
        appeal = by_code(session, ref, code)
        invitation = building.invitation_of(session, appeal.id)
        if invitation is None:
            return ""
        return codes.survey_token(settings().access_code_key, invitation.id)


def _invited(session: Session, token: str) -> tuple[SurveyInvitation | None, Appeal | None]:
    found = session.scalar(
        select(SurveyInvitation).where(SurveyInvitation.token_hash == codes.token_hash(token))
    )
    return found, session.get(Appeal, found.appeal_id) if found else None


def _over(invitation: SurveyInvitation) -> str:
    return ANSWERED if invitation.answered_at else CLOSED


def _item(session: Session, invitation: SurveyInvitation, appeal: Appeal) -> WorkItemView | None:
    """The open task of this survey: that of its process which is for the citizen."""
    if invitation.answered_at or invitation.closed_at:
        return None
    return next(
        (
            one
            for one in workflow.open_items(session, key=str(appeal.key))
            if one.instance_id == invitation.instance_id and APPLICANT in one.roles
        ),
        None,
    )


def _clean(
    session: Session, item: WorkItemView, appeal: Appeal, answers: Mapping[str, Any]
) -> Mapping[str, Any]:
    schema = workflow.form(session, item)
    if schema is None or item.form_key is None:
        return {}
    try:
        return compile_form(schema, item.form_key).validate(
            answers,
            locale=locale(),
            resolve=HouseResolver(session),
            values=prefill.values(session, item.form_key, appeal, item),
        )
    except FormInvalid as found:
        raise Invalid(_("Please check the fields marked below."), fields=found.errors) from found
