"""The dispatch register: outgoing letters, their print, what came of each."""

from dataclasses import replace
from datetime import datetime, timedelta

from flask import Blueprint, flash, render_template, request, send_file
from flask.typing import ResponseReturnValue

from app import clock
from app.access.web import needs, staff
from app.appeals import services
from app.appeals.commands import LetterFilter
from app.desk.blueprint import back, me, page_number
from app.desk.books import letter_filter
from app.desk.forms import ReasonForm
from app.errors import Conflict, DomainError
from app.extensions import gettext as _
from app.reports.books import day_of
from app.reports.remembered import remembered
from app.reports.spans import Bar, bars
from app.shell import today

CHART_DAYS = 90
#: Who hears from the post what became of a letter.
NOTERS = frozenset({"dispatcher", "registrar"})


def register(bp: Blueprint) -> None:
    bp.add_url_rule("/letters", view_func=letters)
    bp.add_url_rule("/letters/<int:letter_id>.pdf", view_func=letter_pdf)
    bp.add_url_rule("/letters/<int:letter_id>/recall", view_func=recalling)
    bp.add_url_rule("/letters/<int:letter_id>/recall", view_func=recall, methods=["POST"])
    bp.add_url_rule("/letters/<int:letter_id>/delivery", view_func=note_delivery, methods=["POST"])


@staff
def letters() -> ResponseReturnValue:
    wanted = letter_filter(request.args)
    counts, counted_at = _counts(wanted)
    return render_template(
        "desk/letters.html",
        section="letters",
        found=services.outgoing(me(), wanted, page=page_number()),
        wanted=wanted,
        counts=counts,
        counted_at=counted_at,
        may_note=bool(me().roles & NOTERS),
    )


def _counts(wanted: LetterFilter) -> tuple[tuple[Bar, ...], datetime]:
    """How many letters bear the dates of the period; without one, of a quarter. And as of when."""
    until = wanted.until or today()
    since = wanted.since or until - timedelta(days=CHART_DAYS)
    period, person = replace(wanted, since=since, until=until), me()
    asked = "letters", person.login, period
    days, at = remembered(asked, lambda: (services.outgoing_days(person, period), clock.now()))
    return bars(days, min(since, until), max(since, until)), at


@staff
def letter_pdf(letter_id: int) -> ResponseReturnValue:
    """The letter as it stands: signed, or a preview of the draft."""
    opened = services.letter_pdf(me(), letter_id)
    answer = send_file(opened.stream, mimetype=opened.media_type, download_name=opened.name)
    # Made by us, so it may be read in the browser, whose reader of PDF is an object with styles.
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@needs(*NOTERS)
def note_delivery(letter_id: int) -> ResponseReturnValue:
    """Note that a letter was delivered, or came back."""
    delivered = request.form.get("what") == "delivered"
    day = day_of(request.form.get("on", ""))
    try:
        services.note_delivery(me(), letter_id, delivered=delivered, on=day)
    except Conflict as moved:
        flash(str(moved), "error")
    else:
        flash(_("Noted."), "success")
    return back("desk.letters")


@staff
def recalling(letter_id: int) -> ResponseReturnValue:
    return _recalling(letter_id, ReasonForm())


@staff
def recall(letter_id: int) -> ResponseReturnValue:
    """Take back a letter that was signed and has not left."""
    form, rest, status = ReasonForm(), list[str](), 422
    if form.validate():
        try:
            services.recall_letter(me(), letter_id, form.reason.data)
        except DomainError as wrong:
            status = wrong.status
            rest = form.show(dict(wrong.fields)) or ([] if wrong.fields else [str(wrong)])
        else:
            flash(_("The letter was recalled: it is to be drafted anew."), "success")
            return back("desk.letters")
    return _recalling(letter_id, form, rest), status


def _recalling(letter_id: int, form: ReasonForm, rest: list[str] | None = None) -> str:
    return render_template(
        "desk/recall.html",
        section="letters",
        letter=services.outgoing_letter(me(), letter_id),
        form=form,
        rest=rest or [],
    )
