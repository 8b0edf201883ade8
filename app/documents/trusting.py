"""The administrator's folder of trust: seen, filled and emptied; each change is journaled.

The folder itself is the truth, so it can also be kept by whatever keeps the machine's files; what
was changed there is noticed by a duty and journaled too.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.audit.services import record
from app.database import transaction
from app.documents import policy
from app.documents.signatures import Trust, certificates, trust
from app.errors import Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.extensions import settings

SYSTEM = "system"
SUBJECT = "trust"
LARGEST = 20 * 1024 * 1024
_KNOWN = ".known.json"


@dataclass(frozen=True)
class Held:
    """One root or list of a file; `kind` is "roots" or "crls", `until` when it ends.

    `owner` is '' of a file that cannot be read as what it should be.
    """

    kind: str
    file: str
    owner: str
    issuer: str = ""
    number: str = ""
    fingerprint: str = ""
    since: datetime | None = None
    until: datetime | None = None


def current() -> Trust:
    """What is believed now."""
    return Trust.of(settings().trust)


def held() -> list[Held]:
    """All that lies in the folder, roots first."""
    folder = settings().trust
    return [
        one
        for kind in (trust.ROOTS, trust.CRLS)
        for path in trust.files(folder, kind)
        for one in _shown(kind, path)
    ]


def add(name: str, content: bytes, *, actor: str) -> int:
    """Put a file of certificates or lists into the folder; how many it holds.

    Raises `Invalid` on `file`.
    """
    kind = next((one for one in (trust.ROOTS, trust.CRLS) if trust.parsed(content, one)), None)
    if kind is None:
        message = _("This is neither a certificate nor a list of revoked certificates.")
        raise Invalid(message, fields={"file": [message]})
    count, digest = len(trust.parsed(content, kind)), hashlib.sha256(content).hexdigest()
    # One name for one content: the same file sent twice lies there once.
    path = settings().trust / kind / f"{digest[:8]}-{policy.safe_name(name).lstrip('.')}"
    path.parent.mkdir(parents=True, exist_ok=True)
    with transaction() as session:
        record(session, actor, "trust.added", SUBJECT, kind=kind, file=path.name, sha256=digest)
        temporary = path.with_name(f".{path.name}")
        temporary.write_bytes(content)
        temporary.replace(path)
        _remember(_present())
    return count


def remove(kind: str, file: str, *, actor: str) -> None:
    """Take a file out of the folder."""
    found = [one for one in trust.files(settings().trust, kind) if one.name == file]
    if kind not in (trust.ROOTS, trust.CRLS) or not found:
        raise NotFound(_("There is no such file."))
    with transaction() as session:
        digest = hashlib.sha256(found[0].read_bytes()).hexdigest()
        record(session, actor, "trust.removed", SUBJECT, kind=kind, file=file, sha256=digest)
        found[0].unlink()
        _remember(_present())


def notice() -> int:
    """Journal what was changed in the folder by hand; how many files."""
    present, known = _present(), _known()
    if present == known:
        return 0
    changes: list[tuple[str, str, str]] = [
        *(("trust.added", name, has) for name, has in present.items() if known.get(name) != has),
        *(("trust.removed", name, had) for name, had in known.items() if name not in present),
    ]
    with transaction() as session:
        for action, name, digest in changes:
            kind, _slash, file = name.partition("/")
            record(session, SYSTEM, action, SUBJECT, kind=kind, file=file, sha256=digest)
        _remember(present)
    return len(changes)


def _present() -> dict[str, str]:
    folder = settings().trust
    return {
        f"{kind}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for kind in (trust.ROOTS, trust.CRLS)
        for path in trust.files(folder, kind)
    }


def _known() -> dict[str, str]:
    path = settings().trust / _KNOWN
    found: dict[str, str] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return found


def _remember(present: dict[str, str]) -> None:
    folder = settings().trust
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f"{_KNOWN}.new"
    temporary.write_text(json.dumps(present, ensure_ascii=False), "utf-8")
    temporary.replace(folder / _KNOWN)


def _shown(kind: str, path: Path) -> list[Held]:
    found = trust.parsed(path.read_bytes(), kind)
    if not found:
        return [Held(kind, path.name, "")]
    return [Held(kind, path.name, **_facts(kind, one)) for one in found]


def _facts(kind: str, der: bytes) -> dict[str, Any]:
    if kind == trust.CRLS:
        issuer, since, until = certificates.crl_shown(der)
        return {"owner": issuer, "since": since, "until": until}
    told = certificates.shown(der)
    return {
        "owner": told.owner,
        "issuer": told.issuer,
        "number": told.number,
        "fingerprint": told.fingerprint,
        "since": told.valid_from,
        "until": told.valid_to,
    }
