"""The figures of a year: a page for people, and a copy for programs line by line."""

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.web import public
from app.appeals.policy import RESULTS
from app.directory.services import current_body
from app.errors import NotFound
from app.extensions import lazy_gettext as _
from app.extensions import locale
from app.reports import groups
from app.reports import services as reports
from app.reports.sheets.plain import harmless
from app.shell import today

YEARS = 3
#: What stands in the copy as one number each, and what it is called.
SINGLE = {
    "received": _("appeals received"),
    "registered": _("Registered"),
    "in_work": _("In work now"),
    "closed": _("considered"),
    "in_time": _("Considered in time"),
    "late": _("Considered late"),
    "overdue": _("Overdue now"),
    "extended": _("Terms extended"),
    "collective": _("Collective"),
    "repeated": _("Repeated"),
    "average_days": _("days on average"),
}
NAMES = RESULTS | {
    "site": _("through this site"),
    "post": _("by post"),
    "in_person": _("brought in person"),
    "reception": _("at a personal reception"),
    "forwarded": _("forwarded by other bodies"),
    "epgu": _("through the portal of public services"),
    "pos": _("through the feedback platform"),
    "medo": _("through the document exchange of public bodies"),
    "phone": _("by telephone"),
    "proposal": _("proposals"),
    "statement": _("applications"),
    "complaint": _("complaints"),
    "other": _("other"),
    "answered": _("answered"),
    "redirected": _("sent to other bodies"),
    "left": _("left without answer"),
    "withdrawn": _("withdrawn"),
    "voided": _("registration voided"),
    "yes": _("Yes"),
    "partly": _("Partly"),
    "no": _("No"),
}


@dataclass(frozen=True)
class Line:
    """One number: `code` tells the parts of a figure apart, `name` is in words of the language."""

    figure: str
    code: str
    name: str
    value: float | None
    percent: int | None = None


def add_to(bp: Blueprint) -> None:
    bp.add_url_rule("/statistics", view_func=statistics)
    bp.add_url_rule("/statistics.json", view_func=statistics_json)
    bp.add_url_rule("/statistics.csv", view_func=statistics_csv)


@public
def statistics() -> ResponseReturnValue:
    """Show the figures of a year: the present one, or one of the two before it."""
    found = _asked()
    years = [
        (url_for("reception.statistics", year=each), str(each), None, each == found.since.year)
        for each in range(today().year, today().year - YEARS, -1)
    ]
    return render_template(
        "reception/statistics.html", figures=found, years=years, names=NAMES, least=groups.LEAST
    )


@public
def statistics_json() -> ResponseReturnValue:
    found = _asked()
    return jsonify(
        body=current_body().said("name", locale()),
        since=found.since.isoformat(),
        until=found.until.isoformat(),
        counted_at=found.at.isoformat(),
        figures=[asdict(line) for line in lines(found)],
    )


@public
def statistics_csv() -> ResponseReturnValue:
    """The same lines by RFC 4180: commas, decimal points."""
    found = _asked()
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(("since", "until", *Line.__dataclass_fields__))
    for line in lines(found):
        cells = asdict(line) | {"name": harmless(line.name)}
        writer.writerow((found.since, found.until, *cells.values()))
    answer = Response(sheet.getvalue(), mimetype="text/csv")
    name = f"statistics-{found.since.year}.csv"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def lines(found: reports.Figures) -> Iterator[Line]:
    """Every number of the page."""
    for figure, name in SINGLE.items():
        yield Line(figure, "", str(name), getattr(found, figure))
    for figure in ("by_outcome", "by_channel", "by_kind", "by_result"):
        yield from _shares(figure, getattr(found, figure))
    for code, name, count in found.questions:
        yield Line("questions", code, name, count)
    marks = found.marks
    yield Line("asked", "", str(_("asked to rate the reply")), marks.asked)
    yield Line("rated", "", str(_("rated the reply")), marks.answered)
    yield Line("average_mark", "", str(_("average mark of a reply, out of 5")), marks.average)
    yield from _opinions("quality", marks.quality)
    yield from _opinions("solved", marks.solved)


def _opinions(figure: str, rows: tuple[reports.Share, ...]) -> Iterator[Line]:
    """Shares of answers, or a line without a number that says why there are none."""
    if not rows:
        yield Line(
            figure,
            "",
            str(_("not shown: fewer than %(least)s have answered", least=groups.LEAST)),
            None,
        )
    yield from _shares(figure, rows)


def _shares(figure: str, rows: tuple[reports.Share, ...]) -> Iterator[Line]:
    for row in rows:
        yield Line(figure, row.code, str(NAMES.get(row.code, row.code)), row.count, row.percent)


def _asked() -> reports.Figures:
    """The figures of the year that the address names; NotFound for one that is not shown."""
    present = today()
    year = request.args.get("year", present.year, int)
    if year not in range(present.year - YEARS + 1, present.year + 1):
        raise NotFound
    return reports.figures(date(year, 1, 1), min(date(year, 12, 31), present))
