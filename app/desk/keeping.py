"""Keeping and erasure: what is due, acts of two persons, the register; what is stored of whom."""

import json

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.access import policy
from app.access.web import needs
from app.desk.blueprint import me
from app.desk.journal import Staff
from app.errors import DomainError, Invalid
from app.extensions import gettext as _
from app.privacy import services, subjects, telling

readers = needs(*sorted(policy.RIGHTS["retention.read"] - {policy.AUDITOR}))
proposers = needs(*sorted(policy.RIGHTS["retention.propose"]))
approvers = needs(*sorted(policy.RIGHTS["retention.approve"]))
tellers = needs(*sorted(policy.RIGHTS["subjects.export"]))


def register(bp: Blueprint) -> None:
    bp.add_url_rule("/keeping", view_func=keeping)
    bp.add_url_rule("/keeping/propose", view_func=propose, methods=["POST"])
    bp.add_url_rule("/keeping/preserve", view_func=preserve, methods=["POST"])
    bp.add_url_rule("/keeping/acts/<int:act_id>", view_func=act)
    bp.add_url_rule("/keeping/acts/<int:act_id>.pdf", view_func=act_pdf)
    bp.add_url_rule("/keeping/acts/<int:act_id>/decide", view_func=decide, methods=["POST"])
    bp.add_url_rule("/keeping/subject", view_func=subject, methods=["POST"])


@readers
def keeping() -> ResponseReturnValue:
    person = me()
    return render_template(
        "desk/keeping.html",
        section="keeping",
        due=services.due(person),
        acts=services.acts(person),
        erased=services.register(person),
        staff=Staff(),
    )


@proposers
def propose() -> ResponseReturnValue:
    """Draw up an act of the chosen appeals and show it."""
    try:
        made = services.propose(me(), request.form.getlist("appeal", type=int))
    except Invalid as wrong:
        return _refused(wrong)
    flash(_("The act was drawn up. Another person approves it."), "success")
    return redirect(url_for("desk.act", act_id=made.id), 303)


@proposers
def preserve() -> ResponseReturnValue:
    """Mark an appeal as kept beyond the term, or take the mark off."""
    given = request.form
    try:
        services.preserve(
            me(), given.get("number", ""), given.get("mark", ""), given.get("reason", "")
        )
    except DomainError as wrong:
        return _refused(wrong)
    flash(_("The mark was changed."), "success")
    return redirect(url_for("desk.keeping"), 303)


@readers
def act(act_id: int) -> ResponseReturnValue:
    found = services.act(me(), act_id)
    return render_template("desk/act.html", section="keeping", act=found, staff=Staff())


@readers
def act_pdf(act_id: int) -> ResponseReturnValue:
    opened = services.printed(me(), act_id)
    return send_file(
        opened.stream, mimetype=opened.media_type, download_name=opened.name, as_attachment=True
    )


@approvers
def decide(act_id: int) -> ResponseReturnValue:
    """Approve or refuse an act of another."""
    approve = request.form.get("decision") == "approve"
    try:
        services.decide(me(), act_id, approve=approve, remark=request.form.get("remark", ""))
    except DomainError as wrong:
        flash(_said(wrong), "error")
    else:
        flash(_("Erasing has begun.") if approve else _("The act was refused."), "success")
    return redirect(url_for("desk.act", act_id=act_id), 303)


@tellers
def subject() -> ResponseReturnValue:
    """What is stored about the applicant of an appeal, as a file for the person who asked."""
    try:
        told = subjects.stored(me(), request.form.get("number", ""), request.form.get("reason", ""))
    except DomainError as wrong:
        return _refused(wrong)
    if request.form.get("format") == "pdf":
        answer = Response(telling.pdf(told), mimetype="application/pdf")
        answer.headers["Content-Disposition"] = "attachment; filename=stored.pdf"
    else:
        text = json.dumps(told, ensure_ascii=False, indent=2)
        answer = Response(text, mimetype="application/json")
        answer.headers["Content-Disposition"] = "attachment; filename=stored.json"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _refused(wrong: DomainError) -> ResponseReturnValue:
    flash(_said(wrong), "error")
    return redirect(url_for("desk.keeping"), 303)


def _said(wrong: DomainError) -> str:
    beside = [str(one) for texts in wrong.fields.values() for one in texts]
    return " ".join(beside) or str(wrong)
