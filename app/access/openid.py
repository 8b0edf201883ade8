"""Providers of identity over OpenID Connect: one for citizens, one for the staff.

What goes wrong between two servers becomes a sentence for the person; the log says what it was.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog
from flask import Flask
from flask.typing import ResponseReturnValue

from app.errors import DomainError
from app.extensions import application
from app.extensions import lazy_gettext as _
from app.turns import give_up

log = structlog.get_logger(__name__)

PATIENCE = 10  # seconds


class NotIdentified(DomainError):
    """The provider did not say who it is, or was not there to ask."""

    status = 502
    title = _("Not identified")


class Provider:
    """One provider, by the name its settings have in the application."""

    def __init__(self, name: str) -> None:
        self._name = name

    def register(self, app: Flask, *, issuer: str, client: str, secret: str, scope: str) -> None:
        """Make it known to an application; nothing is asked of it yet."""
        if not issuer:
            return
        # Only an installation with a provider should load what speaks with it.
        from authlib.integrations.flask_client import OAuth  # noqa: PLC0415

        oauth: OAuth = app.extensions.setdefault("openid", OAuth(app))
        oauth.register(
            self._name,
            client_id=client,
            client_secret=secret,
            server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": scope,
                "code_challenge_method": "S256",
                "default_timeout": PATIENCE,
            },
        )

    def offered(self) -> bool:
        """Whether there is a provider to sign in with."""
        return self._client() is not None

    def ask(self, back: str) -> ResponseReturnValue:
        """Send the browser to the provider, which returns it to `back`; raises `NotIdentified`."""
        with _explained():
            answer: ResponseReturnValue = self._client().authorize_redirect(back)
            return answer

    def claims(self, issuer: str) -> Mapping[str, Any]:
        """What the provider says of who came back; raises `NotIdentified`.

        The claims of the ID token and, where the provider tells the rest apart, of its userinfo.
        """
        with _explained():
            # The issuer is the one that was configured, whatever its own description says.
            expected = {"essential": True, "values": [issuer]}
            token = self._client().authorize_access_token(claims_options={"iss": expected})
            return self._all_claims(token)

    def _all_claims(self, token: Mapping[str, Any]) -> Mapping[str, Any]:
        signed = token.get("userinfo")
        if not signed or not signed.get("sub"):
            raise NotIdentified(_("The service did not say who you are."))
        if not self._client().load_server_metadata().get("userinfo_endpoint"):
            return dict(signed)
        told = self._client().userinfo(token=token)
        if told.get("sub") != signed["sub"]:
            raise NotIdentified(_("The service did not say who you are."))
        return {**told, **signed}

    def _client(self) -> Any:
        oauth = application().extensions.get("openid")
        return None if oauth is None else oauth.create_client(self._name)


@contextmanager
def _explained() -> Iterator[None]:
    # All of it is loaded where there is a provider.
    from authlib.integrations.flask_client import OAuthError  # noqa: PLC0415
    from joserfc.errors import JoseError  # noqa: PLC0415
    from requests import RequestException  # noqa: PLC0415

    give_up()
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
