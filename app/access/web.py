"""Marks on endpoints that say who may come in, and the guard that reads them.

Each view of each door bears exactly one mark:

* `@public` — anybody;
* `@staff` — anybody signed in;
* `@needs("administrator", …)` — who holds one of the roles; pages that only show are open to the
  auditor too.

A view without a mark is closed to all. Whoever is an auditor and nothing else may only look:
requests that change anything are refused unless the mark says `changes=False`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar, overload
from urllib.parse import urlsplit

import structlog
from flask import Flask, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_login.mixins import UserMixin

from app.access import policy, services
from app.access.values import Person
from app.errors import Forbidden, Unauthorised
from app.extensions import asked, kept, login_manager
from app.extensions import lazy_gettext as _

log = structlog.get_logger(__name__)
View = TypeVar("View", bound=Callable[..., Any])
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_MARK = "__access__"


@dataclass(frozen=True)
class Mark:
    """Who may come in: everybody, or (`open` False) staff holding one of `roles`, if any are named.

    `changes` False says that no method of this view changes anything an auditor may not change.
    """

    open: bool
    roles: frozenset[str] = frozenset()
    changes: bool = True


def public(view: View) -> View:
    """Let anybody in."""
    return _marked(view, Mark(open=True))


@overload
def staff(view: View) -> View: ...
@overload
def staff(*, changes: bool) -> Callable[[View], View]: ...
def staff(view: Any = None, *, changes: bool = True) -> Any:
    """Let anybody in who is signed in."""
    mark = Mark(open=False, changes=changes)
    return partial(_marked, mark=mark) if view is None else _marked(view, mark)


def needs(*roles: str, changes: bool = True) -> Callable[[View], View]:
    """Let those in who hold one of the roles."""
    if unknown := policy.unknown_roles(roles):
        raise LookupError(f"There is no role {unknown[0]}.")
    if not roles:
        raise LookupError("Name a role, or use @staff.")
    return partial(_marked, mark=Mark(open=False, roles=frozenset(roles), changes=changes))


def mark_of(view: Any, method: str) -> Mark | None:
    """The mark of a view function, or of the method or class behind it."""
    mark: Mark | None = getattr(view, _MARK, None)
    if mark is None and (behind := getattr(view, "view_class", None)) is not None:
        mark = getattr(getattr(behind, method.lower(), None), _MARK, None)
        mark = mark or getattr(behind, _MARK, None)
    return mark


def current_person() -> Person | None:
    """Who is asking; None for a citizen or a passer-by. Not to be called inside a use case."""
    if "person" not in g:
        g.person = _find_person()
    found: Person | None = g.person
    return found


def acting_person() -> Person:
    """Who is asking, in a view that only staff reach."""
    person = current_person()
    if person is None:
        raise Unauthorised(_("Sign in first."))
    return person


def safe_next(address: str | None) -> str | None:
    """An address of our own to return to after signing in; None for anything else."""
    if not address or not address.startswith("/") or "\\" in address or len(address) > 2000:
        return None
    parts = urlsplit(address)
    own = not parts.scheme and not parts.netloc and not address.startswith("//")
    return address if own and not any(ord(letter) < 32 for letter in address) else None


class SignedIn(UserMixin):
    """What Flask-Login keeps of a session: its secret; whose it is, the database says."""

    def __init__(self, secret: str, person: Person) -> None:
        self.secret = secret
        self.person = person

    def get_id(self) -> str:
        return self.secret


def open_session() -> SignedIn | None:
    """The session this browser shows, None when there is none or it has ended."""
    user = current_user._get_current_object()  # noqa: SLF001  # the proxy's documented way out
    return user if isinstance(user, SignedIn) else None


def init_app(app: Flask) -> None:
    # A session is found by a random secret and dies with it; a change of address or browser is
    # no reason to sign out people whose network changes under way.
    login_manager.session_protection = None
    login_manager.user_loader(_load_session)
    app.before_request(partial(_guard, app))
    app.context_processor(_words)


def _marked(view: View, mark: Mark) -> View:
    # A bound method has no attributes of its own; its function has.
    setattr(getattr(view, "__func__", view), _MARK, mark)
    return view


def _guard(app: Flask) -> ResponseReturnValue | None:
    # An application context may outlive a request (a command, a test): what it remembers of who
    # asked before must not answer for who asks now.
    known, of = kept(), asked()
    for name in ("person", "_login_user"):
        known.pop(name, None)
    endpoint = of.endpoint
    if endpoint is None or endpoint in app.extensions.get("public_endpoints", ()):
        return None
    if endpoint.endswith(".static"):
        return None
    mark = mark_of(app.view_functions[endpoint], of.method)
    if mark is None:
        log.error("access.unmarked", endpoint=endpoint)
        raise Forbidden(_("Nobody may come in here."))
    if mark.open:
        return None
    person = current_person()
    if person is None:
        return _ask_to_sign_in()
    _require(mark, person)
    return None


def _require(mark: Mark, person: Person) -> None:
    looking = request.method in SAFE or not mark.changes
    if policy.only_reads(person) and not looking:
        raise Forbidden(_("An auditor looks and changes nothing."))
    if not mark.roles or person.roles & mark.roles:
        return
    if policy.AUDITOR in person.roles and looking:
        return
    raise Forbidden(_("Your roles do not allow this."))


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.path.startswith("/api/"):
        raise Unauthorised(_("Send a token: Authorization: Bearer …"))
    back = request.full_path.rstrip("?") if request.method in SAFE else None
    if session.pop("_user_id", None):  # Flask-Login's: a session that is no longer there
        flash(
            _(
                "You were signed out: after a long break, or because your roles or your password "
                "were changed. Sign in again."
            ),
            "info",
        )
    return redirect(url_for("access.sign_in", next=safe_next(back)))


def _find_person() -> Person | None:
    machine = request.path.startswith("/api/")
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if machine and scheme.lower() == "bearer":
        return services.person_by_token(token.strip())
    if machine and request.method not in SAFE:
        # A browser sends its cookie along with a forged request; here there is no CSRF token, so
        # a cookie may only look.
        return None
    opened = open_session()
    return None if opened is None else opened.person


def _load_session(secret: str) -> SignedIn | None:
    person = services.person_by_session(secret)
    return None if person is None else SignedIn(secret, person)


def _words() -> dict[str, Any]:
    return {
        "current_person": current_person,
        "may": lambda right: policy.may(current_person(), right),
        "away_words": policy.away_words,
        "password_least": policy.PASSWORD_LEAST,
        "role_name": lambda role: policy.ROLES.get(role, role),
    }
