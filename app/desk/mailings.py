"""Letters for the post, many at once: printed, listed for the post, their track numbers back."""

from flask import Blueprint, Response, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import DateField
from wtforms.validators import Optional

from app.access.web import needs
from app.appeals.cards import OpenedFile
from app.appeals.services import carrying
from app.appeals.services import mailings as services
from app.desk.blueprint import back, me
from app.desk.forms import DeskForm
from app.desk.letters import NOTERS
from app.documents.web import send
from app.errors import Conflict, Invalid
from app.extensions import gettext as _
from app.extensions import lazy_gettext as lazy

posters = needs(*NOTERS)


class TracksForm(DeskForm):
    file = FileField(lazy("Table of the post (CSV or XLSX)"))
    posted_on = DateField(lazy("Date of posting"), validators=[Optional()])


def register(bp: Blueprint) -> None:
    one = "/mailings/<int:mailing_id>"
    bp.add_url_rule("/mailings", view_func=mailings)
    bp.add_url_rule("/mailings", view_func=begin_mailing, methods=["POST"])
    bp.add_url_rule(one, view_func=mailing)
    bp.add_url_rule(f"{one}/again", view_func=print_again, methods=["POST"])
    bp.add_url_rule(f"{one}/batch.pdf", view_func=batch_pdf)
    bp.add_url_rule(f"{one}/register.pdf", view_func=register_pdf)
    bp.add_url_rule(f"{one}/register.csv", view_func=register_csv)
    bp.add_url_rule(f"{one}/tracks", view_func=take_tracks, methods=["POST"])


@posters
def mailings() -> ResponseReturnValue:
    waiting, found = services.mailings(me())
    return render_template(
        "desk/mailings.html", section="letters", waiting=waiting, found=found, most=services.MOST
    )


@posters
def begin_mailing() -> ResponseReturnValue:
    """Gather the letters that wait and have them put together."""
    try:
        made = services.begin(me())
    except Conflict as nothing:
        flash(str(nothing), "error")
        return back("desk.mailings")
    return redirect(url_for("desk.mailing", mailing_id=made), 303)


@posters
def mailing(mailing_id: int) -> ResponseReturnValue:
    return _page(mailing_id, TracksForm())


@posters
def print_again(mailing_id: int) -> ResponseReturnValue:
    services.print_again(me(), mailing_id)
    return redirect(url_for("desk.mailing", mailing_id=mailing_id), 303)


@posters
def batch_pdf(mailing_id: int) -> ResponseReturnValue:
    return _shown(services.open_batch(me(), mailing_id))


@posters
def register_pdf(mailing_id: int) -> ResponseReturnValue:
    return _shown(services.register_pdf(me(), mailing_id))


@posters
def register_csv(mailing_id: int) -> ResponseReturnValue:
    return send(services.register_csv(me(), mailing_id))


@posters
def take_tracks(mailing_id: int) -> ResponseReturnValue:
    """Take the post's table; what matched goes its way, what did not is listed at once."""
    form = TracksForm()
    sent = form.file.data
    if not form.validate() or not sent:
        if not sent:
            form.file.errors = [_("Choose the table.")]
        return _page(mailing_id, form), 422
    try:
        taken = services.take_tracks(
            me(), mailing_id, sent.stream, sent.filename or "", form.posted_on.data
        )
    except Invalid as wrong:
        form.show(dict(wrong.fields))
        return _page(mailing_id, form), 422
    if taken.run is not None:
        carrying.carry_on(taken.run)
    return _page(mailing_id, form, taken)


def _page(mailing_id: int, form: TracksForm, taken: services.Taken | None = None) -> str:
    return render_template(
        "desk/mailing.html",
        section="letters",
        found=services.page(me(), mailing_id),
        form=form,
        taken=taken,
    )


def _shown(opened: OpenedFile) -> Response:
    """A PDF of ours, to be read and printed in the browser."""
    answer = send_file(opened.stream, mimetype=opened.media_type, download_name=opened.name)
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
