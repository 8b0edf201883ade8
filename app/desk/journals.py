"""The manager's overview and the registration journal."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from app.access.web import needs
from app.appeals.commands import CHANNELS
from app.appeals.policy import READERS
from app.desk.blueprint import asked_day, me, page_number
from app.desk.tables import as_csv
from app.extensions import lazy_gettext as _
from app.reports import journal as journals
from app.reports import overview as overviews

#: Roles that look at the whole body in the morning; an auditor looks everywhere.
OVERVIEW = frozenset({"manager", "controller", "assistant", "auditor"})
TRENDS = {
    "registered": _("registered"),
    "considered": _("considered"),
    "late": _("considered late"),
}
HEADING = (
    _("Number"),
    _("Registered"),
    _("Applicant"),
    _("Summary"),
    _("Executor"),
    _("Term"),
    _("Considered"),
)
STATES = {
    "": _("Any"),
    "open": _("in work"),
    "closed": _("considered"),
    "overdue": _("overdue"),
}


def register(bp: Blueprint) -> None:
    bp.add_url_rule("/overview", view_func=overview)
    bp.add_url_rule("/journal", view_func=registration_journal)
    bp.add_url_rule("/journal.csv", view_func=export_journal)


@needs("manager", "controller", "assistant")
def overview() -> ResponseReturnValue:
    found = overviews.overview(me())
    return render_template("desk/overview.html", section="figures", found=found, trend_names=TRENDS)


@needs(*READERS)
def registration_journal() -> ResponseReturnValue:
    found = journals.journal(me(), _filter())
    return render_template(
        "desk/journal.html", section="figures", found=found, states=STATES, channels=CHANNELS
    )


@needs(*READERS, changes=False)
def export_journal() -> Response:
    """The same journal for a spreadsheet."""
    heading = [str(one) for one in HEADING]
    return as_csv([heading, *journals.journal_rows(me(), _filter())], "journal.csv")


def _filter() -> journals.JournalFilter:
    given = request.args
    state, channel = given.get("state", ""), given.get("channel", "")
    return journals.JournalFilter(
        since=asked_day("since"),
        until=asked_day("until"),
        state=state if state in STATES else "",
        channel=channel if channel in CHANNELS else "",
        page=page_number(),
    )
