"""The manager's overview, the registration journal, the control list and the executors' load."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.web import needs
from app.appeals.commands import CHANNELS
from app.appeals.particulars import CONTROL
from app.appeals.policy import READERS
from app.desk import books
from app.desk.blueprint import me, page_number
from app.desk.books import OVERVIEW
from app.desk.words import KINDS
from app.directory.services import list_units
from app.extensions import lazy_gettext as _
from app.reports import control, journal, load
from app.reports import overview as overviews
from app.reports.sheets import MEDIA_TYPES

TRENDS = {
    "registered": _("registered"),
    "considered": _("considered"),
    "late": _("considered late"),
}
STATES = {
    "": _("Any"),
    "open": _("in work"),
    "closed": _("considered"),
    "overdue": _("overdue"),
}
TERMS = {
    "late": _("past the term"),
    "today": _("due today"),
    "three": _("1–3 days"),
    "week": _("4–7 days"),
    "fortnight": _("8–15 days"),
    "later": _("more than 15 days"),
}
MARKS = {"": _("Any"), control.ANY_CONTROL: _("on control"), **CONTROL}


#: The pages of this part of the desk, and the roles they are for, if not everybody's.
PAGES: tuple[tuple[str, Any, frozenset[str] | None], ...] = (
    ("desk.overview", _("Overview"), OVERVIEW),
    ("desk.figures", _("Figures"), None),
    ("desk.registration_journal", _("Registration journal"), READERS),
    ("desk.control_list", _("Control list"), READERS),
    ("desk.executors_load", _("Load"), OVERVIEW),
    ("desk.list_exports", _("My exports"), None),
)


def register(bp: Blueprint) -> None:
    bp.app_context_processor(lambda: {"report_tabs": tabs, "export_formats": MEDIA_TYPES})
    bp.add_url_rule("/overview", view_func=overview)
    bp.add_url_rule("/journal", view_func=registration_journal)
    bp.add_url_rule("/control", view_func=control_list)
    bp.add_url_rule("/load", view_func=executors_load)


def tabs() -> list[tuple[str, str, None, bool]]:
    """The pages that the person may open, as `lists.tabs` takes them."""
    roles = me().roles
    return [
        (url_for(page), str(name), None, page == request.endpoint)
        for page, name, wanted in PAGES
        if wanted is None or roles & wanted
    ]


@needs(*OVERVIEW - {"auditor"})
def overview() -> ResponseReturnValue:
    found = overviews.overview(me())
    return render_template("desk/overview.html", section="figures", found=found, trend_names=TRENDS)


@needs(*READERS)
def registration_journal() -> ResponseReturnValue:
    wanted = books.registration_filter(request.args, page_number())
    return render_template(
        "desk/journal.html",
        section="figures",
        found=journal.journal(me(), wanted),
        states=STATES,
        channels=CHANNELS,
        kinds=KINDS,
    )


@needs(*READERS)
def control_list() -> ResponseReturnValue:
    wanted = books.control_filter(request.args, page_number())
    return render_template(
        "desk/control.html",
        section="figures",
        found=control.control_list(me(), wanted),
        terms=TERMS,
        marks=MARKS,
        controls=CONTROL,
        units=list_units(),
    )


@needs(*OVERVIEW - {"auditor"})
def executors_load() -> ResponseReturnValue:
    found = load.load(books.load_filter(request.args))
    return render_template("desk/load.html", section="figures", found=found, units=list_units())
