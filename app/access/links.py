"""One-time links by which a person chooses a password: from the administrator, or asked for.

The secret of a link is in nobody's hands but the reader's: a link on the screen is shown once, one
by mail is made at the moment of sending.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access import credentials, lockout, passwords, policy
from app.access import people as _people
from app.access.models import Account, Credential
from app.access.values import Pass, Person
from app.audit.services import record
from app.clock import real
from app.database import reading, transaction
from app.errors import Conflict, Invalid
from app.extensions import lazy_gettext as _
from app.outbox.services import promise

MAIL_JOB = "access.link"
#: A link asked for at the sign-in page is good for less than one from the administrator.
ASKED_LIFE = timedelta(hours=1)
#: Another letter in less than this would be the same letter twice.
PATIENCE = timedelta(minutes=5)


def make(login: str, *, actor: str) -> Pass:
    """Give an account a link in place of its password, sessions and tokens; it is shown this once.

    Raises Conflict for an account out of use.
    """
    with transaction() as session:
        row = _emptied(session, login, actor)
        return credentials.give(session, row, credentials.LINK)


def mail(login: str, language: str, *, actor: str) -> None:
    """The same, by mail. Raises Conflict where there is no address."""
    with transaction() as session:
        row = _emptied(session, login, actor)
        if "@" not in row.email:
            raise Conflict(_("This account has no e-mail address."))
        _promise(session, row, language, asked=False)


def ask(typed: str, language: str) -> None:
    """Somebody forgot a password: mail a link, if there is such an account with an address.

    `typed` is a login or an e-mail address. Whatever it is, the same work is done and nothing is
    told; whether a letter goes is decided by the job. The present password stays good.
    """
    folded = policy.login_of(typed)[:254]
    by_mail = func.lower(Account.email) == folded if "@" in folded else Account.login == folded
    with transaction() as session:
        rows = session.scalars(select(Account).where(Account.active, by_mail).limit(2)).all()
        row = rows[0] if len(rows) == 1 else None
        record(session, "system", "password.forgotten", f"account:{row.login}" if row else None)
        _promise(session, row, language, asked=True)


def for_letter(account_id: int | None, *, asked: bool) -> tuple[Person, Pass] | None:
    """The link of a letter that is about to be sent; None when there is none to send."""
    with transaction() as session:
        row = session.get(Account, account_id) if account_id else None
        if row is None or not row.active or "@" not in row.email:
            return None
        if asked and _sent_just_now(session, row):
            return None
        life = ASKED_LIFE if asked else None
        credentials.revoke_all(session, row, credentials.LINK)
        link = credentials.give(session, row, credentials.LINK, life)
        record(session, "system", "password.link_mailed", f"account:{row.login}")
        return _people.person(session, row.login), link


def whose(secret: str) -> Person | None:
    """Whose password a link changes; None when it was used or is too old."""
    with reading() as session:
        return credentials.holder(session.connection(), secret, credentials.LINK)


def use(secret: str, new: str) -> Person:
    """Choose a password by a link: the link, all sessions and tokens end, nobody has to wait.

    Raises Invalid by field: new; Conflict when the link was used or is too old.
    """
    person = whose(secret)
    if person is None:
        raise spent()
    if complaint := policy.password_complaint(new, person.login, person.name):
        raise Invalid(fields={"new": [complaint]})
    password_hash = passwords.hashed(new)
    with transaction() as session:
        row = _people.account(session, person.login)
        # Of two who come with one link at once the second finds it used.
        if not credentials.use(session, secret, credentials.LINK):
            raise spent()
        row.password_hash = password_hash
        session.flush()
        credentials.revoke_all(session, row)
        lockout.unlock(session, row.id)
        record(session, row.login, "password.chosen", f"account:{row.login}")
        return person


def spent() -> Conflict:
    return Conflict(
        _("This link was used already or is too old. Ask for another one at the sign-in page.")
    )


def _emptied(session: Session, login: str, actor: str) -> Account:
    row = _people.account(session, login)
    if not row.active:
        raise Conflict(_("This account is out of use."))
    row.password_hash = None
    session.flush()
    credentials.revoke_all(session, row)
    lockout.unlock(session, row.id)
    record(session, actor, "password.reset", f"account:{row.login}")
    return row


def _promise(session: Session, row: Account | None, language: str, *, asked: bool) -> None:
    payload: dict[str, Any] = {
        "account": row.id if row else None,
        "language": language,
        "asked": asked,
    }
    promise(session, MAIL_JOB, payload, key="access")


def _sent_just_now(session: Session, row: Account) -> bool:
    found = session.scalar(
        select(func.count()).where(
            Credential.account_id == row.id,
            Credential.kind == credentials.LINK,
            Credential.created_at > real() - PATIENCE,
        )
    )
    return bool(found)
