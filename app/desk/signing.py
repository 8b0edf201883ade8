"""Signatures of a letter: what was found of each, and one more that was made elsewhere."""

from flask import Blueprint, Response, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField

from app.access.web import needs, staff
from app.appeals import services
from app.desk.blueprint import back, me
from app.desk.forms import DeskForm
from app.documents.web import send
from app.errors import DomainError, NotFound
from app.extensions import gettext as _
from app.extensions import lazy_gettext as lazy
from app.extensions import settings

#: Who brings signatures that were made on other machines.
BRINGERS = frozenset({"signatory", "dispatcher", "registrar", "manager"})


class SignatureForm(DeskForm):
    file = FileField(lazy("Signature of this letter (.sig, .p7s)"))


def register(bp: Blueprint) -> None:
    page = "/letters/<int:letter_id>/signatures"
    bp.add_url_rule(page, view_func=letter_signatures)
    bp.add_url_rule(page, view_func=add_signature, methods=["POST"])
    bp.add_url_rule("/signatures/<int:signature_id>", view_func=signature)
    bp.add_url_rule(
        "/signatures/<int:signature_id>/check", view_func=check_signature, methods=["POST"]
    )
    bp.add_url_rule("/signing-hook.js", view_func=signing_hook)


@staff
def letter_signatures(letter_id: int) -> ResponseReturnValue:
    return _page(letter_id, SignatureForm())


@needs(*BRINGERS)
def add_signature(letter_id: int) -> ResponseReturnValue:
    """Take in a signature that CryptoPro or another program made of the letter's file."""
    form, status = SignatureForm(), 422
    sent = form.file.data
    if not sent:
        form.file.errors = [_("Choose the file with the signature.")]
    else:
        try:
            services.add_letter_signature(me(), letter_id, sent.stream, sent.filename or "")
        except DomainError as wrong:
            form.show(dict(wrong.fields))
            if not wrong.fields:
                form.file.errors = [str(wrong)]
            status = wrong.status
        else:
            flash(_("The signature is taken in and is being checked."), "success")
            return back("desk.letter_signatures", letter_id=letter_id)
    return _page(letter_id, form), status


@staff
def signature(signature_id: int) -> ResponseReturnValue:
    """A detached signature as a file."""
    return send(services.open_signature(me(), signature_id))


@staff
def check_signature(signature_id: int) -> ResponseReturnValue:
    """Judge a signature anew, and go back to where the person was."""
    services.check_signature_again(me(), signature_id)
    flash(_("The signature is being checked again."), "success")
    return back("desk.inbox")


@staff
def signing_hook() -> ResponseReturnValue:
    """The script of the body's own that lets a browser's plug-in sign (docs/signing.md)."""
    path = settings().signing_hook
    if path is None or not path.is_file():
        raise NotFound
    return Response(path.read_bytes(), mimetype="text/javascript")


def _page(letter_id: int, form: SignatureForm) -> str:
    return render_template(
        "desk/signatures.html",
        section="letters",
        found=services.signed_letter(me(), letter_id),
        form=form,
        may_bring=bool(me().roles & BRINGERS),
        hook=url_for("desk.signing_hook") if settings().signing_hook else "",
    )
