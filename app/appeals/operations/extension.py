"""The decision on more time, and who is told of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.appeals import assigning, building, notices, progress, statutory
from app.appeals.models import Appeal, Extension
from app.appeals.operations.common import APPEAL, appeal_of, day, integer, refuse, text, today_of
from app.appeals.terms import end_of, spelt, zone_of
from app.audit.services import record
from app.extensions import day_said
from app.extensions import lazy_gettext as _
from app.workflow.registry import Context, operation


def extension_of(ctx: Context, given: Any) -> Extension:
    """The request this process is about."""
    wanted = integer(given)
    found = building.extensions_of(ctx.session, appeal_of(ctx).id)
    return next(one for one in found if one.id == wanted)


def extension_facts(extension: Extension) -> dict[str, Any]:
    """What the citizen may know of an extension."""
    return {
        "decided_on": extension.decided_on.isoformat() if extension.decided_on else None,
        "due_on": extension.due_on.isoformat() if extension.due_on else None,
        "reason": extension.reason,
    }


@operation(
    "appeals.decide_extension",
    kind="listener",
    summary={"ru": "Продлить срок или отказать", "en": "Extend the term or refuse"},
    outputs={"due_at": {"type": "datetime", "ru": "Действующий срок", "en": "Term in force"}},
)
def decide_extension(ctx: Context, **answers: Any) -> dict[str, Any]:
    """Set the new term, by law once and by thirty days at most, before the old one is over."""
    appeal = appeal_of(ctx)
    extension = extension_of(ctx, ctx.variables.get("extension"))
    decision = text(answers, "decision")
    if decision not in ("grant", "refuse"):
        raise refuse("decision", _("Choose a decision."))
    public: dict[str, Any] = {}
    if decision == "grant":
        wanted = _checked(ctx, appeal, day(answers, "due_on") or extension.asked_due_on)
        before = appeal.due_on
        extension.due_on = statutory.note_extension(ctx.session, appeal, wanted)
        extension.reason = text(answers, "reason") or extension.request_reason
        extension.done = _done(ctx, appeal, answers)
        assigning.follow_term(
            ctx.session, appeal, before, actor=ctx.actor, asked_by=extension.asked_by
        )
    extension.decision, extension.decided_by = decision, ctx.actor
    extension.decided_on, extension.remark = today_of(ctx), text(answers, "remark")
    if decision == "grant":
        public = extension_facts(extension)
    action = "extension.granted" if decision == "grant" else "extension.refused"
    record(ctx.session, ctx.actor, action, ctx.key, extension=extension.id, due_on=appeal.due_on)
    in_force = appeal.due_on
    return {
        "due_at": spelt(end_of(in_force, zone_of(ctx.session))) if in_force else None,
        "public": public,
    }


def _done(ctx: Context, appeal: Appeal, answers: Mapping[str, Any]) -> str:
    """What was done so far: as somebody wrote, else as far as is known: it has to be said."""
    return text(answers, "done") or progress.so_far(ctx.session, appeal)


def _checked(ctx: Context, appeal: Appeal, wanted: date) -> date:
    """The day as decided: the bound is that of the law, before the move from a day off."""
    longest = statutory.longest(ctx.session, appeal)
    if appeal.due_on and appeal.due_on < today_of(ctx):
        raise refuse("decision", _("The term is over: it can no longer be extended."))
    ends_on = statutory.extended_to(ctx.session, appeal, wanted)
    if appeal.due_on and wanted > appeal.due_on >= ends_on:
        message = _("This is a day off: the term would end on %(day)s.", day=day_said(ends_on))
        raise refuse("due_on", message)
    if appeal.due_on and ends_on <= appeal.due_on:
        raise refuse("due_on", _("The new term must be later than the present one."))
    # The day the form offers is one already moved, perhaps beyond the last day by counting.
    if wanted > longest.unshifted and wanted != longest.due:
        latest = day_said(longest.unshifted)
        raise refuse("due_on", _("By law the term can be extended to %(day)s at most.", day=latest))
    return wanted


@operation(
    "appeals.tell_refusal",
    summary={
        "ru": "Сообщить исполнителю об отказе в продлении",
        "en": "Tell the executor that the extension was refused",
    },
    inputs={
        **APPEAL,
        "extension": {
            "type": "integer",
            "required": True,
            "ru": "Запрос о продлении",
            "en": "Id of the request for more time",
        },
    },
)
def tell_refusal(ctx: Context, extension: Any, **_inputs: Any) -> dict[str, Any]:
    row = extension_of(ctx, extension)
    facts = {"reason": row.remark}
    notices.tell_staff(ctx.session, appeal_of(ctx), row.asked_by, "extension_refused", facts)
    return {}
