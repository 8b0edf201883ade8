"""What other bodies write back: keep it, and tell those who wait for it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from app.appeals import notices
from app.appeals.models import DocumentRequest, Redirection
from app.appeals.operations.common import appeal_of, day, refuse, text, today_of
from app.audit.services import record
from app.correspondence import services as correspondence
from app.documents import services as documents
from app.extensions import lazy_gettext as _
from app.workflow.registry import Context

Asked = DocumentRequest | Redirection
RECIPIENTS = {
    "recipients": {
        "type": "string",
        "required": True,
        "ru": "Кому: executor, controller, manager через запятую",
        "en": "To whom: executor, controller, manager, divided by commas",
    }
}


def receive(ctx: Context, row: Asked, answers: dict[str, Any], of: str) -> None:
    """Keep the answer of a form, or that nothing is waited for; journaled as `of`.answered."""
    if text(answers, "decision") == "dropped":
        drop(ctx, row, of)
        return
    _keep(ctx, row, answers)
    record(
        ctx.session, ctx.actor, f"{of}.answered", ctx.key, organisation=row.organisation,
        number=row.answer_number,
    )  # fmt: skip


def drop(ctx: Context, row: Asked, of: str) -> None:
    """Nothing is waited for any longer."""
    row.dropped_on = today_of(ctx)
    record(ctx.session, ctx.actor, f"{of}.dropped", ctx.key, organisation=row.organisation)


def _keep(ctx: Context, row: Asked, answers: dict[str, Any]) -> None:
    written_on = day(answers, "date")
    if written_on is not None and written_on > today_of(ctx):
        raise refuse("date", _("The date lies in the future."))
    if written_on is not None and row.sent_on is not None and written_on < row.sent_on:
        raise refuse("date", _("An answer cannot be older than our letter."))
    files = documents.attach(
        ctx.session, answers.get("files") or (), key=ctx.key, kind="answer", actor=ctx.actor
    )
    if appeal_of(ctx).closed_at is not None:
        # The case is in the archive already; what comes later goes there too.
        for one in files:
            documents.move(ctx.session, one.id, "filed", actor=ctx.actor)
    row.answered_on, row.answer_date = today_of(ctx), written_on
    row.answer_number, row.answer_text = text(answers, "number"), text(answers, "text")
    row.answer_documents = [one.id for one in files]


def tell(
    ctx: Context, row: Asked, notice: str, logins: Iterable[str], by: date | None
) -> list[str]:
    """Mail people about an answer or its absence; the logins of those who could be told."""
    appeal = appeal_of(ctx)
    letter = correspondence.letter(ctx.session, row.letter_id) if row.letter_id else None
    facts = {
        "organisation": row.organisation,
        "outgoing_number": letter.number if letter else "",
        "outgoing_on": letter.date if letter else "",
        "answer_by": by,
        "answer_number": row.answer_number,
        "answer_date": row.answer_date,
        "days_left": (by - today_of(ctx)).days if by else None,
        "result": isinstance(row, Redirection),
    }
    return [
        login
        for login in sorted(set(logins))
        if notices.tell_staff(ctx.session, appeal, login, notice, facts)
    ]


def names(recipients: Any) -> list[str]:
    """The roles that a diagram names, divided by commas."""
    return [one.strip() for one in str(recipients or "").split(",") if one.strip()]
