"""The reply on the substance: draft, approval, signature, the end of consideration."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.appeals import notices, policy
from app.appeals.models import Appeal, Reply, ReplyVersion
from app.appeals.operations.common import (
    APPEAL,
    LETTER,
    OUTCOME,
    appeal_of,
    integer,
    refuse,
    text,
    today_of,
)
from app.appeals.operations.redirection import executor_facts, sign_or_return
from app.appeals.parts import add_reply, latest_reply
from app.audit.services import record
from app.correspondence import services as correspondence
from app.documents.services import attach
from app.errors import Misfit
from app.extensions import lazy_gettext as _
from app.workflow.registry import Context, operation


def reply_of(ctx: Context) -> Reply | None:
    """The reply in preparation."""
    return latest_reply(ctx.session, appeal_of(ctx).id)


@operation(
    "appeals.draft_reply",
    kind="listener",
    summary={"ru": "Записать проект ответа", "en": "Keep the draft of the reply"},
    outputs={"letter": LETTER["letter"]},
)
def draft_reply(ctx: Context, **answers: Any) -> dict[str, Any]:
    """Draft the letter; drafted anew after a rework, the same letter is revised."""
    appeal = appeal_of(ctx)
    if not text(answers, "text"):
        raise refuse("text", _("Write the reply."))
    results = [dict(each) for each in answers.get("results") or ()]
    if not _all_answered(appeal, results):
        raise refuse("results", _("Give the result of every question."))
    row = reply_of(ctx)
    if row is None or of_earlier_round(appeal, row):
        row = Reply(appeal_id=appeal.id, documents=[], results=[])
        add_reply(ctx.session, row)
    row.drafted_by, row.at = ctx.actor, ctx.now
    row.subject, row.text = text(answers, "subject"), str(answers["text"])
    row.measures = text(answers, "measures")
    row.results = results
    row.decision = None
    files = attach(
        ctx.session, answers.get("files") or (), key=ctx.key, kind="enclosure", actor=ctx.actor
    )
    row.documents = [*row.documents, *(one.id for one in files)]
    row.letter_id = _letter(ctx, appeal, row)
    _keep_version(ctx, row)
    record(ctx.session, ctx.actor, "reply.drafted", ctx.key, letter=row.letter_id)
    return {"letter": row.letter_id}


def _keep_version(ctx: Context, row: Reply) -> None:
    """Keep the draft as it was handed on, unless it is what the last version says."""
    last = ctx.session.scalars(
        select(ReplyVersion)
        .where(ReplyVersion.appeal_id == row.appeal_id)
        .order_by(ReplyVersion.id.desc())
        .limit(1)
    ).first()
    if last is None or (last.subject, last.text) != (row.subject, row.text):
        ctx.session.add(
            ReplyVersion(
                appeal_id=row.appeal_id,
                author=ctx.actor,
                at=ctx.now,
                subject=row.subject,
                text=row.text,
            )
        )


def of_earlier_round(appeal: Appeal, row: Reply) -> bool:
    """Whether a reply was written before the appeal was reopened."""
    return appeal.reopened_at is not None and row.at < appeal.reopened_at


def _all_answered(appeal: Appeal, results: Sequence[Mapping[str, Any]]) -> bool:
    """Whether each question has its result; a form without such a field leaves it to `replied`."""
    given = {str(one.get("code")) for one in results if one.get("result")}
    return not results or given >= {one.code for one in appeal.questions}


def _require_answers(appeal: Appeal, row: Reply) -> None:
    """A question may have been added to the card after the reply was drafted."""
    if not _all_answered(appeal, row.results):
        message = _("A question was added after the draft: return the reply for rework.")
        raise refuse("decision", message)


def _letter(ctx: Context, appeal: Appeal, row: Reply) -> int:
    if row.letter_id is not None:
        correspondence.revise(
            ctx.session, row.letter_id, row.text, ctx.actor, subject=row.subject,
            attachments=row.documents,
        )  # fmt: skip
        return row.letter_id
    return correspondence.draft(
        ctx.session,
        key=ctx.key,
        kind="reply",
        template="reply",
        text=row.text,
        subject=row.subject,
        addressee=notices.addressee(appeal),
        actor=ctx.actor,
        facts=executor_facts(ctx),
        attachments=row.documents,
    ).id


@operation(
    "appeals.approve_reply",
    kind="listener",
    summary={
        "ru": "Согласовать ответ или вернуть с замечаниями",
        "en": "Approve the reply or return it with remarks",
    },
)
def approve_reply(ctx: Context, **answers: Any) -> dict[str, Any]:
    """Approval freezes what was approved; a remark goes back to who drafted."""
    decision = text(answers, "decision")
    if decision not in ("accept", "rework"):
        raise refuse("decision", _("Choose a decision."))
    row = reply_of(ctx)
    if row is None or row.letter_id is None:
        raise Misfit("There is no reply to approve.")
    row.decision, row.remark, row.decided_by = decision, text(answers, "remark"), ctx.actor
    if decision == "accept":
        _require_answers(appeal_of(ctx), row)
        correspondence.approve(ctx.session, row.letter_id, ctx.actor)
    action = "reply.approved" if decision == "accept" else "reply.returned"
    record(ctx.session, ctx.actor, action, ctx.key, letter=row.letter_id, remark=row.remark)
    return {}


@operation(
    "appeals.sign_reply",
    kind="listener",
    summary={
        "ru": "Подписать ответ или вернуть его",
        "en": "Sign the reply or return it",
    },
)
def sign_reply(ctx: Context, **answers: Any) -> dict[str, Any]:
    row = reply_of(ctx)
    letter = integer(ctx.variables.get("letter")) or (row.letter_id if row else None)
    if row is not None and text(answers, "decision") != "rework":
        _require_answers(appeal_of(ctx), row)
    if not sign_or_return(ctx, letter, answers) and row is not None:
        row.decision, row.remark, row.decided_by = "rework", text(answers, "remark"), ctx.actor
    return {}


@operation(
    "appeals.replied",
    summary={
        "ru": "Отметить отправку ответа и записать результаты",
        "en": "Note that the reply was sent and keep the results",
    },
    inputs={**APPEAL, **LETTER},
    outputs=OUTCOME,
)
def replied(ctx: Context, letter: Any, **_inputs: Any) -> dict[str, Any]:
    appeal, row = appeal_of(ctx), reply_of(ctx)
    sent = correspondence.letter(ctx.session, int(letter))
    appeal.outcome, appeal.decided_on = policy.ANSWERED, today_of(ctx)
    measures = row.measures if row else ""
    proposed = {str(each.get("code")): each for each in (row.results if row else ())}
    for question in appeal.questions:
        found = proposed.get(question.code, {})
        question.result = found.get("result") or question.result or "explained"
        question.measures = str(found.get("measures") or "") or measures
    record(ctx.session, ctx.actor, "appeal.answered", ctx.key, letter=sent.id, number=sent.number)
    return {
        "outcome": policy.ANSWERED,
        "public": {
            "date": str(sent.date or appeal.decided_on),
            "number": sent.number,
            "measures": measures,
        },
    }
