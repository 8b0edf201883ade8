"""What every page shares: security headers, health, metrics, words for templates."""

import json
import re
import secrets
from collections.abc import Callable
from functools import cache
from typing import Any

import structlog
from flask import Flask, Request, Response, has_request_context, jsonify
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from werkzeug.datastructures import Headers, ImmutableDict, ImmutableMultiDict, MultiDict
from werkzeug.routing import (
    BuildError,
    IntegerConverter,
    Map,
    Rule,
    UnicodeConverter,
    ValidationError,
)
from werkzeug.utils import cached_property

from app import clock, database, extensions
from app.formdata import FormParser
from app.signing import Serializer
from app.spoken import SpokenEnvironment

log = structlog.get_logger(__name__)

ANSWERS = Counter("http_answers_total", "HTTP answers", ["endpoint", "status"])
SECONDS = Histogram("http_seconds", "Time to answer", ["endpoint"])
# A label is looked up behind a lock; each is the same for the life of the process.
_answers, _seconds = cache(ANSWERS.labels), cache(SECONDS.labels)
_POLICY = "Content-Security-Policy"
#: How what JSON does not know begins in a session: its only name is a blank and a letter or two.
_TAG = '{" '
_WORD = re.compile(r"[A-Za-z0-9_-]+")
#: Digits of the longest number in an address.
_DIGITS = 10
#: Answers without a body, and headers that Werkzeug makes whole addresses of.
_BARE, _PLACES = frozenset({204, 304}), frozenset({"location", "content-location"})
_HEADERS = (
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
    ("Cache-Control", "no-store"),
)


class _Tagged(TaggedJSONSerializer):
    """Flask's own; what bears no tag is not searched through for one."""

    def loads(self, value: str) -> Any:
        return super().loads(value) if _TAG in value else json.loads(value)


class _Sessions(SecureCookieSessionInterface):
    """Flask's own; the key stays as it is, so what signs by it is made once and not each time."""

    serializer = _Tagged()

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if "signer" not in app.extensions:
            app.extensions["signer"] = _steady(super().get_signing_serializer(app))
        found: URLSafeTimedSerializer | None = app.extensions["signer"]
        return found

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Of a session as it was nothing is said but that the answer depends on it."""
        if session.modified or session.permanent or "Vary" in response.headers:
            super().save_session(app, session, response)
        elif session.accessed:
            response.headers.add("Vary", "Cookie")


def _steady(made: URLSafeTimedSerializer | None) -> Serializer | None:
    if made is None:
        return None
    return Serializer(
        made.secret_keys,
        salt=made.salt,
        serializer=made.serializer,
        signer_kwargs=made.signer_kwargs,
    )


class _Rule(Rule):
    """Learns to build its address when that is first asked for.

    Each of six hundred functions is compiled by Python; a command asks for none of them, and to
    make them all was the half of making an application.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        learn = super()._compile_builder

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            built: Callable[..., tuple[str, str]] = learn(append_unknown).__get__(rule, None)
            setattr(rule, "_build_unknown" if append_unknown else "_build", built)
            return built(**values)

        return build


class _Number(IntegerConverter):
    """A number that a database can hold; no page has a longer one in its address."""

    def __init__(self, of: Map) -> None:
        super().__init__(of, max=2**31 - 1)

    def to_python(self, value: str) -> Any:
        # Python itself refuses to read a number of many thousand digits.
        if len(value) > _DIGITS:
            raise ValidationError
        return super().to_python(value)


class _Word(UnicodeConverter):
    """A word that a database can look for."""

    def to_python(self, value: str) -> str:
        if "\x00" in value:
            raise ValidationError
        return value


class _Map(Map):
    default_converters = ImmutableDict(
        {**Map.default_converters, "int": _Number, "default": _Word, "string": _Word}
    )


class _Request(Request):
    """Flask's own; a request without a cookie is not searched through for one.

    Nobody types NUL, and PostgreSQL keeps none: what came along with a copied text is left out.
    """

    form_data_parser_class = FormParser

    @cached_property
    def args(self) -> MultiDict[str, str]:
        return _without_nul(super().args) if b"%00" in self.query_string else super().args

    def _load_form_data(self) -> None:
        fresh = "form" not in self.__dict__
        super()._load_form_data()
        if fresh:
            self.__dict__["form"] = _without_nul(self.form)

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        return super().cookies if "HTTP_COOKIE" in self.environ else ImmutableMultiDict()


def _without_nul(given: MultiDict[str, str]) -> MultiDict[str, str]:
    pairs = list(given.items(multi=True))
    if not any("\x00" in value for _name, value in pairs):
        return given
    return ImmutableMultiDict((name, value.replace("\x00", "")) for name, value in pairs)


class _Response(Response):
    """Flask's own; its headers are not copied where Werkzeug would say no more than they do."""

    def get_wsgi_headers(self, environ: dict[str, Any]) -> Headers:
        named = {name.lower() for name, _value in self.headers}
        measured = "content-length" in named and self.status_code not in _BARE
        if measured and self.status_code >= 200 and not named & _PLACES:
            return self.headers
        return super().get_wsgi_headers(environ)


def _says_what(name: str) -> bool:
    return name.isidentifier() and not name.startswith("_")


def _plain(value: Any) -> bool:
    """Whether a value stands in an address as it is, wherever that is."""
    kind = type(value)
    return value >= 0 if kind is int else kind is str and _WORD.fullmatch(value) is not None


class Application(Flask):
    """Flask for a house of plain functions: none is asked whether it has to be waited for."""

    # All of some two hundred templates are kept, without an order of what was used last.
    jinja_options = {"cache_size": -1}
    request_class = _Request
    url_map_class = _Map
    url_rule_class = _Rule
    jinja_environment = SpokenEnvironment
    response_class = _Response
    session_interface = _Sessions()

    def __init__(self, *given: Any, **told: Any) -> None:
        super().__init__(*given, **told)
        self._addresses: dict[tuple[Any, ...], str | None] = {}

    def url_for(self, endpoint: str, **values: Any) -> str:
        """The address of a page, worked out once; then its values are put into their places."""
        told = values
        if None in values.values():
            told = {name: value for name, value in values.items() if value is not None}
        if not has_request_context():
            return super().url_for(endpoint, **values)
        for value in told.values():
            if not _plain(value):
                return super().url_for(endpoint, **values)
        root, known = extensions.asked().script_root, self._addresses
        place = (root, endpoint, *told, *map(type, told.values()))
        if place not in known:
            known[place] = self._pattern(endpoint, told)
        pattern = known[place]
        return super().url_for(endpoint, **values) if pattern is None else pattern % told

    def _pattern(self, endpoint: str, told: dict[str, Any]) -> str | None:
        """An address with the places of what it is told; None where that takes other spellings.

        What Flask is told of an address, `_anchor` say, and a page by a relative name are its own.
        """
        if endpoint.startswith(".") or not all(map(_says_what, told)):
            return None
        numbered = enumerate(told.items(), start=9_000_000)
        marks: dict[str, Any] = {
            name: n if type(value) is int else f"m{n}m" for n, (name, value) in numbered
        }
        try:
            address = super().url_for(endpoint, **marks).replace("%", "%%")
        except (ValueError, BuildError):  # not every word will do
            return None
        for name, mark in marks.items():
            if address.count(str(mark)) != 1:
                return None
            address = address.replace(str(mark), f"%({name})s")
        return address

    def ensure_sync(self, func: Any) -> Any:
        return func


def init_app(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_secure)
    app.context_processor(_words)
    app.jinja_env.globals.update(locale=extensions.locale, now=clock.now)
    app.add_url_rule("/healthz", "healthz", _healthz)
    app.add_url_rule("/readyz", "readyz", _readyz)
    app.add_url_rule("/metrics", "metrics", _metrics)
    for endpoint in ("healthz", "readyz", "metrics", "static"):
        app.extensions.setdefault("public_endpoints", set()).add(endpoint)


def _begin() -> None:
    extensions.kept().began = clock.real()


def _nonce() -> str:
    """One for each answer, also where a form was refused before anything began."""
    known = extensions.kept()
    if "nonce" not in known:
        known.nonce = secrets.token_urlsafe(16)
    return str(known.nonce)


def _secure(response: Response) -> Response:
    headers, of = response.headers, extensions.asked()
    given = {name.lower() for name, _value in headers}
    wanted = [("X-Content-Type-Options", "nosniff")]
    if of.is_secure:
        wanted.append(("Strict-Transport-Security", "max-age=31536000"))
    if of.endpoint == "static":
        # No page, so that little need be said: a visit begins with a score of these files.
        wanted.append((_POLICY, "default-src 'none'"))
    else:
        wanted += [(_POLICY, _policy_of(_nonce())), *_HEADERS]
    for name, value in wanted:
        if name.lower() not in given:
            headers.add(name, value)
    _measure(of, response)
    return response


def _policy_of(nonce: str) -> str:
    return (
        "default-src 'none'; "
        f"script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
        "manifest-src 'self'; frame-src 'self'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    )


def _measure(of: Request, response: Response) -> None:
    endpoint = of.endpoint or "unknown"
    _answers(endpoint, response.status_code).inc()
    if began := extensions.kept().get("began"):
        _seconds(endpoint).observe(max(0.0, (clock.real() - began).total_seconds()))


def _words() -> dict[str, Any]:
    return {
        "settings": extensions.settings(),
        "nonce": _nonce(),
    }


def _healthz() -> Response:
    return Response("ok\n", mimetype="text/plain")


def _readyz() -> Response:
    """Name what is down: a load balancer reads the status, a person the body."""
    down = [name for name, check in _CHECKS.items() if not _works(check)]
    answer = jsonify({"ready": not down, "down": down})
    answer.status_code = 503 if down else 200
    return answer


def _works(check: Any) -> bool:
    try:
        return bool(check())
    except Exception as error:  # noqa: BLE001  # whatever is wrong, the answer is "down", in the log why
        log.warning("readyz.down", reason=type(error).__name__)
        return False


def _redis() -> bool:
    url = extensions.settings().redis_url
    if not url:
        return True
    # Only an installation with Redis should load it.
    from redis import Redis  # noqa: PLC0415

    return bool(Redis.from_url(url).ping())


def _files() -> bool:
    return extensions.settings().data_dir.is_dir()


def _metrics() -> Response:
    return Response(generate_latest(), mimetype=CONTENT_TYPE_LATEST)


_CHECKS = {"database": database.healthy, "redis": _redis, "files": _files}
