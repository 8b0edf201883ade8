"""Staff sign in with the body's own provider of identity, where one is configured.

An account is tied to a name at the provider by the administrator, never by who signs in: nobody
registers themselves. At the first sign-in the name is replaced in what we believe by the
provider's own mark of the person (`sub`), so that a name given to another later opens nothing.
"""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import credentials, lockout, policy, second_factor, services
from app.access import people as _people
from app.access.models import Account, OutsideName
from app.access.openid import Provider
from app.access.values import Origin, Pass
from app.audit.services import record
from app.config import Settings
from app.database import reading, transaction
from app.errors import Invalid, Unauthorised
from app.extensions import lazy_gettext as _
from app.extensions import settings

provider = Provider("staff")
#: What a provider calls signing in with more than a password (RFC 8176).
_STRONG = frozenset({"mfa", "otp", "hwk", "sc", "swk"})


def init_app(app: Flask) -> None:
    chosen: Settings = app.extensions["settings"]
    provider.register(
        app,
        issuer=chosen.staff_oidc_issuer,
        client=chosen.staff_oidc_client_id,
        secret=chosen.staff_oidc_client_secret,
        scope=chosen.staff_oidc_scope,
    )


def name_of(login: str) -> str:
    """The name at the provider that an account is tied to, '' for none."""
    with reading() as session:
        kept = session.get(OutsideName, _people.account(session, login).id)
        return kept.name if kept else ""


def tie(login: str, name: str, *, actor: str) -> None:
    """Tie an account to a name at the provider, or to none; raises Invalid by field: name."""
    name = policy.login_of(name)[:254]
    with transaction() as session:
        row = _people.account(session, login)
        kept = session.get(OutsideName, row.id)
        if (kept.name if kept else "") == name:
            return
        taken = select(OutsideName.account_id).where(OutsideName.name == name)
        if name and session.scalar(taken) is not None:
            raise Invalid(fields={"name": [_("Another account is tied to this name.")]})
        if kept is not None:
            session.delete(kept)
            session.flush()
        if name:
            session.add(OutsideName(account_id=row.id, name=name))
        credentials.revoke_all(session, row, *credentials.OF_PAGES)
        record(session, actor, "account.tied", f"account:{row.login}", name=name)


def sign_in(claims: Mapping[str, Any], origin: Origin) -> Pass:
    """Let in whom the provider named, if an account is tied to them.

    The second factor is asked for as well, unless the provider says that it asked for one itself.
    Raises Unauthorised for everybody else.
    """
    with transaction() as session:
        row = _account(session, claims)
        if row is not None and row.active:
            record(session, row.login, "session.vouched", f"account:{row.login}")
            if _is_strong(claims) and second_factor.next_step(session, row) == credentials.CODE:
                return services.open_session(session, row, lockout.Charge(), origin)
            return services.let_in(session, row, lockout.Charge(), origin)
        record(session, "system", "session.refused", f"account:{row.login}" if row else None)
    raise Unauthorised(_("No account here is tied to you. Speak to your administrator."))


def _account(session: Session, claims: Mapping[str, Any]) -> Account | None:
    """The account of a person at the provider; the first time found by name, then by `sub`."""
    subject, name = str(claims["sub"])[:254], _name_in(claims)
    kept = session.scalar(select(OutsideName).where(OutsideName.subject == subject))
    if kept is None and name:
        unbound = (OutsideName.name == name, OutsideName.subject.is_(None))
        kept = session.scalar(select(OutsideName).where(*unbound).with_for_update())
        if kept is not None:
            kept.subject = subject
    return None if kept is None else session.get(Account, kept.account_id)


def _name_in(claims: Mapping[str, Any]) -> str:
    claim = settings().staff_oidc_claim
    # Who may write any address into their profile must not become anybody.
    if claim == "email" and claims.get("email_verified") is not True:
        return ""
    value = claims.get(claim)
    return policy.login_of(value)[:254] if isinstance(value, str) else ""


def _is_strong(claims: Mapping[str, Any]) -> bool:
    said = claims.get("amr")
    return isinstance(said, list) and bool(_STRONG & {str(one) for one in said})
