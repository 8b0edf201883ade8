"""Sessions and tokens: given once in clear, kept as a digest, good until revoked or expired."""

from datetime import timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app.access import passwords, people
from app.access.models import Account, Credential
from app.access.values import Pass, Person
from app.clock import real
from app.database import UTCDateTime
from app.looks import Looks

SESSION, TOKEN = "session", "token"
_HOLDER = Looks(
    people.SHOWN.where(
        Account.active,
        Account.id
        == select(Credential.account_id)
        .where(
            Credential.sha256 == bindparam("sha256"),
            Credential.kind == bindparam("kind"),
            Credential.revoked_at.is_(None),
            Credential.expires_at > bindparam("now", type_=UTCDateTime),
        )
        .scalar_subquery(),
    )
)
LIFE = {SESSION: timedelta(hours=12), TOKEN: timedelta(days=90)}


def give(session: Session, row: Account, kind: str, life: timedelta | None = None) -> Pass:
    """Make a secret for an account in the caller's transaction."""
    secret = passwords.new_secret()
    expires_at = real() + (life or LIFE[kind])
    session.add(
        Credential(
            account_id=row.id,
            kind=kind,
            sha256=passwords.digest(secret),
            created_at=real(),
            expires_at=expires_at,
        )
    )
    return Pass(row.login, secret, expires_at)


def holder(session: Session, secret: str, kind: str) -> Person | None:
    """Whose secret it is; None when it is unknown, revoked, expired, or its person left.

    The look-up is by digest, so its time tells nothing about the secret.
    """
    (rows,) = _HOLDER(session, sha256=passwords.digest(secret), kind=kind, now=real())
    return next(iter(people.shown(rows).values()), None)


def revoke(session: Session, secret: str) -> None:
    _revoke(session, Credential.sha256 == passwords.digest(secret))


def revoke_all(session: Session, row: Account, *, but: str = "") -> None:
    """End every session and token of an account, save the secret `but`."""
    _revoke(session, Credential.account_id == row.id, Credential.sha256 != passwords.digest(but))


def _revoke(session: Session, *conditions: object) -> None:
    session.execute(
        update(Credential)
        .where(Credential.revoked_at.is_(None), *conditions)  # type: ignore[arg-type]
        .values(revoked_at=real())
    )
