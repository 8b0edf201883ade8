"""The blueprint of the desk and what all its pages share."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from app.access.web import acting_person, safe_next

bp = Blueprint("desk", __name__, url_prefix="/desk", template_folder="templates")

#: Where the scripts of the widgets ask; the same lists as the machine's door gives.
SOURCES = {
    "classifier": "/api/v1/classifier",
    "person": "/api/v1/people",
    "organisation": "/api/v1/organisations",
    "files": "/api/v1/uploads",
}

me = acting_person


def back(otherwise: str, **values: object) -> Response:
    """Return to the page the action was pressed on, or to a page of ours."""
    asked = safe_next(request.form.get("next"))
    return redirect(asked or url_for(otherwise, **values), 303)  # type: ignore[arg-type]  # url_for takes any value


def page_number() -> int:
    """The page asked for, from 1; nonsense means the first."""
    asked = request.args.get("page", "1")
    return max(1, int(asked)) if asked.isdigit() and len(asked) < 9 else 1
