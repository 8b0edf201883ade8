"""One act on the tasks selected in the inbox: asked for, begun, shown line by line, cancelled."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.access.web import staff
from app.appeals.cards.campaign import HeldMail
from app.appeals.services import bulk as services
from app.appeals.services import carrying
from app.desk.blueprint import back, me, sources
from app.desk.forms import BulkAssignForm, BulkExtendForm, BulkSendForm, DeskForm
from app.errors import Invalid, NotFound
from app.extensions import gettext as _
from app.extensions import lazy_gettext as _l
from app.extensions import ngettext

#: Act -> its button; these are asked about first, the others just begin.
NAMES: Mapping[str, Any] = {
    "take": _l("Take"),
    "release": _l("Give back"),
    "assign": _l("Assign"),
    "extend": _l("Ask for more time"),
    "send": _l("Send"),
    "tracks": _l("Mark as posted with track numbers"),
}
ICONS: Mapping[str, str] = {
    "take": "hand",
    "release": "undo-2",
    "assign": "user-plus",
    "extend": "calendar-clock",
    "send": "send",
}
FORMS: Mapping[str, type[DeskForm]] = {
    "assign": BulkAssignForm,
    "extend": BulkExtendForm,
    "send": BulkSendForm,
}


def register(bp: Blueprint) -> None:
    bp.add_url_rule("/selected", view_func=choose, methods=["POST"])
    bp.add_url_rule("/selected/<action>", view_func=asking)
    bp.add_url_rule("/selected/<action>", view_func=begin_act, methods=["POST"])
    bp.add_url_rule("/acts/<int:run_id>", view_func=act_on_many)
    bp.add_url_rule("/acts/<int:run_id>/retry", view_func=retry_act, methods=["POST"])
    bp.add_url_rule("/acts/<int:run_id>/cancel", view_func=cancel_act, methods=["POST"])


@staff
def choose() -> ResponseReturnValue:
    """Do what needs no further word at once; ask for the rest on a page of its own."""
    action, items = request.form.get("action", ""), _items(request.form)
    if action in FORMS and items:
        return redirect(url_for("desk.asking", action=action, item=items), 303)
    return _begun(action, items, {})


@staff
def asking(action: str) -> ResponseReturnValue:
    form = _form(action)
    return _asking(action, _items(request.args), form)


@staff
def begin_act(action: str) -> ResponseReturnValue:
    """Begin the act; a refusal stands beside its field, and the selection stays."""
    form, items, rest = _form(action), _items(request.form), list[str]()
    if form.validate():
        try:
            return _begun(action, items, form.data)
        except Invalid as wrong:
            rest = form.show(dict(wrong.fields)) or ([] if wrong.fields else [str(wrong)])
    return _asking(action, items, form, rest), 422


@staff
def act_on_many(run_id: int) -> ResponseReturnValue:
    found = services.page(me(), run_id)
    return render_template("desk/act_on_many.html", section="inbox", found=found, names=NAMES)


@staff
def retry_act(run_id: int) -> ResponseReturnValue:
    services.retry(me(), run_id)
    carrying.carry_on(run_id)
    return redirect(url_for("desk.act_on_many", run_id=run_id), 303)


@staff
def cancel_act(run_id: int) -> ResponseReturnValue:
    """Cancel the mail that has not left; what was done otherwise has its own way back."""
    number = services.cancel(me(), run_id)
    if number:
        text = ngettext("%(num)s letter was cancelled.", "%(num)s letters were cancelled.", number)
        flash(text, "success")
    else:
        flash(_("Nothing could be cancelled: the letters have left."), "warning")
    return back("desk.act_on_many", run_id=run_id)


def _begun(action: str, items: list[int], answers: Mapping[str, Any]) -> ResponseReturnValue:
    """The first lines are done at once, so that a small selection shows its results."""
    try:
        run_id = services.begin(me(), action, items, answers)
    except Invalid as wrong:
        if wrong.fields:
            raise
        flash(str(wrong), "error")
        return back("desk.inbox")
    carrying.carry_on(run_id)
    return redirect(url_for("desk.act_on_many", run_id=run_id), 303)


def _form(action: str) -> DeskForm:
    if action not in FORMS:
        raise NotFound(_("There is no such page."))
    return FORMS[action]()


def _asking(action: str, items: list[int], form: DeskForm, rest: list[str] | None = None) -> str:
    return render_template(
        "desk/selected.html",
        section="inbox",
        action=action,
        name=NAMES[action],
        lines=services.chosen(me(), action, items),
        selected=len(items),
        form=form,
        rest=rest or [],
        sources=sources(),
    )


def _items(given: Any) -> list[int]:
    return list(dict.fromkeys(given.getlist("item", type=int)))


def seconds_left(held: HeldMail) -> int:
    """Whole seconds until the last of the mail leaves."""
    if held.leaves_at is None:
        return 0
    return max(0, -((clock.now() - held.leaves_at) // timedelta(seconds=1)))
