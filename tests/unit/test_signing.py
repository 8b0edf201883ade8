"""A real signature: seen by pyHanko, by poppler's pdfsig, and broken by a single changed byte."""

import shutil
import stat
import subprocess
from datetime import timedelta
from io import BytesIO

import pytest
import typst
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from flask import Flask
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pypdf import PdfReader

from app import clock, extensions
from app.config import load
from app.documents import signing

TEXT = b"#set document(title: [x])\n\xd0\x9e\xd1\x82\xd0\xb2\xd0\xb5\xd1\x82"


@pytest.fixture
def house(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    app = Flask("house")
    app.extensions["settings"] = load(mode="demo", data_dir=tmp_path)
    extensions.babel.init_app(app)
    clock.bind(tmp_path, movable=True)
    with app.app_context():
        yield app
    clock.bind(tmp_path, movable=False)


@pytest.fixture
def pdf():
    return typst.compile(TEXT, format="pdf", pdf_standards="a-2b")


def test_the_signature_covers_the_whole_file_and_says_honestly_who_signed(house, pdf):
    (seen,) = signing.describe(signing.sign_pdf(pdf))
    assert seen.holds
    assert seen.owner == "Демонстрационный сертификат"
    assert seen.certificate == signing.certificate().number
    assert seen.valid_from < clock.now() < seen.valid_to
    assert abs(seen.signed_at - clock.now()) < timedelta(minutes=1)


def test_the_text_reads_the_same_after_signing(house, pdf):
    assert "Ответ" in PdfReader(BytesIO(signing.sign_pdf(pdf))).pages[0].extract_text()
    assert signing.sign_pdf(pdf).startswith(pdf)  # only added to: PDF/A stays what it was


def test_the_signature_is_pades_and_certifies_a_finished_letter(house, pdf):
    reader = PdfReader(BytesIO(signing.sign_pdf(pdf)))
    (field,) = reader.get_fields().values()
    assert field["/V"]["/SubFilter"] == "/ETSI.CAdES.detached"
    assert field["/V"]["/Reference"][0]["/TransformParams"]["/P"] == 1
    (annotation,) = (page["/Annots"][0].get_object() for page in reader.pages)
    assert annotation["/F"] & 0b110 == 0b100  # PDF/A: an annotation prints and is not hidden


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="needs pdfsig: apt install poppler-utils")
def test_pdfsig_accepts_the_signature(house, pdf, tmp_path):
    path = tmp_path / "letter.pdf"
    path.write_bytes(signing.sign_pdf(pdf))
    done = subprocess.run(["pdfsig", path], capture_output=True, text=True, check=True)
    assert "Signature is Valid." in done.stdout
    assert "Total document signed" in done.stdout
    assert "Демонстрационный сертификат" in done.stdout


def test_one_changed_byte_is_found_out(house, pdf):
    signed = bytearray(signing.sign_pdf(pdf))
    at = signed.index(b"/Type/Catalog")
    signed[at + 1 : at + 5] = b"Tipe"
    (seen,) = signing.describe(bytes(signed))
    assert not seen.intact
    assert not seen.holds


def test_what_is_added_after_signing_is_found_out(house, pdf):
    writer = IncrementalPdfFileWriter(BytesIO(signing.sign_pdf(pdf)))
    writer.root["/Lang"] = writer.root["/Lang"]
    writer.update_root()
    changed = BytesIO()
    writer.write(changed)
    (seen,) = signing.describe(changed.getvalue())
    assert not seen.whole


def test_what_bears_no_signature_shows_none(house, pdf):
    assert signing.describe(pdf) == ()
    assert signing.describe(b"not a PDF at all") == ()
    assert signing.describe(b"") == ()


def test_the_signing_time_is_the_clock_of_the_house(house, pdf):
    signing.certificate()
    clock.move_to(clock.now() + timedelta(days=400))
    (seen,) = signing.describe(signing.sign_pdf(pdf))
    assert abs(seen.signed_at - clock.now()) < timedelta(minutes=1)
    assert seen.holds


def test_the_demo_key_is_made_once_and_only_its_owner_reads_it(house, tmp_path):
    first = signing.certificate()
    path = tmp_path / "keys" / "signing.p12"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir() if each.name.startswith(".")] == []
    house.extensions.pop("signing key")
    assert signing.certificate() == first


def test_a_letter_signed_by_another_key_is_not_trusted(house, pdf, tmp_path):
    signed, old = signing.sign_pdf(pdf), signing.certificate().fingerprint
    (tmp_path / "keys" / "signing.p12").unlink()
    house.extensions.pop("signing key")
    (seen,) = signing.describe(signed)
    assert seen.intact
    assert not seen.trusted
    (seen,) = signing.describe(signed, known=frozenset({old}))
    assert seen.trusted


def production(house, **given):
    house.extensions.pop("signing key", None)
    chosen = house.extensions["settings"].model_copy(update={"mode": "production", **given})
    house.extensions["settings"] = chosen


def own_key(tmp_path, password):
    key, made, _more = pkcs12.load_key_and_certificates(signing._new_pkcs12(), None)
    path = tmp_path / "own.p12"
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"own", key, made, None, BestAvailableEncryption(password)
        )
    )
    assert isinstance(made, x509.Certificate)
    return path, f"{made.serial_number:X}"


def test_production_signs_with_the_key_of_its_settings(house, pdf, tmp_path):
    path, number = own_key(tmp_path, b"secret")
    production(house, signing_pkcs12=path, signing_password="secret")
    assert signing.certificate().number == number
    assert signing.describe(signing.sign_pdf(pdf))[0].holds


@pytest.mark.parametrize("trouble", ["no setting", "no file", "no key", "wrong password"])
def test_production_without_a_usable_key_says_what_to_set(house, pdf, tmp_path, trouble):
    path, _number = own_key(tmp_path, b"secret")
    given = {
        "no setting": {},
        "no file": {"signing_pkcs12": tmp_path / "absent.p12"},
        "no key": {"signing_pkcs12": tmp_path / "noise.p12"},
        "wrong password": {"signing_pkcs12": path, "signing_password": "other"},
    }[trouble]
    (tmp_path / "noise.p12").write_bytes(b"noise")
    production(house, **given)
    with pytest.raises(signing.NoSigningKey, match="SIGNING_PKCS12"):
        signing.sign_pdf(pdf)
