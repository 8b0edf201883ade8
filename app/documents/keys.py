"""The keys letters are signed with: the body's own, or the official's who signs.

The body's key is a PKCS#12 file or lies on a token that a PKCS#11 module opens; officials' keys are
files of a folder, `LOGIN.p12` with `LOGIN.password` beside it. In the demo the body's key and an
honestly named certificate are made when first needed.
"""

import os
import re
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    NoEncryption,
    load_der_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign import signers
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

from app import clock
from app.config import Settings
from app.documents.signatures.certificates import shown
from app.documents.signatures.shapes import Certificate
from app.extensions import application, settings

DEMO_OWNER = "Демонстрационный сертификат"
_DEMO_YEARS = 30
_KEPT = "signing keys"
#: The letters are signed over these digests; pyHanko names them so.
_HASHES: Mapping[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_LOGIN = re.compile(r"[A-Za-z0-9][\w.@-]*")


class NoSigningKey(Exception):
    """Letters cannot be signed; the message says which setting is missing or wrong."""


@dataclass(frozen=True)
class Key:
    """A signer of pyHanko with its certificate; a token does one thing at a time, hence `lock`."""

    signer: signers.Signer
    certificate: Certificate
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)


class HeldKey(signers.SimpleSigner):
    """A key in memory, read once.

    pyHanko's own signer reads it for each signature and proves the primes of an RSA key each time,
    which takes ten times as long as to sign.
    """

    @cached_property
    def _held(self) -> PrivateKeyTypes:
        return load_der_private_key(self.signing_key.dump(), password=None)

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        mechanism = self.get_signature_mechanism_for_digest(digest_algorithm).signature_algo
        digest = _HASHES[digest_algorithm]
        if isinstance(self._held, rsa.RSAPrivateKey) and mechanism == "rsassa_pkcs1v15":
            return self._held.sign(data, padding.PKCS1v15(), digest)
        if isinstance(self._held, ec.EllipticCurvePrivateKey):
            return self._held.sign(data, ec.ECDSA(digest))
        return bytes(super().sign_raw(data, digest_algorithm))


def of(login: str = "") -> Key:
    """The key of an official where there is one, else the body's, each read once.

    Raises `NoSigningKey`, also for a certificate that is not in force.
    """
    kept: dict[Path | None, Key] = application().extensions.setdefault(_KEPT, {})
    path = _own_file(settings(), login)
    if path not in kept:
        kept[path] = _officials(path) if path else _bodys(settings())
    found, now = kept[path], clock.now()
    since, until = found.certificate.valid_from, found.certificate.valid_to
    if now < since:
        raise NoSigningKey(
            f"The certificate of the signature is not in force before {since:%d.%m.%Y}."
        )
    if now > until:
        raise NoSigningKey(f"The certificate of the signature ran out on {until:%d.%m.%Y}.")
    return found


def forget() -> None:
    """Read the keys anew when they are next needed: a token may have been pulled out."""
    application().extensions.pop(_KEPT, None)


def _own_file(chosen: Settings, login: str) -> Path | None:
    if chosen.signing_keys is None or not _LOGIN.fullmatch(login):
        return None
    path = chosen.signing_keys / f"{login}.p12"
    return path if path.is_file() else None


def _officials(path: Path) -> Key:
    beside = path.with_suffix(".password")
    password = beside.read_text(encoding="utf-8").rstrip("\r\n") if beside.is_file() else ""
    return _loaded(
        path.read_bytes,
        password,
        named=f"the key of {path.stem}",
        opens=f"{path.stem}.password",
    )


def _bodys(chosen: Settings) -> Key:
    if chosen.signing_pkcs11_module is not None:
        return _of_token(chosen)
    path = chosen.signing_pkcs12 or (_demo_key(chosen.data_dir) if chosen.demo else None)
    if path is None:
        raise NoSigningKey("Letters cannot be signed: set SIGNING_PKCS12 (see .env.example).")
    return _loaded(path.read_bytes, chosen.signing_password)


def _loaded(
    read: Callable[[], bytes],
    password: str,
    *,
    named: str = "SIGNING_PKCS12",
    opens: str = "SIGNING_PASSWORD",
) -> Key:
    try:
        data = read()
    except FileNotFoundError as error:
        raise NoSigningKey(f"The file {named} names is not there.") from error
    except PermissionError as error:
        raise NoSigningKey(f"The server may not read the file {named} names.") from error
    except OSError as error:
        raise NoSigningKey(f"The file {named} names cannot be read: {error.strerror}.") from error
    try:
        found = signers.SimpleSigner.load_pkcs12_data(
            data, other_certs=[], passphrase=password.encode() or None
        )
    except ValueError as error:
        raise NoSigningKey(
            f"{named} names no PKCS#12 file, or {opens} does not open it."
        ) from error
    if found.signing_cert is None:
        raise NoSigningKey(f"The file {named} names holds no certificate.")
    signer = HeldKey(found.signing_cert, found.signing_key, found.cert_registry)
    return Key(signer, shown(found.signing_cert.dump()))


def _of_token(chosen: Settings) -> Key:
    try:
        session = open_pkcs11_session(
            str(chosen.signing_pkcs11_module),
            token_criteria=TokenCriteria(label=chosen.signing_pkcs11_token),
            user_pin=chosen.signing_pkcs11_pin,
        )
        signer = PKCS11Signer(session, cert_label=chosen.signing_pkcs11_key)
        found = signer.signing_cert
        # Many tokens do not hash for ECDSA; all of them sign a digest.
        signer.use_raw_mechanism = found.public_key.algorithm == "ec"
    except pkcs11.exceptions.PinIncorrect as error:
        raise NoSigningKey("SIGNING_PKCS11_PIN does not open the token.") from error
    except (pkcs11.PKCS11Error, RuntimeError, OSError, ValueError) as error:
        raise NoSigningKey(
            "The token SIGNING_PKCS11_TOKEN names cannot be opened, "
            "or SIGNING_PKCS11_KEY names no key with a certificate on it."
        ) from error
    return Key(signer, shown(found.dump()))


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
    # `demo fill` plays the past weeks, in which letters are signed too.
    since = clock.real() - timedelta(days=365)
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
