"""Chain and revocation of certificates with RSA and ECDSA keys."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from pyhanko_certvalidator import CertificateValidator, ValidationContext, errors
from pyhanko_certvalidator.path import ValidationPath

from .trust import Trust


def judge(
    certificate: asn1.Certificate,
    others: Sequence[asn1.Certificate],
    trust: Trust,
    moment: datetime,
    now: datetime,
) -> dict[str, Any]:
    """`chain` at the moment of signing and, where there is one, `revocation` as known now."""
    context = ValidationContext(
        trust_roots=[_loaded(one) for one in trust.roots],
        allow_fetching=False,
        moment=moment,
        revocation_mode="soft-fail",
    )
    try:
        validator = CertificateValidator(
            certificate, intermediate_certs=list(others), validation_context=context
        )
        path = asyncio.run(validator.async_validate_path())
    except errors.ExpiredError:
        return {"chain": "expired", **_known_alone(certificate, trust)}
    except errors.NotYetValidError:
        return {"chain": "early"}
    except (errors.PathError, errors.ValidationError, ValueError):
        return {"chain": "self_signed" if _is_own_issuer(certificate) else "untrusted"}
    return {"chain": "trusted", **_revocation(path, trust, now)}


def _loaded(der: bytes) -> asn1.Certificate:
    return asn1.Certificate.load(der)


def _is_own_issuer(certificate: asn1.Certificate) -> bool:
    return bool(certificate.issuer.dump() == certificate.subject.dump())


def _revocation(path: ValidationPath, trust: Trust, now: datetime) -> dict[str, Any]:
    """Good when every certificate but the root is missing from a list in force of its issuer."""
    chain = [x509.load_der_x509_certificate(one.dump()) for one in path]
    known = True
    for issuer, one in pairwise(chain):
        lists = [each for each in trust.lists if _is_of(each, issuer)]
        found = [each.get_revoked_certificate_by_serial_number(one.serial_number) for each in lists]
        if dates := [each.revocation_date_utc for each in found if each is not None]:
            return {"revocation": "revoked", "revoked_at": min(dates)}
        known = known and any(_in_force(each, now) for each in lists)
    return {"revocation": "good" if known else "unchecked"}


def _known_alone(certificate: asn1.Certificate, trust: Trust) -> dict[str, Any]:
    """An expired certificate may have been revoked before: a root that signed it may know."""
    own = x509.load_der_x509_certificate(certificate.dump())
    for der in trust.roots:
        issuer = x509.load_der_x509_certificate(der)
        if issuer.subject == own.issuer:
            for one in (each for each in trust.lists if _is_of(each, issuer)):
                if found := one.get_revoked_certificate_by_serial_number(own.serial_number):
                    return {"revocation": "revoked", "revoked_at": found.revocation_date_utc}
    return {}


def _is_of(listed: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    if listed.issuer != issuer.subject:
        return False
    try:
        return bool(listed.is_signature_valid(issuer.public_key()))  # type: ignore[arg-type]
    except (InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError):
        return False


def _in_force(listed: x509.CertificateRevocationList, now: datetime) -> bool:
    """Whether it speaks of all certificates of its issuer, and today."""
    partial = any(
        isinstance(one.value, x509.IssuingDistributionPoint | x509.DeltaCRLIndicator)
        for one in listed.extensions
    )
    until = listed.next_update_utc
    return not partial and listed.last_update_utc <= now and (until is None or now <= until)
