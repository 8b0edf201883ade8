"""The dispatch register: outgoing letters, their print, what came of each."""

from datetime import date

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue

from app.access.web import needs, staff
from app.appeals import services
from app.desk.blueprint import back, me, page_number
from app.documents.web import download
from app.extensions import gettext as _


def register(bp: Blueprint) -> None:
    bp.add_url_rule("/letters", view_func=letters)
    bp.add_url_rule("/letters/<int:letter_id>.pdf", view_func=letter_pdf)
    bp.add_url_rule(
        "/letters/<int:letter_id>/delivery", view_func=note_delivery, methods=["POST"]
    )


@staff
def letters() -> ResponseReturnValue:
    state = request.args.get("state", "")
    found = services.outgoing(me(), state=state, q=request.args.get("q", ""), page=page_number())
    return render_template("desk/letters.html", section="letters", found=found, state=state)


@staff
def letter_pdf(letter_id: int) -> ResponseReturnValue:
    """The letter as it stands: signed, or a preview of the draft."""
    opened = services.letter_pdf(me(), letter_id)
    return download(opened.stream, opened.name, opened.media_type, opened.size)


@needs("dispatcher", "registrar")
def note_delivery(letter_id: int) -> ResponseReturnValue:
    """Note that a letter was delivered, or came back."""
    delivered = request.form.get("what") == "delivered"
    services.note_delivery(me(), letter_id, delivered=delivered, on=_day())
    flash(_("Noted."), "info")
    return back("desk.letters")


def _day() -> date | None:
    try:
        return date.fromisoformat(request.form.get("on", ""))
    except ValueError:
        return None
