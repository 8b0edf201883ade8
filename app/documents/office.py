"""What an office file says, as plain blocks: headings, paragraphs, tables.

Read here are the texts alone. Pictures, fields, macros and links to elsewhere are left in the file,
so nothing of it can run or call home. Bounds hold against files that unpack to more than they
seem.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

LARGEST_PART = 32 * 1024 * 1024
MOST_BLOCKS = 2000
MOST_ROWS = 300
MOST_CELLS = 40
MOST_REPEATS = 100

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_P = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_O = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_T = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
#: Numbers of the built-in formats of dates in a spreadsheet.
_DATES = frozenset({*range(14, 23), *range(45, 48)})
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  # a day of a spreadsheet has no zone


class Unreadable(Exception):
    """The file is broken, or larger inside than it may be."""


@dataclass(frozen=True)
class Block:
    """`kind`: heading, paragraph or table; a table has `rows`, the others a `text`."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def read(path: Path, kind: str) -> tuple[list[Block], bool]:
    """The blocks of a docx, odt, xlsx or ods, and whether there are more; raises Unreadable."""
    try:
        with zipfile.ZipFile(path) as package:
            blocks = list(_first(_READERS[kind](package)))
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, ET.ParseError) as error:
        raise Unreadable from error
    return blocks[:MOST_BLOCKS], len(blocks) > MOST_BLOCKS


def rows(path: Path, *, most: int) -> list[tuple[str, ...]]:
    """The rows of all sheets of an xlsx, at most so many of each; raises Unreadable."""
    try:
        with zipfile.ZipFile(path) as package:
            return [row for one in _xlsx(package, most) for row in one.rows]
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, ET.ParseError) as error:
        raise Unreadable from error


def _first(blocks: Iterator[Block]) -> Iterator[Block]:
    for count, block in enumerate(blocks):
        if count > MOST_BLOCKS:
            return
        yield block


def _part(package: zipfile.ZipFile, name: str) -> Any:
    """The root of a part; raises Unreadable for a DTD and for more than may be."""
    with package.open(name) as stream:
        content = stream.read(LARGEST_PART + 1)
    # Entities swell and reach for other files; they need a DTD, which no office file has.
    if len(content) > LARGEST_PART or b"<!DOCTYPE" in content.replace(b"\x00", b""):
        raise Unreadable
    return ET.fromstring(content)  # noqa: S314  # there is no DTD in it


def _docx(package: zipfile.ZipFile) -> Iterator[Block]:
    body = _part(package, "word/document.xml").find(f"{_W}body")
    for one in body if body is not None else ():
        if one.tag == f"{_W}tbl":
            rows = (
                tuple(_w_text(cell) for cell in row.findall(f"{_W}tc"))
                for row in one.iter(f"{_W}tr")
            )
            yield _table(rows)
        elif text := _w_text(one):
            style = one.find(f"{_W}pPr/{_W}pStyle")
            named = "" if style is None else str(style.get(f"{_W}val", ""))
            heading = named.lower().startswith(("heading", "title", "1", "2", "3"))
            yield Block("heading" if heading else "paragraph", text)


def _w_text(element: Any) -> str:
    said = []
    for one in element.iter():
        if one.tag == f"{_W}t":
            said.append(one.text or "")
        elif one.tag == f"{_W}tab":
            said.append("\t")
        elif said and one.tag in (f"{_W}br", f"{_W}p"):
            said.append("\n")
    return "".join(said).strip()


def _odf(package: zipfile.ZipFile) -> Iterator[Block]:
    body = _part(package, "content.xml").find(f"{_O}body")
    yield from _odf_blocks(body if body is not None else ())


def _odf_blocks(parent: Any) -> Iterator[Block]:
    for one in parent:
        if one.tag == f"{_TABLE}table":
            if name := one.get(f"{_TABLE}name"):
                yield Block("heading", name)
            yield _table(map(_odf_row, one.iter(f"{_TABLE}table-row")))
        elif one.tag in (f"{_T}h", f"{_T}p"):
            if text := "".join(one.itertext()).strip():
                yield Block("heading" if one.tag == f"{_T}h" else "paragraph", text)
        else:
            yield from _odf_blocks(one)


def _odf_row(row: Any) -> tuple[str, ...]:
    cells: list[str] = []
    for cell in row.iter(f"{_TABLE}table-cell"):
        text = "\n".join("".join(each.itertext()) for each in cell.iter(f"{_T}p"))
        repeats = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        cells += [text] * min(repeats, MOST_REPEATS if text else 1)
    return tuple(cells)


def _xlsx(package: zipfile.ZipFile, most: int = MOST_ROWS) -> Iterator[Block]:
    names = package.namelist()
    shared: list[str] = []
    if "xl/sharedStrings.xml" in names:
        shared = [
            "".join(each.text or "" for each in one.iter(f"{_S}t"))
            for one in _part(package, "xl/sharedStrings.xml").iter(f"{_S}si")
        ]
    dates = _date_styles(package) if "xl/styles.xml" in names else frozenset()
    targets = {
        one.get("Id"): str(one.get("Target")).lstrip("/").removeprefix("xl/")
        for one in _part(package, "xl/_rels/workbook.xml.rels").iter(f"{_P}Relationship")
    }
    for sheet in _part(package, "xl/workbook.xml").iter(f"{_S}sheet"):
        yield Block("heading", str(sheet.get("name", "")))
        root = _part(package, f"xl/{targets[sheet.get(f'{_R}id')]}")
        rows = (
            tuple(_x_text(cell, shared, dates) for cell in row.iter(f"{_S}c"))
            for row in root.iter(f"{_S}row")
        )
        yield _table(rows, most)


def _date_styles(package: zipfile.ZipFile) -> frozenset[int]:
    """Places of the cell styles that write a number as a date."""
    root = _part(package, "xl/styles.xml")
    own = {
        int(one.get("numFmtId"))
        for one in root.iter(f"{_S}numFmt")
        if {"d", "m", "y"} & set(str(one.get("formatCode", "")).lower().split(";")[0])
    }
    used = root.find(f"{_S}cellXfs")
    return frozenset(
        place
        for place, one in enumerate(used if used is not None else ())
        if int(one.get("numFmtId", "0")) in _DATES | own
    )


def _x_text(cell: Any, shared: list[str], dates: frozenset[int]) -> str:
    kind, value = cell.get("t"), cell.findtext(f"{_S}v") or ""
    if kind == "s" and value:
        return shared[int(value)]
    if kind == "inlineStr":
        return "".join(each.text or "" for each in cell.iter(f"{_S}t"))
    if kind in (None, "n") and value and int(cell.get("s", "0")) in dates:
        days = float(value)
        if 0 < days < 2_958_466:  # the last day a spreadsheet knows
            return f"{_EPOCH + timedelta(days=days):%d.%m.%Y}"
    return value


def _table(rows: Iterator[tuple[str, ...]], most: int = MOST_ROWS) -> Block:
    kept = []
    for row in rows:
        if any(row):
            kept.append(row[:MOST_CELLS])
        if len(kept) > most:
            break
    return Block("table", rows=tuple(kept))


_READERS = {"docx": _docx, "odt": _odf, "ods": _odf, "xlsx": _xlsx}
