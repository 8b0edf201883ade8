"""What the session remembers of the appeals it was shown.

So number and code need not be typed again on every page.

Number and code stay in the signed session cookie, never in an address; pages name an appeal by a
handle that tells a passer-by nothing.
"""

import hashlib
from datetime import timedelta
from typing import Any

from flask import session

from app import clock
from app.errors import NotFound
from app.extensions import lazy_gettext as _

IDLE = timedelta(minutes=30)
#: A page opened again so soon is no reason to write the cookie anew.
SOON = timedelta(minutes=1)
AT_MOST = 4
_KEY, _SENT = "shown", "sent"


class Forgotten(NotFound):
    """The session no longer knows the appeal: number and code have to be given again."""

    def __init__(self) -> None:
        super().__init__(_("The page has expired. Enter the number and the access code again."))


def remember(ref: str, code: str, appeal: int | None = None) -> str:
    """Keep a right pair for half an hour after its last use; the handle to find it by.

    With the id of its `appeal` nobody need look for that again.
    """
    handle = hashlib.sha256(ref.encode()).hexdigest()[:12]
    kept: dict[str, Any] = dict(session.get(_KEY, {}))
    kept.pop(handle, None)
    kept[handle] = [ref, code, clock.real().timestamp(), appeal]
    session[_KEY] = dict(list(kept.items())[-AT_MOST:])
    return handle


def recall(handle: str) -> tuple[str, str]:
    """The pair behind a handle, its time renewed to the minute; raises `Forgotten`."""
    found = session.get(_KEY, {}).get(handle)
    if found is None:
        raise Forgotten
    ref, code, used_at = found[:3]
    age = timedelta(seconds=clock.real().timestamp() - used_at)
    if age > IDLE:
        forget(handle)
        raise Forgotten
    if age > SOON:
        remember(ref, code, id_behind(handle))
    return str(ref), str(code)


def id_behind(handle: str) -> int | None:
    """The id of the appeal behind a handle, where it was known when the pair was given."""
    found = session.get(_KEY, {}).get(handle, ())
    return found[3] if len(found) > 3 else None


def forget(handle: str) -> None:
    kept = dict(session.get(_KEY, {}))
    kept.pop(handle, None)
    session[_KEY] = kept


def sent(mark: str) -> None:
    """Remember that the form the browser calls so was sent: its draft there is to be forgotten."""
    session[_SENT] = [*session.get(_SENT, ()), mark][-AT_MOST:]


def sent_lately() -> list[str]:
    return list(session.get(_SENT, ()))
