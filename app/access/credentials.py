"""Sessions, tokens, one-time links: given once in clear, kept as a digest, good for a time.

One that was revoked or has expired is good for nothing.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, bindparam, select, update
from sqlalchemy.orm import Session

from app.access import passwords, people, policy
from app.access.models import Account, Credential
from app.access.values import Opened, Origin, Pass, Person
from app.clock import now, real
from app.database import UTCDateTime
from app.looks import Looks

NOWHERE = Origin()
SESSION, TOKEN, LINK = "session", "token", "link"
#: What a right password gives where more is needed: to show a code, to set the second factor up.
CODE, ENROL = "code", "enrol"
OF_PAGES = (SESSION, CODE, ENROL)
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
LIFE = {
    SESSION: timedelta(hours=12),
    TOKEN: timedelta(days=90),
    LINK: timedelta(days=1),
    CODE: timedelta(minutes=5),
    ENROL: timedelta(minutes=15),
}


def give(
    session: Session,
    row: Account,
    kind: str,
    life: timedelta | None = None,
    origin: Origin = NOWHERE,
) -> Pass:
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
            address=origin.address[:45],
            client=policy.browser_name(origin.agent),
        )
    )
    return Pass(row.login, secret, expires_at, kind)


def holder(connection: Connection, secret: str, kind: str) -> Person | None:
    """Whose secret it is; None when it is unknown, revoked, expired, or its person left.

    The look-up is by digest, so its time tells nothing about the secret.
    """
    digest = passwords.digest(secret)
    (rows,) = _HOLDER.columns(connection, sha256=digest, kind=kind, now=real(), moment=now())
    return next(iter(people.shown(rows).values()), None)


def revoke(session: Session, secret: str) -> None:
    _revoke(session, Credential.sha256 == passwords.digest(secret))


def use(session: Session, secret: str, kind: str) -> bool:
    """End what is good for one time; False when it is spent, whoever was faster."""
    good = (Credential.kind == kind, Credential.expires_at > real())
    return _revoke(session, Credential.sha256 == passwords.digest(secret), *good) == 1


def revoke_all(
    session: Session, row: Account, *kinds: str, but: str = "", number: int | None = None
) -> int:
    """End all that an account has of these kinds (of any, where none is named); how many.

    The secret `but` is spared; `number` names a single one.
    """
    chosen = [Credential.account_id == row.id, Credential.sha256 != passwords.digest(but)]
    if kinds:
        chosen.append(Credential.kind.in_(kinds))
    if number is not None:
        chosen.append(Credential.id == number)
    return _revoke(session, *chosen)


def opened(session: Session, row: Account, own: str) -> list[Opened]:
    """The sessions and tokens of an account that have not ended, the newest first.

    `own` is the secret of who asks.
    """
    found = session.scalars(
        select(Credential)
        .where(
            Credential.account_id == row.id,
            Credential.kind.in_((SESSION, TOKEN)),
            Credential.revoked_at.is_(None),
            Credential.expires_at > real(),
        )
        .order_by(Credential.kind, Credential.id.desc())
    )
    mine = passwords.digest(own)
    return [
        Opened(
            one.id,
            one.kind,
            one.created_at,
            one.expires_at,
            one.address,
            one.client,
            one.sha256 == mine,
        )
        for one in found
    ]


def _revoke(session: Session, *conditions: ColumnElement[bool]) -> int:
    ended = session.execute(
        update(Credential)
        .where(Credential.revoked_at.is_(None), *conditions)
        .values(revoked_at=real())
        .returning(Credential.id)
    )
    return len(ended.all())
