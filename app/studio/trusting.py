"""The administrator's page of trust: roots that are believed, lists of revoked certificates."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField

from app import clock
from app.documents import trusting
from app.documents.signatures import gost
from app.extensions import gettext as _
from app.extensions import lazy_gettext, settings
from app.studio.blueprint import StudioForm, actor, bp
from app.studio.people import administrator


class TrustForm(StudioForm):
    file = FileField(lazy_gettext("Certificate or list of revoked certificates (.cer, .pem, .crl)"))


@bp.route("/admin/trust", methods=["GET", "POST"])
@administrator
def trust() -> ResponseReturnValue:
    """Show what is believed, and take a file in."""
    form = TrustForm()
    if form.is_submitted():
        sent = form.file.data
        content = sent.read(trusting.LARGEST) if sent else b""
        name = (sent.filename or "") if sent else ""
        if form.carried_out(lambda: trusting.add(name, content, actor=actor())):
            flash(_("Added."))
            return redirect(url_for("studio.trust"), 303)
    page = render_template(
        "studio/trust.html",
        form=form,
        held=trusting.held(),
        now=clock.now(),
        folder=settings().trust,
        has_gost=gost.at_hand(),
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/admin/trust/<kind>/<path:file>/remove")
@administrator
def distrust(kind: str, file: str) -> ResponseReturnValue:
    trusting.remove(kind, file, actor=actor())
    flash(_("Removed."))
    return redirect(url_for("studio.trust"), 303)
