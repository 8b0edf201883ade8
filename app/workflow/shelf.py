"""Parsed version sets, one per version and process: immutable, so they can be shared.

A new process does not parse: it loads what was stored at publication, or by the last release.
"""

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
from app.errors import Conflict, DomainError, NotFound
from app.extensions import lazy_gettext as _
from app.extensions import settings
from app.session import notes
from app.workflow.case import foreseen, known_case
from app.workflow.models import Instance, StoredSet, Version, VersionFile

KEPT = 16
_parsed: OrderedDict[str, engine.VersionSet] = OrderedDict()
_lock = Lock()
log = structlog.get_logger(__name__)


class Tampered(DomainError):
    """The files of a version are not those that were published: nothing may run on them."""

    status = 500
    title = _("The processes were tampered with")


def version_set(session: Session, version_id: int) -> engine.VersionSet:
    """The parsed set of a version; read from the database the first time only."""
    at_hand: dict[int, engine.VersionSet] = notes(session).setdefault(version_set, {})
    if version_id not in at_hand:
        at_hand[version_id] = _shelved(session, version_id)
    return at_hand[version_id]


def meet_versions(session: Session, keys: Mapping[int, str]) -> None:
    """Take the content keys of versions that were read along with something else, by their ids."""
    notes(session)[meet_versions] = keys


def versions_at_hand(session: Session) -> frozenset[int]:
    """The versions whose sets this use case has met."""
    return frozenset(notes(session).get(version_set, ()))


def _shelved(session: Session, version_id: int) -> engine.VersionSet:
    met: Mapping[int, str] = notes(session).get(meet_versions, {})
    key = met.get(version_id) or _row(session, version_id).content_key
    with _lock:
        if found := _parsed.get(key):
            _parsed.move_to_end(key)
            return found
        row, drawn = _row(session, version_id), files(session, version_id)
        parsed = _stored(session, row, drawn) or _read(row, drawn)
        _parsed[key] = parsed
        while len(_parsed) > KEPT:
            _parsed.popitem(last=False)
        return parsed


def store(session: Session, version_id: int) -> bool:
    """Keep what this program makes of a version's files; False when it is kept already."""
    row, drawn = _row(session, version_id), files(session, version_id)
    if _stored(session, row, drawn) is not None:
        return False
    form = engine.pack(_read(row, drawn), _seal(drawn))
    session.merge(StoredSet(version_id=version_id, content=form))
    return True


def digest(drawn: Mapping[str, bytes]) -> str:
    """A digest of the very bytes of a set, whatever they mean."""
    whole = hashlib.sha256()
    for path in sorted(drawn):
        whole.update(path.encode() + b"\0" + hashlib.sha256(drawn[path]).digest())
    return whole.hexdigest()


def _read(row: Version, drawn: Mapping[str, bytes]) -> engine.VersionSet:
    if digest(drawn) != row.digest:
        raise Tampered(
            _(
                "The files of version %(n)s are not those that were published. "
                "Restore them from a backup; nothing runs on them until then.",
                n=row.id,
            )
        )
    return engine.VersionSet.load(drawn, row.content_key)


def _stored(session: Session, row: Version, drawn: Mapping[str, bytes]) -> engine.VersionSet | None:
    """The set as it was stored; None unless this very program stored it, of these very files."""
    form = session.scalar(select(StoredSet.content).where(StoredSet.version_id == row.id))
    if form is None:
        return None
    try:
        return engine.unpack(form, row.content_key, _seal(drawn))
    except engine.Unusable as reason:
        log.info("processes.parsed", version=row.id, reason=str(reason))
        return None


def _seal(drawn: Mapping[str, bytes]) -> bytes:
    """The secret of a stored form: this installation's own, and the files it was made of."""
    return hmac.digest(settings().secret_key.encode(), digest(drawn).encode(), "sha256")


def _row(session: Session, version_id: int) -> Version:
    # A row the session already has is not asked for again: a screen needs it every step.
    found = session.get(Version, version_id)
    if found is None:
        raise NotFound(_("There is no such version of the processes."))
    return found


def files(session: Session, version_id: int) -> dict[str, bytes]:
    rows = session.execute(
        select(VersionFile.path, VersionFile.content).where(VersionFile.version_id == version_id)
    )
    # A result has a `keys` method, and `dict` would take it for a mapping.
    return dict(rows.all())


def active_version(session: Session) -> int:
    if known := foreseen(session):
        return known.id
    found = session.scalar(select(Version.id).where(Version.active))
    if found is None:
        raise Conflict(_("No processes are published yet."))
    return found


def version_for(session: Session, key: str) -> int:
    """The version the first instance of this key runs on; the active one for a new key.

    What belongs to one appeal runs on one version, so that its diagrams fit together.
    """
    found = None
    if known := known_case(session, key):
        found = next((one.version_id for one in known.instances.values()), None)
    elif key:
        first = select(Instance.version_id).where(Instance.key == key)
        found = session.scalar(first.order_by(Instance.id).limit(1))
    return found or active_version(session)
