"""Names, kinds and steps of documents, without a database."""

import io
import itertools
import zipfile

import pytest

from app.documents import policy
from app.errors import Invalid


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Заявление.pdf", "Заявление.pdf"),
        ("C:\\Users\\Мария\\жалоба.docx", "жалоба.docx"),
        ("../../etc/passwd", "passwd"),
        ("счёт\u202efdp.exe", "счётfdp.exe"),
        ("a\x00b\r\nSet-Cookie: x.txt", "abSet-Cookie_ x.txt"),
        ("  много   пробелов .txt", "много пробелов .txt"),
        ("...", "file"),
        ("", "file"),
        ("\ud800.txt", "txt"),
        ("фото\u2028семьи.jpg", "фотосемьи.jpg"),
    ],
)
def test_a_name_keeps_only_what_is_harmless(sent, kept):
    assert policy.safe_name(sent) == kept


def test_a_long_name_keeps_its_ending_and_fits_a_file_system():
    name = policy.safe_name("щ" * 400 + ".pdf")
    assert name.endswith(".pdf")
    assert len(name) <= policy.NAME_LENGTH
    assert len(name.encode()) <= 240


def test_an_empty_file_is_refused_by_name():
    with pytest.raises(Invalid) as refusal:
        policy.check_content("пусто.pdf", b"")
    assert "пусто.pdf" in str(refusal.value.fields["file"][0])


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("setup.exe", b"anything"),
        ("вирус.pdf", b"MZ\x90\x00"),
        ("a.txt", b"\x7fELF\x02"),
        ("run.PS1", b"Get-Item"),
    ],
)
def test_a_program_is_refused_whatever_it_is_called(name, head):
    with pytest.raises(Invalid):
        policy.check_content(name, head)


def zipped(member):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(member, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.pdf", b"%PDF-1.7\n", "application/pdf"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 30, "image/png"),
        ("фото.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 20, "image/jpeg"),
        ("a.docx", zipped("word/document.xml"), policy._KNOWN_TYPES["docx"]),
        ("a.zip", zipped("x"), "application/zip"),
        ("a.txt", "Здравствуйте".encode(), "text/plain"),
        ("a.txt", "Здравствуйте".encode("cp1251"), "text/plain"),
        ("без-окончания", "Здравствуйте".encode()[:-1], "text/plain"),
        ("a.bin", b"\x00\x01\x02\xfe", "application/octet-stream"),
        ("a.bin", b"\x07\x01\xfe\x07", "application/octet-stream"),
    ],
)
def test_the_kind_of_a_file_is_seen_in_its_bytes(name, head, kind):
    assert policy.media_type(name, head) == kind


@pytest.mark.parametrize(
    ("name", "head"),
    [("a.html", b"<html><script>alert(1)</script>"), ("a.svg", b"<svg xmlns='x'><script/></svg>")],
)
def test_what_a_browser_could_run_is_only_bytes(name, head):
    assert policy.media_type(name, head) in ("application/octet-stream", "text/plain")


def test_every_step_leads_to_a_known_state_and_the_archive_is_the_end():
    known = set(policy.STEPS)
    assert all(steps <= known for steps in policy.STEPS.values())
    assert not policy.STEPS["filed"]
    long_way = ["draft", "approved", "signed", "registered", "sent", "delivered", "filed"]
    assert all(policy.may_move(*pair) for pair in itertools.pairwise(long_way))
    assert not policy.may_move("draft", "sent")
    assert not policy.may_move("approved", "sent")


def test_a_check_code_is_the_same_however_a_person_types_it():
    code = policy.new_check_code()
    assert len(policy.plain_code(code)) == 12
    assert policy.plain_code(f" {code.lower().replace('-', ' ')} ") == policy.plain_code(code)
    assert policy.plain_code("АВС-2") == "ABC2"  # Cyrillic letters from a Russian keyboard


def test_check_codes_do_not_repeat():
    assert len({policy.new_check_code() for _each in range(200)}) == 200
