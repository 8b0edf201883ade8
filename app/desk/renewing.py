"""A newer version of a document that staff brought."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import StringField

from app.access.web import staff
from app.appeals import services
from app.desk.blueprint import me
from app.desk.forms import DeskForm, stripped
from app.documents import services as documents
from app.errors import Invalid
from app.extensions import gettext as _
from app.extensions import lazy_gettext as lazy


class RenewForm(DeskForm):
    file = FileField(lazy("File"))
    note = StringField(lazy("What changed"), filters=[stripped])


def register(bp: Blueprint) -> None:
    bp.add_url_rule("/documents/<int:document_id>/renew", view_func=renewing)
    bp.add_url_rule("/documents/<int:document_id>/renew", view_func=renew, methods=["POST"])


@staff
def renewing(document_id: int) -> ResponseReturnValue:
    return _page(document_id, RenewForm())


@staff
def renew(document_id: int) -> ResponseReturnValue:
    """Take the file in and put it in place of the document."""
    form = RenewForm()
    services.renewed_document(me(), document_id)  # who may not sends nothing into the store
    sent = form.file.data
    try:
        kept = (
            documents.accept_upload(sent.stream, sent.filename, owner=me().login)
            if sent and sent.filename
            else None
        )
        upload = kept.id if kept else None
        appeal = services.renew_document(me(), document_id, upload, form.note.data or "")
    except Invalid as wrong:
        form.show(dict(wrong.fields))
        return _page(document_id, form), 422
    flash(_("The newer version is in its place; the earlier one stays to be read."), "success")
    return redirect(url_for("desk.card", appeal_id=appeal, tab="documents"), 303)


def _page(document_id: int, form: RenewForm) -> str:
    document, appeal_id, number = services.renewed_document(me(), document_id)
    return render_template(
        "desk/renew.html",
        section="appeals",
        document=document,
        appeal_id=appeal_id,
        number=number,
        form=form,
    )
