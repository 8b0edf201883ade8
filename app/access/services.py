"""Use cases of access: accounts, sign-in, tokens. Functions with a `session` never commit."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import credentials, passwords, policy
from app.access import people as _people
from app.access.models import Account
from app.access.people import logins_of_units as logins_of_units
from app.access.people import logins_with_role as logins_with_role
from app.access.people import people as people
from app.access.people import people_by_login as people_by_login
from app.access.people import person as person
from app.access.values import Pass as Pass
from app.access.values import Person as Person
from app.audit.services import record, record_change
from app.clock import now
from app.database import reading, transaction
from app.errors import Invalid, Unauthorised
from app.extensions import lazy_gettext as _


def load_person(login: str) -> Person:
    with reading() as session:
        return person(session, login)


def list_people(
    q: str = "", role: str | None = None, limit: int = 50, *, left: bool = False, offset: int = 0
) -> list[Person]:
    with reading() as session:
        return people(session, q, role, limit, left=left, offset=offset)


# ---- accounts --------------------------------------------------------------------------------


def create_account(
    login: str, values: Mapping[str, Any], *, password: str | None, actor: str
) -> Person:
    """Make an account; `values` as in `people.put`. Without a password nobody can sign in to it.

    Raises Invalid by field: login, password, name, email, roles, unit_id, post_id.
    """
    login = policy.login_of(login)
    problems: dict[str, list[Any]] = {}
    if not policy.is_login(login):
        problems["login"] = [
            _("A login has 2 to 50 Latin letters, digits, dots, dashes or underscores.")
        ]
    if password is not None and (complaint := policy.password_complaint(password, login)):
        problems["password"] = [complaint]
    if problems:
        raise Invalid(fields=problems)
    password_hash = None if password is None else passwords.hashed(password)
    with transaction() as session:
        return add_account(session, login, values, password_hash=password_hash, actor=actor)


def create_with_password(
    login: str, values: Mapping[str, Any], *, actor: str
) -> tuple[Person, str]:
    """Make an account with a made-up password, to be told to its person once."""
    password = passwords.new_password()
    return create_account(login, values, password=password, actor=actor), password


def add_account(
    session: Session,
    login: str,
    values: Mapping[str, Any],
    *,
    password_hash: str | None,
    actor: str,
) -> Person:
    """Make an account in the caller's transaction; the login is already checked."""
    if session.scalar(select(Account.id).where(Account.login == login)) is not None:
        raise Invalid(fields={"login": [_("This login is taken.")]})
    row = Account(login=login, password_hash=password_hash, created_at=now(), active=True)
    _people.put(session, row, {"name": "", "name_en": "", "email": "", **values})
    session.add(row)
    session.flush()
    record(session, actor, "account.added", f"account:{login}", after=_people.facts(session, row))
    return _people.view(session, row)


def change_account(login: str, values: Mapping[str, Any], *, actor: str) -> Person:
    """Change what `values` names; who is deactivated is signed out at once.

    The last active administrator stays one: nobody could undo it.
    """
    with transaction() as session:
        row = _people.account(session, login)
        before = _people.facts(session, row)
        _people.put(session, row, values)
        session.flush()
        was_administrator = before["active"] and policy.ADMINISTRATOR in before["roles"]
        if was_administrator and _people.administrators(session) == 0:
            raise Invalid(fields={"roles": [_("The last administrator must stay one.")]})
        if not row.active:
            credentials.revoke_all(session, row)
        after = _people.facts(session, row)
        record_change(session, actor, "account.changed", f"account:{row.login}", before, after)
        return _people.view(session, row)


def choose_reminders(login: str, choice: str) -> None:
    """Say how one's own warnings of terms come by mail; raises Invalid for an unknown way."""
    if choice not in policy.REMINDERS:
        raise Invalid(fields={"reminders": [_("Choose one of the listed values.")]})
    with transaction() as session:
        row = _people.account(session, login)
        before, row.reminders = row.reminders, choice
        if before != choice:
            record(session, row.login, "reminders.chosen", f"account:{row.login}", choice=choice)


def set_password(login: str, password: str, *, actor: str) -> None:
    """Give an account a password anew and end all its sessions and tokens."""
    _require_good(password, login)
    password_hash = passwords.hashed(password)
    with transaction() as session:
        row = _people.account(session, login)
        row.password_hash = password_hash
        credentials.revoke_all(session, row)
        record(session, actor, "password.reset", f"account:{row.login}")


def new_password(login: str, *, actor: str) -> str:
    """Give an account a made-up password, to be told to its person once."""
    password = passwords.new_password()
    set_password(login, password, actor=actor)
    return password


def change_password(login: str, old: str, new: str, *, keep: str) -> None:
    """Change one's own password; every other session and token than the secret `keep` ends.

    Raises Invalid by field: old, new.
    """
    with reading() as session:
        kept_hash = _people.account(session, login).password_hash or passwords.NOBODY
    if not passwords.fits(kept_hash, old):
        raise Invalid(fields={"old": [_("This is not your present password.")]})
    _require_good(new, login, field="new")
    password_hash = passwords.hashed(new)
    with transaction() as session:
        row = _people.account(session, login)
        row.password_hash = password_hash
        credentials.revoke_all(session, row, but=keep)
        record(session, row.login, "password.changed", f"account:{row.login}")


def _require_good(password: str, login: str, field: str = "password") -> None:
    if complaint := policy.password_complaint(password, policy.login_of(login)):
        raise Invalid(fields={field: [complaint]})


# ---- signing in ------------------------------------------------------------------------------


def sign_in(login: str, password: str) -> Pass:
    """Check a password and open a session. Raises Unauthorised, always with the same words.

    An unknown login, a wrong password and an account out of use take the same work, so that
    neither the answer nor its time tells them apart.
    """
    login = policy.login_of(login)[:100]
    with reading() as session:
        row = session.scalar(select(Account).where(Account.login == login, Account.active))
        kept_hash = row.password_hash if row is not None else None
    good = passwords.fits(kept_hash or passwords.NOBODY, password[: policy.PASSWORD_MOST + 1])
    with transaction() as session:
        row = session.scalar(select(Account).where(Account.login == login, Account.active))
        if row is not None and kept_hash is not None and good and row.password_hash == kept_hash:
            if passwords.is_old(kept_hash):
                row.password_hash = passwords.hashed(password)
            record(session, row.login, "session.opened", f"account:{row.login}")
            return credentials.give(session, row, credentials.SESSION)
        # What was typed as a login may be a password in the wrong field: it is not written down.
        subject = f"account:{row.login}" if row is not None else None
        record(session, "system", "session.refused", subject)
    raise Unauthorised(_("The login or the password is wrong."))


def sign_out(secret: str) -> None:
    """End a session; an unknown one is already ended."""
    with transaction() as session:
        found = credentials.holder(session, secret, credentials.SESSION)
        credentials.revoke(session, secret)
        if found is not None:
            record(session, found.login, "session.closed", f"account:{found.login}")


def person_by_session(secret: str) -> Person | None:
    with reading(one_question=True) as session:
        return credentials.holder(session, secret, credentials.SESSION)


# ---- tokens ----------------------------------------------------------------------------------


def issue_token(login: str, *, actor: str = "system", days: int | None = None) -> Pass:
    """Make a token for the machine's door; its secret is shown this once."""
    life = None if days is None else timedelta(days=days)
    with transaction() as session:
        row = _people.account(session, login)
        if not row.active:
            raise Invalid(_("This account is out of use."))
        issued = credentials.give(session, row, credentials.TOKEN, life)
        record(session, actor, "token.issued", f"account:{row.login}", expires_at=issued.expires_at)
        return issued


def person_by_token(token: str) -> Person | None:
    """Whose token it is; None when it is unknown, revoked or expired."""
    with reading(one_question=True) as session:
        return credentials.holder(session, token, credentials.TOKEN)


def revoke_tokens(login: str, *, actor: str) -> None:
    """End every session and token of an account."""
    with transaction() as session:
        row = _people.account(session, login)
        credentials.revoke_all(session, row)
        record(session, actor, "token.revoked", f"account:{row.login}")
