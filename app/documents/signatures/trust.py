"""The folder of trust: roots that the administrator believes, and lists of revoked certificates.

`roots/` holds certificates, `crls/` the lists; PEM (also several in a file) or DER. The folder is
the truth: what is put in by hand counts as what is put in on the screen.
"""

import base64
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography import x509

ROOTS, CRLS = "roots", "crls"
_PEM = re.compile(rb"-----BEGIN (CERTIFICATE|X509 CRL)-----(.+?)-----END \1-----", re.DOTALL)


@dataclass(frozen=True)
class Trust:
    """DER of the roots and of the lists."""

    roots: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, folder: Path) -> "Trust":
        """What lies in the folder; a file that cannot be read as what it should be is passed by."""
        return cls(_all(folder / ROOTS, ROOTS), _all(folder / CRLS, CRLS))

    @cached_property
    def lists(self) -> tuple[x509.CertificateRevocationList, ...]:
        return tuple(x509.load_der_x509_crl(one) for one in self.crls)


def parsed(content: bytes, kind: str) -> tuple[bytes, ...]:
    """The certificates (`roots`) or lists (`crls`) of a file; empty for one that is none."""
    label = b"CERTIFICATE" if kind == ROOTS else b"X509 CRL"
    load = x509.load_der_x509_certificate if kind == ROOTS else x509.load_der_x509_crl
    try:
        pem = [base64.b64decode(body) for name, body in _PEM.findall(content) if name == label]
        found = pem or [content]
        for one in found:
            load(one)
    except (ValueError, x509.InvalidVersion):  # which is no ValueError
        return ()
    return tuple(found)


def files(folder: Path, kind: str) -> list[Path]:
    """The files of one kind in the folder of trust, hidden ones left out."""
    place = folder / kind
    if not place.is_dir():
        return []
    return sorted(one for one in place.iterdir() if one.is_file() and one.name[0] != ".")


def _all(place: Path, kind: str) -> tuple[bytes, ...]:
    found = (parsed(one.read_bytes(), kind) for one in files(place.parent, kind))
    return tuple(one for several in found for one in several)
