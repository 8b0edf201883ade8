"""The blueprint of the desk and what all its pages share."""

from datetime import date
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from app.access import policy
from app.access.web import acting_person, current_person, safe_next
from app.appeals.cards import TaskItem
from app.reports.books import day_of

bp = Blueprint("desk", __name__, url_prefix="/desk", template_folder="templates")

#: Where the scripts of the widgets ask: the lists are those of the machine's door.
LISTS = {
    "classifier": "/api/v1/classifier",
    "person": "/api/v1/people",
    "organisation": "/api/v1/organisations",
}

me = acting_person


def sources() -> dict[str, str]:
    """Addresses for the widgets of a form."""
    return {**LISTS, "files": url_for("desk.upload")}


def back(otherwise: str, **values: Any) -> Response:
    """Return to the page the action was pressed on, or to a page of ours."""
    asked = safe_next(request.form.get("next"))
    return redirect(asked or url_for(otherwise, **values), 303)


def page_number() -> int:
    """The page asked for, from 1; nonsense means the first."""
    asked = request.args.get("page", "1")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 9 else 1


def asked_day(name: str) -> date | None:
    """A date of the query; nonsense means none."""
    return day_of(request.args.get(name, ""))


def may_do(item: TaskItem) -> bool:
    """Whether the person who asks may finish this work item: it is theirs, or free for a role.

    Pages only offer what will be allowed; the refusal itself is the workflow's.
    """
    person = current_person()
    if person is None or policy.only_reads(person):
        return False
    return item.mine or (item.assignee is None and bool(set(item.roles) & person.roles))


@bp.app_context_processor
def _words() -> dict[str, Any]:
    return {"may_do": may_do, "may_change": _may_change}


def _may_change() -> bool:
    person = current_person()
    return person is not None and not policy.only_reads(person)
