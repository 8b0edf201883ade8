"""Reading the documents and materials of an appeal (art. 5 point 2): asked, decided, held."""

from datetime import timedelta
from typing import Any

from app.appeals import inspections, policy
from app.appeals.models import FileInspection
from app.appeals.operations.common import (
    APPEAL,
    appeal_of,
    day,
    in_both,
    quoted,
    refuse,
    row_of,
    text,
    today_of,
)
from app.appeals.terms import end_of, spelt, zone_of
from app.audit.services import record
from app.extensions import lazy_gettext as _
from app.outbox.services import promise
from app.workflow.registry import Context, operation

INSPECTION = {
    "inspection": {
        "type": "integer",
        "required": True,
        "ru": "Заявление об ознакомлении",
        "en": "Id of the request to read the file",
    }
}
HOLD_BY = {
    "hold_by": {
        "type": "datetime",
        "ru": "Конец назначенного дня",
        "en": "End of the day that was offered",
    }
}
LATEST = timedelta(days=365)


def inspection_of(ctx: Context, given: Any = None) -> FileInspection:
    """The request this process is about."""
    return row_of(ctx, FileInspection, "inspection", given)


@operation(
    "appeals.record_inspection",
    kind="listener",
    summary={
        "ru": "Записать заявление об ознакомлении с материалами",
        "en": "Record a request to read the file",
    },
    outputs={
        "inspection": INSPECTION["inspection"],
        "decide_by": {"type": "datetime", "ru": "Когда решить", "en": "When to decide"},
    },
)
def record_inspection(ctx: Context, **answers: Any) -> dict[str, Any]:
    """Keep what came on paper; it cannot be of tomorrow or older than the appeal."""
    if text(answers, "decision") == "cancel":
        return {"inspection": None, "decide_by": None}
    appeal, asked_on = appeal_of(ctx), day(answers, "asked_on") or today_of(ctx)
    if asked_on > today_of(ctx):
        raise refuse("asked_on", _("The date lies in the future."))
    if appeal.registered_on is not None and asked_on < appeal.registered_on:
        raise refuse("asked_on", _("The request cannot be older than the registration."))
    row = inspections.add(
        ctx.session, appeal, wish=text(answers, "wish"), asked_on=asked_on, actor=ctx.actor
    )
    return {"inspection": row.id, "decide_by": inspections.decide_by(ctx.session, row)}


@operation(
    "appeals.decide_inspection",
    kind="listener",
    summary={
        "ru": "Записать решение об ознакомлении с материалами",
        "en": "Keep the decision on reading the file",
    },
    outputs=HOLD_BY,
)
def decide_inspection(ctx: Context, **answers: Any) -> dict[str, Any]:
    """Offer a day and a place, or refuse on a ground of the law with its explanation."""
    row, decision = inspection_of(ctx), text(answers, "decision")
    if decision not in ("allow", "refuse"):
        raise refuse("decision", _("Choose a decision."))
    row.decision, row.decided_by, row.decided_on = decision, ctx.actor, today_of(ctx)
    if decision == "refuse":
        _refuse(row, answers)
        record(
            ctx.session, ctx.actor, "inspection.refused", ctx.key, inspection=row.id,
            ground=row.ground, reason=row.explanation,
        )  # fmt: skip
        return {"hold_by": None}
    return {"hold_by": _offer(ctx, row, answers)}


def _refuse(row: FileInspection, answers: dict[str, Any]) -> None:
    ground = text(answers, "ground")
    if ground not in policy.INSPECTION_REFUSALS:
        raise refuse("ground", _("Choose the ground: the law allows no other."))
    if not text(answers, "explanation"):
        raise refuse("explanation", _("Write the reason: the citizen will be told it."))
    row.ground, row.explanation = ground, text(answers, "explanation")


def _offer(ctx: Context, row: FileInspection, answers: dict[str, Any]) -> str:
    read_on = day(answers, "read_on")
    if read_on is None or not today_of(ctx) <= read_on <= today_of(ctx) + LATEST:
        raise refuse("read_on", _("Name a day from today on and within a year."))
    for name in ("read_at", "place"):
        if not text(answers, name):
            raise refuse(name, _("This must be filled in: the letter says it."))
    row.read_on, row.place = read_on, text(answers, "place")
    row.read_at = text(answers, "read_at").replace(".", ":").zfill(5)
    record(ctx.session, ctx.actor, "inspection.offered", ctx.key, inspection=row.id, on=row.read_on)
    return spelt(end_of(read_on, zone_of(ctx.session)))


@operation(
    "appeals.hold_inspection",
    kind="listener",
    summary={
        "ru": "Записать, как прошло ознакомление с материалами",
        "en": "Record how the reading of the file went",
    },
    outputs=HOLD_BY,
)
def hold_inspection(ctx: Context, **answers: Any) -> dict[str, Any]:
    """Read, not come, or another time, which is offered like the first."""
    row, decision = inspection_of(ctx), text(answers, "decision")
    if decision == "another":
        return {"hold_by": _offer(ctx, row, answers)}
    if decision == "absent":
        row.absent_on = today_of(ctx)
        record(ctx.session, ctx.actor, "inspection.missed", ctx.key, inspection=row.id)
        return {"hold_by": None}
    held_on = day(answers, "held_on")
    if held_on is None or not row.asked_on <= held_on <= today_of(ctx):
        raise refuse("held_on", _("Give the day on which the file was read."))
    row.held_on, row.held_by, row.shown = held_on, ctx.actor, quoted(answers, "shown")["shown"]
    record(ctx.session, ctx.actor, "inspection.held", ctx.key, inspection=row.id, on=held_on)
    return {"hold_by": None}


@operation(
    "appeals.draw_up_inspection_act",
    summary={
        "ru": "Составить акт об ознакомлении с материалами",
        "en": "Draw up the act of reading the file",
    },
    inputs={**APPEAL, **INSPECTION},
)
def draw_up_inspection_act(ctx: Context, inspection: Any, **_inputs: Any) -> dict[str, Any]:
    """Promise the act: it is set in type after the commit, as letters are."""
    row = inspection_of(ctx, inspection)
    promise(ctx.session, inspections.ACT.job, {"inspection": row.id}, key=ctx.key)
    return {"public": {"date": str(row.held_on)}}


def inspection_facts(row: FileInspection) -> dict[str, Any]:
    """What the citizen may know of the decision, on the page and in the letter."""
    if row.decision == "refuse":
        reason = policy.INSPECTION_REFUSALS[row.ground]
        return {**in_both("reason", reason), "explanation": row.explanation}
    return {"read_on": str(row.read_on), "read_at": row.read_at, "place": row.place}
