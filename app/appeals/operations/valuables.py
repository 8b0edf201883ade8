"""Money or valuables that came with a letter: the act, its copy, their way back."""

from typing import Any

from app.appeals import policy, valuables
from app.appeals.models import ValuablesAct
from app.appeals.operations.common import (
    APPEAL,
    appeal_of,
    day,
    opening_of,
    quoted,
    refuse,
    row_of,
    text,
    today_of,
)
from app.appeals.terms import end_of, spelt, zone_of
from app.audit.services import record
from app.deadlines.services import term
from app.extensions import lazy_gettext as _
from app.outbox.services import promise
from app.session import give_ids
from app.workflow.registry import Context, operation

VALUABLES = {
    "valuables": {
        "type": "integer",
        "required": True,
        "ru": "Акт о деньгах и ценностях",
        "en": "Id of the act of money or valuables",
    }
}


def act_of(ctx: Context, given: Any = None) -> ValuablesAct:
    """The act this process is about."""
    return row_of(ctx, ValuablesAct, "valuables", given)


@operation(
    "appeals.record_valuables",
    kind="listener",
    summary={
        "ru": "Записать, какие деньги или ценности оказались в письме",
        "en": "Record which money or valuables came with a letter",
    },
    outputs={
        "valuables": VALUABLES["valuables"],
        "return_by": {"type": "datetime", "ru": "Когда вернуть", "en": "When to give them back"},
    },
)
def record_valuables(ctx: Context, **answers: Any) -> dict[str, Any]:
    if text(answers, "decision") == "cancel":
        return {"valuables": None, "return_by": None}
    opened_on, said = opening_of(ctx, answers), quoted(answers, "found", "kept", "present")
    appeal = appeal_of(ctx)
    row = ValuablesAct(
        appeal_id=appeal.id,
        recorded_by=ctx.actor,
        recorded_at=ctx.now,
        opened_on=opened_on,
        return_by=term(ctx.session, valuables.RULE, today_of(ctx), key=str(appeal.key)).due,
        returned_how="",
        returned_note="",
        **said,
    )
    give_ids(ctx.session, row)
    record(ctx.session, ctx.actor, "valuables.found", ctx.key, act=row.id, on=opened_on)
    return {"valuables": row.id, "return_by": spelt(end_of(row.return_by, zone_of(ctx.session)))}


@operation(
    "appeals.draw_up_valuables_act",
    summary={
        "ru": "Составить акт о деньгах и ценностях",
        "en": "Draw up the act of money or valuables",
    },
    inputs={**APPEAL, **VALUABLES},
)
def draw_up_valuables_act(ctx: Context, **inputs: Any) -> dict[str, Any]:
    """Promise the act: it is set in type after the commit; the process gets `act_made`."""
    row = act_of(ctx, inputs["valuables"])
    promise(ctx.session, valuables.ACT.job, {"act": row.id}, key=ctx.key, instance=ctx.instance)
    return {}


@operation(
    "appeals.return_valuables",
    kind="listener",
    summary={
        "ru": "Записать, как вернули деньги или ценности",
        "en": "Record how money or valuables went back",
    },
)
def return_valuables(ctx: Context, **answers: Any) -> dict[str, Any]:
    """They leave the house once, not before they came and not tomorrow."""
    row, how = act_of(ctx), text(answers, "how")
    if how not in policy.VALUABLES_RETURNED:
        raise refuse("how", _("Choose how they went back."))
    returned_on = day(answers, "returned_on")
    if returned_on is None or not row.opened_on <= returned_on <= today_of(ctx):
        raise refuse("returned_on", _("Give a day from the opening of the letter to today."))
    if not text(answers, "note"):
        raise refuse("note", _("Write to whom, and by which paper."))
    row.returned_on, row.returned_how, row.returned_by = returned_on, how, ctx.actor
    row.returned_note = text(answers, "note")
    record(
        ctx.session, ctx.actor, "valuables.returned", ctx.key, act=row.id, how=how, on=returned_on
    )
    return {"public": {"returned_on": returned_on.isoformat()}}
