"""The citizen's opinion on the reply."""

from typing import Any

from app.appeals import building, codes, notices
from app.appeals.models import SurveyInvitation
from app.appeals.operations.common import APPEAL, appeal_of, text
from app.audit.services import record
from app.errors import Misfit
from app.extensions import settings
from app.session import give_ids
from app.workflow.registry import Context, operation

#: What is counted; `check` refuses a form that offers other answers to these two questions.
MARKS, SOLVED = (1, 2, 3, 4, 5), ("yes", "partly", "no")


@operation(
    "appeals.invite_to_survey",
    summary={
        "ru": "Пригласить заявителя оценить ответ",
        "en": "Ask the applicant to rate the reply",
    },
    inputs=APPEAL,
)
def invite_to_survey(ctx: Context, **_inputs: Any) -> dict[str, Any]:
    """Open the survey; its link is derived when the letter is written, only its hash is kept."""
    appeal = appeal_of(ctx)
    invitation = SurveyInvitation(
        appeal_id=appeal.id, instance_id=ctx.instance, opened_at=ctx.now, comment="", answers={}
    )
    give_ids(ctx.session, invitation)
    token = codes.survey_token(settings().access_code_key, invitation.id)
    invitation.token_hash = codes.token_hash(token)
    record(ctx.session, ctx.actor, "survey.opened", ctx.key)
    notices.tell(ctx.session, appeal, "survey", actor="system")
    return {}


@operation(
    "appeals.remind_of_survey",
    summary={
        "ru": "Напомнить заявителю, что ответ можно оценить",
        "en": "Remind the applicant that the reply may be rated",
    },
    inputs=APPEAL,
)
def remind_of_survey(ctx: Context, **_inputs: Any) -> dict[str, Any]:
    """Ask once more who has not answered; the link is the same."""
    appeal = appeal_of(ctx)
    invitation = building.invitation_of(ctx.session, appeal.id)
    if invitation is not None and not (invitation.answered_at or invitation.closed_at):
        record(ctx.session, ctx.actor, "survey.reminded", ctx.key)
        notices.tell(ctx.session, appeal, "survey", actor="system", facts={"reminded": True})
    return {}


@operation(
    "appeals.rate",
    kind="listener",
    summary={"ru": "Записать оценку заявителя", "en": "Keep the applicant's marks"},
    inputs={
        "quality": {
            "type": "integer",
            "values": MARKS,
            "ru": "Оценка ответа",
            "en": "Mark of the reply",
        },
        "solved": {
            "type": "string",
            "values": SOLVED,
            "ru": "Решён ли вопрос",
            "en": "Whether the question is settled",
        },
        "comment": {"type": "string", "ru": "Комментарий", "en": "Comment"},
    },
)
def rate(ctx: Context, **answers: Any) -> dict[str, Any]:
    """Keep whatever the form took; what is no mark of ours (an older form) is kept uncounted."""
    invitation = building.invitation_of(ctx.session, appeal_of(ctx).id)
    if invitation is None:
        raise Misfit("Nobody was asked for an opinion.")
    quality, solved = text(answers, "quality"), text(answers, "solved")
    invitation.answered_at = ctx.now
    invitation.quality = int(quality) if quality in map(str, MARKS) else None
    invitation.solved = solved if solved in SOLVED else None
    invitation.comment = text(answers, "comment")
    invitation.answers = dict(answers)
    record(ctx.session, ctx.actor, "survey.answered", ctx.key, quality=invitation.quality)
    return {}


@operation(
    "appeals.close_survey",
    summary={"ru": "Закрыть опрос без ответа", "en": "Close the survey unanswered"},
    inputs=APPEAL,
)
def close_survey(ctx: Context, **_inputs: Any) -> dict[str, Any]:
    invitation = building.invitation_of(ctx.session, appeal_of(ctx).id)
    if invitation is not None and invitation.answered_at is None:
        invitation.closed_at = ctx.now
        record(ctx.session, ctx.actor, "survey.expired", ctx.key)
    return {}
