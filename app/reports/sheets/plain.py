"""CSV."""

import csv
from datetime import date
from pathlib import Path

from app.reports.sheets.shapes import FORMULAS, Cell, Sheet


def write(sheet: Sheet, path: Path) -> None:
    """With a mark, semicolons and decimal commas, as Excel expects here."""
    with path.open("w", encoding="utf-8-sig", newline="", errors="replace") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(map(harmless, sheet.heading))
        writer.writerows(map(_spelt, row) for row in sheet.rows)


def harmless(text: str) -> str:
    """A text as a CSV file may hold it: an apostrophe before what would be a formula."""
    return f"'{text}" if text.startswith(FORMULAS) else text


def _spelt(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, float):
        return str(value).replace(".", ",")
    return harmless(value) if isinstance(value, str) else str(value)
