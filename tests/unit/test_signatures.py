"""Verdicts on signatures: bytes, chain and revocation apart; whatever is wrong is said plainly."""

import asyncio
import shutil
import subprocess
from datetime import timedelta
from io import BytesIO

import pytest
import typst
from asn1crypto import algos, cms, core, x509
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pypdf import PdfReader, PdfWriter

from app import clock
from app.documents.signatures import Report, Trust, examine, gost
from app.documents.signatures.shapes import Verdict
from app.documents.signatures.trust import parsed
from tests.unit.certificate_kit import (
    GOST_MISSING,
    Authority,
    GostAuthority,
    has_gost,
    named,
    trust,
)

NOW = clock.real()
DAY = timedelta(days=1)
TEXT = "Ответ на обращение".encode()
no_example_clock = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
needs_gost = pytest.mark.skipif(not has_gost(), reason=GOST_MISSING)


def needs(program, package):
    missing = not shutil.which(program)
    return pytest.mark.skipif(missing, reason=f"needs {program}: apt install {package}")


@pytest.fixture(scope="module")
def root():
    return Authority()


@pytest.fixture(scope="module")
def between(root):
    return Authority("Подчинённый удостоверяющий центр", parent=root)


@pytest.fixture(scope="module")
def holder(between):
    return between.issue()


@pytest.fixture(scope="module")
def pdf():
    return typst.compile(b"#set document(title: [x])\nText", format="pdf", pdf_standards="a-2b")


@pytest.fixture(scope="module")
def signed(pdf, holder):
    return inside(pdf, holder)


@pytest.fixture(scope="module")
def gost_root(tmp_path_factory):
    made = GostAuthority(tmp_path_factory.mktemp("gost"))
    made.issue()
    return made


def inside(pdf, holder, name="Signature", *, certify=True, at=NOW):
    how = signers.PdfSignatureMetadata(
        field_name=name,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=certify,
    )
    made = _At(how, signer=holder.signer(), new_field_spec=fields.SigFieldSpec(name))
    made.moment, out = at, BytesIO()
    made.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), output=out)
    return out.getvalue()


class _At(signers.PdfSigner):
    def init_signing_session(self, *args, **kwargs):
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.moment
        return session


def beside(content, holder):
    signer = holder.signer()
    made = signer.async_sign_general_data(content, "sha256", detached=True, use_cades=True)
    return asyncio.run(made).dump()


def only(report):
    (found,) = report.verdicts
    assert report.trouble == ""
    return found


def three(found):
    return found.integrity, found.chain, found.revocation


# ---- what is in order ------------------------------------------------------------------------


@pytest.mark.parametrize("curve", [False, True], ids=["RSA", "ECDSA"])
def test_a_detached_signature_says_who_signed_and_three_things_apart(root, curve):
    found = only(examine(TEXT, beside(TEXT, root.issue(curve=curve)), trust(root), NOW))
    assert three(found) == ("unchanged", "trusted", "unchecked")
    assert found.owner == "Петрова Анна Сергеевна"
    assert found.issuer == "Головной удостоверяющий центр"
    assert found.algorithm == ("ECDSA" if curve else "RSA")
    assert found.good


def test_a_signature_in_a_pdf_leads_through_an_authority_between_to_the_root(root, signed):
    found = only(examine(signed, None, trust(root), NOW))
    assert three(found) == ("unchanged", "trusted", "unchecked")
    assert found.issuer == "Подчинённый удостоверяющий центр"
    assert abs(found.signed_at - NOW) < timedelta(seconds=2)


def test_revocation_is_good_only_by_lists_of_the_whole_chain(root, between, signed):
    whole = trust(root, crls=[root.crl(), between.crl()])
    assert only(examine(signed, None, whole, NOW)).revocation == "good"
    part = trust(root, crls=[between.crl()])
    assert only(examine(signed, None, part, NOW)).revocation == "unchecked"


def test_pem_and_base64_are_read_as_people_s_tools_write_them(root, holder):
    import base64

    from asn1crypto import pem

    der = beside(TEXT, holder)
    for spelt in (pem.armor("CMS", der), base64.encodebytes(der)):
        assert only(examine(TEXT, spelt, trust(root), NOW)).good


def test_a_file_that_holds_its_document_is_judged_by_itself(root, holder):
    made = holder.signer().async_sign_general_data(TEXT, "sha256", detached=False, use_cades=True)
    attached = asyncio.run(made).dump()
    assert only(examine(attached, None, trust(root), NOW)).good
    assert only(examine(TEXT, attached, trust(root), NOW)).good
    assert only(examine(TEXT + b".", attached, trust(root), NOW)).integrity == "changed"


def test_two_signatures_of_one_file_are_judged_each(root, between, pdf):
    first, second = between.issue("Первый"), between.issue("Второй")
    twice = inside(inside(pdf, first, "A", certify=False), second, "B", certify=False)
    told = examine(twice, None, trust(root), NOW).verdicts
    assert [one.owner for one in told] == ["Первый", "Второй"]
    # The second signature was added after the first: that is said and not called a change.
    assert [one.integrity for one in told] == ["continued", "unchanged"]


def test_a_verdict_survives_its_journey_as_json(root, between, holder):
    report = examine(
        TEXT, beside(TEXT, holder), trust(root, crls=[root.crl(), between.crl(holder)]), NOW
    )
    assert report.verdicts[0].revoked_at is not None
    assert Report.from_json(report.as_json()) == report


# ---- what is not -----------------------------------------------------------------------------


def test_a_signature_over_other_bytes_is_found(root, holder):
    found = only(examine(TEXT + b" ", beside(TEXT, holder), trust(root), NOW))
    assert found.integrity == "changed"
    assert found.bad


def test_a_root_that_nobody_trusts_leads_nowhere(holder):
    found = only(examine(TEXT, beside(TEXT, holder), Trust(), NOW))
    assert three(found) == ("unchanged", "untrusted", "unchecked")
    assert not found.good
    assert not found.bad


def test_an_authority_that_only_calls_itself_like_ours_is_not_trusted(root):
    twin = Authority()
    assert twin.certificate.subject == root.certificate.subject
    found = only(examine(TEXT, beside(TEXT, twin.issue()), trust(root), NOW))
    assert found.chain == "untrusted"


def test_a_certificate_that_issued_itself_is_no_certificate_of_an_authority(root, holder):
    from tests.unit.certificate_kit import Holder, new_key

    key = new_key(curve=False)
    like = Authority.__new__(Authority)
    like.now, like.key, like.parent, like.name = NOW, key, like, named("Петрова Анна Сергеевна")
    own = Holder(key, like.sign(like.name, key.public_key()), like)
    found = only(examine(TEXT, beside(TEXT, own), trust(root), NOW))
    assert (found.owner, found.chain) == (holder_name(holder), "self_signed")


def holder_name(holder):
    return holder.certificate.subject.rfc4514_string().removeprefix("CN=")


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [(-400 * DAY, -DAY, "expired"), (DAY, 30 * DAY, "early")],
)
def test_a_certificate_out_of_its_term_is_told(root, since, until, said):
    late = root.issue(since=NOW + since, until=NOW + until)
    found = only(examine(TEXT, beside(TEXT, late), trust(root), NOW))
    assert (found.integrity, found.chain) == ("unchanged", said)
    assert found.bad


def test_a_letter_outlives_the_certificate_that_was_in_force_when_it_was_signed(root, pdf):
    brief = root.issue(until=NOW + 30 * DAY)
    found = only(examine(inside(pdf, brief), None, trust(root), NOW + 200 * DAY))
    assert (found.integrity, found.chain) == ("unchanged", "trusted")


def test_a_revoked_certificate_is_told_with_its_day_even_by_an_old_list(root, between, signed):
    holder_of = examine(signed, None, Trust(), NOW).verdicts[0].certificate
    revoked = type("Line", (), {})()
    revoked.certificate = type("Number", (), {"serial_number": int(holder_of, 16)})()
    for since, until in ((-DAY, DAY), (-60 * DAY, -30 * DAY)):
        old = between.crl(revoked, since=NOW + since, until=NOW + until)
        found = only(examine(signed, None, trust(root, crls=[old]), NOW))
        assert found.revocation == "revoked"
        assert abs(found.revoked_at - (between.now - timedelta(hours=1))) < timedelta(minutes=1)
        assert found.bad


def test_a_list_out_of_force_says_nothing_good(root, between, signed):
    old = {"since": NOW - 60 * DAY, "until": NOW - 30 * DAY}
    lists = trust(root, crls=[root.crl(**old), between.crl(**old)])
    assert only(examine(signed, None, lists, NOW)).revocation == "unchecked"


def test_a_list_that_another_key_signed_is_not_believed(root, between, holder):
    false = Authority("Подчинённый удостоверяющий центр").crl(holder)
    found = only(examine(TEXT, beside(TEXT, holder), trust(root, crls=[false]), NOW))
    assert found.revocation == "unchecked"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "unsigned"),
        (b"plain words", "unsigned"),
        (b"%PDF-1.7\nbroken", "broken"),
        (b"\x30\x82\x01\x00", "unsigned"),
    ],
)
def test_what_bears_no_signature_or_is_broken_says_so(content, said):
    assert examine(content, None, Trust(), NOW) == Report(trouble=said)


def test_a_pdf_without_signatures_says_so(pdf):
    assert examine(pdf, None, Trust(), NOW).trouble == "unsigned"


def test_a_pdf_cut_off_before_its_end_is_called_damaged_and_not_unsigned(pdf, signed):
    for whole, length in ((pdf, len(pdf) // 2), (signed, len(pdf) + 40)):
        assert examine(whole[:length], None, Trust(), NOW).trouble == "broken"


def test_a_pdf_locked_by_a_password_says_so(signed):
    writer, out = PdfWriter(PdfReader(BytesIO(signed))), BytesIO()
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(out)
    assert examine(out.getvalue(), None, Trust(), NOW).trouble == "locked"


def test_a_signature_without_its_document_and_one_that_is_none_are_told(holder):
    assert examine(beside(TEXT, holder), None, Trust(), NOW).trouble == "alone"
    for nothing in (
        b"",
        b"noise",
        b"\x30\x03\x02\x01\x05",
        holder.certificate.public_bytes(_der()),
    ):
        assert examine(TEXT, nothing, Trust(), NOW).trouble == "foreign"


def _der():
    from cryptography.hazmat.primitives.serialization import Encoding

    return Encoding.DER


def test_a_signer_whose_certificate_was_left_out_is_not_checked(root, holder):
    info = cms.ContentInfo.load(beside(TEXT, holder))
    info["content"]["certificates"] = []
    found = only(examine(TEXT, info.dump(force=True), trust(root), NOW))
    assert (found.integrity, found.why) == ("unchecked", "certificate")
    assert not found.good


# ---- any byte ----------------------------------------------------------------------------------


@no_example_clock
@given(st.floats(0, 1, exclude_max=True), st.integers(0, 7), st.booleans())
def test_a_flipped_bit_anywhere_in_a_signed_pdf_is_found(root, signed, at, bit, in_the_signature):
    begin, end = 0, len(signed)
    if in_the_signature:
        begin = signed.rindex(b"/Contents")
        end = signed.index(b">", begin) + 100
    place = begin + int(at * (end - begin))
    report = examine(flipped(signed, place, bit), None, trust(root), NOW)
    assert not report.good, (place, bit)


@no_example_clock
@given(st.floats(0, 1, exclude_max=True), st.integers(0, 7), st.booleans())
def test_a_flipped_bit_of_a_file_or_of_its_detached_signature_is_found(
    root, holder, at, bit, in_the_signature
):
    content, signature = TEXT * 20, beside(TEXT * 20, holder)
    if in_the_signature:
        signature = flipped(signature, int(at * len(signature)), bit)
    else:
        content = flipped(content, int(at * len(content)), bit)
    assert not examine(content, signature, trust(root), NOW).good


def _parameters_of_the_digest(der, _certificates):
    digest = algos.DigestAlgorithm({"algorithm": "sha256", "parameters": core.Null()}).dump()
    return der.rindex(digest) + len(digest) - 2


def _unused_bits_of_the_authority(der, certificates):
    (authority,) = (one for one in certificates if one.ca)
    signature = authority["signature_value"]
    return der.index(signature.dump()) + len(signature.dump()) - len(signature.contents)


def _version_of_the_certificate(der, certificates):
    return der.index(certificates[0]["tbs_certificate"]["version"].dump()) + 4


@pytest.mark.parametrize(
    "place",
    [_parameters_of_the_digest, _unused_bits_of_the_authority, _version_of_the_certificate],
)
def test_a_flipped_bit_that_no_signature_protects_is_found(root, place):
    between = Authority("Подчинённый удостоверяющий центр", parent=root)
    while between.certificate.signature[-1] % 2:  # a last bit that counts may not be left out
        between = Authority("Подчинённый удостоверяющий центр", parent=root)
    der = beside(TEXT, between.issue())
    certificates = [one.chosen for one in cms.ContentInfo.load(der)["content"]["certificates"]]
    assert examine(TEXT, der, trust(root), NOW).good
    for bit in range(8):
        assert not examine(TEXT, flipped(der, place(der, certificates), bit), trust(root), NOW).good


@no_example_clock
@given(st.floats(0, 1, exclude_max=True))
@example(0.0)
@example(0.999)
def test_a_truncated_pdf_is_never_called_whole(root, signed, at):
    report = examine(signed[: int(at * len(signed))], None, trust(root), NOW)
    assert not report.good
    assert report.trouble == "broken" or content_ends(signed, at) or not report.intact


def content_ends(signed, at):
    """Cut just behind the file as it was before it was signed: that one bears no signature."""
    return signed[: int(at * len(signed))].rstrip()[-5:] in (b"%%EOF", b"")


def flipped(content, place, bit):
    changed = bytearray(content)
    changed[place] ^= 1 << bit
    return bytes(changed)


# ---- GOST --------------------------------------------------------------------------------------


@needs_gost
@pytest.mark.parametrize("bits", [256, 512])
@pytest.mark.parametrize("cades", [True, False], ids=["CAdES", "plain CMS"])
def test_a_gost_signature_is_judged_as_any_other(gost_root, bits, cades):
    name = gost_root.issue(f"of-{bits}", bits=bits)
    signature = gost_root.sign(TEXT, name, cades=cades)
    found = only(examine(TEXT, signature, Trust((gost_root.der,)), clock.real()))
    assert three(found) == ("unchanged", "trusted", "unchecked")
    assert found.owner == "Петрова Анна Сергеевна"
    assert found.algorithm == "ГОСТ Р 34.10-2012"


@needs_gost
def test_a_gost_signature_over_other_bytes_or_by_a_stranger_is_found(gost_root, tmp_path):
    signature = gost_root.sign(TEXT)
    found = only(examine(TEXT + b" ", signature, Trust((gost_root.der,)), clock.real()))
    assert found.integrity == "changed"
    stranger = GostAuthority(tmp_path / "stranger")
    stranger.issue()
    found = only(examine(TEXT, stranger.sign(TEXT), Trust((gost_root.der,)), clock.real()))
    assert three(found) == ("unchanged", "untrusted", "unchecked")
    found = only(examine(TEXT, signature, Trust(), clock.real()))
    assert found.chain == "untrusted"


@needs_gost
def test_gost_certificates_are_revoked_and_go_out_of_term(gost_root):
    name = gost_root.issue("revoked")
    signature, roots = gost_root.sign(TEXT, name), (gost_root.der,)
    good = Trust(roots, (gost_root.crl(),))
    later = clock.real() + timedelta(minutes=1)
    assert three(only(examine(TEXT, signature, good, later)))[2] == "good"
    stale = later + 60 * DAY
    assert three(only(examine(TEXT, signature, good, stale)))[2] == "unchecked"
    gone = Trust(roots, (gost_root.crl(name),))
    for moment in (later, stale):
        found = only(examine(TEXT, signature, gone, moment))
        assert three(found) == ("unchanged", "trusted", "revoked")
        assert found.revoked_at is not None
    brief = gost_root.issue("brief", days=-1)
    assert only(examine(TEXT, gost_root.sign(TEXT, brief), good, later)).chain == "expired"


@needs_gost
@settings(deadline=None, max_examples=12)
@given(st.floats(0, 1, exclude_max=True), st.integers(0, 7))
def test_a_flipped_bit_of_a_gost_signature_is_found(gost_root, at, bit):
    signature = gost_root.sign(TEXT)
    changed = flipped(signature, int(at * len(signature)), bit)
    assert not examine(TEXT, changed, Trust((gost_root.der,)), clock.real()).good


@needs_gost
def test_without_the_engine_nothing_is_called_good(gost_root, monkeypatch):
    signature = gost_root.sign(TEXT)
    monkeypatch.setattr(gost, "at_hand", lambda: False)
    found = only(examine(TEXT, signature, Trust((gost_root.der,)), clock.real()))
    assert three(found) == ("unchecked", "unchecked", "unchecked")
    assert found.why == "engine"
    assert not found.good


def test_a_machine_without_openssl_knows_no_gost(monkeypatch):
    gost.at_hand.cache_clear()
    monkeypatch.setattr(gost, "_SAFE", {"PATH": "/nowhere"})
    try:
        assert not gost.at_hand()
    finally:
        gost.at_hand.cache_clear()


@needs_gost
def test_a_gost_signature_inside_a_pdf_is_judged_too(gost_root, root, signed):
    """As CryptoPro PDF makes them: a container by GOST in the place of the signature."""
    begin = signed.index(b"<", signed.rindex(b"/Contents"))
    end = signed.index(b">", begin) + 1
    container = gost_root.sign(signed[:begin] + signed[end:])
    slot = b"<" + container.hex().encode().ljust(end - begin - 2, b"0") + b">"
    made = signed[:begin] + slot + signed[end:]
    found = only(examine(made, None, Trust((gost_root.der,)), clock.real()))
    assert three(found) == ("unchanged", "trusted", "unchecked")
    changed = made.replace(b"/Catalog", b"/Katalog")
    assert not examine(changed, None, Trust((gost_root.der,)), clock.real()).good


# ---- two tools of others ------------------------------------------------------------------------


@needs("openssl", "openssl")
@pytest.mark.parametrize("curve", [False, True], ids=["RSA", "ECDSA"])
def test_openssl_agrees_on_a_detached_signature(root, tmp_path, curve):
    (tmp_path / "text").write_bytes(TEXT)
    (tmp_path / "sig").write_bytes(beside(TEXT, root.issue(curve=curve)))
    (tmp_path / "root").write_bytes(root.certificate.public_bytes(_pem()))
    command = (
        "openssl cms -verify -cades -inform DER -binary -in sig -content text -CAfile root "
        "-purpose any -out /dev/null"
    )
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "text").write_bytes(TEXT + b" ")
    assert subprocess.run(
        command.split(), cwd=tmp_path, capture_output=True, check=False
    ).returncode


def _pem():
    from cryptography.hazmat.primitives.serialization import Encoding

    return Encoding.PEM


# ---- the folder of trust -------------------------------------------------------------------------


def test_files_of_trust_are_told_by_their_content(root, between):
    both = root.certificate.public_bytes(_pem()) + between.certificate.public_bytes(_pem())
    assert parsed(both, "roots") == (root.der, between.der)
    assert parsed(root.der, "roots") == (root.der,)
    assert parsed(root.crl(), "crls")
    assert parsed(root.crl(), "roots") == ()
    assert parsed(root.der, "crls") == ()
    assert parsed(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "roots") == ()


def test_a_verdict_without_dates_is_told_too():
    assert Verdict.from_json(Verdict("changed").as_json()) == Verdict("changed")


def test_a_file_of_a_version_that_nobody_knows_is_passed_by(root):
    """Its reader raises what is no ValueError."""
    certificate = bytearray(root.der)
    whole = x509.Certificate.load(root.der)
    certificate[root.der.index(whole["tbs_certificate"]["version"].dump()) + 4] = 7
    assert parsed(bytes(certificate), "roots") == ()
    revoked = bytearray(root.crl())
    revoked[revoked.index(b"\x02\x01\x01") + 2] = 7
    assert parsed(bytes(revoked), "crls") == ()
