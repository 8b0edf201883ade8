"""The inbox: what waits for me and for my roles."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.access.web import staff
from app.appeals import services
from app.appeals.commands import InboxFilter
from app.desk.blueprint import back, me, page_number

SCOPES = ("all", "mine", "role")
TERMS = ("", "overdue", "near", "later")


def register(bp: Blueprint) -> None:
    bp.add_url_rule("/", view_func=inbox)
    bp.add_url_rule("/reminders/noted", view_func=put_away, methods=["POST"])


@staff
def inbox() -> ResponseReturnValue:
    """Work items with counts, filters, sorting and pages."""
    wanted = _filter()
    found = services.inbox(me(), wanted)
    return render_template(
        "desk/inbox.html",
        section="inbox",
        found=found,
        wanted=wanted,
        reminders=services.reminders(me()),
    )


@staff(changes=False)
def put_away() -> ResponseReturnValue:
    """Take the warnings that were shown from above the list."""
    services.put_away(me(), request.form.getlist("reminder", type=int))
    return back("desk.inbox")


def _filter() -> InboxFilter:
    given = request.args
    scope, term = given.get("scope", "all"), given.get("term", "")
    return InboxFilter(
        scope=scope if scope in SCOPES else "all",
        term=term if term in TERMS else "",
        element=given.get("element", ""),
        text=given.get("q", ""),
        sort=given.get("sort", "due"),
        page=page_number(),
        size=50,
    )
