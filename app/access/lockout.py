"""Guessing passwords is slowed down, and the right owner of an account is not shut out by it.

Failures are counted by the login and by where it is tried:

* in a browser in which this login was signed in to before, by that browser alone, so that whatever
  strangers do, its owner is let in;
* in a strange one, by its address, and by all strange ones together, so that many addresses do
  not help a guesser.

Too many failures make whoever is counted there wait, longer after each one, an hour at most. The
owner at a strange place has a way around it as well: a link by mail to choose a new password makes
the browser a known one. Logins that nobody has are counted in the same way, so that a pause does
not tell which exist.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.access import policy
from app.access.models import Attempts
from app.access.values import Origin
from app.clock import real
from app.extensions import network, settings

#: Failures are forgotten when nothing failed for so long.
FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True)
class Charge:
    """An attempt that is counted as a failure until it succeeds.

    `refused_until`: it may not even be tried before; `blocked_until`: a failure of it means a
    pause until then.
    """

    keys: tuple[str, ...] = ()
    refused_until: datetime | None = None
    blocked_until: datetime | None = None


def charge(session: Session, login: str, account_id: int | None, origin: Origin) -> Charge:
    """Count an attempt before it is made, so that attempts made at once are all counted."""
    free = settings().lockout_failures
    if not free:
        return Charge()
    now = real()
    session.execute(delete(Attempts).where(Attempts.last_at < now - FORGOTTEN))
    places = _places(login, origin, free)
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    for key, (address, _free) in places.items():
        first = insert(Attempts).values(
            key=key, account_id=account_id, address=address, failures=0, last_at=now
        )
        session.execute(first.on_conflict_do_nothing())
    query = select(Attempts).where(Attempts.key.in_(places)).order_by(Attempts.key)
    rows = session.scalars(query.with_for_update()).all()
    blocked = [row.blocked_until for row in rows if row.blocked_until and row.blocked_until > now]
    if blocked:
        return Charge(refused_until=max(blocked))
    for row in rows:
        row.failures, row.last_at = row.failures + 1, now
        wait = policy.pause(row.failures, places[row.key][1])
        row.blocked_until = now + wait if wait else None
    pauses = [row.blocked_until for row in rows if row.blocked_until]
    return Charge(tuple(places), blocked_until=max(pauses, default=None))


def take_back(session: Session, charged: Charge) -> None:
    """The attempt was no failure, though nobody is signed in yet."""
    session.execute(
        update(Attempts)
        .where(Attempts.key.in_(charged.keys))
        .values(failures=Attempts.failures - 1, blocked_until=None)
    )


def succeeded(session: Session, charged: Charge) -> None:
    """Forget the failures of this place; what strangers did together goes on being counted."""
    take_back(session, charged)
    session.execute(delete(Attempts).where(Attempts.key.in_(charged.keys[:1])))


def unlock(session: Session, account_id: int) -> bool:
    """Let everybody try an account again; False when nobody had to wait."""
    waited = blocked_until(session, account_id) is not None
    session.execute(delete(Attempts).where(Attempts.account_id == account_id))
    return waited


def blocked_until(session: Session, account_id: int) -> datetime | None:
    """Until when somebody somewhere has to wait before trying an account again."""
    rows = session.scalars(
        select(Attempts.blocked_until).where(
            Attempts.account_id == account_id, Attempts.blocked_until > real()
        )
    )
    return max(filter(None, rows), default=None)


def _places(login: str, origin: Origin, free: int) -> dict[str, tuple[str, int]]:
    """The counters of an attempt: key -> address, failures that cost nothing; the nearest first."""
    if origin.browser:
        return {_key(login, "browser", origin.browser): ("", free)}
    address = network(origin.address)
    return {
        _key(login, "address", address): (address, free),
        _key(login, "anywhere", ""): ("", free * policy.TOGETHER),
    }


def _key(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()
