"""Enclosures that a letter names and the envelope does not hold: the act, and its copy."""

from typing import Any

from app.appeals import enclosures
from app.appeals.models import EnclosuresAct
from app.appeals.operations.common import (
    APPEAL,
    appeal_of,
    opening_of,
    quoted,
    row_of,
    text,
)
from app.audit.services import record
from app.outbox.services import promise
from app.session import give_ids
from app.workflow.registry import Context, operation

ENCLOSURES = {
    "enclosures": {
        "type": "integer",
        "required": True,
        "ru": "Акт об отсутствии вложений",
        "en": "Id of the act of missing enclosures",
    }
}


def act_of(ctx: Context, given: Any = None) -> EnclosuresAct:
    """The act this process is about."""
    return row_of(ctx, EnclosuresAct, "enclosures", given)


@operation(
    "appeals.record_enclosures",
    kind="listener",
    summary={
        "ru": "Записать, каких вложений не оказалось",
        "en": "Record which enclosures are missing",
    },
    outputs={"enclosures": ENCLOSURES["enclosures"]},
)
def record_enclosures(ctx: Context, **answers: Any) -> dict[str, Any]:
    if text(answers, "decision") == "cancel":
        return {"enclosures": None}
    opened_on, said = opening_of(ctx, answers), quoted(answers, "named", "missing", "present")
    row = EnclosuresAct(
        appeal_id=appeal_of(ctx).id,
        recorded_by=ctx.actor,
        recorded_at=ctx.now,
        opened_on=opened_on,
        **said,
    )
    give_ids(ctx.session, row)
    record(ctx.session, ctx.actor, "enclosures.missed", ctx.key, act=row.id, on=opened_on)
    return {"enclosures": row.id}


@operation(
    "appeals.draw_up_enclosures_act",
    summary={
        "ru": "Составить акт об отсутствии вложений",
        "en": "Draw up the act of missing enclosures",
    },
    inputs={**APPEAL, **ENCLOSURES},
)
def draw_up_enclosures_act(ctx: Context, **inputs: Any) -> dict[str, Any]:
    """Promise the act: it is set in type after the commit; the process gets `act_made`."""
    row = act_of(ctx, inputs["enclosures"])
    promise(ctx.session, enclosures.ACT.job, {"act": row.id}, key=ctx.key, instance=ctx.instance)
    return {}
