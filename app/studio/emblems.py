"""The administrator's page of the emblem: how the body looks above every page."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField

from app.directory import emblem as pictures
from app.directory import services as directory
from app.extensions import gettext as _
from app.extensions import lazy_gettext
from app.studio.blueprint import StudioForm, actor, bp
from app.studio.people import administrator


class EmblemForm(StudioForm):
    emblem = FileField(lazy_gettext("Picture (PNG, JPEG or WebP)"))


@bp.route("/admin/body/emblem", methods=["GET", "POST"])
@administrator
def emblem() -> ResponseReturnValue:
    """Show the emblem as pages show it, and take another."""
    form = EmblemForm()
    if form.is_submitted():
        sent = form.emblem.data
        content = sent.read(pictures.MOST_BYTES + 1) if sent else b""
        if form.carried_out(lambda: directory.save_emblem(content, actor=actor())):
            flash(_("Saved."))
            return redirect(url_for("studio.emblem"), 303)
    page = render_template("studio/emblem.html", form=form)
    return page, 422 if form.is_submitted() else 200


@bp.post("/admin/body/emblem/remove")
@administrator
def drop_emblem() -> ResponseReturnValue:
    directory.drop_emblem(actor=actor())
    flash(_("Removed."))
    return redirect(url_for("studio.emblem"), 303)
