"""The second factor: a code of six digits from an app on the person's phone (RFC 6238).

The secret that the app and we share is derived from the server's key, the account and a
generation, and never stored: who copies the database learns no codes, and a new generation revokes
the one before. A code is good for its half minute and the ones beside it, and for one time.

Recovery codes stand in for a lost phone: ten of them, shown once, kept as digests, good once each.
"""

import base64
import hashlib
import hmac
import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.access import credentials, passwords, policy
from app.access import people as _people
from app.access.models import Account, AccountRole, RecoveryCode, SecondFactor
from app.audit.services import record
from app.clock import real
from app.database import reading, transaction
from app.directory import services as directory
from app.errors import Conflict, Invalid
from app.extensions import lazy_gettext as _
from app.extensions import settings

#: The setting that holds the roles which need a second factor.
DEMANDED = "access.second_factor"
CODES = 10
_STEP = 30  # seconds
_CODE_BYTES = 10  # 80 bits: a digest without salt is enough
#: Digits that are not in the alphabet of recovery codes, as the letters they were read from.
_MEANT = str.maketrans("018", "olb")


@dataclass(frozen=True)
class Factor:
    """The second factor of a person; `since` is None where there is none in force.

    `codes` is how many recovery codes are left; `demanded` whether a role of theirs needs it.
    """

    since: datetime | None
    codes: int
    demanded: bool


@dataclass(frozen=True)
class Offer:
    """What the app on the phone is told: by a picture (`address`) or typed in (`secret`)."""

    secret: str
    address: str


# ---- one's own -------------------------------------------------------------------------------


def of(login: str) -> Factor:
    with reading() as session:
        row = _people.account(session, login)
        kept = session.get(SecondFactor, row.id)
        codes = session.scalar(
            select(func.count()).where(
                RecoveryCode.account_id == row.id, RecoveryCode.used_at.is_(None)
            )
        )
        return Factor(kept.since if kept else None, int(codes or 0), _is_demanded(session, row))


def begin(login: str) -> None:
    """Offer a new secret; the one in force stays so until the new one is confirmed."""
    with transaction() as session:
        offer_anew(session, _people.account(session, login))


def offer_anew(session: Session, row: Account) -> None:
    kept = session.get(SecondFactor, row.id)
    if kept is None:
        kept = SecondFactor(account_id=row.id, offered=0, last_step=0)
        session.add(kept)
    kept.offered += 1


def offered(login: str) -> Offer:
    """The secret that was offered last; raises Conflict when there is none."""
    with reading() as session:
        row = _people.account(session, login)
        kept = session.get(SecondFactor, row.id)
        if kept is None or kept.generation == kept.offered:
            raise Conflict(_("Begin to set the second factor up anew."))
        issuer = directory.body(session).short_name or "Приёмная"
        secret = _secret(row.id, kept.offered)
        address = pyotp.TOTP(secret).provisioning_uri(name=row.login, issuer_name=issuer)
        return Offer(secret, address)


def confirm(login: str, code: str) -> list[str]:
    """Put what was offered into force by a first code; the recovery codes, shown this once.

    Raises Invalid by field: code.
    """
    with transaction() as session:
        return put_in_force(session, _people.account(session, login), code)


def put_in_force(session: Session, row: Account, code: str) -> list[str]:
    kept = session.get(SecondFactor, row.id, with_for_update=True)
    step = None if kept is None else _step_of(_secret(row.id, kept.offered), code)
    if kept is None or kept.generation == kept.offered or step is None:
        raise Invalid(
            fields={
                "code": [_("The code does not fit. Check the clock of the phone and try again.")]
            }
        )
    kept.generation, kept.since, kept.last_step = kept.offered, real(), step
    record(session, row.login, "factor.enabled", f"account:{row.login}")
    return _new_codes(session, row)


def new_codes(login: str) -> list[str]:
    """Recovery codes in place of the former ones, shown this once."""
    with transaction() as session:
        row = _people.account(session, login)
        if not in_force(session, row):
            raise Conflict(_("There is no second factor."))
        record(session, row.login, "factor.codes_made", f"account:{row.login}")
        return _new_codes(session, row)


def turn_off(login: str) -> None:
    """Go back to the password alone; raises Conflict where a role demands more."""
    with transaction() as session:
        row = _people.account(session, login)
        if _is_demanded(session, row):
            raise Conflict(_("Your roles need a second factor."))
        _end(session, row)
        record(session, row.login, "factor.disabled", f"account:{row.login}")


# ---- the administrator -----------------------------------------------------------------------


def reset(login: str, *, actor: str) -> None:
    """Take the second factor of somebody who lost it away; their sessions end."""
    with transaction() as session:
        row = _people.account(session, login)
        _end(session, row)
        credentials.revoke_all(session, row, *credentials.OF_PAGES)
        record(session, actor, "factor.reset", f"account:{row.login}")


def demanded_roles() -> frozenset[str]:
    with reading() as session:
        return _demanded(session)


def demand(roles: Iterable[str], *, actor: str) -> None:
    """Say which roles need a second factor; sessions of their people without one end.

    They set it up when they sign in next. Raises Invalid for an unknown role.
    """
    wanted = sorted(set(roles))
    if unknown := policy.unknown_roles(wanted):
        raise Invalid(fields={"roles": [_("There is no role %(role)s.", role=unknown[0])]})
    with transaction() as session:
        added = set(wanted) - _demanded(session)
        directory.set_setting(session, DEMANDED, wanted, actor)
        holders = select(Account).where(Account.role_rows.any(AccountRole.role.in_(added)))
        for row in session.scalars(holders):
            if not in_force(session, row):
                credentials.revoke_all(session, row, credentials.SESSION)


# ---- at signing in ---------------------------------------------------------------------------


def next_step(session: Session, row: Account) -> str:
    """The kind of pass that a right password gives: a session, or one for the step before it."""
    if in_force(session, row):
        return credentials.CODE
    return credentials.ENROL if _is_demanded(session, row) else credentials.SESSION


def in_force(session: Session, row: Account) -> bool:
    kept = session.get(SecondFactor, row.id)
    return kept is not None and kept.since is not None


def accepts(session: Session, row: Account, typed: str) -> bool:
    """Whether what was typed is a fresh code or an unused recovery code; it is spent by this."""
    kept = session.get(SecondFactor, row.id)
    if kept is None or kept.generation is None or kept.since is None:
        return False
    step = _step_of(_secret(row.id, kept.generation), typed)
    if step is not None:
        # A code that somebody looked at over a shoulder is not taken again.
        fresh = (SecondFactor.account_id == row.id, SecondFactor.last_step < step)
        newer = update(SecondFactor).where(*fresh).values(last_step=step)
        return bool(session.execute(newer.returning(SecondFactor.account_id)).all())
    digest = passwords.digest(_plain(typed))
    unused = (RecoveryCode.account_id == row.id, RecoveryCode.used_at.is_(None))
    used = update(RecoveryCode).where(*unused, RecoveryCode.sha256 == digest).values(used_at=real())
    if not session.execute(used.returning(RecoveryCode.id)).all():
        return False
    record(session, row.login, "factor.code_used", f"account:{row.login}")
    return True


# ---- inside ----------------------------------------------------------------------------------


def _demanded(session: Session) -> frozenset[str]:
    return frozenset(directory.setting(session, DEMANDED, []))


def _is_demanded(session: Session, row: Account) -> bool:
    return any(one.role in _demanded(session) for one in row.role_rows)


def _secret(account_id: int, generation: int) -> str:
    """The shared secret (160 bits) in base 32, as apps take it."""
    key, subject = settings().access_code_key, f"totp:{account_id}:{generation}"
    digest = hmac.new(key.encode(), subject.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:20]).decode()


def _step_of(secret: str, typed: str) -> int | None:
    """The half minute whose code was typed: this one, the one before or after; None for none."""
    code = "".join(typed.split())
    if len(code) != 6 or not set(code) <= set(string.digits):
        return None
    totp, now = pyotp.TOTP(secret), int(real().timestamp()) // _STEP
    steps = (now, now - 1, now + 1)
    return next((step for step in steps if hmac.compare_digest(totp.at(step * _STEP), code)), None)


def _new_codes(session: Session, row: Account) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == row.id))
    codes = [base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode() for _n in range(CODES)]
    for code in codes:
        digest = passwords.digest(_plain(code))
        session.add(RecoveryCode(account_id=row.id, sha256=digest))
    return ["-".join(code[at : at + 4] for at in range(0, 16, 4)).lower() for code in codes]


def _plain(code: str) -> str:
    letters = "".join(letter for letter in code.casefold() if letter.isalnum())
    return letters.translate(_MEANT)


def _end(session: Session, row: Account) -> None:
    kept = session.get(SecondFactor, row.id)
    if kept is not None:
        kept.generation = kept.since = None
        kept.offered += 1
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == row.id))
    credentials.revoke_all(session, row, credentials.CODE)
