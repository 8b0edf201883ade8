"""Control of the term: when to remind and whom."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.access.services import logins_with_role
from app.appeals import notices, policy
from app.appeals.models import Appeal, Assignment
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


@operation(
    "appeals.days_left",
    summary={"ru": "Сосчитать дни до срока", "en": "Count the days to the term"},
    inputs={**APPEAL, **DUE_AT},
    outputs={"days_left": {"type": "integer", "ru": "Осталось дней", "en": "Days left"}},
)
def days_left(ctx: Context, due_at: Any, **_inputs: Any) -> dict[str, Any]:
    return {"days_left": (_due_day(ctx, due_at) - today_of(ctx)).days}


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
    on = _due_day(ctx, due_at) - timedelta(days=int(days_before))
    moment = datetime.combine(on, REMIND_AT, ZoneInfo(zone_of(ctx.session)))
    return {"remind_at": spelt(max(moment.astimezone(UTC), ctx.now))}


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
    """Send one mail to each person concerned, whatever roles they hold."""
    appeal = appeal_of(ctx)
    facts = {
        "due_on": _due_day(ctx, due_at),
        "days_left": (_due_day(ctx, due_at) - today_of(ctx)).days,
    }
    told = [
        login
        for login in _logins(ctx, appeal, str(recipients or "").split(","))
        if notices.tell_staff(ctx.session, appeal, login, "reminder", facts)
    ]
    record(ctx.session, "system", "term.reminded", ctx.key, kind=str(kind), told=told)
    return {}


def _logins(ctx: Context, appeal: Appeal, roles: Iterable[str]) -> list[str]:
    found: list[str] = []
    for role in (one.strip() for one in roles):
        if role == "executor":
            found += ctx.session.scalars(
                select(Assignment.executor).where(
                    Assignment.appeal_id == appeal.id,
                    Assignment.state.in_(policy.OPEN_ASSIGNMENT),
                )
            )
        elif role:
            found += logins_with_role(ctx.session, role)
    return sorted(set(found))
