"""Who a citizen is, as a provider of identity says it over OpenID Connect.

59-FZ takes an electronic appeal from a citizen who was identified (art. 4 as changed by 547-FZ).
What the provider said stays in the citizen's own signed session for two hours; the appeal keeps
the method and its level of assurance only.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import Any

import structlog
from authlib.integrations.flask_client import OAuth, OAuthError
from flask import Flask, session
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError
from requests import RequestException

from app import clock
from app.config import Settings
from app.errors import DomainError
from app.extensions import application, settings
from app.extensions import lazy_gettext as _

log = structlog.get_logger(__name__)

LIFE = timedelta(hours=2)
PATIENCE = 10  # seconds
_KEY = "citizen"


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


class NotIdentified(DomainError):
    """The provider did not say who it is, or was not there to ask."""

    status = 502
    title = "Not identified"


def init_app(app: Flask) -> None:
    chosen: Settings = app.extensions["settings"]
    if not chosen.oidc_issuer:
        return
    oauth = OAuth(app)
    app.extensions["identity"] = oauth.register(
        "citizen",
        client_id=chosen.oidc_client_id,
        client_secret=chosen.oidc_client_secret,
        server_metadata_url=f"{chosen.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": chosen.oidc_scope,
            "code_challenge_method": "S256",
            "default_timeout": PATIENCE,
        },
    )


def offered() -> bool:
    """Whether there is a provider to sign in with."""
    return "identity" in application().extensions


def ask(back: str) -> ResponseReturnValue:
    """Send the citizen to the provider, which returns them to `back`; raises `NotIdentified`."""
    with _explained():
        answer: ResponseReturnValue = _provider().authorize_redirect(back)
        return answer


def returned() -> Identity:
    """Who came back from the provider, kept in the session; raises `NotIdentified`."""
    chosen = settings()
    with _explained():
        # The issuer is the one that was configured, whatever its own description says.
        issuer = {"essential": True, "values": [chosen.oidc_issuer]}
        token = _provider().authorize_access_token(claims_options={"iss": issuer})
        claims = _all_claims(token)
    found = read(claims, chosen.oidc_method)
    session[_KEY] = {**asdict(found), "until": (clock.real() + LIFE).timestamp()}
    return found


def _provider() -> Any:
    return application().extensions["identity"]


def _all_claims(token: Mapping[str, Any]) -> Mapping[str, Any]:
    """The claims of the ID token and, where the provider tells the rest apart, of its userinfo."""
    signed = token.get("userinfo")
    if not signed or not signed.get("sub"):
        raise NotIdentified(_("The service did not say who you are."))
    if not _provider().load_server_metadata().get("userinfo_endpoint"):
        return dict(signed)
    told = _provider().userinfo(token=token)
    if told.get("sub") != signed["sub"]:
        raise NotIdentified(_("The service did not say who you are."))
    return {**told, **signed}


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what goes wrong between two servers into a sentence; the log says what it was."""
    try:
        yield
    except OAuthError as error:
        log.warning("identity.refused", reason=error.error)
        if error.error == "access_denied":
            raise NotIdentified(_("You did not finish signing in.")) from error
        raise NotIdentified(_("Signing in did not succeed. Try once more.")) from error
    except JoseError as error:
        log.warning("identity.refused", reason=error.error)
        raise NotIdentified(_("Signing in did not succeed. Try once more.")) from error
    except (RequestException, ValueError, KeyError) as error:
        log.warning("identity.down", reason=type(error).__name__)
        raise NotIdentified(
            _("The service that signs people in does not answer now. Try again a little later.")
        ) from error


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
