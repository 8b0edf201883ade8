"""An interim reply: how far consideration has come, told while it goes on."""

from typing import Any

from app.appeals import notices
from app.appeals.operations.common import APPEAL, LETTER, appeal_of, integer, refuse, text
from app.appeals.operations.redirection import executor_facts
from app.audit.services import record
from app.correspondence import services as correspondence
from app.correspondence.policy import RECALLED
from app.documents.services import attach
from app.errors import Misfit
from app.extensions import lazy_gettext as _
from app.workflow.registry import Context, operation


@operation(
    "appeals.draft_interim",
    kind="listener",
    summary={
        "ru": "Записать проект промежуточного ответа или отменить его",
        "en": "Keep the draft of an interim reply, or cancel it",
    },
    outputs={"letter": LETTER["letter"]},
)
def draft_interim(ctx: Context, **answers: Any) -> dict[str, Any]:
    """Draft the letter; drafted anew after a rework, the same letter is revised."""
    drafted = integer(ctx.variables.get("letter"))
    if text(answers, "decision") == "cancel":
        if drafted is not None:
            correspondence.discard(ctx.session, drafted, ctx.actor)
        return {"letter": drafted}
    if not text(answers, "text"):
        raise refuse("text", _("Write the letter."))
    found = attach(
        ctx.session, answers.get("files") or (), key=ctx.key, kind="enclosure", actor=ctx.actor
    )
    files = [one.id for one in found]
    body, subject = str(answers["text"]), text(answers, "subject")
    letter = correspondence.letter(ctx.session, drafted) if drafted is not None else None
    if letter is not None:
        files = [*letter.attachments, *files]
    if letter is not None and letter.state != RECALLED:
        correspondence.revise(
            ctx.session, letter.id, body, ctx.actor, subject=subject, attachments=files
        )
    else:
        letter = correspondence.draft(
            ctx.session,
            key=ctx.key,
            kind="interim",
            template="interim",
            text=body,
            subject=subject,
            addressee=notices.addressee(appeal_of(ctx)),
            actor=ctx.actor,
            facts=executor_facts(ctx),
            attachments=files,
        )
    return {"letter": letter.id}


@operation(
    "appeals.approve_letter",
    kind="listener",
    summary={
        "ru": "Согласовать письмо или вернуть с замечаниями",
        "en": "Approve a letter or return it with remarks",
    },
)
def approve_letter(ctx: Context, **answers: Any) -> dict[str, Any]:
    """Approval freezes what was approved; a remark goes back to who drafted."""
    letter, decision = integer(ctx.variables.get("letter")), text(answers, "decision")
    if decision not in ("accept", "rework"):
        raise refuse("decision", _("Choose a decision."))
    if letter is None:
        raise Misfit("There is no letter to approve.")
    if decision == "accept":
        correspondence.approve(ctx.session, letter, ctx.actor)
    else:
        correspondence.send_back(ctx.session, letter, text(answers, "remark"), ctx.actor)
    return {}


@operation(
    "appeals.interim_sent",
    summary={
        "ru": "Отметить отправку промежуточного ответа",
        "en": "Note that an interim reply was sent",
    },
    inputs={**APPEAL, **LETTER},
)
def interim_sent(ctx: Context, letter: Any, **_inputs: Any) -> dict[str, Any]:
    appeal, sent = appeal_of(ctx), correspondence.letter(ctx.session, int(letter))
    record(ctx.session, ctx.actor, "interim.sent", ctx.key, letter=sent.id, number=sent.number)
    return {
        "public": {
            "letter_number": sent.number,
            "letter_on": sent.date.isoformat() if sent.date else None,
            "due_on": appeal.due_on.isoformat() if appeal.due_on else None,
        }
    }
