"""What is due, by unit and person: shown, printed, exported."""

from itertools import groupby

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from app.access.web import staff
from app.appeals import services
from app.appeals.cards import DueLine
from app.appeals.commands import DueFilter
from app.desk.blueprint import me
from app.desk.tables import as_csv
from app.directory.services import list_units

PERIODS = (0, 3, 5, 10, 30)

#: A unit with its people, and what waits for each of them.
Unit = tuple[str, list[tuple[str, list[DueLine]]]]


def register(bp: Blueprint) -> None:
    bp.add_url_rule("/due", view_func=due)
    bp.add_url_rule("/due.csv", view_func=export_due)


@staff
def due() -> ResponseReturnValue:
    wanted = _filter()
    found = services.due_list(me(), wanted)
    return render_template(
        "desk/due.html",
        section="due",
        found=found,
        units=_by_unit(found.lines),
        choices=list_units(),
        periods=PERIODS,
        wanted=wanted,
    )


@staff
def export_due() -> Response:
    """The same list for a spreadsheet."""
    return as_csv(services.due_rows(me(), _filter()), "due.csv")


def _by_unit(lines: tuple[DueLine, ...]) -> list[Unit]:
    return [
        (unit, [(name, list(rows)) for name, rows in groupby(inside, lambda one: one.name)])
        for unit, inside in groupby(lines, lambda one: one.unit)
    ]


def _filter() -> DueFilter:
    given = request.args
    days = given.get("days", default=DueFilter.days, type=int)
    return DueFilter(
        days=days if 0 <= days <= 366 else DueFilter.days, unit=given.get("unit", type=int)
    )
