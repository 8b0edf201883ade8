"""XLSX."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from app.reports.sheets.shapes import (
    DAY,
    FORMULAS,
    NUMBER,
    TEXT,
    Cell,
    Column,
    Row,
    Sheet,
    clean,
    parts,
)

_WRAPS_FROM = 28  # letters


def write(sheet: Sheet, path: Path) -> None:
    """A row at a time: strings stand in their cells and nothing is kept in memory."""
    # Loading it takes as long as to write a short table, and few commands write one.
    import xlsxwriter  # noqa: PLC0415

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "tmpdir": str(path.parent),
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": sheet.title})
        looks = {
            "heading": book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
            DAY: book.add_format({"num_format": "dd.mm.yyyy", "align": "left", "valign": "top"}),
            TEXT: book.add_format({"valign": "top"}),
            "long": book.add_format({"valign": "top", "text_wrap": True}),
            NUMBER: book.add_format({"valign": "top"}),
            # The mark of a text that only looks like a formula: it stays text when edited.
            "quoted": book.add_format({"valign": "top", "text_wrap": True, "quote_prefix": True}),
        }
        for number, rows in parts(sheet.rows):
            _fill(book.add_worksheet(str(number)), sheet, rows, looks)


def _fill(page: Any, sheet: Sheet, rows: Iterable[Row], looks: Mapping[str, Any]) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_header(f"&L{sheet.title.replace('&', '&&')[:200]}&R&P / &N")
    page.repeat_rows(0)
    page.freeze_panes(1, 0)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, str(column.title), looks["heading"])
    last = 0
    for last, row in enumerate(rows, start=1):
        for place, (cell, column) in enumerate(zip(row, sheet.columns, strict=True)):
            _put(page, last, place, cell, column, looks)
    page.autofilter(0, 0, last, len(sheet.columns) - 1)


def _put(
    page: Any, line: int, place: int, cell: Cell, column: Column, looks: Mapping[str, Any]
) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, date):
        page.write_datetime(line, place, cell, looks[DAY])
    elif isinstance(cell, str):
        text = clean(cell)
        plain = "long" if column.width >= _WRAPS_FROM else TEXT
        look = "quoted" if text.startswith(FORMULAS) else plain
        page.write_string(line, place, text, looks[look])
    else:
        page.write_number(line, place, cell, looks[NUMBER])
