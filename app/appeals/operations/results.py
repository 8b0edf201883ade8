"""The result of an appeal that another body considers (art. 8 p. 5)."""

from typing import Any

from app.appeals.models import Redirection
from app.appeals.operations import answers as answers_of
from app.appeals.operations.common import APPEAL, appeal_of, today_of
from app.appeals.operations.control import logins_of, reminder_at
from app.appeals.operations.redirection import REDIRECTION, redirection_of
from app.appeals.terms import end_of, spelt, zone_of
from app.audit.services import record
from app.deadlines.services import counting
from app.workflow.registry import Context, operation

# That body registers what it got, then considers it.
REGISTRATION, CONSIDERATION = "R05", "R17"


@operation(
    "appeals.expect_result",
    summary={
        "ru": "Назначить срок ожидания результата",
        "en": "Set by when the result is expected",
    },
    inputs={**APPEAL, **REDIRECTION},
    outputs={
        "expected_at": {"type": "datetime", "ru": "Когда ждём", "en": "When it is expected"},
        "overdue_at": {"type": "datetime", "ru": "Когда напомнить", "en": "When to remind"},
    },
)
def expect_result(ctx: Context, redirection: Any, **_inputs: Any) -> dict[str, Any]:
    """By the terms of the law that body has registered and considered the appeal."""
    row, count = redirection_of(ctx, redirection), counting(ctx.session, ctx.key)
    registered = count(REGISTRATION, row.sent_on or today_of(ctx)).due
    row.result_by = count(CONSIDERATION, registered).due
    return {
        "expected_at": spelt(end_of(row.result_by, zone_of(ctx.session))),
        "overdue_at": reminder_at(ctx, row.result_by, -1),
        "public": {"organisation": row.organisation},
    }


@operation(
    "appeals.remind_result",
    summary={
        "ru": "Напомнить, что результат не сообщён",
        "en": "Remind that no result was told",
    },
    inputs={**APPEAL, **REDIRECTION, **answers_of.RECIPIENTS},
)
def remind_result(
    ctx: Context, redirection: Any, recipients: Any, **_inputs: Any
) -> dict[str, Any]:
    row = redirection_of(ctx, redirection)
    told = _tell(ctx, row, "answer_reminder", answers_of.names(recipients))
    record(
        ctx.session, "system", "result.reminded", ctx.key, organisation=row.organisation, told=told
    )
    return {}


@operation(
    "appeals.receive_result",
    kind="listener",
    summary={
        "ru": "Записать результат, сообщённый другим органом",
        "en": "Record the result that another body told",
    },
)
def receive_result(ctx: Context, **answers: Any) -> dict[str, Any]:
    answers_of.receive(ctx, redirection_of(ctx), answers, "result")
    return {}


@operation(
    "appeals.tell_result",
    summary={
        "ru": "Сообщить руководителю о результате",
        "en": "Tell the manager of the result",
    },
    inputs={**APPEAL, **REDIRECTION},
)
def tell_result(ctx: Context, redirection: Any, **_inputs: Any) -> dict[str, Any]:
    row = redirection_of(ctx, redirection)
    _tell(ctx, row, "answer_received", [])
    return {"public": {"organisation": row.organisation}}


@operation(
    "appeals.give_up_result",
    summary={
        "ru": "Отметить, что результат так и не сообщён",
        "en": "Note that no result was ever told",
    },
    inputs={**APPEAL, **REDIRECTION},
)
def give_up_result(ctx: Context, redirection: Any, **_inputs: Any) -> dict[str, Any]:
    answers_of.drop(ctx, redirection_of(ctx, redirection), "result")
    return {}


def _tell(ctx: Context, row: Redirection, notice: str, roles: list[str]) -> list[str]:
    """Mail who sent the appeal on and those of the roles."""
    logins = {row.author, *logins_of(ctx, appeal_of(ctx), roles)}
    return answers_of.tell(ctx, row, notice, logins, row.result_by)
