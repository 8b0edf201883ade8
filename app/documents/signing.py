"""The body's electronic signature: PAdES B-B by pyHanko, with one key the settings name.

In the demo the key and an honestly named certificate are made when first needed. The visible mark
of GOST R 7.0.97 is drawn by the letter's own template, where nothing can overlap it; the signature
field itself is invisible.
"""

import os
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext

from app import clock
from app.config import Settings
from app.documents.shapes import Signature
from app.extensions import application, settings

DEMO_OWNER = "Демонстрационный сертификат"
_DEMO_YEARS = 30
_FIELD = "BodySignature"


class NoSigningKey(Exception):
    """Letters cannot be signed; the message says which setting is missing or wrong."""


@dataclass(frozen=True)
class Certificate:
    """What the visible mark shows; `number` is the serial number in hex, as in any viewer.

    `fingerprint` is the SHA-256 of the whole certificate in hex.
    """

    owner: str
    number: str
    valid_from: datetime
    valid_to: datetime
    fingerprint: str


def certificate() -> Certificate:
    """The certificate letters are signed with now."""
    return _key().certificate


@dataclass(frozen=True)
class _Key:
    signer: signers.SimpleSigner
    certificate: Certificate


class _Signer(signers.PdfSigner):
    """Signs by the clock of the house and not by the machine's."""

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = clock.now()
        return session


def sign_pdf(pdf: bytes, *, reason: str | None = None) -> bytes:
    """Return the same document with the body's signature over all of it, to its last byte.

    The signature is an incremental update, so PDF/A stays PDF/A. Raises `NoSigningKey`.
    """
    signer = _Signer(
        signers.PdfSignatureMetadata(
            field_name=_FIELD,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            reason=reason,
            # A finished letter is certified: whatever is added to it later breaks the signature.
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        ),
        signer=_key().signer,
        new_field_spec=fields.SigFieldSpec(_FIELD),
    )
    out = BytesIO()
    signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), output=out)
    return out.getvalue()


def describe(pdf: bytes, *, known: frozenset[str] = frozenset()) -> tuple[Signature, ...]:
    """The signatures of a file, in order; empty for what is no PDF or bears none.

    `trusted` is for a certificate whose fingerprint is among `known`; with none given, for the
    certificate in use now. What was kept when a letter was signed outlives a change of keys.
    """
    known = known or frozenset({certificate().fingerprint})
    try:
        embedded = PdfFileReader(BytesIO(pdf)).embedded_signatures
    except PdfReadError:
        return ()
    return tuple(_described(one, known) for one in embedded)


def _described(embedded: EmbeddedPdfSignature, known: frozenset[str]) -> Signature:
    shown = _shown(embedded.signer_cert.dump())
    signed_at = embedded.self_reported_timestamp
    context = ValidationContext(
        trust_roots=[embedded.signer_cert], allow_fetching=False, moment=signed_at
    )
    status = validate_pdf_signature(embedded, context)
    return Signature(
        owner=shown.owner,
        certificate=shown.number,
        valid_from=shown.valid_from,
        valid_to=shown.valid_to,
        signed_at=signed_at,
        fingerprint=shown.fingerprint,
        intact=bool(status.intact and status.valid),
        whole=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        trusted=shown.fingerprint in known,
    )


def _shown(der: bytes) -> Certificate:
    found = x509.load_der_x509_certificate(der)
    names = found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Certificate(
        owner=str(names[0].value) if names else found.subject.rfc4514_string(),
        number=f"{found.serial_number:X}",
        valid_from=found.not_valid_before_utc,
        valid_to=found.not_valid_after_utc,
        fingerprint=found.fingerprint(hashes.SHA256()).hex(),
    )


def _key() -> _Key:
    """The key of the running application, read once."""
    kept = application().extensions
    if "signing key" not in kept:
        kept["signing key"] = _load(settings())
    return cast("_Key", kept["signing key"])


def _load(chosen: Settings) -> _Key:
    path = chosen.signing_pkcs12 or (_demo_key(chosen.data_dir) if chosen.demo else None)
    if path is None:
        raise NoSigningKey("Letters cannot be signed: set SIGNING_PKCS12 (see .env.example).")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NoSigningKey(
            f"The file SIGNING_PKCS12 names cannot be read: {error.strerror}."
        ) from error
    password = chosen.signing_password.encode() or None
    try:
        signer = signers.SimpleSigner.load_pkcs12_data(data, other_certs=[], passphrase=password)
    except ValueError as error:
        raise NoSigningKey(
            "SIGNING_PKCS12 names no PKCS#12 file, or SIGNING_PASSWORD does not open it."
        ) from error
    if signer.signing_cert is None:
        raise NoSigningKey("The file SIGNING_PKCS12 names holds no certificate.")
    return _Key(signer, _shown(signer.signing_cert.dump()))


def _demo_key(data_dir: Path) -> Path:
    """The demo's own key, made when first needed; readable by its owner alone."""
    path = data_dir / "keys" / "signing.p12"
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{uuid.uuid4().hex}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(_new_pkcs12())
    try:
        # A link appears whole and only once: of two processes that start together one wins.
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
    return path


def _new_pkcs12() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "RU"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Демонстрационная установка"),
            x509.NameAttribute(NameOID.COMMON_NAME, DEMO_OWNER),
        ]
    )
    since = clock.real() - timedelta(days=1)
    made = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
        # As long as those of accredited centres, so that the mark looks as it will in earnest.
        .serial_number(uuid.uuid4().int)
        .not_valid_before(since)
        # The demo's clock can be moved years ahead, and its letters must stay valid.
        .not_valid_after(since + timedelta(days=365 * _DEMO_YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(), critical=True)
        .sign(key, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(b"demo", key, made, None, NoEncryption())


def _key_usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
