"""What a certificate says, whatever its key; those with GOST keys are read as any other."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from .shapes import Certificate


def shown(der: bytes) -> Certificate:
    """Raises ValueError for what is no certificate."""
    try:
        found = x509.load_der_x509_certificate(der)
    except x509.InvalidVersion as error:  # which is no ValueError, unlike all else it may raise
        raise ValueError(str(error)) from error
    return Certificate(
        owner=_owner(found.subject),
        organisation=_said(found.subject, NameOID.ORGANIZATION_NAME),
        issuer=_said(found.issuer, NameOID.COMMON_NAME)
        or _said(found.issuer, NameOID.ORGANIZATION_NAME)
        or found.issuer.rfc4514_string(),
        number=f"{found.serial_number:X}",
        valid_from=found.not_valid_before_utc,
        valid_to=found.not_valid_after_utc,
        fingerprint=found.fingerprint(hashes.SHA256()).hex(),
    )


def crl_shown(der: bytes) -> tuple[str, datetime, datetime]:
    """Whose list of revoked certificates it is, of which moment, and until when it is in force.

    A list that names no end is in force for a day. Raises ValueError for what is no list.
    """
    found = x509.load_der_x509_crl(der)
    since = found.last_update_utc
    issuer = _said(found.issuer, NameOID.COMMON_NAME) or found.issuer.rfc4514_string()
    return issuer, since, found.next_update_utc or since + timedelta(days=1)


def aware(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _owner(name: x509.Name) -> str:
    """Family name, name and patronymic of the person where there is one; else the common name."""
    person = " ".join(filter(None, (_said(name, NameOID.SURNAME), _said(name, NameOID.GIVEN_NAME))))
    return person or _said(name, NameOID.COMMON_NAME) or name.rfc4514_string()


def _said(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""
