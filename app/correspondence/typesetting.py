"""Templates that people changed are set in type in the workshop (see `setter.py`)."""

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.correspondence.shapes import Fault
from app.documents import blobs, workshop

PROGRAM = Path(__file__).with_name("setter.py")
BOUNDS = workshop.Bounds(patience=60, seconds=20, memory=1000 * 1024 * 1024)
#: Kept for decades, and read aloud to those who do not see: what breaks either is refused.
STANDARDS: list[Any] = ["a-2b", "ua-1"]

_TOLD = re.compile(
    r"(error|warning): (?P<message>(?:.|\n)*?)\n\s+┌─ (?P<path>.*?):(?P<line>\d+):(?P<column>\d+)"
)
_PACKAGE = "failed to download package"


@dataclass(frozen=True)
class Made:
    """A sheet in type, or its `faults`; `pages` are PNG, the first ones of `count`."""

    pdf: bytes = b""
    pages: tuple[bytes, ...] = ()
    count: int = 0
    text: str = ""
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


def typeset(
    sheets: Sequence[tuple[str, Mapping[str, Any]]],
    templates: Mapping[str, str],
    *,
    moment: datetime,
    pages: int = 0,
) -> list[Made]:
    """Set sheets, each by the template of the file named before it; with pictures of some pages."""
    asked = {
        "sheets": [{"file": file, "sheet": sheet} for file, sheet in sheets],
        "standards": STANDARDS,
        "timestamp": int(moment.timestamp()),
        "pages": pages,
    }
    with blobs.spool() as folder:
        for name, text in templates.items():
            (Path(folder) / name).write_text(text, "utf-8")
        given = json.dumps(asked, ensure_ascii=False)
        try:
            done = workshop.run(PROGRAM, folder, given, bounds=BOUNDS)
        except (workshop.Refused, workshop.Broken):
            return [_too_much()] * len(sheets)
    return [_made(one) for one in json.loads(done)["made"]]


def _too_much() -> Made:
    return Made(faults=(Fault("It takes too much time or memory.", code="time"),))


def _made(told: Mapping[str, Any]) -> Made:
    if "faults" in told:
        return Made(faults=tuple(one for each in told["faults"] for one in _faults(each)))
    return Made(
        pdf=base64.b64decode(told["pdf"]),
        pages=tuple(base64.b64decode(one) for one in told.get("pages", ())),
        count=told.get("count", 0),
        text=told.get("text", ""),
        warnings=tuple(one for each in told["warnings"] for one in _faults(each)),
    )


def _faults(told: Mapping[str, str]) -> Iterator[Fault]:
    """What Typst says, taken apart; it names files from wherever it was started."""
    found = list(_TOLD.finditer(told["diagnostic"]))
    for one in found:
        code = "package" if one["message"].startswith(_PACKAGE) else ""
        name = one["path"].rsplit("/", 1)[-1]
        yield Fault(one["message"].strip(), name, int(one["line"]), int(one["column"]), code)
    if not found:
        yield Fault(told["message"])
