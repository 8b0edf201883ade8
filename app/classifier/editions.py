"""Editions of the classifier on disk: the shipped ones and those an installation imported."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from app.classifier.models import QUESTION, SUBQUESTION, Edition, Node
from app.errors import Invalid
from app.extensions import lazy_gettext as _

SHIPPED = Path(__file__).parents[2] / "classifier_data"
COLUMNS = ("code", "level", "kind", "assignable", "leaf", "name", "parent", "path")
_CODE = re.compile(r"\d{4}(?:\.\d{4}){3,4}")
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,40}")
LEVELS = ("1", "2", "3", "4", "5")
LARGEST_FILE = 50 * 1024 * 1024


def editions(folders: Iterable[Path]) -> list[Edition]:
    """All editions below `folders`, the one that begins last first.

    An edition ends on the eve of the one that follows it, and earlier where it says so.
    """
    found = [
        _described(path.parent)
        for folder in folders
        for path in sorted(folder.glob("*/edition.json"))
    ]
    found.sort(key=lambda edition: (edition.valid_from, edition.name), reverse=True)
    following: date | None = None
    for place, edition in enumerate(found):
        if following is not None:
            eve = following - timedelta(days=1)
            found[place] = replace(edition, valid_to=min(edition.valid_to or eve, eve))
        following = edition.valid_from
    return found


def load(edition: Edition) -> list[Node]:
    """Read the nodes of an edition in the order of its file."""
    content = (edition.folder / "classifier.csv").read_bytes()
    return read(content, _footnotes(edition.folder / "footnotes.csv"))


def read(content: bytes, footnotes: Mapping[str, tuple[str, str]] | None = None) -> list[Node]:
    """Read a classifier file; raise Invalid with the line that is wrong."""
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Invalid(_("The file is not a table in UTF-8 divided by semicolons.")) from error
    if not rows or not set(COLUMNS) <= set(rows[0]):
        message = _("The file must have the columns %(names)s.", names=", ".join(COLUMNS))
        raise Invalid(message)
    nodes = [_node(row, place, footnotes or {}) for place, row in enumerate(rows, start=2)]
    _check(nodes, {row["code"]: row["parent"] for row in rows})
    return nodes


def store(
    content: bytes, folder: Path, name: str, valid_from: date, valid_to: date | None = None
) -> Edition:
    """Keep a new edition below `folder`; raise Invalid when it is broken or there already.

    Editions are immutable: an appeal of today must find its words again in five years.
    """
    if not _NAME.fullmatch(name):
        raise Invalid(_("The name of an edition holds Latin letters, digits, dots and dashes."))
    if len(content) > LARGEST_FILE:
        raise Invalid(_("The file is too large for a classifier."))
    if valid_to is not None and valid_to < valid_from:
        raise Invalid(_("The last day of an edition cannot come before its first."))
    read(content)
    target = folder / name
    if target.exists() or (SHIPPED / name).exists():
        raise Invalid(_("There is an edition %(name)s already.", name=name))
    described = {
        "edition": name,
        "valid_from": valid_from.isoformat(),
        "valid_to": valid_to.isoformat() if valid_to else None,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    # The description is written last: without it the folder is no edition yet.
    target.mkdir(parents=True)
    (target / "classifier.csv").write_bytes(content)
    (target / "edition.json").write_text(json.dumps(described, indent=2), encoding="utf-8")
    return _described(target)


def _described(folder: Path) -> Edition:
    path = folder / "edition.json"
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        until = content.get("valid_to")
        return Edition(
            content["edition"],
            date.fromisoformat(content["valid_from"]),
            date.fromisoformat(until) if until else None,
            folder,
        )
    except (ValueError, KeyError, TypeError) as error:
        message = _("The description of the edition %(name)s is broken.", name=folder.name)
        raise Invalid(message) from error


def _footnotes(path: Path) -> Mapping[str, tuple[str, str]]:
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["number"]: (row["ru"], row["en"]) for row in csv.DictReader(file, delimiter=";")
        }


def _node(row: Mapping[str, Any], place: int, footnotes: Mapping[str, tuple[str, str]]) -> Node:
    code = row["code"] or ""
    if (
        not _CODE.fullmatch(code)
        or not row["name"]
        or row["level"] not in ("1", "2", "3", "4", "5")
    ):
        raise Invalid(_("Line %(line)d of the file is not a node of the classifier.", line=place))
    level = int(row["level"])
    parts = code.split(".")
    number = ".".join(parts[3:]) if level >= QUESTION else parts[level - 1]
    note, note_en = footnotes.get(number, (None, None)) if level == QUESTION else (None, None)
    return Node(
        code=code,
        number=number,
        name=row["name"].strip(),
        path=row["path"].strip(),
        level=level,
        assignable=row["assignable"] == "1" and level in (QUESTION, SUBQUESTION),
        footnote=note,
        footnote_en=note_en,
    )


def _check(nodes: list[Node], parents: Mapping[str, str]) -> None:
    codes = {node.code for node in nodes}
    if len(codes) < len(nodes):
        raise Invalid(_("A code occurs twice in the file."))
    lost = [code for code, parent in parents.items() if parent and parent not in codes]
    if lost:
        raise Invalid(_("The parent of %(code)s is not in the file.", code=lost[0]))
    if not any(node.assignable for node in nodes):
        raise Invalid(_("The file holds no question that could be assigned."))
