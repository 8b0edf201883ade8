"""Pages of the administrator and the auditor: parked deliveries, incidents, the journal."""

from dataclasses import replace

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

import engine
from app.access.web import acting_person, needs
from app.appeals.services import masked_entries
from app.audit import services as audit
from app.audit.actions import ACTIONS
from app.extensions import gettext as _
from app.extensions import locale
from app.outbox import services as outbox
from app.studio.blueprint import actor, bp
from app.studio.books import journal_filter
from app.workflow import incidents

administrator = needs("administrator")
#: A longer number is that of no line.
MOST_DIGITS = 10


@bp.get("/admin/deliveries")
@administrator
def deliveries() -> ResponseReturnValue:
    return render_template(
        "studio/deliveries.html", parked=outbox.list_parked(), counts=outbox.counts()
    )


@bp.post("/admin/deliveries/<uid>/retry")
@administrator
def retry_delivery(uid: str) -> ResponseReturnValue:
    outbox.retry(uid, actor=actor())
    flash(_("The delivery will be tried again at once."))
    return redirect(url_for("studio.deliveries"), 303)


@bp.post("/admin/deliveries/<uid>/cancel")
@administrator
def cancel_delivery(uid: str) -> ResponseReturnValue:
    outbox.cancel(uid, actor=actor(), reason=request.form.get("reason", "").strip()[:500])
    flash(_("The delivery is cancelled: it will not be tried again."))
    return redirect(url_for("studio.deliveries"), 303)


@bp.get("/admin/incidents")
@needs("administrator", "analyst")
def list_incidents() -> ResponseReturnValue:
    return render_template("studio/incidents.html", incidents=incidents.incidents())


@bp.post("/admin/incidents/<int:incident_id>/retry")
@administrator
def retry_incident(incident_id: int) -> ResponseReturnValue:
    try:
        incidents.retry_incident(incident_id, actor=actor())
    except engine.EngineError as broken:
        flash(
            _(
                "It broke again: %(reason)s",
                reason=engine.sentence_of(broken).in_language(locale()),
            ),
            "error",
        )
    else:
        flash(_("The process moved on."))
    return redirect(url_for("studio.list_incidents"), 303)


@bp.post("/admin/incidents/<int:incident_id>/cancel")
@administrator
def cancel_incident(incident_id: int) -> ResponseReturnValue:
    reason = request.form.get("reason", "").strip()[:500]
    incidents.cancel_incident(incident_id, actor=actor(), reason=reason)
    flash(_("The incident is settled; the process stays where it stands."))
    return redirect(url_for("studio.list_incidents"), 303)


@bp.get("/admin/journal")
@administrator
def journal() -> ResponseReturnValue:
    asked = request.args
    wanted = journal_filter(asked)
    before = asked.get("before", "")
    known = before.isdecimal() and len(before) < MOST_DIGITS
    page = audit.journal(wanted, before=int(before) if known else None)
    page = replace(page, entries=tuple(masked_entries(acting_person(), page.entries)))
    return render_template(
        "studio/journal.html", page=page, wanted=wanted, actions=audit.actions(), names=ACTIONS
    )


@bp.get("/admin/journal/seals")
@administrator
def journal_seals() -> ResponseReturnValue:
    return render_template("studio/seals.html", verdict=audit.verify())


@bp.get("/admin/journal/export")
@needs("auditor")
def export_journal() -> ResponseReturnValue:
    """The whole sealed journal as a file; that it left the house is journaled."""
    file = audit.exported(actor=actor())
    return send_file(
        file, "application/x-ndjson", as_attachment=True, download_name="journal.jsonl"
    )
