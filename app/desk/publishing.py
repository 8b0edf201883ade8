"""Putting a reply on the site of the body, and taking it down."""

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from app.access.web import needs
from app.appeals import services
from app.desk.blueprint import back, me
from app.desk.forms import PublishForm, TakeDownForm
from app.errors import DomainError
from app.extensions import gettext as _


def register(bp: Blueprint) -> None:
    address = "/appeals/<int:appeal_id>/publication"
    bp.add_url_rule(address, view_func=publishing)
    bp.add_url_rule(address, view_func=publish, methods=["POST"])
    bp.add_url_rule("/appeals/<int:appeal_id>/take-down", view_func=take_down, methods=["POST"])


@needs("manager")
def publishing(appeal_id: int) -> ResponseReturnValue:
    found = services.publication(me(), appeal_id)
    return _page(appeal_id, PublishForm(obj=found), TakeDownForm())


@needs("manager")
def publish(appeal_id: int) -> ResponseReturnValue:
    """Publish what was written; a refusal stands beside its field."""
    form, rest = PublishForm(), list[str]()
    texts = {name: form[name].data or "" for name in ("title", "question", "answer")}
    try:
        services.publish(me(), appeal_id, texts, confirmed=form.confirmed.data)
    except DomainError as wrong:
        rest = form.show(dict(wrong.fields)) or ([] if wrong.fields else [str(wrong)])
        return _page(appeal_id, form, TakeDownForm(), rest), wrong.status
    flash(_("The reply is published."), "success")
    return back("desk.publishing", appeal_id=appeal_id)


@needs("manager")
def take_down(appeal_id: int) -> ResponseReturnValue:
    form, rest = TakeDownForm(), list[str]()
    try:
        services.take_down(me(), appeal_id, form.reason.data or "")
    except DomainError as wrong:
        rest = form.show(dict(wrong.fields)) or ([] if wrong.fields else [str(wrong)])
        found = services.publication(me(), appeal_id)
        return _page(appeal_id, PublishForm(None, obj=found), form, rest), wrong.status
    flash(_("The reply is taken from the site."), "success")
    return back("desk.publishing", appeal_id=appeal_id)


def _page(
    appeal_id: int, form: PublishForm, down: TakeDownForm, rest: list[str] | None = None
) -> str:
    found = services.publication(me(), appeal_id)
    shown = found.id is not None and not found.taken_down
    return render_template(
        "desk/publish.html",
        section="appeals",
        card=services.card(me(), appeal_id),
        found=found,
        address=url_for("reception.answer", number=found.id, _external=True) if shown else "",
        form=form,
        down=down,
        rest=rest or [],
    )
