"""Documents shown in the page: what is drawn, what is read, and what is refused in words."""

import io
import zipfile

import pytest
import typst
from PIL import Image
from pypdf import PdfReader, PdfWriter

from app.documents import office, previewing
from app.documents.previewing import BROKEN, OF_NO_KIND, TOO_LARGE, preview

PDF = "application/pdf"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "table")
)


@pytest.fixture(autouse=True)
def within(app):
    return app


@pytest.fixture(scope="module")
def two_pages():
    return typst.compile(b"First leaf #pagebreak() Second leaf")


def look(content, name, media_type="application/octet-stream", page=1):
    return preview(io.BytesIO(content), name, media_type, len(content), page)


def packed(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name.replace("__", "/"), text)
    return file.getvalue()


def picture(kind="PNG", size=(40, 30), **more):
    file = io.BytesIO()
    Image.new("RGBA" if kind == "PNG" else "RGB", size).save(file, kind, **more)
    return file.getvalue()


def test_a_pdf_is_drawn_page_by_page(two_pages):
    second = look(two_pages, "a.pdf", PDF, page=2)
    assert (second.page, second.pages, second.trouble) == (2, 2, "")
    assert "Second leaf" in second.text
    assert abs(Image.open(io.BytesIO(second.picture)).width - previewing.WIDTH) <= 1
    assert look(two_pages, "a.pdf", PDF, page=99).page == 2


def test_what_cannot_be_read_is_said_in_words(two_pages):
    locked = PdfWriter(PdfReader(io.BytesIO(two_pages)))
    locked.encrypt("secret")
    file = io.BytesIO()
    locked.write(file)
    for content in (b"%PDF-1.7 nothing", two_pages[:200], file.getvalue()):
        assert look(content, "a.pdf", PDF).trouble == BROKEN
    assert look(b"PK\x03\x04 broken", "a.docx").trouble == BROKEN
    assert look(b"\x00\x01\x02", "a.txt").trouble == BROKEN
    assert look(b"GIF89a", "a.gif", "image/gif").trouble == BROKEN
    assert look(b"x", "a.exe").trouble == OF_NO_KIND
    large = previewing.LARGEST + 1
    assert preview(io.BytesIO(b""), "a.pdf", PDF, large).trouble == TOO_LARGE


def test_a_picture_larger_inside_than_it_seems_is_not_unpacked():
    bomb = picture(size=(20_000, 20_000))
    assert len(bomb) < 3_000_000
    assert look(bomb, "a.png", "image/png").trouble == BROKEN


def test_pictures_are_drawn_anew_and_scans_turned_over():
    shown = look(picture(), "a.png", "image/png")
    assert shown.picture.startswith(b"\xff\xd8")
    assert Image.open(io.BytesIO(shown.picture)).getpixel((0, 0)) == (255, 255, 255)
    more = [Image.new("RGB", (9, 9), "red")]
    scan = picture("TIFF", save_all=True, append_images=more)
    shown = look(scan, "a.tif", "image/tiff", page=2)
    assert (shown.page, shown.pages) == (2, 2)
    assert Image.open(io.BytesIO(shown.picture)).getpixel((0, 0))[0] > 200


def test_of_rich_text_and_saved_pages_the_words_are_shown():
    rich = rb"{\rtf1\ansi\ansicpg1251 \u1040?\u1082?\u1090?\par {\b 14}}"
    assert look(rich, "акт.rtf", "application/rtf").text.split() == ["Акт", "14"]
    saved = "<style>p {}</style><script>alert(1)</script><p>Объявление</p>".encode()
    assert look(saved, "a.HTM", "text/html").text == "Объявление"
    assert look(b"no rich text", "a.rtf").trouble == BROKEN
    long = look(b"{\\rtf1 " + b"x" * (previewing.MOST_TEXT + 9) + b"}", "a.rtf")
    assert (len(long.text), long.more) == (previewing.MOST_TEXT, True)


def test_office_files_are_read_as_plain_blocks():
    docx = packed(
        word__document__xml="",
        **{
            "word/document.xml": f"<w:document {W}><w:body><w:p><w:pPr><w:pStyle w:val='Heading1'/>"
            "</w:pPr><w:r><w:t>Глава</w:t></w:r></w:p><w:p><w:r><w:t>&lt;b&gt;Слово</w:t></w:r></w:p>"
            "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>а</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>б"
            "</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>"
        },
    )
    blocks = look(docx, "a.docx").blocks
    assert [(one.kind, one.text) for one in blocks[:2]] == [
        ("heading", "Глава"), ("paragraph", "<b>Слово"),
    ]  # fmt: skip
    assert blocks[2].rows == (("а", "б"),)
    body = "<text:p>Слово <text:span>другое</text:span></text:p>"
    table = (
        "<table:table table:name='Лист'><table:table-row><table:table-cell"
        " table:number-columns-repeated='2'><text:p>7</text:p></table:table-cell>"
        "</table:table-row></table:table>"
    )
    content = (
        f"<office:document-content {ODF}><office:body><office:text>{body}{table}</office:text>"
        "</office:body></office:document-content>"
    )
    blocks = look(packed(**{"content.xml": content}), "a.odt").blocks
    assert [one.text for one in blocks] == ["Слово другое", "Лист", ""]
    assert blocks[2].rows == (("7", "7"),)


def test_a_spreadsheet_writes_its_dates_as_dates():
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    file = packed(**{
        "xl/workbook.xml": f"<workbook {S} {R}><sheets><sheet name='Лист' r:id='r1'/></sheets>"
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships xmlns='{relations}'>"
        "<Relationship Id='r1' Target='worksheets/one.xml'/></Relationships>",
        "xl/sharedStrings.xml": f"<sst {S}><si><t>Дата</t></si></sst>",
        "xl/styles.xml": f"<styleSheet {S}><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/>"
        "</cellXfs></styleSheet>",
        "xl/worksheets/one.xml": f"<worksheet {S}><sheetData><row><c t='s'><v>0</v></c>"
        "<c s='1'><v>45658</v></c><c><v>5</v></c></row></sheetData></worksheet>",
    })  # fmt: skip
    heading, table = look(file, "a.xlsx").blocks
    assert heading.text == "Лист"
    assert table.rows == (("Дата", "01.01.2025", "5"),)


def test_an_office_file_neither_reads_others_nor_swells(monkeypatch):
    entity = (
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
        f"<w:document {W}><w:body><w:p><w:r><w:t>a&e;b</w:t></w:r></w:p></w:body></w:document>"
    )
    for spelling in ("utf-8", "utf-16"):
        attack = packed(**{"word/document.xml": entity.encode(spelling)})
        assert look(attack, "a.docx").trouble == BROKEN
    monkeypatch.setattr(office, "LARGEST_PART", 1000)
    bomb = packed(**{"word/document.xml": " " * 100_000})
    assert look(bomb, "a.docx").trouble == BROKEN


def test_text_is_read_whatever_its_spelling():
    assert look("Слово".encode("cp1251"), "a.txt").text == "Слово"
    assert look("Слово".encode("utf-8-sig"), "a.txt").text == "Слово"
    assert look("Слово".encode("utf-16"), "a.txt").text == "Слово"
    long = look("я".encode() * previewing.MOST_TEXT, "a.txt")
    assert long.more
    assert set(long.text) == {"я"}
