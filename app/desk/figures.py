"""Figures of a period for the staff."""

from datetime import date, timedelta

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.access.web import staff
from app.desk.blueprint import asked_day, me
from app.desk.books import FIGURES, OVERVIEW
from app.directory.web import body
from app.extensions import gettext as _
from app.reports import groups, opinions
from app.reports import services as reports

#: address, name, count (none here), whether it is the period shown: what `lists.tabs` takes.
Tab = tuple[str, str, None, bool]


def register(bp: Blueprint) -> None:
    bp.add_url_rule("/figures", view_func=figures)


@staff
def figures() -> ResponseReturnValue:
    since, until = asked_day("since"), asked_day("until")
    if since and until and since > until:
        since, until = until, since
    found = reports.figures(since, until)
    return render_template(
        "desk/figures.html",
        section="figures",
        found=found,
        figure_names=FIGURES,
        opinions=opinions.opinions(found.since, found.until),
        least=groups.LEAST,
        sees_people=bool(me().roles & OVERVIEW),
        before=reports.the_period_before(found.since, found.until),
        year_ago=reports.a_year_before(found.since, found.until),
        periods=_periods(clock.today(body().zone), (found.since, found.until)),
    )


def _periods(day: date, shown: tuple[date, date]) -> list[Tab]:
    """The year up to today, the month and the year that are on, and those before them."""
    month = day.replace(day=1)
    before = month - timedelta(days=1)
    year = date(day.year, 1, 1)
    ranges = (
        (_("This month"), month, day),
        (_("Last month"), before.replace(day=1), before),
        (_("This year"), year, day),
        (_("Last year"), date(day.year - 1, 1, 1), year - timedelta(days=1)),
    )
    named = [
        (url_for("desk.figures", since=first, until=last), str(name), None, shown == (first, last))
        for name, first, last in ranges
    ]
    known = any(current for *_rest, current in named)
    usual = (url_for("desk.figures"), _("Twelve months"), None, not known and not request.args)
    return [usual, *named]
