"""Consideration that was over is taken up again: the same card, the same number, another round."""

from typing import Any

from app.appeals import asking, building, policy, statutory
from app.appeals.models import Appeal, Reopening
from app.appeals.operations.common import APPEAL, appeal_of, in_both, integer, today_of
from app.appeals.terms import end_of, spelt, zone_of
from app.audit.services import record
from app.clock import local
from app.workflow.registry import Context, operation


@operation(
    "appeals.reopen",
    summary={
        "ru": "Возобновить рассмотрение и рассчитать срок",
        "en": "Take consideration up again and count its term",
    },
    inputs={
        **APPEAL,
        "reopening": {
            "type": "integer",
            "required": True,
            "ru": "Решение о возобновлении",
            "en": "Id of the decision to reopen",
        },
    },
    outputs={
        "due_at": {"type": "datetime", "ru": "Срок ответа", "en": "Term of the reply"},
        "decide_by": {
            "type": "datetime",
            "ru": "Срок, чтобы направить, вернуть или оставить без ответа",
            "en": "Term of sending on, returning or leaving without answer",
        },
        "reopened": {"type": "boolean", "ru": "Возобновлено", "en": "It was reopened"},
    },
)
def reopen(ctx: Context, reopening: Any, **_inputs: Any) -> dict[str, Any]:
    """Open the card again; how it had ended stays in the decision, the letters and the steps."""
    appeal, row = appeal_of(ctx), ctx.session.get_one(Reopening, integer(reopening))
    row.ended = ended(appeal)
    appeal.outcome, appeal.outcome_reason, appeal.outcome_text = None, "", ""
    appeal.decided_on = appeal.closed_at = None
    appeal.reopened_at = ctx.now
    for question in appeal.questions:
        question.result, question.measures = None, ""
    _close_survey(ctx, appeal)
    for asked in asking.requests_of(ctx.session, appeal.id):
        if asked.answered_on is None and asked.dropped_on is None:
            # Its process ended with the consideration; nobody waits for that answer any more.
            asked.dropped_on = today_of(ctx)
    statutory.count_anew(ctx.session, appeal, today_of(ctx), row.asked_due_on)
    row.due_on = appeal.due_on
    record(
        ctx.session, ctx.actor, "appeal.reopened", ctx.key, ground=row.ground, reason=row.reason,
        outcome=row.ended["outcome"], due_on=appeal.due_on,
    )  # fmt: skip
    return {
        **_terms(ctx, appeal),
        "reopened": True,
        "public": reopening_facts(row, zone_of(ctx.session)),
    }


def ended(appeal: Appeal) -> dict[str, Any]:
    """How consideration was over, to be kept when it is taken up again."""
    return {
        "outcome": appeal.outcome,
        "reason": appeal.outcome_reason,
        "text": appeal.outcome_text,
        "decided_on": appeal.decided_on.isoformat() if appeal.decided_on else None,
        "questions": [
            {"code": one.code, "result": one.result, "measures": one.measures}
            for one in appeal.questions
        ],
    }


def reopening_facts(row: Reopening, zone: str) -> dict[str, Any]:
    """What the citizen may know: the day, the reason in both languages, the term."""
    reason = in_both("reason", policy.REOPENING_GROUNDS.get(row.ground, row.ground))
    return {
        **{name: f"{words}. {row.reason}".rstrip(". ") for name, words in reason.items()},
        "date": local(row.at, zone).date().isoformat(),
        "due_on": row.due_on.isoformat() if row.due_on else None,
    }


def _terms(ctx: Context, appeal: Appeal) -> dict[str, Any]:
    zone = zone_of(ctx.session)
    decide_by = statutory.due_of(appeal, statutory.DECISION)
    if decide_by is not None and decide_by < today_of(ctx):
        # The days for sending on have passed; what is left is the term of the reply.
        decide_by = appeal.due_on
    return {
        "due_at": spelt(end_of(appeal.due_on, zone)) if appeal.due_on else None,
        "decide_by": spelt(end_of(decide_by, zone)) if decide_by else None,
    }


def _close_survey(ctx: Context, appeal: Appeal) -> None:
    invitation = building.invitation_of(ctx.session, appeal.id)
    if invitation is not None and not (invitation.answered_at or invitation.closed_at):
        invitation.closed_at = ctx.now
