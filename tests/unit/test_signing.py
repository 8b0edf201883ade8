"""A real signature: seen by pyHanko, by poppler's pdfsig, and broken by a single changed byte."""

import os
import shutil
import stat
import subprocess
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import typst
from asn1crypto import pem
from asn1crypto.cms import ContentInfo
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from flask import Flask
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pypdf import PdfReader

from app import clock, extensions
from app.config import load
from app.documents import judged, keys, signing
from app.documents.signatures import Report, Trust, examine, gost
from tests.unit.certificate_kit import DER, GOST_MISSING, Authority, GostAuthority, has_gost, trust

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
    (seen,) = verdicts(signing.sign_pdf(pdf))
    assert seen.intact
    assert seen.fingerprint == signing.certificate().fingerprint
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
    (seen,) = verdicts(bytes(signed))
    assert seen.integrity == "changed"


def test_what_is_added_after_signing_is_found_out(house, pdf):
    writer = IncrementalPdfFileWriter(BytesIO(signing.sign_pdf(pdf)))
    writer.root["/Lang"] = writer.root["/Lang"]
    writer.update_root()
    changed = BytesIO()
    writer.write(changed)
    (seen,) = verdicts(changed.getvalue())
    assert seen.integrity == "continued"
    assert not seen.good


def test_what_bears_no_signature_shows_none(house, pdf):
    for nothing in (pdf, b"not a PDF at all", b""):
        assert verdicts(nothing) == ()


def test_the_signing_time_is_the_clock_of_the_house(house, pdf):
    signing.certificate()
    clock.move_to(clock.now() + timedelta(days=400))
    (seen,) = verdicts(signing.sign_pdf(pdf))
    assert abs(seen.signed_at - clock.now()) < timedelta(minutes=1)
    assert seen.intact


def test_the_demo_key_is_made_once_and_only_its_owner_reads_it(house, tmp_path):
    first = signing.certificate()
    path = tmp_path / "keys" / "signing.p12"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir() if each.name.startswith(".")] == []
    keys.forget()
    assert signing.certificate() == first


def test_a_letter_signed_by_another_key_bears_another_certificate(house, pdf, tmp_path):
    signed, old = signing.sign_pdf(pdf), signing.certificate().fingerprint
    (tmp_path / "keys" / "signing.p12").unlink()
    keys.forget()
    (seen,) = verdicts(signed)
    assert seen.intact
    assert seen.fingerprint == old != signing.certificate().fingerprint


def verdicts(pdf):
    return examine(pdf, None, Trust(), clock.now()).verdicts


def production(house, **given):
    keys.forget()
    chosen = house.extensions["settings"].model_copy(update={"mode": "production", **given})
    house.extensions["settings"] = chosen


def own_key(tmp_path, password):
    key, made, _more = pkcs12.load_key_and_certificates(keys._new_pkcs12(), None)
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
    assert verdicts(signing.sign_pdf(pdf))[0].intact


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


def test_the_signature_of_a_certificate_out_of_force_is_refused(house, pdf, monkeypatch):
    signing.certificate()
    now = clock.now()
    for moved, said in ((31, "ran out on"), (-2, "not in force before")):
        monkeypatch.setattr(clock, "now", lambda moved=moved: now + timedelta(days=366 * moved))
        with pytest.raises(signing.NoSigningKey, match=said):
            signing.sign_pdf(pdf)


def test_a_file_is_signed_beside_by_the_same_certificate(house):
    content = "Ответ".encode()
    made = signing.sign_beside(content)
    (seen,) = examine(content, made, Trust(), clock.now()).verdicts
    assert (seen.integrity, seen.chain) == ("unchanged", "self_signed")
    assert seen.fingerprint == signing.certificate().fingerprint
    assert abs(seen.signed_at - clock.now()) < timedelta(minutes=1)


def accepted(command, folder):
    done = subprocess.run(command.split(), cwd=folder, check=False, capture_output=True)
    return done.returncode == 0


def openssl_accepts(folder):
    command = (
        "openssl cms -verify -inform DER -binary -in letter.p7s -content letter -noverify "
        "-out /dev/null"
    )
    return accepted(command, folder)


def gnutls_accepts(folder):
    certificate = pem.armor("CERTIFICATE", keys.of().signer.signing_cert.dump())
    (folder / "certificate.pem").write_bytes(certificate)
    return gnutls_knows(folder)


def gnutls_knows(folder):
    command = (
        "certtool --p7-verify --inder --infile letter.p7s --load-data letter "
        "--load-certificate certificate.pem"
    )
    return accepted(command, folder)


def inside(letter):
    """What the signature in a PDF signs, and the signature itself."""
    (field,) = PdfReader(BytesIO(letter)).get_fields().values()
    first, length, second, rest = field["/V"]["/ByteRange"]
    padded = bytes(field["/V"]["/Contents"])
    signature = ContentInfo.load(padded).dump()
    return letter[first : first + length] + letter[second : second + rest], signature


@pytest.mark.parametrize(
    "accepts",
    [
        pytest.param(
            openssl_accepts,
            marks=pytest.mark.skipif(
                not shutil.which("openssl"), reason="needs openssl: apt install openssl"
            ),
        ),
        pytest.param(
            gnutls_accepts,
            marks=pytest.mark.skipif(
                not shutil.which("certtool"), reason="needs certtool: apt install gnutls-bin"
            ),
        ),
    ],
)
def test_others_accept_the_signatures_of_a_letter_and_of_no_other(house, pdf, tmp_path, accepts):
    letter = signing.sign_pdf(pdf)
    for signed, signature in (inside(letter), (letter, signing.sign_beside(letter))):
        (tmp_path / "letter.p7s").write_bytes(signature)
        (tmp_path / "letter").write_bytes(signed)
        assert accepts(tmp_path)
        (tmp_path / "letter").write_bytes(signed[:100] + bytes([signed[100] ^ 1]) + signed[101:])
        assert not accepts(tmp_path)


@pytest.mark.skipif(not shutil.which("qpdf"), reason="needs qpdf: apt install qpdf")
def test_qpdf_finds_a_signed_letter_sound(house, pdf, tmp_path):
    (tmp_path / "letter.pdf").write_bytes(signing.sign_pdf(pdf))
    done = subprocess.run(
        ["qpdf", "--check", "letter.pdf"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert b"No syntax or stream encoding errors" in done.stdout


# ---- keys of officials --------------------------------------------------------------------------


def test_an_official_signs_with_a_key_of_their_own_and_others_with_the_body_s(house, pdf, tmp_path):
    root = Authority()
    folder = tmp_path / "officials"
    folder.mkdir()
    own = root.issue("Сидоров Олег Ильич", curve=True)
    (folder / "signatory.p12").write_bytes(own.pkcs12(b"secret"))
    (folder / "signatory.password").write_text("secret\n")
    set_to(house, signing_keys=folder)
    for by, owner in (("signatory", "Сидоров Олег Ильич"), ("other", keys.DEMO_OWNER)):
        assert signing.certificate(by).owner == owner
        (seen,) = examine(signing.sign_pdf(pdf, by=by), None, trust(root), clock.now()).verdicts
        assert (seen.owner, seen.intact) == (owner, True)
    assert signing.certificate("../officials/signatory").owner == keys.DEMO_OWNER


def test_a_wrong_password_of_an_official_names_whose_key_it_is(house, pdf, tmp_path):
    (tmp_path / "signatory.p12").write_bytes(Authority().issue().pkcs12(b"secret"))
    (tmp_path / "signatory.password").write_text("other")
    set_to(house, signing_keys=tmp_path)
    with pytest.raises(signing.NoSigningKey, match="the key of signatory"):
        signing.sign_pdf(pdf, by="signatory")


def set_to(house, **given):
    keys.forget()
    house.extensions["settings"] = house.extensions["settings"].model_copy(update=given)


# ---- a token ------------------------------------------------------------------------------------

SOFTHSM = next(
    (one for one in Path("/usr/lib").glob("**/softhsm/libsofthsm2.so")), Path("/nowhere")
)
needs_token = pytest.mark.skipif(
    not (SOFTHSM.exists() and shutil.which("softhsm2-util")),
    reason="needs softhsm2: apt install softhsm2",
)


@pytest.fixture
def token(house, tmp_path, monkeypatch):
    """A token of SoftHSM with a key and a certificate of an authority of the test."""
    import pkcs11
    from pkcs11.util.ec import decode_ec_private_key
    from pkcs11.util.x509 import decode_x509_certificate

    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm.conf"))
    command = "softhsm2-util --init-token --free --label body --pin 1234 --so-pin 4321"
    subprocess.run(command.split(), check=True, capture_output=True, env=dict(os.environ))
    root = Authority()
    own = root.issue("Администрация города", curve=True)
    pem = own.key.private_bytes(DER, *unlocked())
    library = pkcs11.lib(str(SOFTHSM))
    library.reinitialize()
    with library.get_token(token_label="body").open(user_pin="1234", rw=True) as session:
        attributes = {
            **decode_ec_private_key(pem),
            pkcs11.Attribute.LABEL: "letters",
            pkcs11.Attribute.TOKEN: True,
            pkcs11.Attribute.SIGN: True,
            pkcs11.Attribute.ID: b"1",
        }
        session.create_object(attributes)
        made = decode_x509_certificate(own.certificate.public_bytes(DER))
        session.create_object(
            {
                **made,
                pkcs11.Attribute.LABEL: "letters",
                pkcs11.Attribute.TOKEN: True,
                pkcs11.Attribute.ID: b"1",
            }
        )
    set_to(
        house,
        signing_pkcs11_module=SOFTHSM,
        signing_pkcs11_token="body",
        signing_pkcs11_pin="1234",
        signing_pkcs11_key="letters",
    )
    yield root
    keys.forget()


def unlocked():
    from cryptography.hazmat.primitives.serialization import NoEncryption, PrivateFormat

    return PrivateFormat.TraditionalOpenSSL, NoEncryption()


@needs_token
def test_the_body_signs_with_a_key_that_never_leaves_its_token(house, pdf, token):
    assert signing.certificate().owner == "Администрация города"
    letter = signing.sign_pdf(pdf)
    for content, beside in ((letter, None), (letter, signing.sign_beside(letter))):
        (seen,) = examine(content, beside, trust(token), clock.now()).verdicts
        assert (seen.algorithm, seen.good) == ("ECDSA", True)


@needs_token
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"signing_pkcs11_pin": "9999"}, "SIGNING_PKCS11_PIN"),
        ({"signing_pkcs11_token": "another"}, "SIGNING_PKCS11_TOKEN"),
        ({"signing_pkcs11_key": "another"}, "SIGNING_PKCS11_KEY"),
        ({"signing_pkcs11_module": Path("/nowhere.so")}, "SIGNING_PKCS11_TOKEN"),
    ],
)
def test_a_token_that_does_not_open_says_which_setting_is_wrong(house, pdf, token, wrong, said):
    set_to(house, **wrong)
    with pytest.raises(signing.NoSigningKey, match=said):
        signing.sign_pdf(pdf)


# ---- GOST on the server -------------------------------------------------------------------------


@pytest.mark.skipif(not has_gost(), reason=GOST_MISSING)
def test_the_server_signs_by_gost_beside_a_file(house, tmp_path):
    root = GostAuthority(tmp_path / "gost")
    root.issue()
    here = {
        "signing_gost_key": root.folder / "owner.key",
        "signing_gost_certificate": root.folder / "owner.pem",
    }
    set_to(house, **here)
    made = signing.sign_gost(b"content")
    (seen,) = examine(b"content", made, Trust((root.der,)), clock.real()).verdicts
    assert (seen.algorithm, seen.good) == (gost.NAME, True)
    other = root.issue("other")
    set_to(house, signing_gost_key=root.folder / f"{other}.key")
    with pytest.raises(signing.NoSigningKey, match="no pair"):
        signing.sign_gost(b"content")


@pytest.mark.skipif(not has_gost(), reason=GOST_MISSING)
@pytest.mark.skipif(not shutil.which("certtool"), reason="needs certtool: apt install gnutls-bin")
def test_gnutls_accepts_a_gost_signature_and_finds_a_changed_byte(house, tmp_path):
    """It has an implementation of GOST R 34.10-2012 of its own."""
    root = GostAuthority(tmp_path / "gost")
    root.issue()
    owner = {"signing_gost_key": root.folder / "owner.key"}
    set_to(house, **owner, signing_gost_certificate=root.folder / "owner.pem")
    shutil.copy(root.folder / "owner.pem", tmp_path / "certificate.pem")
    (tmp_path / "letter.p7s").write_bytes(signing.sign_gost(b"content"))
    (tmp_path / "letter").write_bytes(b"content")
    assert gnutls_knows(tmp_path)
    (tmp_path / "letter").write_bytes(b"concent")
    assert not gnutls_knows(tmp_path)


def test_without_the_engine_the_server_says_what_is_missing(house, tmp_path, monkeypatch):
    monkeypatch.setattr(gost, "at_hand", lambda: False)
    set_to(house, signing_gost_key=tmp_path / "key", signing_gost_certificate=tmp_path / "pem")
    with pytest.raises(signing.NoSigningKey, match="libengine-gost-openssl"):
        signing.sign_gost(b"content")
    set_to(house, signing_gost_certificate=None)
    with pytest.raises(signing.NoSigningKey, match="SIGNING_GOST_CERTIFICATE"):
        signing.sign_gost(b"content")


# ---- files from outside -------------------------------------------------------------------------


def test_a_file_from_outside_is_judged_by_a_process_of_its_own(house, pdf, tmp_path):
    letter, path = signing.sign_pdf(pdf), tmp_path / "letter.pdf"
    path.write_bytes(letter)
    (here,) = examine(letter, None, Trust(), clock.now()).verdicts
    assert judged.judged(path).verdicts == (here,)
    beside = tmp_path / "letter.p7s"
    beside.write_bytes(signing.sign_beside(letter))
    assert judged.judged(path, beside).verdicts[0].intact


@pytest.mark.parametrize("program", ["import os; os.abort()", "import time; time.sleep(60)"])
def test_a_file_that_breaks_its_reader_harms_nobody(house, tmp_path, monkeypatch, program):
    (tmp_path / "reader.py").write_text(f"def run(*arguments):\n    {program}\n")
    monkeypatch.setattr(judged, "PROGRAM", tmp_path / "reader.py")
    monkeypatch.setattr(judged, "BOUNDS", replace(judged.BOUNDS, patience=2))
    (tmp_path / "file").write_bytes(b"%PDF-1.7")
    assert judged.judged(tmp_path / "file") == Report(trouble="unread")
