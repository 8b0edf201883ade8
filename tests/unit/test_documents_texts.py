"""The text of files: read by a process of its own, found by the search."""

import io
import shutil
import zipfile
from dataclasses import replace

import pytest
from PIL import Image, ImageDraw, ImageFont

from app.appeals import services
from app.appeals.commands import SearchQuery
from app.documents import extracting
from app.documents.extracting import kind_of, text_of
from app.documents.services import accept_upload
from app.outbox import services as outbox
from tests.unit.office import Office

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DOCX = f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>Акт осмотра кровли</w:t></w:r></w:p></w:body></w:document>'


def docx(content=DOCX):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("word/document.xml", content)
    return stream.getvalue()


FILES = {
    "note.txt": "Протечка в подвале".encode("cp1251"),
    "note8.txt": "\ufeffПротечка в подвале".encode(),
    "page.html": (
        "<html><style>p{}</style><script>alert('нет')</script>"
        "<p>Протечка <b>в подвале</b></p></html>"
    ).encode(),
}


@pytest.mark.parametrize("name", FILES)
def test_plain_files_are_read(app, name):
    said = text_of(io.BytesIO(FILES[name]), kind_of(name, "text/plain"))
    assert said.split() == ["Протечка", "в", "подвале"]


def test_office_files_and_letters_are_read(app):
    assert text_of(io.BytesIO(docx()), "docx").strip() == "Акт осмотра кровли"


@pytest.mark.parametrize("kind", ["pdf", "docx", "xlsx"])
def test_what_cannot_be_read_has_no_text(app, kind):
    assert text_of(io.BytesIO(b"%PDF-1.7 broken" * 40), kind) == ""
    assert text_of(io.BytesIO(b""), kind) == ""


RTF = rb"""{\rtf1\ansi\ansicpg1251\deff0{\fonttbl{\f0\fnil\fcharset204 Times;}{\f1\fcharset0 Arial;}}
{\info{\title \'f1\'ea\'f0\'fb\'f2\'ee}}{\*\generator Word;}{\pict\pngblip 89504e47}
\f0 \'cf\'f0\'ee\'f2\'e5\'f7\'ea\'e0 \'e2 \'ef\'ee\'e4\'e2\'e0\'eb\'e5\par
\uc2\u1040 ??\u1082 ??\u1090 ??{\f1 caf\'e9}\cell\u-10179 ??\u-8704 ??\{\'24\}}"""


def test_rich_text_is_read_in_its_own_code_pages_and_nothing_hidden_is(app):
    said = text_of(io.BytesIO(RTF), kind_of("заявление.rtf", "application/rtf"))
    assert said.split() == ["Протечка", "в", "подвале", "Акт" + "café", "\U0001f600{$}"]


@pytest.mark.parametrize(
    "content", [b"{\\rtf1 " + b"{" * 100_000, b"{\\rtf1\\u99999999 \\ansicpg77777\\'e0}", b"<html>"]
)
def test_hostile_rich_text_breaks_nothing(app, content):
    assert len(text_of(io.BytesIO(content), "rtf")) < 10


@pytest.fixture
def recogniser():
    if shutil.which("tesseract") is None:
        pytest.skip("tesseract-ocr: apt install tesseract-ocr tesseract-ocr-rus")


def a_scan():
    """A page as a scanner gives it: black letters on white, and nothing else."""
    font = ImageFont.load_default(size=64)
    page = Image.new("L", (1200, 300), 255)
    ImageDraw.Draw(page).text((60, 100), "WATER IN THE CELLAR", font=font, fill=0)
    return page


@pytest.mark.parametrize("name", ["scan.png", "scan.pdf"])
def test_a_scan_is_read_where_tesseract_is_installed(app, recogniser, name):
    content = io.BytesIO()
    a_scan().save(content, name.partition(".")[2].upper())
    media_type = "application/pdf" if name.endswith("pdf") else "image/png"
    content.seek(0)
    assert "CELLAR" in text_of(content, kind_of(name, media_type))


def test_without_tesseract_pictures_are_not_asked_and_the_card_says_so(either_app, monkeypatch):
    monkeypatch.setenv("PATH", "")
    page = io.BytesIO()
    a_scan().save(page, "PNG")
    page.seek(0)
    scan = accept_upload(page, "скан.png", owner="citizen")
    note = accept_upload(io.BytesIO(FILES["note8.txt"]), "записка.txt", owner="citizen")
    office = Office(either_app, files=[scan.id, note.id])
    office.settle()
    assert kind_of("скан.png", "image/png") == ""
    unread = services.unread(Office.person("registrar"), office.ref)
    names = {one.name for one in office.card().documents if one.id in unread}
    assert names == {"скан.png"}


def test_programs_are_not_asked():
    assert kind_of("x.bin", "application/octet-stream") == ""


def test_a_long_text_is_cut_and_not_misread(app, monkeypatch):
    monkeypatch.setattr(extracting.search, "LONGEST", 1001)
    said = text_of(io.BytesIO("ю".encode() * 5000 + b"z"), "text")
    assert set(said) == {"ю"}
    said = text_of(io.BytesIO(b"a" + "ю".encode() * 5000), "text")
    assert set(said[1:]) == {"ю"}


HARM = {
    "dies": "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
    "hangs": "import time; time.sleep(60)",
    "refuses": "raise ValueError",
}


@pytest.mark.parametrize("harm", HARM)
def test_a_reader_that_breaks_takes_nobody_along(app, tmp_path, monkeypatch, harm):
    program = tmp_path / "reader.py"
    program.write_text(f"def run(*arguments):\n    {HARM[harm]}\n")
    monkeypatch.setattr(extracting, "PROGRAM", program)
    monkeypatch.setattr(extracting, "BOUNDS", replace(extracting.BOUNDS, patience=2))
    office = Office(app, files=[accept_upload(io.BytesIO(docx()), "Акт.docx", owner="c").id])
    office.settle()  # the promise is kept, with no text
    assert services.search(Office.person("registrar"), SearchQuery(q="кровля осмотр")).total == 0
    office.register()


def test_a_reader_has_little_memory(app, monkeypatch):
    monkeypatch.setattr(extracting, "BOUNDS", replace(extracting.BOUNDS, memory=4 * 1024 * 1024))
    assert text_of(io.BytesIO(docx(DOCX.replace("Акт", "Акт" * 1_000_000))), "docx") == ""


def test_a_file_and_the_reply_are_found_by_what_they_say(either_app):
    sent = accept_upload(io.BytesIO(docx()), "Акт.docx", owner="citizen")
    office = Office(either_app, files=[sent.id])
    office.settle()
    assert outbox.list_parked() == []
    (hit,) = services.search(Office.person("registrar"), SearchQuery(q="кровля осмотр")).items
    assert hit.document
    assert [words for words, marked in hit.fragment if marked] == ["осмотра", "кровли"]
    office.register()
    office.assign("executor1")
    office.do("executor1", "accept_assignment")
    office.do("executor1", "report", text="Сделано")
    office.do("manager", "accept_report", decision="accept")
    office.do("executor1", "draft_reply", text="Контейнерная площадка передвинута к котельной.")
    office.do("approver", "approve_reply", decision="accept")
    office.do("signatory", "sign_reply")
    office.settle()
    (hit,) = services.search(Office.person("auditor"), SearchQuery(q="котельная площадка")).items
    assert hit.document
    # Who is not shown the names has no use of files, nor of what they say.
    assert services.search(Office.person("controller"), SearchQuery(q="котельная")).total == 0
    assert services.search(Office.person("controller"), SearchQuery(q="мусором")).total == 1
