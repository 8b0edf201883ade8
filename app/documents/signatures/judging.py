"""The verdict on one signer: bytes, chain, revocation, each by itself."""

import asyncio
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from asn1crypto import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from pyhanko.sign.general import CMSExtractionError, CMSStructuralError
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import async_validate_detached_cms
from pyhanko_certvalidator import ValidationContext

from . import certificates, chains, gost
from .containers import Signer
from .shapes import Integrity, Verdict
from .trust import Trust

_NAMES = {"rsassa_pkcs1v15": "RSA", "rsassa_pss": "RSA-PSS", "ecdsa": "ECDSA", "dsa": "DSA"}
_KNOWN = frozenset({"RSA", "RSA-PSS", "ECDSA"})


def judge(
    signer: Signer,
    content: bytes,
    trust: Trust,
    now: datetime,
    *,
    folder: Path | None = None,
    sound: Integrity = "unchanged",
    claimed: datetime | None = None,
) -> Verdict:
    """Judge one signer over `content`; `sound` is what unchanged bytes are called.

    `claimed` is the moment of signing where the container itself does not name it.
    """
    if signer.certificate is None:
        return Verdict("unchecked", why="certificate")
    try:
        return _judged(signer, signer.certificate, content, trust, now, folder, sound, claimed)
    except ValueError:
        # A certificate in it cannot be read: somebody has been at it.
        return Verdict("changed")


def _judged(
    signer: Signer,
    certificate: x509.Certificate,
    content: bytes,
    trust: Trust,
    now: datetime,
    folder: Path | None,
    sound: Integrity,
    claimed: datetime | None,
) -> Verdict:
    verdict = _described(signer, certificate)
    verdict = replace(verdict, signed_at=verdict.signed_at or claimed)
    if not signer.sound or (signer.attached is not None and signer.attached != content):
        return replace(verdict, integrity="changed")
    moment = verdict.signed_at or now
    if signer.gost:
        found = gost.judge(signer, content, trust, moment, now, folder=folder)
        verdict = replace(verdict, **found)
    elif verdict.algorithm not in _KNOWN:
        return replace(verdict, why="algorithm")
    else:
        unchanged = asyncio.run(_unchanged(signer, content, moment))
        verdict = replace(
            verdict,
            integrity="unchanged" if unchanged else "changed",
            **chains.judge(certificate, signer.others, trust, moment, now),
        )
    return replace(verdict, integrity=sound) if verdict.intact else verdict


def _described(signer: Signer, certificate: x509.Certificate) -> Verdict:
    told = certificates.shown(certificate.dump())
    moment = signer.attribute("signing_time")
    return Verdict(
        integrity="unchecked",
        owner=told.owner,
        organisation=told.organisation,
        issuer=told.issuer,
        certificate=told.number,
        fingerprint=told.fingerprint,
        algorithm=_algorithm(signer),
        valid_from=told.valid_from,
        valid_to=told.valid_to,
        signed_at=certificates.aware(moment) if isinstance(moment, datetime) else None,
    )


def _algorithm(signer: Signer) -> str:
    if signer.gost:
        return gost.NAME
    try:
        return _NAMES.get(signer.info["signature_algorithm"].signature_algo, "")
    except ValueError:
        return ""


async def _unchanged(signer: Signer, content: bytes, moment: datetime) -> bool:
    """Whether digest and signature fit; the chain is asked elsewhere."""
    here = ValidationContext(trust_roots=[signer.certificate], allow_fetching=False, moment=moment)
    try:
        status = await async_validate_detached_cms(
            content, signer.signed_data, signer_validation_context=here
        )
    except (
        *(SignatureValidationError, CMSExtractionError, CMSStructuralError),
        *(InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError, KeyError),
    ):
        return False
    return bool(status.intact and status.valid)
