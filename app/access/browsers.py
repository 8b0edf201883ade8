"""Browsers in which a person signed in before are known again by a signed cookie.

The cookie opens nothing: whoever shows it is counted apart from strangers when a password is
tried, see `lockout`.
"""

import secrets
from datetime import timedelta

from flask import request
from flask_limiter.util import get_remote_address
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from app.access import passwords, policy
from app.access.values import Origin
from app.extensions import settings

LIFE = timedelta(days=365)


def origin(login: str) -> Origin:
    """Where the request that tries this login comes from."""
    return Origin(get_remote_address(), _mark(login), request.user_agent.string[:500])


def remember(answer: Response, login: str) -> None:
    """Know this browser again as one of the login's owner."""
    mark = _mark(login) or secrets.token_urlsafe(16)
    answer.set_cookie(
        _name(login),
        _signer().dumps([policy.login_of(login), mark]),
        max_age=LIFE,
        httponly=True,
        secure=request.is_secure,
        samesite="Lax",
    )


def _mark(login: str) -> str:
    try:
        whose, mark = _signer().loads(request.cookies.get(_name(login), ""))
    except (BadSignature, ValueError):
        return ""
    return str(mark) if whose == policy.login_of(login) else ""


def _name(login: str) -> str:
    # A browser may be shared: each person has a cookie of their own, whose name names nobody.
    return "known_" + passwords.digest(policy.login_of(login))[:12]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret_key, salt="known-browser")
