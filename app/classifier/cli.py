"""`flask classifier …`: needs no database."""

import json
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import click

from app import clock
from app.classifier import services
from app.classifier.models import Edition, Hit
from app.commands import CommandGroup
from app.extensions import settings

group = CommandGroup("classifier", help="The all-Russian classifier of appeals.")
_LIMIT = click.IntRange(1, 200)


@group.command("find")
@click.argument("query")
@click.option("--limit", default=10, type=_LIMIT, show_default=True)
def find(query: str, limit: int) -> None:
    """Find questions by number or by the first letters of any of their words."""
    _say(services.find(query, limit))


@group.command("suggest")
@click.argument("text")
@click.option("--limit", default=10, type=_LIMIT, show_default=True)
def suggest(text: str, limit: int) -> None:
    """Suggest questions for TEXT; `-` reads one text a line from standard input."""
    if text != "-":
        _say(services.suggest(text, limit))
        return
    # A stray byte in one letter must not stop the others.
    for number, line in enumerate(sys.stdin.buffer, start=1):
        _say(services.suggest(line.decode("utf-8", "replace"), limit), n=number)


@group.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--edition", help="Its name; the name of the file when absent.")
@click.option("--from", "valid_from", metavar="DATE", help="First day in force; today when absent.")
@click.option("--to", "valid_to", metavar="DATE", help="Last day; the eve of the next when absent.")
def import_file(
    file: Path, edition: str | None, valid_from: str | None, valid_to: str | None
) -> None:
    """Take in a new edition from FILE (the columns of classifier.csv).

    The edition before it ends on the eve of its first day; appeals keep the questions they have.
    """
    if not file.is_file():
        _stop(2, f"There is no file {file}.")
    first = _day("--from", valid_from) or _today()
    taken, nodes = services.import_edition(
        file, edition or file.stem, first, _day("--to", valid_to)
    )
    _print({**_shown(taken), "nodes": nodes})


@group.command("editions")
def list_editions() -> None:
    """List the editions with their days, the newest first."""
    for edition in services.known_editions():
        _print({**_shown(edition), "in_force": services.in_force(edition)})


def _shown(edition: Edition) -> dict[str, Any]:
    until = edition.valid_to
    return {
        "edition": edition.name,
        "valid_from": edition.valid_from.isoformat(),
        "valid_to": until.isoformat() if until else None,
    }


def _day(option: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        _stop(2, f"{option} {text} is not a date; write YYYY-MM-DD.")


def _today() -> date:
    return clock.today(settings().default_zone)


def _say(hits: Iterable[Hit], **more: int) -> None:
    for hit in hits:
        line = {
            "code": hit.code,
            "number": hit.number,
            "name": hit.name,
            "path": hit.path,
            "score": hit.score,
            "words": list(hit.words),
        }
        _print({**more, **line})


def _print(line: dict[str, Any]) -> None:
    click.echo(json.dumps(line, ensure_ascii=False))


def _stop(code: int, sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(code)
