"""Files made to do harm: refused with a word, cleaned, or marked; never a reason to lose an appeal."""

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from app.appeals import services as appeals
from app.database import reading
from app.documents import cleaning, services, workshop
from app.documents.inspecting import MACROS, SCRIPT
from app.documents.models import Blob
from app.errors import Invalid
from tests.unit.office import Office

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF\n"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return out.getvalue()


def picture(kind="JPEG", **more):
    out = io.BytesIO()
    Image.new("RGB", (64, 32), "green").save(out, kind, **more)
    return out.getvalue()


def photo():
    """A photograph that knows where and by what it was taken, and lies on its side."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera of Мария"
    exif.get_ifd(0x8825)[2] = (55.0, 45.0, 7.0)
    return picture(exif=exif)


def overlapping():
    """An archive whose many entries share one body: more is listed than there is."""
    body = zlib.compress(b"\0" * 1_000_000)[2:-4]
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 0, 0, len(body), 1_000_000, 1, 0)
    first = local + b"a" + body
    listed = b"".join(
        struct.pack(
            "<IHHHHHHIIIHHHHHII",
            *(0x02014B50, 20, 20, 0, 8, 0, 0, 0, len(body), 1_000_000, 1, 0, 0, 0, 0, 0, 0),
        )
        + b"a"
        for _each in range(100)
    )
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 100, 100, len(listed), len(first), 0)
    return first + listed + end


REFUSED = {
    "пусто.pdf": b"",
    "вирус.txt": EICAR,
    "бомба.zip": zipped(a_txt=b"\0" * 60_000_000),
    "наложение.zip": overlapping(),
    "огромный.zip": zipped(a_txt=b"a")[:-22]
    + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 65535, 65535, 64 * 1024 * 1024, 0, 0),
    "рисунок.svg": b"<?xml version='1.0'?><svg xmlns='x'><script>alert(1)</script></svg>",
    "щелчок.svg": b"<svg xmlns='x' onload = 'alert(1)'/>",
    "широкий.svg": "<svg><script>1</script></svg>".encode("utf-16"),
    "сущность.svg": b"<!DOCTYPE s [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg>&x;</svg>",
    "поздний.svg": b"<svg>" + b"<g/>" * 600_000 + b"<script/></svg>",
    "имя.pdf": b"<svg><script>1</script></svg>",
    "два.pdf": PDF + zipped(a_html="<script>"),
    "два.jpg": picture() + zipped(a_class="x"),
    "страница.gif": b"GIF89a/*<script>alert(1)</script>*/=1;",
    "иной.png": b"\x89PNG\r\n\x1a\n%PDF-1.7 obj",
    "обмен.zip": zipped(a_pdf=b"x")[:4] + b"%PDF-1.4" + zipped(b_txt=b"y"),
}


def sent(content, name, **more):
    return services.accept_upload(io.BytesIO(content), name, owner="site:1", **more)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_made_to_do_harm_is_refused_by_name(app, name):
    with pytest.raises(Invalid) as refusal:
        sent(REFUSED[name], name)
    (said,) = refusal.value.fields["file"]
    assert name in str(said)


HARMLESS = {
    "фото.jpg": picture(),
    "лист.pdf": PDF,
    "вложение.pdf": PDF[:20] + zipped(a_txt="вложение") + PDF[20:] + b"\n" * 70_000,
    "архив.zip": zipped(a_txt="текст", b_txt="ещё" * 1000),
    "повтор.zip": zipped(a_txt=b"\0" * 40_000_000),
    "битый.zip": b"PK\x03\x04 broken" + zipped(a_txt="x")[-22:],
    "план.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>",
    "письмо.txt": "<onload= не программа, а текст".encode()[1:],
    "пример.docx": zipped(word__document_xml="<w/>"),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_only_looks_so_is_taken(app, name):
    upload = sent(HARMLESS[name], name)
    assert marks(upload) == []


MARKED = {
    "с макросами.docx": (zipped(word__document_xml="<w/>", word__vbaProject_bin="x"), MACROS),
    "таблица.xlsm": (zipped(xl__workbook_xml="<x/>", xl__vbaProject_bin="x"), MACROS),
    "записка.odt": (zipped(content_xml="<x/>", Basic__Standard__Module1_xml="Sub"), MACROS),
    "старый.doc": (OLE + b"\0" * 2_000_000 + "_VBA_PROJECT".encode("utf-16-le"), MACROS),
    "анкета.pdf": (PDF + b"<< /S /JavaScript /JS (app.alert(1)) >>", SCRIPT),
    "страница.html": (b"\xef\xbb\xbf <html><body onload=x()></body></html>", SCRIPT),
}


def marks(upload):
    with reading() as session:
        return session.get(Blob, upload.sha256).marks


@pytest.mark.parametrize("name", MARKED)
def test_what_could_run_is_taken_and_marked(app, name):
    content, mark = MARKED[name]
    assert marks(sent(content, name)) == [mark]


def test_marks_are_told_to_staff_and_to_the_citizen(app):
    upload = sent(MARKED["таблица.xlsm"][0], "таблица.xlsm")
    office = Office(app, files=[upload.id])
    (file,) = appeals.card(Office.person("registrar"), office.ref).documents
    assert "макросы" in file.check.told
    assert "не проверено" in file.check.told
    (line,) = appeals.status(office.ref, office.receipt.access_code).files
    assert line.check.told == file.check.told


# ---- pictures ----------------------------------------------------------------------------------


def the_document(office):
    return appeals.card(Office.person("registrar"), office.ref).documents[0]


def test_a_picture_is_handed_out_without_what_the_camera_wrote(make_app, tmp_path):
    app = make_app(pictures_cleaned=True)
    content = photo()
    with app.app_context():
        upload = sent(content, "фото.jpg")
        office = Office(app, files=[upload.id])
        document = the_document(office)
        assert document.sha256 == upload.sha256  # what the receipt says is what was sent
        opened = appeals.open_document(Office.person("registrar"), document.id)
        with opened.stream as stream:
            copy = stream.read()
        assert len(copy) == opened.size
        shown = Image.open(io.BytesIO(copy))
        assert not shown.getexif()
        assert b"Camera" not in copy
        assert shown.size == (32, 64)  # upright, as it was meant to be looked at
        run = app.test_cli_runner().invoke(
            args=["documents", "original", str(document.id), str(tmp_path)]
        )
        assert run.exit_code == 0, run.output
        assert (tmp_path / upload.sha256).read_bytes() == content


def test_a_picture_that_came_before_is_handed_out_clean_too(make_app):
    with make_app().app_context():
        office = Office(None, files=[sent(photo(), "фото.jpg").id])
        document = the_document(office)
    with make_app(pictures_cleaned=True).app_context():
        opened = appeals.open_document(Office.person("registrar"), document.id)
        with opened.stream as stream:
            assert b"Camera" not in stream.read()


def test_a_copy_goes_with_its_original(make_app):
    with make_app(pictures_cleaned=True).app_context():
        upload = sent(photo(), "фото.jpg")
        from app.documents import store

        assert len(list(store.files().names())) == 2
        services.discard_upload(upload.id, owner="site:1")
        assert list(store.files().names()) == []


def test_a_broken_picture_is_refused_where_copies_are_made(make_app):
    with make_app(pictures_cleaned=True).app_context(), pytest.raises(Invalid):
        sent(photo()[:200], "фото.jpg")


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("PNG", "image/png"), ("GIF", "image/gif"), ("TIFF", "image/tiff"), ("WEBP", "image/webp")],
)
def test_every_kind_is_painted_anew(app, kind, media_type):
    copy = Image.open(io.BytesIO(cleaning.painted(io.BytesIO(picture(kind)), media_type)))
    assert copy.size == (64, 32)


def test_all_sheets_of_a_scan_are_kept(app):
    sheets = [Image.new("L", (20, 20), shade) for shade in (0, 128, 255)]
    scan = picture("TIFF", save_all=True, append_images=sheets)
    copy = Image.open(io.BytesIO(cleaning.painted(io.BytesIO(scan), "image/tiff")))
    assert copy.n_frames == 4


def test_a_picture_that_is_a_bomb_breaks_its_painter_alone(app, tmp_path):
    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 9_000_000))
    path = tmp_path / "bomb"
    path.write_bytes(bomb + chunk(b"IEND", b""))
    with pytest.raises(workshop.Refused, match="DecompressionBombError"):
        workshop.run(cleaning.PROGRAM, str(path), "png", bounds=cleaning.BOUNDS)
