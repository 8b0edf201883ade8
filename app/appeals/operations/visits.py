"""A visit to the place that an appeal is about (art. 9), and the act of it."""

from typing import Any

from app.appeals import visits
from app.appeals.models import SiteVisit
from app.appeals.operations.common import (
    APPEAL,
    appeal_of,
    day,
    quoted,
    refuse,
    row_of,
    text,
    today_of,
)
from app.audit.services import record
from app.documents.services import attach
from app.extensions import lazy_gettext as _
from app.outbox.services import promise
from app.session import give_ids
from app.workflow.registry import Context, operation

VISIT = {
    "visit": {
        "type": "integer",
        "required": True,
        "ru": "Выезд на место",
        "en": "Id of the site visit",
    }
}


@operation(
    "appeals.record_visit",
    kind="listener",
    summary={
        "ru": "Записать выезд на место или отменить его",
        "en": "Record a site visit, or cancel it",
    },
    outputs={"visit": VISIT["visit"]},
)
def record_visit(ctx: Context, **answers: Any) -> dict[str, Any]:
    """Keep what the visit found; a visit cannot lie ahead or before the appeal came."""
    if text(answers, "decision") == "cancel":
        return {"visit": None}
    appeal, visited_on = appeal_of(ctx), day(answers, "visited_on")
    if visited_on is None or visited_on > today_of(ctx):
        raise refuse("visited_on", _("Give the day on which the visit took place."))
    if appeal.registered_on is not None and visited_on < appeal.registered_on:
        raise refuse("visited_on", _("The visit cannot be older than the registration."))
    row = SiteVisit(
        appeal_id=appeal.id,
        recorded_by=ctx.actor,
        recorded_at=ctx.now,
        visited_on=visited_on,
        documents=[],
        **quoted(answers, "place", "present", "findings"),
    )
    files = attach(
        ctx.session, answers.get("files") or (), key=ctx.key, kind="visit", actor=ctx.actor
    )
    row.documents = [one.id for one in files]
    give_ids(ctx.session, row)
    record(ctx.session, ctx.actor, "visit.recorded", ctx.key, visit=row.id, on=visited_on)
    return {"visit": row.id}


@operation(
    "appeals.draw_up_act",
    summary={"ru": "Составить акт выезда", "en": "Draw up the act of a visit"},
    inputs={**APPEAL, **VISIT},
)
def draw_up_act(ctx: Context, visit: Any, **_inputs: Any) -> dict[str, Any]:
    """Promise the act: it is set in type after the commit, as letters are."""
    row = row_of(ctx, SiteVisit, "visit", visit)
    promise(ctx.session, visits.ACT.job, {"visit": row.id}, key=ctx.key)
    return {"public": {"date": row.visited_on.isoformat()}}
