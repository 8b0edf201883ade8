"""Search among the appeals, and the card of one."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.policy import personal
from app.access.web import staff
from app.appeals import services
from app.appeals.cards import CardView
from app.appeals.commands import SearchQuery
from app.appeals.particulars import GROUPS
from app.desk.blueprint import asked_day, back, me, page_number
from app.desk.forms import ExtensionForm, ReasonForm, ReopenForm
from app.desk.journal import Staff, told
from app.desk.words import MARKS
from app.documents.web import send
from app.errors import DomainError, Invalid
from app.extensions import gettext as _
from app.shell import day_short

TABS = (
    *("overview", "particulars", "documents", "assignments", "letters", "notes"),
    *("related", "paper", "route", "history"),
)


def register(bp: Blueprint) -> None:
    bp.add_url_rule("/appeals", view_func=search)
    bp.add_url_rule("/appeals/<int:appeal_id>", view_func=card)
    bp.add_url_rule("/appeals/<int:appeal_id>/print", view_func=printed)
    bp.add_url_rule("/appeals/<int:appeal_id>/correction", view_func=correcting)
    bp.add_url_rule("/appeals/<int:appeal_id>/correction", view_func=correct, methods=["POST"])
    bp.add_url_rule("/appeals/<int:appeal_id>/reopen", view_func=reopening)
    bp.add_url_rule("/appeals/<int:appeal_id>/reopen", view_func=reopen, methods=["POST"])
    bp.add_url_rule("/appeals/<int:appeal_id>/extension", view_func=extend, methods=["POST"])
    bp.add_url_rule("/appeals/<int:appeal_id>/reveal", view_func=reveal, methods=["POST"])
    bp.add_url_rule("/appeals/<int:appeal_id>/actions", view_func=begin, methods=["POST"])
    bp.add_url_rule("/appeals/<int:appeal_id>/diagrams/<process>.bpmn", view_func=diagram)
    bp.add_url_rule("/documents/<int:document_id>", view_func=document)


@staff
def search() -> ResponseReturnValue:
    given = request.args
    wanted = SearchQuery(
        q=given.get("q", ""),
        number=given.get("number", ""),
        applicant=given.get("applicant", ""),
        text=given.get("text", ""),
        term=given.get("term", "") if given.get("term") in ("overdue", "near") else "",
        state=given.get("state", "") if given.get("state") in ("open", "closed") else "",
        mark=given.get("mark", "") if given.get("mark") in MARKS else "",
        due_from=asked_day("due_from"),
        due_to=asked_day("due_to"),
        sort=given.get("sort", "-received"),
        page=page_number(),
    )
    found = services.search(me(), wanted)
    return render_template(
        "desk/search.html",
        section="appeals",
        found=found,
        wanted=wanted,
        marks=MARKS,
        by_name="names" in personal(me()),
    )


@staff
def card(appeal_id: int) -> ResponseReturnValue:
    found = services.card(me(), appeal_id)
    return _card(found, ExtensionForm())


@staff
def printed(appeal_id: int) -> ResponseReturnValue:
    """The registration and control card on paper: all of it on one page."""
    found = services.card_on_paper(me(), appeal_id)
    return render_template(
        "desk/printed.html", section="appeals", card=found, groups=GROUPS, staff=Staff()
    )


@staff
def extend(appeal_id: int) -> ResponseReturnValue:
    """Ask for more time; a refusal stands beside its field with what was typed."""
    form, rest, status = ExtensionForm(), list[str](), 422
    if form.validate():
        try:
            services.request_extension(
                me(),
                appeal_id,
                form.reason.data,
                form.days.data,
                form.ground.data,
                form.request.data,
            )
        except DomainError as wrong:
            status = wrong.status
            rest = form.show(wrong.fields) or ([] if wrong.fields else [str(wrong)])
        else:
            flash(_("The request went to the manager."), "success")
            return back("desk.card", appeal_id=appeal_id)
    found = services.card(me(), appeal_id)
    return _card(found, form, rest), status


@staff(changes=False)
def reveal(appeal_id: int) -> ResponseReturnValue:
    """Show what is masked to who says why."""
    try:
        services.reveal(me(), appeal_id, request.form.get("reason", ""))
    except Invalid as wrong:
        flash(" ".join(str(one) for one in wrong.fields.get("reason", [wrong])), "error")
    else:
        flash(_("The data are shown for half an hour; the journal keeps who asked and why."))
    return back("desk.card", appeal_id=appeal_id)


@staff
def begin(appeal_id: int) -> ResponseReturnValue:
    """Begin work beside the consideration, and go to its first task."""
    done = services.begin(me(), appeal_id, request.form.get("action"))
    mine = next((item for item in done.next if item.mine), None)
    if mine is None:
        return back("desk.card", appeal_id=appeal_id)
    return redirect(url_for("desk.task", item_id=mine.id), 303)


@staff
def correcting(appeal_id: int) -> ResponseReturnValue:
    return _correcting(appeal_id, ReasonForm())


@staff
def correct(appeal_id: int) -> ResponseReturnValue:
    """Begin a correction of the card: the registrar goes on to it, others have asked for it."""
    form, rest, status = ReasonForm(), list[str](), 422
    if form.validate():
        try:
            item = services.ask_for_correction(me(), appeal_id, form.reason.data)
        except DomainError as wrong:
            status = wrong.status
            rest = form.show(dict(wrong.fields)) or ([] if wrong.fields else [str(wrong)])
        else:
            if "registrar" in me().roles:
                return redirect(url_for("desk.task", item_id=item), 303)
            flash(_("The registrar was asked to correct the card."), "success")
            return back("desk.card", appeal_id=appeal_id)
    return _correcting(appeal_id, form, rest), status


def _correcting(appeal_id: int, form: ReasonForm, rest: list[str] | None = None) -> str:
    return render_template(
        "desk/correct.html",
        section="appeals",
        card=services.card(me(), appeal_id),
        form=form,
        rest=rest or [],
    )


@staff
def reopening(appeal_id: int) -> ResponseReturnValue:
    return _reopening(appeal_id, ReopenForm())


@staff
def reopen(appeal_id: int) -> ResponseReturnValue:
    """Take up again what was over; a refusal stands beside its field."""
    form, rest, status = ReopenForm(), list[str](), 422
    if form.validate():
        try:
            due = services.reopen(
                me(), appeal_id, form.ground.data, form.reason.data, form.due_on.data
            )
        except DomainError as wrong:
            status = wrong.status
            rest = form.show(dict(wrong.fields)) or ([] if wrong.fields else [str(wrong)])
        else:
            flash(_("Consideration was reopened. Term: %(day)s.", day=day_short(due)), "success")
            return back("desk.card", appeal_id=appeal_id)
    return _reopening(appeal_id, form, rest), status


def _reopening(appeal_id: int, form: ReopenForm, rest: list[str] | None = None) -> str:
    return render_template(
        "desk/reopen.html",
        section="appeals",
        card=services.card(me(), appeal_id),
        form=form,
        rest=rest or [],
    )


@staff
def diagram(appeal_id: int, process: str) -> ResponseReturnValue:
    """The diagram of one process of the appeal, as its version drew it."""
    found = next(
        (one for one in services.diagrams(me(), appeal_id) if one.process == process), None
    )
    if found is None:
        abort(404)
    return Response(found.xml, mimetype="application/xml")


@staff
def document(document_id: int) -> ResponseReturnValue:
    opened = services.open_document(me(), document_id)
    return send(opened)


def _card(found: CardView, form: ExtensionForm, rest: list[str] | None = None) -> str:
    tab, staff_names = request.args.get("tab", "overview"), Staff()
    return render_template(
        "desk/card.html",
        section="appeals",
        card=found,
        tab=tab if tab in TABS else "overview",
        tabs=TABS,
        groups=GROUPS,
        form=form.offer(found.requests),
        rest=rest or [],
        asking=bool(form.errors or rest) or "extend" in request.args,
        unread=services.unread(me(), found.id) if tab == "documents" else (),
        diagrams=services.diagrams(me(), found.id) if tab == "route" else (),
        history=told(found.history, staff_names) if tab == "history" else (),
        staff=staff_names,
    )
