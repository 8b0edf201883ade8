"""ODS.

The libraries for OpenDocument build the whole table in memory before they write it: a hundred
thousand rows take gigabytes. The few elements of a plain table are written here as they come.
"""

import re
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from app.reports.sheets.shapes import MEDIA_TYPES, Cell, Column, Sheet, clean, parts

_ODS = MEDIA_TYPES["ods"]
_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{urn}:1.0"'
    for name, urn in (
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("number", "datastyle"),
        ("fo", "xsl-fo-compatible"),
        ("config", "config"),
        ("manifest", "manifest"),
    )
)
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_CENTIMETRES = 0.2  # a letter
_MANIFEST = (
    f'{_XML}<manifest:manifest {_SPACES} manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS}"/>'
    + "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml"/>'
        for name in ("content.xml", "styles.xml", "settings.xml")
    )
    + "</manifest:manifest>"
)
_SETTING = '<config:config-item config:name="{}" config:type="{}">{}</config:config-item>'
_FROZEN = "".join(
    _SETTING.format(*one)
    for one in (
        ("VerticalSplitMode", "short", 2),
        ("VerticalSplitPosition", "int", 1),
        ("PositionBottom", "int", 1),
        ("ActiveSplitRange", "short", 2),
    )
)


def write(sheet: Sheet, path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        # Not packed and first, so that a program knows the file by its beginning.
        archive.writestr(zipfile.ZipInfo("mimetype"), _ODS, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        archive.writestr("styles.xml", _styles(sheet.title))
        with archive.open("content.xml", "w", force_zip64=True) as content:
            filled = _fill(content, sheet)
        archive.writestr("settings.xml", _settings(filled))


def _fill(content: IO[bytes], sheet: Sheet) -> list[int]:
    """Write the sheets; how many rows each has."""

    def put(text: str) -> None:
        content.write(text.encode())

    put(f'{_XML}<office:document-content {_SPACES} office:version="1.3">')
    put(_automatic(sheet.columns))
    put("<office:body><office:spreadsheet>")
    filled = list[int]()
    heading = "".join(map(_heading, sheet.heading))
    for number, rows in parts(sheet.rows):
        put(f'<table:table table:name="{number}" table:style-name="ta">')
        for place in range(len(sheet.columns)):
            put(f'<table:table-column table:style-name="co{place}"/>')
        put("<table:table-header-rows><table:table-row>")
        put(heading)
        put("</table:table-row></table:table-header-rows>")
        count = 0
        for row in rows:
            put(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>")
            count += 1
        put("</table:table>")
        filled.append(count)
    end = _letters(len(sheet.columns))
    ranges = "".join(
        f'<table:database-range table:name="filter{number}" table:display-filter-buttons="true"'
        f" table:target-range-address=\"'{number}'.A1:'{number}'.{end}{count + 1}\"/>"
        for number, count in enumerate(filled, start=1)
    )
    put(f"<table:database-ranges>{ranges}</table:database-ranges>")
    put("</office:spreadsheet></office:body></office:document-content>")
    return filled


def _automatic(columns: Sequence[Column]) -> str:
    widths = "".join(
        f'<style:style style:name="co{place}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{one.width * _CENTIMETRES:.2f}cm"/>'
        "</style:style>"
        for place, one in enumerate(columns)
    )
    return (
        "<office:automatic-styles>"
        f"{widths}"
        '<style:style style:name="ta" style:family="table" style:master-page-name="Default"/>'
        '<number:date-style style:name="day"><number:day number:style="long"/>'
        "<number:text>.</number:text>"
        '<number:month number:style="long"/><number:text>.</number:text>'
        '<number:year number:style="long"/></number:date-style>'
        '<style:style style:name="head" style:family="table-cell">'
        '<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"/>'
        '<style:text-properties fo:font-weight="bold"/></style:style>'
        '<style:style style:name="text" style:family="table-cell">'
        '<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"/>'
        "</style:style>"
        '<style:style style:name="on" style:family="table-cell" style:data-style-name="day">'
        '<style:table-cell-properties style:vertical-align="top"/>'
        '<style:paragraph-properties fo:text-align="start"/></style:style>'
        "</office:automatic-styles>"
    )


def _styles(title: str) -> str:
    return (
        f'{_XML}<office:document-styles {_SPACES} office:version="1.3">'
        '<office:styles><style:style style:name="Default" style:family="table-cell"/>'
        "</office:styles><office:automatic-styles>"
        '<style:page-layout style:name="page"><style:page-layout-properties'
        ' fo:page-width="29.7cm" fo:page-height="21cm" style:print-orientation="landscape"'
        ' style:scale-to-X="1" style:scale-to-Y="0"/></style:page-layout>'
        "</office:automatic-styles><office:master-styles>"
        '<style:master-page style:name="Default" style:page-layout-name="page">'
        f"<style:header>{_paragraphs(title)}</style:header></style:master-page>"
        "</office:master-styles></office:document-styles>"
    )


def _settings(filled: Sequence[int]) -> str:
    """The heading of each sheet stays in sight."""
    sheets = "".join(
        f'<config:config-item-map-entry config:name="{number}">{_FROZEN}'
        "</config:config-item-map-entry>"
        for number, _rows in enumerate(filled, start=1)
    )
    return (
        f'{_XML}<office:document-settings {_SPACES} office:version="1.3"><office:settings>'
        '<config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        f'<config:config-item-map-named config:name="Tables">{sheets}'
        "</config:config-item-map-named></config:config-item-map-entry>"
        "</config:config-item-map-indexed></config:config-item-set></office:settings>"
        "</office:document-settings>"
    )


def _heading(text: str) -> str:
    return _string("head", text)


def _cell(value: Cell) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, date):
        return (
            '<table:table-cell table:style-name="on" office:value-type="date"'
            f' office:date-value="{value:%Y-%m-%d}"><text:p>{value:%d.%m.%Y}</text:p>'
            "</table:table-cell>"
        )
    if isinstance(value, str):
        return _string("text", value)
    return (
        f'<table:table-cell office:value-type="float" office:value={quoteattr(str(value))}>'
        f"<text:p>{value}</text:p></table:table-cell>"
    )


def _string(look: str, text: str) -> str:
    return (
        f'<table:table-cell table:style-name="{look}" office:value-type="string">'
        f"{_paragraphs(text)}</table:table-cell>"
    )


def _paragraphs(text: str) -> str:
    lines = clean(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "".join(f"<text:p>{_spaced(escape(line))}</text:p>" for line in lines)


def _spaced(text: str) -> str:
    """Spaces and tabs that XML would fold, as OpenDocument spells them."""
    text = text.replace("\t", "<text:tab/>")
    return re.sub("^ | {2,}", lambda found: f'<text:s text:c="{len(found[0])}"/>', text)


def _letters(number: int) -> str:
    """The name of a column, counted from 1: A, Z, AA."""
    name = ""
    while number:
        number, left = divmod(number - 1, 26)
        name = chr(ord("A") + left) + name
    return name
