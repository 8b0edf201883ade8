"""What a table is, and what its cells may hold."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from typing import Any

Cell = str | int | float | date | None
Row = Sequence[Cell]

TEXT, DAY, NUMBER = "text", "day", "number"
MEDIA_TYPES: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": "text/csv",
}
#: Rows below the heading that one sheet takes: Excel and LibreOffice end at 2 to the power of 20.
ROWS_OF_SHEET = 1_000_000
LONGEST_TEXT = 32_767  # letters of a cell, in Excel
#: What a spreadsheet takes for the beginning of a formula, also as East Asian keyboards type it.
FORMULAS = tuple("=+-@\t\r\n＝＋－＠")
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Column:
    """`width` in letters; `kind` is TEXT, DAY or NUMBER."""

    title: Any
    width: int = 16
    kind: str = TEXT


@dataclass(frozen=True)
class Sheet:
    """What is written: `title` stands above each printed page."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Row]

    @property
    def heading(self) -> list[str]:
        return [str(one.title) for one in self.columns]


def clean(text: str) -> str:
    """Without what XML cannot hold, and no longer than a cell may be."""
    return _NO_TEXT.sub("", text)[:LONGEST_TEXT]


def parts(rows: Iterable[Row]) -> Iterable[tuple[int, Iterable[Row]]]:
    """The rows in pieces that fit on a sheet, numbered from 1; an empty table has one piece."""
    left, number = iter(rows), 0
    first: Row | None = next(left, None)
    while first is not None or number == 0:
        number += 1
        begun = [] if first is None else [first]
        yield number, chain(begun, islice(left, ROWS_OF_SHEET - len(begun)))
        first = next(left, None)
