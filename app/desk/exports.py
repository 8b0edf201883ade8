"""Tables as files: a small one at once, a large one with its progress, for a day."""

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.access.web import staff
from app.desk.blueprint import back, me
from app.errors import Conflict
from app.extensions import gettext as _
from app.reports import exports
from app.reports.exports import Made
from app.reports.sheets import MEDIA_TYPES

FORMATS = tuple(MEDIA_TYPES)
_OWN = frozenset({"csrf_token", "book", "format", "next", "page"})


def register(bp: Blueprint) -> None:
    one = "/exports/<number>"
    bp.add_url_rule("/exports", view_func=list_exports)
    bp.add_url_rule("/exports", view_func=begin_export, methods=["POST"])
    bp.add_url_rule(one, view_func=show_export)
    bp.add_url_rule(f"{one}/file", view_func=download_export)
    bp.add_url_rule(f"{one}/cancel", view_func=cancel_export, methods=["POST"])


@staff
def list_exports() -> ResponseReturnValue:
    return render_template("desk/exports.html", section="figures", found=exports.mine(me()))


@staff(changes=False)
def begin_export() -> ResponseReturnValue:
    """Give the table out, or begin to make a large one and show how far it is."""
    given = request.form
    wanted = {name: value for name, value in given.items() if name not in _OWN and value}
    try:
        made = exports.export(me(), given.get("book", ""), given.get("format", ""), wanted)
    except Conflict as too_many:
        flash(str(too_many), "error")
        return back("desk.list_exports")
    if isinstance(made, str):
        return redirect(url_for("desk.show_export", number=made), 303)
    return _file(made)


@staff
def show_export(number: str) -> ResponseReturnValue:
    return render_template("desk/export.html", section="figures", found=exports.show(me(), number))


@staff
def download_export(number: str) -> ResponseReturnValue:
    return _file(exports.download(me(), number))


@staff(changes=False)
def cancel_export(number: str) -> ResponseReturnValue:
    exports.cancel(me(), number)
    flash(_("The export was cancelled."), "success")
    return redirect(url_for("desk.list_exports"), 303)


def _file(made: Made) -> ResponseReturnValue:
    answer = send_file(
        made.stream, mimetype=made.media_type, download_name=made.name, as_attachment=True
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
