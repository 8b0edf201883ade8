"""Other ends of consideration, and the archive."""

from typing import Any

from sqlalchemy import select

from app.appeals import policy
from app.appeals.models import Appeal, Assignment, Redirection, Reply
from app.appeals.operations.common import APPEAL, OUTCOME, appeal_of, in_both, today_of
from app.audit.services import record
from app.correspondence import services as correspondence
from app.documents import services as documents
from app.documents.policy import may_move
from app.workflow.registry import Context, operation


def reason_facts(appeal: Appeal) -> dict[str, str]:
    """Why there will be no answer, as the citizen is told."""
    facts = in_both("reason", policy.LEFT_REASONS.get(appeal.outcome_reason, ""))
    if appeal.outcome_text:
        facts = {name: f"{words}. {appeal.outcome_text}" for name, words in facts.items()}
    return facts


@operation(
    "appeals.leave",
    summary={
        "ru": "Оставить обращение без ответа по существу",
        "en": "Leave the appeal without a reply on the substance",
    },
    inputs=APPEAL,
    outputs=OUTCOME,
)
def leave(ctx: Context, **_inputs: Any) -> dict[str, Any]:
    appeal = appeal_of(ctx)
    appeal.outcome, appeal.decided_on = policy.LEFT, today_of(ctx)
    for question in appeal.questions:
        question.result = "left"
    record(ctx.session, ctx.actor, "appeal.left", ctx.key, reason=appeal.outcome_reason)
    return {"outcome": policy.LEFT, "public": reason_facts(appeal)}


@operation(
    "appeals.void",
    summary={
        "ru": "Аннулировать ошибочную регистрацию",
        "en": "Void a registration made by mistake",
    },
    inputs=APPEAL,
    outputs=OUTCOME,
)
def void(ctx: Context, **_inputs: Any) -> dict[str, Any]:
    """The number stays with the card and is never given again."""
    appeal = appeal_of(ctx)
    appeal.outcome, appeal.decided_on = policy.VOIDED, today_of(ctx)
    record(ctx.session, ctx.actor, "appeal.voided", ctx.key, reason=appeal.outcome_text)
    return {"outcome": policy.VOIDED, "public": {"reason": appeal.outcome_text}}


@operation(
    "appeals.withdraw",
    summary={
        "ru": "Прекратить рассмотрение по просьбе заявителя",
        "en": "Stop consideration at the applicant's wish",
    },
    inputs=APPEAL,
    outputs=OUTCOME,
)
def withdraw(ctx: Context, **_inputs: Any) -> dict[str, Any]:
    appeal = appeal_of(ctx)
    appeal.outcome, appeal.decided_on = policy.WITHDRAWN, today_of(ctx)
    _discard_unsent(ctx, appeal)
    record(ctx.session, ctx.actor, "appeal.withdrawn", ctx.key)
    return {
        "outcome": policy.WITHDRAWN,
        "public": {"withdrawn_on": today_of(ctx).isoformat()},
    }


def _discard_unsent(ctx: Context, appeal: Appeal) -> None:
    """Put aside the reply or the cover letter that consideration was about to send."""
    replies = select(Reply.letter_id).where(Reply.appeal_id == appeal.id)
    covers = select(Redirection.letter_id).where(
        Redirection.appeal_id == appeal.id, Redirection.copy.is_(False)
    )
    written = (*ctx.session.scalars(replies), *ctx.session.scalars(covers))
    for letter in written:
        if letter is not None:
            correspondence.discard(ctx.session, letter, ctx.actor)


@operation(
    "appeals.archive",
    summary={"ru": "Списать обращение в дело", "en": "File the appeal in the archive"},
    inputs={**APPEAL, "outcome": {"type": "string", "ru": "Итог", "en": "Outcome"}},
)
def archive(ctx: Context, **_inputs: Any) -> dict[str, Any]:
    """Close the card; whatever was still going on is over, every document that may is filed."""
    appeal = appeal_of(ctx)
    appeal.closed_at = ctx.now
    going_on = ctx.session.scalars(
        select(Assignment).where(
            Assignment.appeal_id == appeal.id,
            Assignment.state.in_(("drafted", *policy.OPEN_ASSIGNMENT)),
        )
    )
    for assignment in going_on:
        assignment.state, assignment.closed_at = "cancelled", ctx.now
    for document in documents.documents(ctx.session, ctx.key):
        if may_move(document.state, "filed"):
            documents.move(ctx.session, document.id, "filed", actor="system")
    record(ctx.session, "system", "appeal.archived", ctx.key, outcome=appeal.outcome)
    return {}
