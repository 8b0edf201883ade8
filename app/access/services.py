"""Use cases of access: accounts, sign-in, tokens. Functions with a `session` never commit."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import credentials, lockout, passwords, policy, second_factor
from app.access import people as _people
from app.access.models import Account
from app.access.people import logins_of_units as logins_of_units
from app.access.people import logins_with_role as logins_with_role
from app.access.people import people as people
from app.access.people import people_by_login as people_by_login
from app.access.people import person as person
from app.access.substitution import end_substitution as end_substitution
from app.access.substitution import list_substitutions as list_substitutions
from app.access.substitution import may_change_absence as may_change_absence
from app.access.substitution import substitute as substitute
from app.access.values import Away as Away
from app.access.values import Opened as Opened
from app.access.values import Origin as Origin
from app.access.values import Pass as Pass
from app.access.values import Person as Person
from app.access.values import Substitution as Substitution
from app.audit.services import record, record_change
from app.clock import now, real
from app.database import asking, reading, transaction
from app.errors import Conflict, Invalid, NotFound, TooMany, Unauthorised
from app.extensions import lazy_gettext as _
from app.extensions import network, ngettext


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
    name = str(values.get("name") or "")
    if password is not None and (complaint := policy.password_complaint(password, login, name)):
        problems["password"] = [complaint]
    if problems:
        raise Invalid(fields=problems)
    password_hash = None if password is None else passwords.hashed(password)
    with transaction() as session:
        return add_account(session, login, values, password_hash=password_hash, actor=actor)


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
    return person(session, row.login)


def change_account(login: str, values: Mapping[str, Any], *, actor: str) -> Person:
    """Change what `values` names; who may not sign in any more is signed out at once.

    So is who has other roles now; tokens go on, with the roles as they are. The last active
    administrator stays one: nobody could undo it.
    """
    with transaction() as session:
        _people.hold_administrators(session)
        row = _people.account(session, login)
        before = _people.facts(session, row)
        _people.put(session, row, values)
        session.flush()
        was_administrator = before["active"] and policy.ADMINISTRATOR in before["roles"]
        if was_administrator and _people.administrators(session) == 0:
            raise Invalid(fields={"roles": [_("The last administrator must stay one.")]})
        after = _people.facts(session, row)
        if not row.active:
            credentials.revoke_all(session, row)
        elif after["roles"] != before["roles"]:
            credentials.revoke_all(session, row, *credentials.OF_PAGES)
        record_change(session, actor, "account.changed", f"account:{row.login}", before, after)
        return person(session, row.login)


def choose_reminders(login: str, choice: str) -> None:
    """Say how one's own warnings of terms come by mail; raises Invalid for an unknown way."""
    if choice not in policy.REMINDERS:
        raise Invalid(fields={"reminders": [_("Choose one of the listed values.")]})
    with transaction() as session:
        row = _people.account(session, login)
        before, row.reminders = row.reminders, choice
        if before != choice:
            record(session, row.login, "reminders.chosen", f"account:{row.login}", choice=choice)


def change_password(login: str, old: str, new: str, *, keep: str) -> None:
    """Change one's own password; every other session and token than the secret `keep` ends.

    Raises Invalid by field: old, new.
    """
    demand_password(login, old, field="old")
    person = load_person(login)
    if complaint := policy.password_complaint(new, person.login, person.name):
        raise Invalid(fields={"new": [complaint]})
    if new == old:
        raise Invalid(fields={"new": [_("This is your present password.")]})
    password_hash = passwords.hashed(new)
    with transaction() as session:
        row = _people.account(session, login)
        row.password_hash = password_hash
        session.flush()  # waits for who signs in at this moment, and ends their session too
        credentials.revoke_all(session, row, but=keep)
        record(session, row.login, "password.changed", f"account:{row.login}")


def demand_password(login: str, password: str, field: str = "password") -> None:
    """Ask a signed-in person for their password again; raises Invalid by field."""
    with reading() as session:
        kept_hash = _people.account(session, login).password_hash or passwords.NOBODY
    if not passwords.fits(kept_hash, password[: policy.PASSWORD_MOST + 1]):
        raise Invalid(fields={field: [_("This is not your present password.")]})


# ---- signing in ------------------------------------------------------------------------------


def sign_in(login: str, password: str, origin: Origin = credentials.NOWHERE) -> Pass:
    """Check a password and open a session. Raises Unauthorised, always with the same words.

    Raises TooMany where too many attempts failed before; see `lockout`. An unknown login, a wrong
    password and an account out of use take the same work, so that neither the answer nor its time
    tells them apart.
    """
    login = policy.login_of(login)[:100]
    with transaction() as session:
        row = session.scalar(select(Account).where(Account.login == login, Account.active))
        kept_hash = row.password_hash if row is not None else None
        charged = lockout.charge(session, login, row.id if row else None, origin)
    if charged.refused_until:
        raise _too_soon(charged.refused_until)
    good = passwords.fits(kept_hash or passwords.NOBODY, password[: policy.PASSWORD_MOST + 1])
    with transaction() as session:
        row = _people.held(session, login)
        if row is not None and kept_hash is not None and good and row.password_hash == kept_hash:
            if passwords.is_old(kept_hash):
                row.password_hash = passwords.hashed(password)
            return let_in(session, row, charged, origin)
        # What was typed as a login may be a password in the wrong field: it is not written down.
        _note_failure(session, "session.refused", row, charged, origin)
    raise Unauthorised(_("The login or the password is wrong."))


def let_in(session: Session, row: Account, charged: lockout.Charge, origin: Origin) -> Pass:
    """What somebody gets who proved to be the person: a session, or the way to the second step."""
    kind = second_factor.next_step(session, row)
    if kind == credentials.SESSION:
        return open_session(session, row, charged, origin)
    lockout.take_back(session, charged)
    if kind == credentials.ENROL:
        second_factor.offer_anew(session, row)
    record(session, row.login, "session.code_asked", f"account:{row.login}")
    return credentials.give(session, row, kind, origin=origin)


def open_session(session: Session, row: Account, charged: lockout.Charge, origin: Origin) -> Pass:
    lockout.succeeded(session, charged)
    record(session, row.login, "session.opened", f"account:{row.login}")
    return credentials.give(session, row, credentials.SESSION, origin=origin)


def half_signed_in(secret: str, kind: str) -> Person | None:
    """Who gave a right password and has the second step before them; None when that is over."""
    with reading() as session:
        return credentials.holder(session.connection(), secret, kind)


def show_code(secret: str, typed: str, origin: Origin) -> Pass:
    """The second step: a code of the app or a recovery code opens the session.

    Raises Unauthorised when the code is wrong, Conflict when the password has to be given anew,
    TooMany after too many failures.
    """
    with transaction() as session:
        person = credentials.holder(session.connection(), secret, credentials.CODE)
        if person is None:
            raise _begin_anew()
        row = _people.held(session, person.login)
        if row is None:
            raise _begin_anew()
        charged = lockout.charge(session, row.login, row.id, origin)
        if not charged.refused_until:
            if second_factor.accepts(session, row, typed):
                _spend(session, secret, credentials.CODE)
                return open_session(session, row, charged, origin)
            _note_failure(session, "session.code_refused", row, charged, origin)
    if charged.refused_until:
        raise _too_soon(charged.refused_until)
    raise Unauthorised(_("The code is wrong or was used already."))


def enrol(secret: str, code: str, origin: Origin) -> tuple[Pass, list[str]]:
    """Set the demanded second factor up and sign in; the session and the recovery codes.

    Raises Invalid by field: code; Conflict when the password has to be given anew.
    """
    with transaction() as session:
        person = credentials.holder(session.connection(), secret, credentials.ENROL)
        if person is None:
            raise _begin_anew()
        row = _people.held(session, person.login)
        if row is None:
            raise _begin_anew()
        codes = second_factor.put_in_force(session, row, code)
        _spend(session, secret, credentials.ENROL)
        return open_session(session, row, lockout.Charge(), origin), codes


def _spend(session: Session, secret: str, kind: str) -> None:
    """End the pass of a second step; a password changed meanwhile has ended it already."""
    if not credentials.use(session, secret, kind):
        raise _begin_anew()


def _begin_anew() -> Conflict:
    return Conflict(_("Too much time has passed. Sign in anew."))


def _note_failure(
    session: Session, action: str, row: Account | None, charged: lockout.Charge, origin: Origin
) -> None:
    subject = f"account:{row.login}" if row is not None else None
    record(session, "system", action, subject)
    if charged.blocked_until:
        address, until = network(origin.address), charged.blocked_until
        record(session, "system", "session.blocked", subject, address=address, until=until)


def _too_soon(until: datetime) -> TooMany:
    wait = max(1, round((until - real()).total_seconds()))
    minutes = -(-wait // 60)
    return TooMany(
        ngettext(
            "Too many attempts failed. Try again in %(num)s minute.",
            "Too many attempts failed. Try again in %(num)s minutes.",
            minutes,
        ),
        retry_after=wait,
    )


def blocked_until(login: str) -> datetime | None:
    """Until when somebody has to wait before trying to sign in as this person; None for nobody."""
    with reading() as session:
        return lockout.blocked_until(session, _people.account(session, login).id)


def unlock(login: str, *, actor: str) -> None:
    """Let an account be tried again at once."""
    with transaction() as session:
        row = _people.account(session, login)
        if lockout.unlock(session, row.id):
            record(session, actor, "session.unblocked", f"account:{row.login}")


def opened(login: str, own: str) -> list[Opened]:
    """The sessions and tokens of a person; `own` is the secret of the session that asks."""
    with reading() as session:
        return credentials.opened(session, _people.account(session, login), own)


def end_one(login: str, number: int) -> None:
    """End one session or token of one's own by its number; raises NotFound."""
    with transaction() as session:
        row = _people.account(session, login)
        if not credentials.revoke_all(session, row, number=number):
            raise NotFound(_("This session has ended already."))
        record(session, row.login, "session.ended", f"account:{row.login}", number=number)


def sign_out_everywhere(login: str) -> int:
    """End every session of one's own, this one too; tokens stay. How many ended."""
    with transaction() as session:
        row = _people.account(session, login)
        ended = credentials.revoke_all(session, row, credentials.SESSION)
        record(session, row.login, "session.all_ended", f"account:{row.login}", sessions=ended)
        return ended


def sign_out(secret: str) -> None:
    """End a session; an unknown one is already ended."""
    with transaction() as session:
        found = credentials.holder(session.connection(), secret, credentials.SESSION)
        credentials.revoke(session, secret)
        if found is not None:
            record(session, found.login, "session.closed", f"account:{found.login}")


def person_by_session(secret: str) -> Person | None:
    with asking() as connection:
        return credentials.holder(connection, secret, credentials.SESSION)


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
    with asking() as connection:
        return credentials.holder(connection, token, credentials.TOKEN)


def revoke_tokens(login: str, *, actor: str) -> None:
    """End every session and token of an account."""
    with transaction() as session:
        row = _people.account(session, login)
        credentials.revoke_all(session, row)
        record(session, actor, "token.revoked", f"account:{row.login}")
