"""One screen for what did not come through the site, be it by post, in person or by telephone."""

import secrets
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.web import needs
from app.appeals import services
from app.appeals.commands import SubmitAppeal
from app.desk import uploads
from app.desk.blueprint import me, sources
from app.desk.forms import IntakeForm
from app.documents import services as documents
from app.errors import Invalid
from app.extensions import gettext as _


def register(bp: Blueprint) -> None:
    bp.add_url_rule("/intake", view_func=intake)
    bp.add_url_rule("/intake", view_func=take_in, methods=["POST"], endpoint="take_in")


@needs("registrar")
def intake() -> ResponseReturnValue:
    form = IntakeForm()
    form.token.data = _new_token()
    return _page(form)


@needs("registrar")
def take_in() -> ResponseReturnValue:
    """Take an appeal in and open its registration."""
    form, rest = IntakeForm(), list[str]()
    taken = uploads.take_in(["files"], token=form.token.data or None)
    if "remove_file" in request.form:
        return _page(form, taken)
    if form.validate() and not taken.errors:
        try:
            command = SubmitAppeal.of(form.command(taken.ids["files"]))
            done = services.intake(command, person=me(), idempotency_key=_key(form))
        except Invalid as wrong:
            rest = form.show(_said_to_staff(form, wrong)) or ([] if wrong.fields else [str(wrong)])
        else:
            flash(_("The appeal was taken in as %(number)s.", number=done.receipt), "success")
            flash("intake", "draft-sent")
            if "again" in request.form:
                return redirect(url_for("desk.intake"), 303)
            return redirect(_registration(done.appeal_id), 303)
    return _page(form, taken, rest), 422


def _key(form: IntakeForm) -> str | None:
    """One form makes one appeal, however often it is sent."""
    return f"intake-{me().login}-{form.token.data}" if form.token.data else None


def _new_token() -> str:
    return secrets.token_urlsafe(24)


def _said_to_staff(form: IntakeForm, wrong: Invalid) -> dict[str, Sequence[Any]]:
    """The errors by field, in the words of the desk.

    What is said to a program, or to a citizen who wrote nothing, will not do here.
    """
    errors = dict(wrong.fields)
    if errors.pop("Idempotency-Key", None):
        # Perhaps another appeal was typed over the first. Under a new mark it will be one.
        form.token.data = _new_token()
        errors[""] = [
            _(
                "An appeal from this page has already been taken in, with other words or files. "
                "To correct it, open its card. To take in one more, press the button again."
            )
        ]
    if "text" in errors and not (form.text.data or "").strip():
        errors["text"] = [_("Write what it is about, or attach a scan.")]
    return errors


def _registration(appeal_id: int) -> str:
    """Where the registrar goes on: the open registration of the new appeal."""
    tasks = services.card(me(), appeal_id).tasks
    task = next((one for one in tasks if one.element == "register"), None)
    if task is None:
        return url_for("desk.card", appeal_id=appeal_id)
    return url_for("desk.task", item_id=task.id)


def _page(
    form: IntakeForm, taken: uploads.Taken | None = None, rest: list[str] | None = None
) -> str:
    return render_template(
        "desk/intake.html",
        section="intake",
        form=form,
        files=documents.list_uploads(taken.ids["files"]) if taken else [],
        refused=taken.errors.get("files", []) if taken else [],
        rest=rest or [],
        sources=sources(),
    )
