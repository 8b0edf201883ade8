"""The inbox: what waits for me, for my roles and in my unit; views of it that people keep."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access import services as access
from app.access.services import Substitution
from app.access.web import staff
from app.appeals import services
from app.appeals.commands import InboxFilter
from app.desk.blueprint import back, may_do, me, page_number, sources
from app.desk.bulk import ICONS, NAMES
from app.errors import Invalid
from app.extensions import gettext as _
from app.extensions import lazy_gettext as _l

SCOPES = ("all", "mine", "role", "unit")
TERMS: Mapping[str, Any] = {
    "": _l("Any"),
    "overdue": _l("Overdue"),
    "near": _l("Three days or fewer"),
    "later": _l("Later"),
    "none": _l("Without a term"),
}
SORTS: Mapping[str, Any] = {
    "due": _l("the nearest term first"),
    "-due": _l("the latest term first"),
    "-opened": _l("new tasks first"),
    "opened": _l("old tasks first"),
    "number": _l("by appeal"),
    "applicant": _l("by applicant"),
    "title": _l("by task"),
    "holder": _l("by executor"),
}
#: What the address says -> the field of the filter.
ADDRESS: Mapping[str, str] = {
    "scope": "scope",
    "term": "term",
    "element": "element",
    "topic": "topic",
    "executor": "executor",
    "q": "text",
    "sort": "sort",
}
PAGE = 50
NARROWING = ("term", "element", "topic", "executor", "q")


def register(bp: Blueprint) -> None:
    bp.add_url_rule("/", view_func=inbox)
    bp.add_url_rule("/reminders/noted", view_func=put_away, methods=["POST"])
    bp.add_url_rule("/views", view_func=save_view, methods=["POST"])
    bp.add_url_rule("/views/<int:view_id>", view_func=change_view, methods=["POST"])


@staff
def inbox() -> ResponseReturnValue:
    """Work items with counts, filters, sorting and pages."""
    wanted = asked(request.args)
    person = me()
    given = arguments(wanted)
    found = services.inbox(person, wanted)
    may_of = {one.id: services.bulk.may(person, one) for one in found.page.items}
    offered = {name for names in may_of.values() for name in names}
    return render_template(
        "desk/inbox.html",
        section="inbox",
        found=found,
        wanted=wanted,
        narrowed=any(name in given for name in NARROWING),
        given=given,
        tail=_tail(),
        views=[(one, arguments(one.wanted)) for one in found.views],
        reminders=found.reminders,
        terms=TERMS,
        sorts=SORTS,
        has_unit=person.unit_id is not None,
        sources=sources(),
        standing=_standing(),
        may_of=may_of,
        acts=[(name, NAMES[name], ICONS[name]) for name in NAMES if name in offered],
    )


@staff(changes=False)
def put_away() -> ResponseReturnValue:
    """Take the warnings that were shown from above the list."""
    services.put_away(me(), request.form.getlist("reminder", type=int))
    return back("desk.inbox")


@staff(changes=False)
def save_view() -> ResponseReturnValue:
    """Keep what the inbox shows now under a name."""
    wanted = asked(request.form)
    try:
        services.save_view(me(), request.form.get("name", ""), wanted)
    except Invalid as wrong:
        flash(str(wrong), "error")
    return redirect(url_for("desk.inbox", **arguments(wanted)), 303)


@staff(changes=False)
def change_view(view_id: int) -> ResponseReturnValue:
    """Rename, remove or move a view."""
    move = request.form.get("move", "")
    try:
        if "remove" in request.form:
            services.remove_view(me(), view_id)
        elif move in {"up", "down"}:
            services.move_view(me(), view_id, -1 if move == "up" else 1)
        else:
            services.rename_view(me(), view_id, request.form.get("name", ""))
    except Invalid as wrong:
        flash(_("The view was not renamed: %(reason)s", reason=wrong), "error")
    return back("desk.inbox")


def asked(given: Mapping[str, str]) -> InboxFilter:
    """The filter that an address or a form describes; nonsense means the default."""
    found = {field: given.get(name, "").strip() for name, field in ADDRESS.items()}
    known = {"scope": SCOPES, "term": TERMS, "sort": SORTS}
    for name, values in known.items():
        if found[name] not in values and found[name].lstrip("-") not in values:
            found[name] = ""
    defaults = {"scope": "all", "sort": "due"}
    found |= {name: found[name] or value for name, value in defaults.items()}
    return InboxFilter(**found, page=page_number(), size=PAGE)


def arguments(wanted: InboxFilter) -> dict[str, Any]:
    """The arguments of the address that asks for this filter, without what is usual."""
    usual = InboxFilter()
    values = {name: (getattr(wanted, field), field) for name, field in ADDRESS.items()}
    return {
        name: value for name, (value, field) in values.items() if value != getattr(usual, field)
    }


def listed() -> dict[str, Any]:
    """What the address says of the list: that of the inbox, or the one a task was opened from."""
    return _address(asked(request.args))


def _address(wanted: InboxFilter) -> dict[str, Any]:
    given = arguments(wanted)
    return {**given, "page": wanted.page} if wanted.page > 1 else given


def following(item_id: int) -> Sequence[int]:
    """What I may finish of the list the task was opened from: what follows it, then the rest."""
    ids = _to_finish(asked(request.args), item_id)
    place = ids.index(item_id) if item_id in ids else -1
    return ids[place + 1 :] + ids[: max(place, 0)]


def beside(item_id: int, step: int) -> dict[str, Any] | None:
    """The address of what I may finish after the task, or before it with a `step` of -1.

    Pages are turned; a task that is in the list no more is followed by the first one.
    """
    wanted = asked(request.args)
    ids = _to_finish(wanted, item_id)
    place = ids.index(item_id) + step if item_id in ids else 0
    if not 0 <= place < len(ids):
        place, wanted = min(place, 0), replace(wanted, page=wanted.page + step)
        ids = _to_finish(wanted) if wanted.page else []
    return {"item_id": ids[place], **_address(wanted)} if ids else None


def _to_finish(wanted: InboxFilter, item_id: int | None = None) -> list[int]:
    """What I may finish of a page of a list, and this task, whosesoever it is."""
    shown = services.inbox_page(me(), wanted).items
    return [one.id for one in shown if may_do(one) or one.id == item_id]


def _tail() -> str:
    """What the address of a task carries of the list it is opened from."""
    given = urlencode(listed())
    return f"?{given}" if given else ""


def _standing() -> list[Substitution]:
    """The substitutions by which I act for others now."""
    person = me()
    if not person.stands_for:
        return []
    running = (one for one in access.list_substitutions() if one.running)
    return [one for one in running if one.substitute.login == person.login]
