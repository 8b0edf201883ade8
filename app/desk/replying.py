"""The workbench of a reply: checks, versions, remarks."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue

from app.access.web import staff
from app.appeals import services
from app.desk.blueprint import back, me
from app.errors import Invalid
from app.extensions import gettext as _


def register(bp: Blueprint) -> None:
    reply, sent = "/appeals/<int:appeal_id>/reply", ["POST"]
    bp.add_url_rule(reply, view_func=workbench)
    bp.add_url_rule(f"{reply}/remarks", view_func=add_remark, methods=sent)
    bp.add_url_rule(f"{reply}/remarks/<int:remark_id>", view_func=resolve_remark, methods=sent)


@staff
def workbench(appeal_id: int) -> ResponseReturnValue:
    old, new = (request.args.get(name, type=int) for name in ("old", "new"))
    found = services.workbench(me(), appeal_id, old, new)
    return render_template("desk/workbench.html", section="appeals", bench=found)


@staff
def add_remark(appeal_id: int) -> ResponseReturnValue:
    paragraph = request.form.get("paragraph", -1, type=int)
    try:
        services.add_remark(me(), appeal_id, paragraph, request.form.get("text", ""))
    except Invalid as wrong:
        flash(" ".join(str(one) for one in wrong.fields.get("text", [wrong])), "error")
    return back("desk.workbench", appeal_id=appeal_id, _anchor=f"paragraph-{paragraph}")


@staff
def resolve_remark(appeal_id: int, remark_id: int) -> ResponseReturnValue:
    services.resolve_remark(me(), remark_id)
    flash(_("The remark is dealt with."), "success")
    return back("desk.workbench", appeal_id=appeal_id)
