"""Tables as files: read back by a reader that is not ours, hostile cells and long tables."""

import csv
import io
import tracemalloc
import zipfile
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from app.reports import sheets
from app.reports.sheets import DAY, NUMBER, Column, Sheet, shapes

COLUMNS = (Column("№", 6, NUMBER), Column("Дата", 11, DAY), Column("Текст", 40))
#: What spreadsheets have been made to run, and what only looks like it.
FORMULAS = (
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.org","here")',
    "+7 900 000-00-00",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "＝1+1",  # a wide sign, which Excel takes too
)


def written(tmp_path, kind, rows, columns=COLUMNS, title="Журнал & прочее"):
    path = tmp_path / f"table.{kind}"
    sheets.write(Sheet(title, columns, iter(rows)), kind, path)
    return path


def cells(path, place=0):
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(place).to_python()


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_what_was_written_is_read_back(tmp_path, kind):
    rows = [
        (1, date(2026, 1, 2), "Улица Мира, д. 5 <корп. 2> & двор"),
        (2.5, None, "первая строка\n  вторая   с пробелами"),
        (None, date(1999, 12, 31), ""),
    ]
    heading, *found = cells(written(tmp_path, kind, rows))
    assert heading == ["№", "Дата", "Текст"]
    assert found == [["" if one is None else one for one in row] for row in rows]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
@pytest.mark.parametrize("text", FORMULAS)
def test_no_spreadsheet_takes_a_text_for_a_formula(tmp_path, kind, text):
    path = written(tmp_path, kind, [(1, None, text)])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    content = parts.get("content.xml") or parts["xl/worksheets/sheet1.xml"]
    assert "<f>" not in content
    assert "table:formula" not in content
    # Its reader of ODS drops a tab.
    assert cells(path)[1][2].strip() == text.strip()


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_looks_like_a_formula_is_quoted_in_csv(tmp_path, text):
    path = written(tmp_path, "csv", [(1, date(2026, 1, 2), text), (2.5, None, "простой")])
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig")), delimiter=";"))
    assert rows[1] == ["1", "02.01.2026", f"'{text}"]
    assert rows[2] == ["2,5", "", "простой"]


@pytest.mark.parametrize("kind", ["xlsx", "ods", "csv"])
def test_what_no_file_can_hold_is_left_out(tmp_path, kind):
    path = written(tmp_path, kind, [(1, None, "до\x00\x0b\ud800после" + "я" * 40_000)])
    if kind == "csv":
        assert "после" in path.read_text("utf-8-sig")
    else:
        text = cells(path)[1][2]
        assert text.startswith("допосле")
        assert len(text) == shapes.LONGEST_TEXT


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_an_empty_table_has_its_heading(tmp_path, kind):
    assert cells(written(tmp_path, kind, [])) == [["№", "Дата", "Текст"]]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_what_one_sheet_cannot_hold_goes_on_the_next(tmp_path, kind, monkeypatch):
    monkeypatch.setattr(shapes, "ROWS_OF_SHEET", 3)
    path = written(tmp_path, kind, [(number, None, "") for number in range(7)])
    found = [cells(path, place) for place in range(3)]
    assert [[row[0] for row in one[1:]] for one in found] == [[0, 1, 2], [3, 4, 5], [6]]
    assert all(one[0] == ["№", "Дата", "Текст"] for one in found)
    assert len(CalamineWorkbook.from_path(str(path)).sheet_names) == 3


@pytest.mark.parametrize("kind", ["xlsx", "ods", "csv"])
def test_a_long_table_costs_no_memory(tmp_path, kind):
    columns = [Column(f"столбец {place}", 20) for place in range(10)]

    def most(length):
        tracemalloc.start()
        written(tmp_path, kind, (["слово " * 5] * 10 for _ in range(length)), columns)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    most(10)
    assert most(3000) < 1.5 * most(300)
