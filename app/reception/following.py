"""Follow an appeal with number and access code: stages, letters, withdrawal, more documents."""

import io
import secrets
from functools import cache

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access import guessing
from app.access.policy import ROLES
from app.access.web import public
from app.appeals import services as appeals
from app.appeals.cards import StatusView
from app.appeals.policy import RESULTS
from app.directory.web import remember
from app.documents.shapes import Upload
from app.documents.web import download, send
from app.errors import Conflict, Invalid, NotFound, TooMany
from app.extensions import gettext as _
from app.extensions import limiter, locale, ngettext, rate, settings
from app.reception import identifying, remembered, uploads
from app.reception.forms import (
    AddDocumentsForm,
    ComplaintForm,
    ReadingForm,
    ResendForm,
    StatusForm,
    WithdrawForm,
)
from app.reception.problems import listed, own_guard, place

WRONG = 422


def add_to(bp: Blueprint) -> None:
    bp.add_url_rule("/status", view_func=status)
    bp.add_url_rule("/status", view_func=ask_status, methods=["POST"])
    bp.add_url_rule("/status/code", view_func=resend_code)
    bp.add_url_rule("/status/code", view_func=ask_code, methods=["POST"])
    bp.add_url_rule("/status/<handle>", view_func=show)
    bp.add_url_rule("/status/<handle>/close", view_func=close, methods=["POST"])
    bp.add_url_rule("/status/<handle>/file/<int:document_id>", view_func=file)
    bp.add_url_rule("/status/<handle>/text.pdf", view_func=sent_text)
    bp.add_url_rule("/status/<handle>/withdraw", view_func=withdraw, methods=["GET", "POST"])
    bp.add_url_rule("/status/<handle>/reading", view_func=ask_to_read, methods=["GET", "POST"])
    bp.add_url_rule("/status/<handle>/complaint", view_func=complain, methods=["GET", "POST"])
    bp.add_url_rule("/status/<handle>/documents", view_func=add_documents, methods=["GET", "POST"])
    bp.add_url_rule("/status/<handle>/survey", view_func=rate_reply, methods=["POST"])


@public
def status() -> ResponseReturnValue:
    form = StatusForm(formdata=None, data={"number": request.args.get("number", "")})
    return render_template("reception/status_form.html", form=form, errors=[])


@own_guard
@public
@limiter.limit(rate("status"), deduct_when=lambda answer: answer.status_code in (WRONG, 429))
def ask_status() -> ResponseReturnValue:
    """Open the page of a right pair; every wrong one gets the same answer."""
    form = StatusForm()
    if form.validate():
        number, code = form.number.data or "", form.access_code.data or ""
        try:
            found = appeals.status(number, code)
        except NotFound as error:
            if isinstance(error, appeals.WrongPair) and not guessing.may_answer(number):
                raise TooMany(_too_many()) from error
            form.number.errors = [_wrong_pair()]
        else:
            handle = remembered.remember(found.receipt, code, found.id)
            return redirect(url_for("reception.show", handle=handle), 303)
    form.access_code.data = ""
    page = render_template("reception/status_form.html", form=form, errors=listed(form))
    return page, WRONG


@public
def show(handle: str) -> ResponseReturnValue:
    pair = remembered.recall(handle)
    view = appeals.status(*pair, meant=remembered.id_behind(handle))
    remember(view.body)
    holders = view.now.holders if view.now else ()
    named = [_role(role, locale()) for role in holders if role in ROLES]
    return render_template(
        "reception/status.html", view=view, handle=handle, results=RESULTS, holders=named
    )


@cache
def _role(role: str, _language: str) -> str:
    """What a role is called in the language of this request."""
    return str(ROLES[role])


@public
def close(handle: str) -> ResponseReturnValue:
    remembered.forget(handle)
    flash(_("The page of the appeal is closed on this device."))
    return redirect(url_for("reception.status"), 303)


@public
def file(handle: str, document_id: int) -> ResponseReturnValue:
    opened = appeals.status_file(*remembered.recall(handle), document_id)
    return send(opened)


@public
@limiter.limit(rate("uploads"))
def sent_text(handle: str) -> ResponseReturnValue:
    """What was sent, word for word, as a PDF to keep."""
    content, name = appeals.sent_pdf(*remembered.recall(handle))
    return download(io.BytesIO(content), name, "application/pdf", len(content))


@own_guard
@public
def withdraw(handle: str) -> ResponseReturnValue:
    pair = remembered.recall(handle)
    view = _open_view(pair)
    form = WithdrawForm()
    if form.validate_on_submit():
        appeals.withdraw(*pair, form.reason.data or "")
        flash(_("The appeal is withdrawn. Its consideration has stopped."))
        return redirect(url_for("reception.show", handle=handle), 303)
    page = render_template(
        "reception/withdraw.html", form=form, view=view, handle=handle, errors=listed(form)
    )
    return page, WRONG if form.is_submitted() else 200


@own_guard
@public
def ask_to_read(handle: str) -> ResponseReturnValue:
    """Ask to read the documents and materials, while the appeal is considered or afterwards."""
    pair = remembered.recall(handle)
    view = appeals.status(*pair)
    if not view.may_ask_to_read:
        raise Conflict(
            _("This is asked for once the appeal is registered, and one request at a time.")
        )
    form = ReadingForm()
    if form.validate_on_submit():
        appeals.ask_to_read(*pair, form.wish.data or "")
        flash(_("Your request is accepted: we will write to you when and where to come."))
        return redirect(url_for("reception.show", handle=handle), 303)
    page = render_template(
        "reception/reading.html", form=form, view=view, handle=handle, errors=listed(form)
    )
    return page, WRONG if form.is_submitted() else 200


@own_guard
@public
@limiter.limit(rate("appeals"), methods=["POST"])
def complain(handle: str) -> ResponseReturnValue:
    """Complain about the reply: a new appeal, filed under the same rules as any."""
    pair = remembered.recall(handle)
    view = appeals.status(*pair)
    if view.open:
        raise Conflict(_("This appeal is still considered: wait for the reply."))
    if identifying.must_sign_in():
        return identifying.page()
    form, known = ComplaintForm(), identifying.citizen()
    problems: dict[str, list[str]] = {}
    if form.validate_on_submit():
        try:
            made = appeals.complain(
                *pair,
                form.text.data or "",
                auth_method=known.how if known else "",
                person_key=identifying.person_key(),
            )
        except Invalid as refusal:
            problems = {name: [*map(str, texts)] for name, texts in refusal.fields.items()}
        else:
            new = remembered.remember(made.receipt, made.access_code, made.appeal_id)
            return redirect(url_for("reception.receipt", handle=new), 303)
    errors = listed(form, place(form, problems, {}))
    page = render_template(
        "reception/complain.html", form=form, view=view, handle=handle, errors=errors
    )
    return page, WRONG if form.is_submitted() else 200


@own_guard
@public
@limiter.limit(rate("uploads"), methods=["POST"])
def add_documents(handle: str) -> ResponseReturnValue:
    pair = remembered.recall(handle)
    view = _open_view(pair)
    form = AddDocumentsForm()
    if not form.is_submitted():
        form.token.data = secrets.token_urlsafe(24)
        return _documents_page(form, view, handle, [])
    form.token.data = form.token.data or secrets.token_urlsafe(24)
    with uploads.gathered(form.token.data) as sent:
        sent.arrivals.keep()
    files, refusals = sent.files, sent.refusals
    problems = {"files": refusals} if refusals else {}
    if "remove_file" in request.form:
        return _documents_page(form, view, handle, files, problems)
    if form.validate() and not problems:
        try:
            added = appeals.add_documents(*pair, [each.id for each in files])
        except Invalid as refusal:
            problems = {name: [*map(str, texts)] for name, texts in refusal.fields.items()}
        else:
            text = ngettext("%(num)s file was added.", "%(num)s files were added.", len(added))
            flash(text)
            return redirect(url_for("reception.show", handle=handle), 303)
    return _documents_page(form, view, handle, files, problems), WRONG


@public
def rate_reply(handle: str) -> ResponseReturnValue:
    token = appeals.survey_token(*remembered.recall(handle))
    if not token:
        raise Conflict(_("There is no survey on this appeal yet."))
    return redirect(url_for("reception.survey", token=token), 303)


@public
def resend_code() -> ResponseReturnValue:
    form = ResendForm(formdata=None, data={"number": request.args.get("number", "")})
    return render_template("reception/resend.html", form=form, errors=[], asked=False)


@own_guard
@public
@limiter.limit(rate("codes"))
def ask_code() -> ResponseReturnValue:
    """Send the code if the pair is right; the screen is the same whatever was entered."""
    form = ResendForm()
    if not form.validate():
        page = render_template("reception/resend.html", form=form, errors=listed(form), asked=False)
        return page, WRONG
    appeals.resend_code(form.number.data or "", form.email.data or "")
    return render_template("reception/resend.html", form=form, errors=[], asked=True)


def _open_view(pair: tuple[str, str]) -> StatusView:
    view = appeals.status(*pair)
    if not view.open:
        raise Conflict(_("Consideration of this appeal is over: nothing can be changed now."))
    return view


def _too_many() -> str:
    said: str = _(
        "Somebody is guessing the code of this number. Check both and try again in a minute: the "
        "right code opens the page at any moment."
    )
    return said


def _wrong_pair() -> str:
    said: str = _(
        "There is no appeal with this number and access code. Check both: they are in the receipt "
        "and in the letter we sent."
    )
    return said


def _documents_page(
    form: AddDocumentsForm,
    view: StatusView,
    handle: str,
    files: list[Upload],
    problems: dict[str, list[str]] | None = None,
) -> str:
    loose = place(form, problems or {}, {"files": uploads.PLAIN})
    return render_template(
        "reception/add_documents.html",
        form=form,
        view=view,
        handle=handle,
        files=uploads.lines(files),
        file_errors=(problems or {}).get("files", ()),
        errors=listed(form, loose),
        max_bytes=settings().upload_max_bytes,
        max_files=settings().upload_max_files,
    )
