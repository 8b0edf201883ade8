"""The body's electronic signatures: PAdES B-B inside the PDF, CAdES beside a file, GOST beside it.

The visible mark of GOST R 7.0.97 is drawn by the letter's own template, where nothing can overlap
it; the signature field itself is invisible.
"""

import asyncio
from io import BytesIO
from typing import Any

import pkcs11
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

from app import clock
from app.documents import keys
from app.documents.keys import NoSigningKey as NoSigningKey
from app.documents.signatures import gost
from app.documents.signatures.shapes import Certificate
from app.extensions import settings

#: What a detached signature is called after the name of its file.
ENDING = ".p7s"
GOST_ENDING = ".gost.sig"
_DIGEST = "sha256"
_FIELD = "BodySignature"


def certificate(login: str = "") -> Certificate:
    """The certificate that letters of this signatory are signed with now."""
    return keys.of(login).certificate


class _Signer(signers.PdfSigner):
    """Signs by the clock of the house and not by the machine's."""

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = clock.now()
        return session


def sign_pdf(pdf: bytes, *, reason: str | None = None, by: str = "") -> bytes:
    """Return the same document with a signature over all of it, to its last byte.

    `by` is the login of the official whose key is used where there is one. The signature is an
    incremental update, so PDF/A stays PDF/A. Raises `NoSigningKey`.
    """
    key = keys.of(by)
    signer = _Signer(
        signers.PdfSignatureMetadata(
            field_name=_FIELD,
            md_algorithm=_DIGEST,
            subfilter=fields.SigSeedSubFilter.PADES,
            reason=reason,
            # A finished letter is certified: whatever is added to it later breaks the signature.
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        ),
        signer=key.signer,
        new_field_spec=fields.SigFieldSpec(_FIELD),
    )
    out = BytesIO()
    with key.lock, _token():
        signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), output=out)
    return out.getvalue()


def sign_beside(content: bytes, *, by: str = "") -> bytes:
    """A detached CAdES B-B over any bytes, DER, by the same key. Raises `NoSigningKey`."""
    key = keys.of(by)
    with key.lock, _token():
        made = asyncio.run(
            key.signer.async_sign_general_data(
                content,
                _DIGEST,
                detached=True,
                use_cades=True,
                signed_attr_settings=PdfCMSSignedAttributes(signing_time=clock.now()),
            )
        )
    return bytes(made.dump())


def signs_gost() -> bool:
    """Whether letters are also signed by GOST R 34.10-2012 on this server."""
    return settings().signing_gost_key is not None


def sign_gost(content: bytes) -> bytes:
    """A detached CAdES by GOST R 34.10-2012 over any bytes, DER. Raises `NoSigningKey`."""
    chosen = settings()
    if chosen.signing_gost_key is None or chosen.signing_gost_certificate is None:
        raise NoSigningKey("Set both SIGNING_GOST_KEY and SIGNING_GOST_CERTIFICATE.")
    try:
        return gost.sign(
            content,
            key=chosen.signing_gost_key.resolve(),
            certificate=chosen.signing_gost_certificate.resolve(),
            password=chosen.signing_gost_password,
        )
    except gost.CannotSign as error:
        raise NoSigningKey(str(error)) from error


class _token:  # noqa: N801  # reads as what it is at its place: `with _token():`
    """What a token says when it is pulled out or locked, as our own error."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, pkcs11.PKCS11Error):
            keys.forget()
            raise NoSigningKey("The token did not sign: is it there and open?") from error
