"""Figures of a period for the staff."""

from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.access.web import staff
from app.reports import services as reports


def register(bp: Blueprint) -> None:
    bp.add_url_rule("/figures", view_func=figures)


@staff
def figures() -> ResponseReturnValue:
    found = reports.figures(_date("since"), _date("until"))
    return render_template("desk/figures.html", section="figures", found=found)


def _date(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
