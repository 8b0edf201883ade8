"""`flask deadlines …`: needs no database."""

import json
import sys
from datetime import MAXYEAR, MINYEAR, date
from typing import NoReturn

import click

from app.commands import CommandGroup
from app.deadlines.models import Term
from app.deadlines.services import calendar, due

group = CommandGroup("deadlines", help="Terms of the law, counted to the day.")


@group.command("due")
@click.argument("rule")
@click.option("--from", "start", metavar="DATE", help="Day of receipt, registration or request.")
@click.option("--extended", is_flag=True, help="With the longest extension the rule allows.")
@click.option("--at", metavar="DATE", help="By the rules in force on that day.")
def due_command(rule: str, start: str | None, extended: bool, at: str | None) -> None:
    """Count the term of RULE (an id such as R17) and say how it was counted."""
    if start is None:
        _stop(2, "Say from which day to count: --from YYYY-MM-DD.")
    first, edition = _day("--from", start), _day("--at", at) if at is not None else None
    line = _line(due(rule, first, extended=extended, at=edition))
    click.echo(json.dumps(line, ensure_ascii=False))


@group.command("calendar")
@click.argument("year", type=click.IntRange(MINYEAR + 1, MAXYEAR - 2))
def calendar_command(year: int) -> None:
    """Tell the days of YEAR that are not worked, and the weekends that are.

    The line has the form of a file of the installation, `DATA_DIR/calendar/YEAR.json`: kept there
    and corrected, it counts instead. `known` is false for a year that is only guessed.
    """
    found = calendar().year(year)
    days_off = {day.isoformat(): names[0] for day, names in sorted(found.off.items())}
    working = [day.isoformat() for day in sorted(found.worked)]
    line = {"year": year, "known": found.known, "days_off": days_off, "working_days": working}
    click.echo(json.dumps(line, ensure_ascii=False))


def _line(term: Term) -> dict[str, object]:
    return {
        "rule": term.rule,
        "from": term.start.isoformat(),
        "due": term.due.isoformat(),
        "days": term.days,
        "shifted_from": term.shifted_from.isoformat() if term.shifted_from else None,
        "reasoning": list(term.reasoning),
    }


def _day(option: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        _stop(2, f"{option} {text} is not a date; write YYYY-MM-DD.")
    if day.isoformat() != text:
        _stop(2, f"{option} {text} is not a date; write YYYY-MM-DD.")
    return day


def _stop(code: int, sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(code)
