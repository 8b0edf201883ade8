"""Read every stored file again and say which are lost, changed or badly signed."""

import hashlib
from dataclasses import asdict, dataclass, field
from typing import Any

from app import clock
from app.database import reading
from app.documents import services, store
from app.documents.signatures import Trust, examine


@dataclass
class Found:
    """`missing`, `changed`, `bad_signatures` hold SHA-256 in hex; `strays` = files nobody knows.

    A stray is the trace of a use case that failed after its file was written; it does no harm.
    """

    files: int = 0
    bytes: int = 0
    signed: int = 0
    missing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    bad_signatures: list[str] = field(default_factory=list)
    strays: int = 0

    @property
    def good(self) -> bool:
        return not (self.missing or self.changed or self.bad_signatures)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "good": self.good}


def verify() -> Found:
    """Check all files; reads them in pieces, holds no lock and no transaction meanwhile."""
    with reading() as session:
        expected = list(services.stored(session))
    found = Found()
    for sha256, size, fingerprints in expected:
        _verify_file(found, sha256, size, fingerprints)
    known = {sha256 for sha256, *_rest in expected}
    found.strays = sum(1 for name in store.files().names() if name not in known)
    return found


def trouble_of(sha256: str, size: int) -> str:
    """What is wrong with the bytes of one stored file: "missing", "changed", or ''."""
    found = Found()
    _verify_file(found, sha256, size, frozenset())
    return "missing" if found.missing else "changed" if found.changed else ""


def _verify_file(found: Found, sha256: str, size: int, fingerprints: frozenset[str]) -> None:
    found.files += 1
    try:
        stream = store.files().open(sha256)
    except store.MissingFile:
        found.missing.append(sha256)
        return
    digest, read, kept = hashlib.sha256(), 0, bytearray()
    with stream:
        while chunk := stream.read(1024 * 1024):
            digest.update(chunk)
            read += len(chunk)
            if fingerprints:
                kept += chunk
    found.bytes += read
    if digest.hexdigest() != sha256 or read != size:
        found.changed.append(sha256)
    elif fingerprints:
        found.signed += 1
        if not _holds(bytes(kept), fingerprints):
            found.bad_signatures.append(sha256)


def _holds(pdf: bytes, fingerprints: frozenset[str]) -> bool:
    report = examine(pdf, None, Trust(), clock.now())
    return report.intact and all(one.fingerprint in fingerprints for one in report.verdicts)
