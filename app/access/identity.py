"""Who a citizen is, as a provider of identity says it over OpenID Connect.

59-FZ takes an electronic appeal from a citizen who was identified (art. 4 as changed by 547-FZ).
What the provider said stays in the citizen's own signed session for two hours; the appeal keeps
the method and its level of assurance only.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import Any

from flask import Flask, session
from flask.typing import ResponseReturnValue

from app import clock
from app.access.openid import NotIdentified as NotIdentified
from app.access.openid import Provider
from app.config import Settings
from app.extensions import settings

LIFE = timedelta(hours=2)
_KEY = "citizen"
_provider = Provider("citizen")


@dataclass(frozen=True)
class Identity:
    """A citizen as the provider knows them; '' where it said nothing.

    `method` and `level` (of assurance) go to the appeal; `provider` is what the button was called.
    """

    subject: str
    method: str
    level: str = ""
    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    email: str = ""
    phone: str = ""

    @property
    def full_name(self) -> str:
        return " ".join(filter(None, (self.last_name, self.first_name, self.middle_name)))

    @property
    def how(self) -> str:
        """The way of identification as the card keeps it: `esia`, `esia:confirmed`."""
        return ":".join(filter(None, (self.method, self.level)))[:100]


def init_app(app: Flask) -> None:
    chosen: Settings = app.extensions["settings"]
    _provider.register(
        app,
        issuer=chosen.oidc_issuer,
        client=chosen.oidc_client_id,
        secret=chosen.oidc_client_secret,
        scope=chosen.oidc_scope,
    )


def offered() -> bool:
    """Whether there is a provider to sign in with."""
    return _provider.offered()


def ask(back: str) -> ResponseReturnValue:
    """Send the citizen to the provider, which returns them to `back`; raises `NotIdentified`."""
    return _provider.ask(back)


def returned() -> Identity:
    """Who came back from the provider, kept in the session; raises `NotIdentified`."""
    chosen = settings()
    found = read(_provider.claims(chosen.oidc_issuer), chosen.oidc_method)
    session[_KEY] = {**asdict(found), "until": (clock.real() + LIFE).timestamp()}
    return found


def read(claims: Mapping[str, Any], method: str) -> Identity:
    """The identity in the claims of an ID token (OpenID Connect Core, section 5.1)."""

    def text(name: str) -> str:
        value = claims.get(name)
        return value.strip()[:100] if isinstance(value, str) else ""

    return Identity(
        subject=text("sub"),
        method=method,
        level=text("acr"),
        last_name=text("family_name"),
        first_name=text("given_name"),
        middle_name=text("middle_name"),
        email=text("email") if claims.get("email_verified", True) else "",
        phone=text("phone_number"),
    )


def current() -> Identity | None:
    """Who signed in in this browser within the last two hours."""
    kept = session.get(_KEY)
    if not kept or kept["until"] < clock.real().timestamp():
        return None
    return Identity(**{field.name: kept[field.name] for field in fields(Identity)})


def forget() -> None:
    session.pop(_KEY, None)
