"""The Flask extensions: made here, bound in `create_app`; the one door to `current_app`."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

from babel import Locale
from babel.dates import format_date
from flask import Flask, Request, current_app, g, has_request_context, request, session
from flask_babel import Babel, force_locale
from flask_babel import gettext as gettext
from flask_babel import lazy_gettext as lazy_gettext
from flask_babel import ngettext as ngettext
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_mail import Mail
from flask_wtf import CSRFProtect
from flask_wtf import csrf as forms_guard

from app import signing, turns
from app.config import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime


#: Objects that are made before the young ones are looked through for garbage. A request makes some
#: thousands, which nearly all go by themselves: Python's seven hundred have each looked at often.
MADE = 10_000
LANGUAGES = ("ru", "en")
#: Days in sentences; in digits alone an English reader could not tell the month.
_DAYS = {"ru": "dd.MM.y", "en": "d\N{NO-BREAK SPACE}MMMM y"}
_LOCALES = {name: Locale.parse(name) for name in LANGUAGES}


class _Guard(CSRFProtect):
    """Asks what may change something for its token; of a look nothing else need be found out."""

    def protect(self, apply_exemptions: bool = False) -> None:
        if asked().method in application().config["WTF_CSRF_METHODS"]:
            super().protect(apply_exemptions)


babel = Babel()
csrf = _Guard()
# Flask-WTF has no setting for what signs its tokens.
forms_guard.URLSafeTimedSerializer = signing.serializer


def network(address: str) -> str:
    """What one visitor has for certain: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:45]
    return str(found if found.version == 4 else ip_network(f"{found}/64", strict=False))


def visitor() -> str:
    """By what the requests of one visitor are counted."""
    return network(get_remote_address())


class _Limiter(Limiter):
    """Counts at the views that bear a limit; no limit holds for all, so no other view is asked."""

    def _check_request_limit(
        self, callable_name: str | None = None, in_middleware: bool = True
    ) -> None:
        if not in_middleware:
            super()._check_request_limit(callable_name, in_middleware)


limiter = _Limiter(visitor, headers_enabled=True)
login_manager = LoginManager()
mail = Mail()


@limiter.request_filter
def _unlimited() -> bool:
    """Nothing is counted where limits are switched off: each count starts a thread of its own."""
    return settings().rate_all == "0"


def settings() -> Settings:
    """The settings of the running application."""
    found: Settings = application().extensions["settings"]
    return found


def locale() -> str:
    """The language of this request or letter: "ru" or "en"; a page asks a score of times."""
    known: str | None = kept().__dict__.get("language")
    if known is None:
        known = kept().language = _language_of_request() or settings().default_language
    return known


def day_said(day: "date | None") -> str:
    """A day within a sentence, as its language writes it: 01.12.2026, 1 December 2026."""
    speaks = locale()
    return str(format_date(day, _DAYS[speaks], locale=speaks)) if day else ""


def moment_said(moment: "datetime | None") -> str:
    """The same with the minute; the moment is one of the body's zone."""
    return f"{day_said(moment)}, {moment:%H:%M}" if moment else ""


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Speak this language meanwhile, whatever the request speaks."""
    with force_locale(language):
        before = g.get("language")
        g.language = language
        try:
            yield
        finally:
            g.language = before


def rate(name: str) -> "Callable[[], str]":
    """A limit by the name of its setting, for `limiter.limit(rate("status"))`."""
    return lambda: settings().rate(name) or "1000000/second"


def init_app(app: Flask) -> None:
    catalogues = [f"{app.root_path}/{folder}" for folder in app.config["CATALOGUES"]]
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(catalogues)
    # One of its own for each application: an instance caches the words of the first it serves.
    Babel().init_app(app, locale_selector=_locale_of_request)
    csrf.init_app(app)
    # Several processes must count together; one process counts in its own memory.
    app.config["RATELIMIT_STORAGE_URI"] = app.extensions["settings"].redis_url or "memory://"
    limiter.init_app(app)
    # Templates ask who it is by `current_person`, and pages that do not ask look for nobody.
    login_manager.init_app(app, add_context_processor=False)
    _init_mail(app)


def _init_mail(app: Flask) -> None:
    chosen: Settings = app.extensions["settings"]
    app.config.update(
        MAIL_SERVER=chosen.mail_server or "127.0.0.1",
        MAIL_PORT=chosen.mail_port,
        MAIL_USE_TLS=chosen.mail_use_tls,
        MAIL_USE_SSL=chosen.mail_use_ssl,
        MAIL_USERNAME=chosen.mail_username or None,
        MAIL_PASSWORD=chosen.mail_password or None,
        MAIL_DEFAULT_SENDER=chosen.mail_sender,
    )
    mail.init_app(app)


def _locale_of_request() -> Locale | None:
    # Made once: Babel would read a name anew for each request.
    return _LOCALES.get(_language_of_request() or "")


def _language_of_request() -> str | None:
    if not has_request_context():
        return None
    of = asked()
    chosen: Any = session.get("language") or of.cookies.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    usual = settings().default_language
    if of.path.startswith("/api/"):
        return of.accept_languages.best_match(LANGUAGES, usual)
    return usual


# What a page asks for some sixty times it asks without the proxy, which takes ten times as long.


def asked() -> Request:
    """The request itself."""
    found: Request = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  # as of `application`
    return found


def kept() -> Any:
    """What is kept while the request lasts, `g` itself."""
    return g._get_current_object()  # noqa: SLF001  # as of `application`


def application() -> Flask:
    """The running application itself, for threads and workers that outlive a request."""
    found: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  # Flask's documented way out of the proxy
    return found


def add_duty(app: Flask, duty: "Callable[[], int]") -> None:
    """Have `duty` called whenever the worker wakes; it returns how much it did."""
    app.extensions.setdefault("duties", []).append(duty)


def add_start(app: Flask, start: "Callable[[], None]") -> None:
    """Have `start` called once in a worker that forks for each job, before it does so."""
    app.extensions.setdefault("starts", []).append(start)


def add_late(app: Flask, *modules: str) -> None:
    """Name modules that are imported when first used: commands start sooner without them."""
    app.extensions.setdefault("late", []).extend(modules)


def load(app: Flask) -> None:
    """Make ready what serves or forks: what comes late is imported, no request waits for it."""
    gc.set_threshold(MADE)
    app.wsgi_app = turns.Turns(app.wsgi_app)  # type: ignore[method-assign]  # Flask's own way
    for name in app.extensions["late"]:
        import_module(name)
