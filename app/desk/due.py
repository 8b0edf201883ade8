"""What is due, by unit and person: shown, printed, exported."""

from itertools import groupby

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.access.web import staff
from app.appeals import services
from app.appeals.cards import DueLine
from app.desk import books
from app.desk.blueprint import me, page_number
from app.directory.services import list_units

PERIODS = (0, 3, 5, 10, 30)

#: A unit with its people, and what waits for each of them.
Unit = tuple[str, list[tuple[str, list[DueLine]]]]


def register(bp: Blueprint) -> None:
    bp.add_url_rule("/due", view_func=due)


@staff
def due() -> ResponseReturnValue:
    wanted = books.due_filter(request.args, page_number())
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


def _by_unit(lines: tuple[DueLine, ...]) -> list[Unit]:
    return [
        (unit, [(name, list(rows)) for name, rows in groupby(inside, lambda one: one.name)])
        for unit, inside in groupby(lines, lambda one: one.unit)
    ]
