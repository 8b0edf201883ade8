"""The executors' part: take an assignment, report, have the report accepted or sent back."""

from typing import Any

from app.appeals import notices
from app.appeals.models import Assignment, Report
from app.appeals.operations.common import APPEAL, appeal_of, integer, refuse, text
from app.appeals.parts import add_report, latest_report
from app.appeals.terms import end_of, spelt, zone_of
from app.audit.services import record, stands_in
from app.directory.settings import setting
from app.documents.services import attach
from app.errors import Forbidden
from app.extensions import lazy_gettext as _
from app.workflow.registry import Context, operation

ASSIGNMENT = {
    "assignment": {
        "type": "integer",
        "required": True,
        "ru": "Поручение",
        "en": "Id of the assignment",
    }
}


def assignment_of(ctx: Context, given: Any = None) -> Assignment:
    """The assignment this process is about."""
    found = integer(given if given is not None else ctx.variables.get("assignment"))
    return ctx.session.get_one(Assignment, found)


@operation(
    "appeals.issue_assignment",
    summary={"ru": "Выдать поручение исполнителю", "en": "Issue an assignment to its executor"},
    inputs={**APPEAL, **ASSIGNMENT},
    outputs={
        "executor": {"type": "string", "ru": "Исполнитель", "en": "Login of the executor"},
        "due_at": {"type": "datetime", "ru": "Срок поручения", "en": "Term of the assignment"},
        "acceptor": {
            "type": "string",
            "ru": "Кто принимает отчёт; пусто — руководитель или контролёр",
            "en": "Login of who accepts the report; empty: manager or controller",
        },
    },
)
def issue_assignment(ctx: Context, assignment: Any, **_inputs: Any) -> dict[str, Any]:
    row = assignment_of(ctx, assignment)
    row.state, row.issued_at = "issued", ctx.now
    record(
        ctx.session, ctx.actor, "assignment.issued", ctx.key, assignment=row.id,
        executor=row.executor, due_on=row.due_on, responsible=row.responsible,
    )  # fmt: skip
    facts = {"due_on": row.due_on, "resolution": row.text, "responsible": row.responsible}
    notices.tell_staff(ctx.session, appeal_of(ctx), row.executor, "assignment", facts)
    zone = zone_of(ctx.session)
    return {
        "executor": row.executor,
        "due_at": spelt(end_of(row.due_on, zone)) if row.due_on else None,
        "acceptor": row.acceptor,
    }


@operation(
    "appeals.assignment_term",
    summary={
        "ru": "Учесть изменение поручения или его отмену",
        "en": "Take a change of an assignment or its cancellation into account",
    },
    inputs={**APPEAL, **ASSIGNMENT},
    outputs={
        "due_at": {"type": "datetime", "ru": "Срок поручения", "en": "Term in force"},
        "executor": {"type": "string", "ru": "Исполнитель", "en": "Login of the executor"},
        "acceptor": {
            "type": "string",
            "ru": "Кто принимает отчёт; пусто — руководитель или контролёр",
            "en": "Login of who accepts the report; empty: manager or controller",
        },
        "cancelled": {
            "type": "boolean",
            "ru": "Поручение отменено",
            "en": "The assignment was cancelled",
        },
    },
)
def assignment_term(ctx: Context, assignment: Any, **_inputs: Any) -> dict[str, Any]:
    row = assignment_of(ctx, assignment)
    return {
        "due_at": spelt(end_of(row.due_on, zone_of(ctx.session))) if row.due_on else None,
        "executor": row.executor,
        "acceptor": row.acceptor,
        "cancelled": row.state == "cancelled",
    }


@operation(
    "appeals.accept_assignment",
    kind="listener",
    summary={"ru": "Принять поручение к исполнению", "en": "Take an assignment on"},
)
def accept_assignment(ctx: Context, **answers: Any) -> dict[str, Any]:
    row = assignment_of(ctx)
    row.state, row.accepted_at = "accepted", ctx.now
    record(
        ctx.session, ctx.actor, "assignment.accepted", ctx.key, assignment=row.id,
        comment=text(answers, "comment"),
    )  # fmt: skip
    return {}


@operation(
    "appeals.report",
    kind="listener",
    summary={"ru": "Записать отчёт исполнителя", "en": "Keep the executor's report"},
)
def report(ctx: Context, **answers: Any) -> dict[str, Any]:
    """Keep the report with its files; what was reported before a rework stays beside it."""
    row = assignment_of(ctx)
    if not text(answers, "text"):
        raise refuse("text", _("Write what was done."))
    files = attach(
        ctx.session, answers.get("files") or (), key=ctx.key, kind="report", actor=ctx.actor
    )
    add_report(
        ctx.session,
        Report(
            assignment_id=row.id,
            at=ctx.now,
            author=ctx.actor,
            text=text(answers, "text"),
            results=[dict(each) for each in answers.get("results") or ()],
            documents=[one.id for one in files],
        ),
    )
    row.state = "reported"
    record(
        ctx.session, ctx.actor, "assignment.reported", ctx.key, assignment=row.id,
        files=len(files),
    )  # fmt: skip
    return {}


@operation(
    "appeals.accept_report",
    kind="listener",
    summary={
        "ru": "Принять отчёт или вернуть на доработку",
        "en": "Accept a report or send it back",
    },
)
def accept_report(ctx: Context, **answers: Any) -> dict[str, Any]:
    row = assignment_of(ctx)
    latest = latest_report(ctx.session, row.id)
    # Neither for oneself nor through a substitution, whichever side it is on.
    acts = {ctx.actor, stands_in(ctx.session, ctx.actor)}
    own = acts & {row.executor, latest.author if latest else row.executor}
    if own and setting(ctx.session, "duties.own_report") != "yes":
        raise Forbidden(_("Nobody accepts a report of their own."))
    decision = text(answers, "decision")
    if decision not in ("accept", "rework"):
        raise refuse("decision", _("Choose a decision."))
    if latest is not None:
        latest.decision, latest.remark = decision, text(answers, "remark")
        latest.decided_by, latest.decided_at = ctx.actor, ctx.now
    if decision == "accept":
        row.state, row.closed_at = "done", ctx.now
    else:
        row.state = "rework"
    action = "report.accepted" if decision == "accept" else "report.returned"
    record(
        ctx.session, ctx.actor, action, ctx.key, assignment=row.id,
        remark=text(answers, "remark"),
    )  # fmt: skip
    return {}
