"""Control of the term: when to remind and whom."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.access.services import logins_with_role
from app.appeals import reminding
from app.appeals.models import Appeal
from app.appeals.operations.common import APPEAL, appeal_of, today_of
from app.appeals.terms import spelt, zone_of
from app.audit.services import record
from app.clock import local
from app.workflow.registry import Context, operation

REMIND_AT = time(9)  # of the body's zone: at the beginning of a working day
DUE_AT = {"due_at": {"type": "datetime", "required": True, "ru": "Срок", "en": "Term"}}


def _due_day(ctx: Context, due_at: Any) -> date:
    text = str(due_at)
    if len(text) == 10:
        return date.fromisoformat(text)
    return local(datetime.fromisoformat(text), zone_of(ctx.session)).date()


def _watched_day(ctx: Context, due_at: Any) -> date:
    """The internal term until it has passed, then the one the process was told."""
    due, internal = _due_day(ctx, due_at), appeal_of(ctx).internal_due_on
    return internal if internal is not None and today_of(ctx) <= internal <= due else due


@operation(
    "appeals.days_left",
    summary={"ru": "Сосчитать дни до срока", "en": "Count the days to the term"},
    inputs={**APPEAL, **DUE_AT},
    outputs={"days_left": {"type": "integer", "ru": "Осталось дней", "en": "Days left"}},
)
def days_left(ctx: Context, due_at: Any, **_inputs: Any) -> dict[str, Any]:
    return {"days_left": (_watched_day(ctx, due_at) - today_of(ctx)).days}


@operation(
    "appeals.next_reminder",
    summary={"ru": "Назначить время напоминания", "en": "Set the moment of the next reminder"},
    inputs={
        **APPEAL,
        **DUE_AT,
        "days_before": {
            "type": "integer",
            "required": True,
            "ru": "За сколько дней; −1 — на следующий день после срока",
            "en": "How many days before; −1 is the day after the term",
        },
    },
    outputs={"remind_at": {"type": "datetime", "ru": "Когда напомнить", "en": "When to remind"}},
)
def next_reminder(ctx: Context, due_at: Any, days_before: Any, **_inputs: Any) -> dict[str, Any]:
    return {"remind_at": reminder_at(ctx, _watched_day(ctx, due_at), int(days_before))}


def reminder_at(ctx: Context, due: date, days_before: int) -> str:
    """The morning so many days before a term, or now when it is past."""
    on = due - timedelta(days=days_before)
    moment = datetime.combine(on, REMIND_AT, ZoneInfo(zone_of(ctx.session)))
    return spelt(max(moment.astimezone(UTC), ctx.now))


@operation(
    "appeals.remind",
    summary={"ru": "Напомнить о сроке сотрудникам", "en": "Remind staff of the term"},
    inputs={
        **APPEAL,
        **DUE_AT,
        "kind": {
            "type": "string",
            "required": True,
            "ru": "Сколько дней осталось или overdue",
            "en": "Days left, or overdue",
        },
        "recipients": {
            "type": "string",
            "required": True,
            "ru": "Кому: executor, controller, manager через запятую",
            "en": "To whom: executor, controller, manager, divided by commas",
        },
    },
)
def remind(ctx: Context, kind: Any, recipients: Any, due_at: Any, **_inputs: Any) -> dict[str, Any]:
    """Warn each person concerned once, whatever roles they hold; nobody of what is closed."""
    appeal = appeal_of(ctx)
    if appeal.closed:
        return {}
    told = logins_of(ctx, appeal, str(recipients or "").split(","))
    reminding.remind(ctx.session, appeal, told, _due_day(ctx, due_at), now=ctx.now)
    record(ctx.session, "system", "term.reminded", ctx.key, kind=str(kind), told=told)
    return {}


def logins_of(ctx: Context, appeal: Appeal, roles: Iterable[str]) -> list[str]:
    """Those at work on the appeal (`executor`) and everybody who holds one of the other roles."""
    found: set[str] = set()
    for role in (one.strip() for one in roles):
        if role == "executor":
            found |= reminding.workers(ctx.session, appeal)
        elif role:
            found |= set(logins_with_role(ctx.session, role))
    return sorted(reminding.with_substitutes(ctx.session, appeal, found))
