"""GOST R 34.10-2012 by the `openssl` program with the GOST engine (Debian: libengine-gost-openssl).

Where program or engine is missing nothing is called good: everything is "not checked".
"""

import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from asn1crypto import pem, x509

from .certificates import crl_shown
from .containers import Signer
from .trust import Trust

NAME = "ГОСТ Р 34.10-2012"
PATIENCE = 60
_ERROR = re.compile(r"error (\d+) at (\d+) depth")
# What `openssl verify` calls its findings (X509_V_ERR_…).
_EARLY, _EXPIRED, _SELF_SIGNED, _REVOKED = 9, 10, 18, 23
_SAFE = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"}


class CannotSign(Exception):
    """No signature was made; the message says why."""


@cache
def at_hand() -> bool:
    """Whether `openssl` knows the GOST engine here."""
    try:
        done = _run(["engine", "gost"])
    except OSError:
        return False
    return done.returncode == 0 and "gost" in done.stdout


def judge(
    signer: Signer,
    content: bytes,
    trust: Trust,
    moment: datetime,
    now: datetime,
    *,
    folder: Path | None = None,
) -> dict[str, Any]:
    """`integrity`, `chain`, `revocation` and `why` of a GOST signature."""
    if not at_hand() or signer.certificate is None:
        return {"integrity": "unchecked", "why": "engine"}
    with tempfile.TemporaryDirectory(dir=folder) as name:
        place = Path(name)
        (place / "content").write_bytes(content)
        (place / "signature").write_bytes(signer.der)
        # Whether the certificate can be believed is asked apart; here it is taken for a root.
        _write(place / "own", "CERTIFICATE", [signer.certificate.dump()])
        options = ["-cades"] if signer.names_certificate else []
        done = _run(
            [
                *("cms", "-verify", "-engine", "gost", "-inform", "DER", "-binary"),
                *("-in", str(place / "signature"), "-content", str(place / "content")),
                *("-CAfile", str(place / "own"), "-partial_chain", "-no_check_time"),
                *("-purpose", "any", "-out", "/dev/null", *options),
            ]
        )
        if done.returncode:
            return {"integrity": "changed"}
        return {
            "integrity": "unchanged",
            **_chain(signer.certificate, signer.others, trust, moment, now, place),
        }


def sign(content: bytes, *, key: Path, certificate: Path, password: str) -> bytes:
    """A detached CAdES-BES over `content`, DER; `key` and `certificate` are PEM files.

    Raises `CannotSign`. The moment in it is the machine's: `openssl` takes no other.
    """
    if not at_hand():
        raise CannotSign("The GOST engine of openssl is missing (libengine-gost-openssl).")
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "content").write_bytes(content)
        done = _run(
            [
                *("cms", "-sign", "-engine", "gost", "-binary", "-cades", "-outform", "DER"),
                *("-signer", str(certificate), "-inkey", str(key), "-passin", "env:GOST_PASSWORD"),
                *("-in", str(place / "content"), "-out", str(place / "signature")),
            ],
            {"GOST_PASSWORD": password},
        )
        if done.returncode:
            raise CannotSign(
                "SIGNING_GOST_KEY and SIGNING_GOST_CERTIFICATE are no pair, "
                "or SIGNING_GOST_PASSWORD does not open the key."
            )
        return (place / "signature").read_bytes()


def _chain(
    certificate: x509.Certificate,
    others: Sequence[x509.Certificate],
    trust: Trust,
    moment: datetime,
    now: datetime,
    place: Path,
) -> dict[str, Any]:
    _write(place / "roots", "CERTIFICATE", trust.roots)
    _write(place / "others", "CERTIFICATE", [one.dump() for one in others])
    command = [
        *("verify", "-engine", "gost", "-no-CApath", "-no-CAstore", "-purpose", "any"),
        *(("-CAfile", str(place / "roots")) if trust.roots else ("-no-CAfile",)),
        *(("-untrusted", str(place / "others")) if others else ()),
    ]
    at = ["-attime", str(int(moment.timestamp()))]
    found = _found(_run([*command, *at, str(place / "own")]))
    if found:
        names = {_EXPIRED: "expired", _EARLY: "early", _SELF_SIGNED: "self_signed"}
        return {"chain": names.get(found, "untrusted")}
    return {"chain": "trusted", **_revocation(certificate, trust, now, place, command)}


def _revocation(
    certificate: x509.Certificate, trust: Trust, now: datetime, place: Path, command: list[str]
) -> dict[str, Any]:
    """A list out of force still knows who was revoked; "good" takes lists in force alone."""
    dates = [
        one.revocation_date_utc
        for each in trust.lists
        if each.issuer.public_bytes() == certificate.issuer.dump()
        and (one := each.get_revoked_certificate_by_serial_number(certificate.serial_number))
    ]
    in_force = [one for one in trust.crls if _holds(one, now)]
    for lists in (trust.crls, in_force):
        if not lists:
            return {}
        _write(place / "crls", "X509 CRL", lists)
        options = ["-crl_check_all", "-CRLfile", str(place / "crls"), "-no_check_time"]
        found = _found(_run([*command, *options, str(place / "own")]))
        if found == _REVOKED:
            return {"revocation": "revoked", "revoked_at": min(dates, default=None)}
    return {} if found else {"revocation": "good"}


def _holds(crl: bytes, now: datetime) -> bool:
    _issuer, since, until = crl_shown(crl)
    return since <= now <= until


def _found(done: "subprocess.CompletedProcess[str]") -> int:
    """The first error of `openssl verify`; 0 for none, -1 for one without a number."""
    if done.returncode == 0:
        return 0
    error = _ERROR.search(done.stdout + done.stderr)
    return int(error[1]) if error else -1


def _write(path: Path, label: str, ders: Sequence[bytes]) -> None:
    path.write_bytes(b"".join(pem.armor(label, one) for one in ders))


def _run(
    arguments: Sequence[str], secrets: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["openssl", *arguments],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=PATIENCE,
        check=False,
        env={**_SAFE, **(secrets or {})},
    )
