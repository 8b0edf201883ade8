"""Tables as files that a spreadsheet opens: CSV, XLSX, ODS.

A file is written a row at a time, so that its length costs no memory. What a citizen wrote is text
in it and stays text: no spreadsheet takes it for a formula.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from app.reports.sheets import ods, plain, xlsx
from app.reports.sheets.shapes import (
    DAY,
    MEDIA_TYPES,
    NUMBER,
    TEXT,
    Cell,
    Column,
    Row,
    Sheet,
)

__all__ = ["DAY", "MEDIA_TYPES", "NUMBER", "TEXT", "Cell", "Column", "Row", "Sheet", "write"]

_WRITERS: Mapping[str, Callable[[Sheet, Path], None]] = {
    "xlsx": xlsx.write,
    "ods": ods.write,
    "csv": plain.write,
}


def write(sheet: Sheet, kind: str, path: Path) -> None:
    """Write the table to `path`; `kind` is a key of `MEDIA_TYPES`."""
    _WRITERS[kind](sheet, path)
