"""Paper originals: their place, handing over, filing, barcode sheets, stamps and batch scans."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import StringField, TextAreaField

from app.access.web import needs, staff
from app.appeals import services
from app.appeals.services.scanning import Placed
from app.desk.blueprint import back, me, sources
from app.desk.forms import DeskForm, stripped
from app.errors import DomainError
from app.extensions import gettext as _
from app.extensions import lazy_gettext as lazy


class PlaceForm(DeskForm):
    case_index = StringField(lazy("Case of the nomenclature"), filters=[stripped])
    volume = StringField(lazy("Volume"), filters=[stripped])
    leaves = StringField(lazy("Leaves"), filters=[stripped])


class HandForm(DeskForm):
    to = StringField(lazy("To whom"), filters=[stripped])
    remark = TextAreaField(lazy("Remark"), filters=[stripped])


class ScanForm(DeskForm):
    file = FileField(lazy("Scan as PDF"))


def register(bp: Blueprint) -> None:
    paper, ways, sent = "/appeals/<int:appeal_id>/paper", ["GET", "POST"], ["POST"]
    bp.add_url_rule(f"{paper}/place", view_func=placing, methods=ways)
    bp.add_url_rule(f"{paper}/hand", view_func=handing_paper, methods=ways)
    bp.add_url_rule(f"{paper}/accept", view_func=accept_paper, methods=sent)
    bp.add_url_rule(f"{paper}/take-back", view_func=take_back_paper, methods=sent)
    bp.add_url_rule(f"{paper}/file", view_func=file_paper, methods=sent)
    bp.add_url_rule(f"{paper}/barcode.pdf", view_func=barcode_sheet)
    bp.add_url_rule(f"{paper}/stamp.pdf", view_func=stamp)
    bp.add_url_rule("/scans", view_func=scanning, methods=ways)
    bp.add_url_rule("/scans/<int:document_id>/place", view_func=place_scan, methods=sent)


@staff
def placing(appeal_id: int) -> ResponseReturnValue:
    """Say where the paper lies."""
    card = services.card(me(), appeal_id)
    known = {name: getattr(card.paper, name, "") for name in ("case_index", "volume", "leaves")}
    form = PlaceForm(data=known)
    given = {name: form[name].data or "" for name in known}
    return _form(appeal_id, "place", form, lambda: services.place_paper(me(), appeal_id, given))


@staff
def handing_paper(appeal_id: int) -> ResponseReturnValue:
    """Give the paper to another person."""
    form = HandForm()
    return _form(
        appeal_id,
        "hand",
        form,
        lambda: services.hand_paper(me(), appeal_id, form.to.data or "", form.remark.data or ""),
    )


@staff
def accept_paper(appeal_id: int) -> ResponseReturnValue:
    services.accept_paper(me(), appeal_id)
    flash(_("The paper is with you."), "success")
    return back("desk.card", appeal_id=appeal_id, tab="paper")


@staff
def take_back_paper(appeal_id: int) -> ResponseReturnValue:
    services.take_back_paper(me(), appeal_id)
    flash(_("The paper stays with you."), "success")
    return back("desk.card", appeal_id=appeal_id, tab="paper")


@staff
def file_paper(appeal_id: int) -> ResponseReturnValue:
    services.file_paper(me(), appeal_id)
    flash(_("The paper is filed in its case."), "success")
    return back("desk.card", appeal_id=appeal_id, tab="paper")


@staff
def barcode_sheet(appeal_id: int) -> ResponseReturnValue:
    return _pdf(services.barcode_sheet(me(), appeal_id))


@staff
def stamp(appeal_id: int) -> ResponseReturnValue:
    return _pdf(services.stamp(me(), appeal_id))


@needs("registrar")
def scanning() -> ResponseReturnValue:
    """Take a batch scan in; what found its card and what did not is told at once."""
    form, placed, status = ScanForm(), list[Placed](), 200
    if request.method == "POST":
        sent = form.file.data
        try:
            placed = services.scan_batch(me(), sent.read() if sent else b"", _name(sent))
        except DomainError as wrong:
            form.show(dict(wrong.fields))
            status = wrong.status
    return _scans(form, placed), status


@needs("registrar")
def place_scan(document_id: int) -> ResponseReturnValue:
    """Put scanned pages to a card by its number."""
    try:
        number = services.place_scan(me(), document_id, request.form.get("number", ""))
    except DomainError as wrong:
        flash(str(wrong), "error")
    else:
        flash(_("Put to the card %(number)s.", number=number), "success")
    return back("desk.scanning")


def _scans(form: ScanForm, placed: list[Placed]) -> str:
    return render_template(
        "desk/scans.html",
        section="intake",
        form=form,
        placed=placed,
        waiting=services.unplaced(me()),
    )


def _name(sent: object) -> str:
    return str(getattr(sent, "filename", "") or _("Scan"))[:200]


def _form(
    appeal_id: int, what: str, form: DeskForm, act: Callable[[], object]
) -> ResponseReturnValue:
    rest, status = list[str](), 200
    if request.method == "POST":
        try:
            act()
        except DomainError as wrong:
            status = wrong.status
            rest = form.show(dict(wrong.fields)) or ([] if wrong.fields else [str(wrong)])
        else:
            flash(_("Kept."), "success")
            return back("desk.card", appeal_id=appeal_id, tab="paper")
    return render_template(
        "desk/paper.html",
        section="appeals",
        card=services.card(me(), appeal_id),
        what=what,
        form=form,
        rest=rest,
        sources=sources(),
    ), status


def _pdf(content: bytes) -> Response:
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "private, no-store"
    return response
