"""The survey behind the one-time link."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.appeals import building, codes, prefill
from app.appeals.cards import SurveyMarks, SurveyView
from app.appeals.finding import by_code, hold
from app.appeals.models import Appeal, SurveyInvitation
from app.appeals.resolving import HouseResolver
from app.database import reading, transaction
from app.errors import Invalid
from app.extensions import lazy_gettext as _
from app.extensions import locale, settings
from app.formkit import BoundField, FormInvalid, compile_form
from app.workflow import services as workflow
from app.workflow.registry import APPLICANT
from app.workflow.services import WorkItemView

#: What the office keeps in columns of its own and counts; further questions are the analyst's.
ASKED = frozenset({"quality", "solved", "comment"})
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


def marks(session: Session, appeal: Appeal) -> SurveyMarks | None:
    """What the applicant answered to the latest survey; None while there is no answer."""
    invitation = building.invitation_of(session, appeal.id)
    found = building.survey_marks(invitation)
    if invitation is None or found is None or not _uncounted(invitation):
        return found
    return replace(found, further=tuple(_further(session, invitation)))


def _further(session: Session, invitation: SurveyInvitation) -> Iterator[tuple[str, str]]:
    """The analyst's own questions and what was answered, in the words of the form."""
    asked = _uncounted(invitation)
    for item in workflow.items_of(session, invitation.instance_id):
        schema = workflow.form(session, item)
        if schema is None or item.form_key is None or APPLICANT not in item.roles:
            continue
        form = compile_form(schema, item.form_key)
        bound = form.bind(invitation.answers, locale=locale(), choices={})
        for field in bound:
            if field.key in asked and (said := _in_words(field)):
                yield field.label, said


def _uncounted(invitation: SurveyInvitation) -> set[str]:
    """What was answered beside our columns, or does not fit them (a form of older rules)."""
    return {
        key
        for key, value in invitation.answers.items()
        if key not in ASKED or (value and getattr(invitation, key) is None)
    }


def _in_words(field: BoundField) -> str:
    if isinstance(field.value, bool):
        return str(_("yes") if field.value else "")
    values = field.value if isinstance(field.value, list) else [field.value]
    return ", ".join(field.label_of(one) for one in values if one not in (None, ""))


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
