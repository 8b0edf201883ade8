"""Documents asked of another body while an appeal is considered (art. 10 p. 2)."""

from typing import Any

from app.appeals import statutory
from app.appeals.models import DocumentRequest
from app.appeals.operations import answers as answers_of
from app.appeals.operations.common import (
    APPEAL,
    LETTER,
    appeal_of,
    integer,
    refuse,
    text,
    today_of,
)
from app.appeals.operations.control import logins_of, reminder_at
from app.appeals.operations.redirection import letter_to_body, sign_or_return
from app.appeals.operations.review import known_body
from app.appeals.terms import end_of, spelt, zone_of
from app.audit.services import record
from app.correspondence import services as correspondence
from app.deadlines.services import term
from app.errors import Misfit
from app.extensions import lazy_gettext as _
from app.extensions import settings
from app.session import give_ids
from app.workflow.registry import Context, operation

RULE = "R14"
REQUEST = {
    "request": {
        "type": "integer",
        "required": True,
        "ru": "Запрос документов",
        "en": "Id of the request for documents",
    }
}


def request_of(ctx: Context, given: Any = None) -> DocumentRequest | None:
    """The request this process is about; None before it was first prepared."""
    found = integer(given if given is not None else ctx.variables.get("request"))
    return ctx.session.get_one(DocumentRequest, found) if found is not None else None


def _known(ctx: Context, given: Any = None) -> DocumentRequest:
    row = request_of(ctx, given)
    if row is None:
        raise Misfit("The process does not say which request it is about.")
    return row


@operation(
    "appeals.prepare_request",
    kind="listener",
    summary={
        "ru": "Записать проект запроса документов или отменить запрос",
        "en": "Keep the draft of a request for documents, or cancel it",
    },
    outputs={"request": REQUEST["request"], "letter": LETTER["letter"]},
)
def prepare_request(ctx: Context, **answers: Any) -> dict[str, Any]:
    """Draft the letter; prepared anew after a rework, the same letter is revised."""
    row = request_of(ctx)
    if text(answers, "decision") == "cancel":
        if row is not None:
            answers_of.drop(ctx, row, "request")
            if row.letter_id is not None:
                correspondence.discard(ctx.session, row.letter_id, ctx.actor)
        return {"request": row.id if row else None, "letter": row.letter_id if row else None}
    organisation = integer(answers.get("organisation"))
    if organisation is None:
        raise refuse("organisation", _("Choose the body to ask."))
    if not text(answers, "documents"):
        raise refuse("documents", _("Write which documents are needed."))
    if row is None:
        row = DocumentRequest(
            appeal_id=appeal_of(ctx).id,
            asked_by=ctx.actor,
            asked_at=ctx.now,
            answer_documents=[],
        )
    row.organisation_id, row.organisation = organisation, known_body(ctx, organisation)
    for name in ("documents", "purpose", "text"):
        setattr(row, name, text(answers, name))
    give_ids(ctx.session, row)
    row.letter_id = letter_to_body(
        ctx, row.letter_id, "request", organisation, row.text or _composed(ctx, row),
        subject=_("On a request for documents and information"),
    )  # fmt: skip
    record(
        ctx.session, ctx.actor, "request.prepared", ctx.key, request=row.id,
        organisation=row.organisation,
    )  # fmt: skip
    return {"request": row.id, "letter": row.letter_id}


def _composed(ctx: Context, row: DocumentRequest) -> str:
    facts = {
        "organisation": row.organisation,
        "documents": [one.strip(" —-") for one in row.documents.splitlines() if one.strip(" —-")],
        "purpose": row.purpose,
        "days": term(ctx.session, RULE, today_of(ctx), key=ctx.key).days,
    }
    language = settings().default_language
    return correspondence.compose(ctx.session, "request", facts, language, key=ctx.key).text


@operation(
    "appeals.sign_letter",
    kind="listener",
    summary={"ru": "Подписать письмо или вернуть его", "en": "Sign a letter or return it"},
)
def sign_letter(ctx: Context, **answers: Any) -> dict[str, Any]:
    sign_or_return(ctx, integer(ctx.variables.get("letter")), answers)
    return {}


@operation(
    "appeals.request_sent",
    summary={
        "ru": "Отметить отправку запроса и назначить срок ответа",
        "en": "Note that a request was sent and set the term of its answer",
    },
    inputs={
        **APPEAL,
        **REQUEST,
        **LETTER,
        "remind_before": {
            "type": "integer",
            "required": True,
            "ru": "За сколько дней до срока напомнить",
            "en": "How many days before the term to remind",
        },
    },
    outputs={
        "answer_due_at": {"type": "datetime", "ru": "Срок ответа", "en": "Term of the answer"},
        "remind_at": {"type": "datetime", "ru": "Когда напомнить", "en": "When to remind"},
        "overdue_at": {
            "type": "datetime",
            "ru": "Когда сообщить о просрочке",
            "en": "When to tell that it is overdue",
        },
    },
)
def request_sent(
    ctx: Context, request: Any, letter: Any, remind_before: Any, **_inputs: Any
) -> dict[str, Any]:
    row, sent = _known(ctx, request), correspondence.letter(ctx.session, int(letter))
    row.sent_on = sent.posted_on or today_of(ctx)
    found = term(ctx.session, RULE, row.sent_on, key=ctx.key)
    row.term = statutory.line(statutory.ANSWER, found)
    record(
        ctx.session, ctx.actor, "request.sent", ctx.key, request=row.id,
        organisation=row.organisation, number=sent.number, due_on=found.due,
    )  # fmt: skip
    return {
        "answer_due_at": spelt(end_of(found.due, zone_of(ctx.session))),
        "remind_at": reminder_at(ctx, found.due, int(remind_before)),
        "overdue_at": reminder_at(ctx, found.due, -1),
        "public": {
            "organisation": row.organisation,
            "letter_number": sent.number,
            "letter_on": str(sent.date or row.sent_on),
            "answer_by": found.due.isoformat(),
        },
    }


@operation(
    "appeals.remind_answer",
    summary={
        "ru": "Напомнить о запросе без ответа",
        "en": "Remind of a request without an answer",
    },
    inputs={**APPEAL, **REQUEST, **answers_of.RECIPIENTS},
)
def remind_answer(ctx: Context, request: Any, recipients: Any, **_inputs: Any) -> dict[str, Any]:
    row = _known(ctx, request)
    told = _tell(ctx, row, "answer_reminder", answers_of.names(recipients))
    record(ctx.session, "system", "request.reminded", ctx.key, request=row.id, told=told)
    return {}


def _tell(ctx: Context, row: DocumentRequest, notice: str, roles: list[str]) -> list[str]:
    """Mail who asked and those of the roles."""
    logins = {row.asked_by, *logins_of(ctx, appeal_of(ctx), roles)}
    return answers_of.tell(ctx, row, notice, logins, statutory.day_of(row.term))


@operation(
    "appeals.receive_answer",
    kind="listener",
    summary={
        "ru": "Записать ответ на запрос документов",
        "en": "Record the answer to a request for documents",
    },
)
def receive_answer(ctx: Context, **answers: Any) -> dict[str, Any]:
    answers_of.receive(ctx, _known(ctx), answers, "request")
    return {}


@operation(
    "appeals.tell_answer",
    summary={
        "ru": "Сообщить исполнителю об ответе на запрос",
        "en": "Tell the executor of the answer to a request",
    },
    inputs={**APPEAL, **REQUEST},
)
def tell_answer(ctx: Context, request: Any, **_inputs: Any) -> dict[str, Any]:
    row = _known(ctx, request)
    _tell(ctx, row, "answer_received", ["executor"])
    return {"public": {"organisation": row.organisation}}
