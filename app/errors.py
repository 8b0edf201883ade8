"""What can go wrong in a use case, named for what happened, and its one HTTP table.

Services raise these; doors let them pass. Pages answer with `error.html`, the machine's door with
`application/problem+json`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from flask import Flask, Response, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from app.extensions import lazy_gettext as _

log = structlog.get_logger(__name__)
Fields = Mapping[str, Sequence[Any]]
#: What the machine's door says where the web server itself refuses; pages have words of their own.
_REFUSED = {
    400: _("The request could not be understood"),
    404: _("There is no such page"),
    405: _("This page cannot be used so"),
    413: _("The files are too large"),
    422: _("Please check what you entered"),
    429: _("Too many requests"),
}
#: Who signed in anew in another tab sends a form whose token belongs to nobody any more.
_OUT_OF_DATE = _("This page is out of date")
_STALE = _(
    "You have signed in anew, or cookies are switched off. Go back, copy what you typed, reload "
    "the page and send it again."
)


class DomainError(Exception):
    """A use case refused; `message` is a sentence for the person who asked."""

    status = 400
    title: Any = _("Refused")

    def __init__(self, message: Any = "", *, fields: Fields | None = None) -> None:
        super().__init__(message)
        self.message = message or self.title
        self.fields = dict(fields or {})

    def __str__(self) -> str:
        return str(self.message)


class Unauthorised(DomainError):
    status = 401
    title = _("Sign in first")


class Forbidden(DomainError):
    status = 403
    title = _("No right")


class NotFound(DomainError):
    """Absent, or not visible to this person: the answer is the same."""

    status = 404
    title = _("Not found")


class Conflict(DomainError):
    """The thing moved on meanwhile, or belongs to another."""

    status = 409
    title = _("Moved on")


class Unreadable(DomainError):
    """What was sent is packed or spelt in a way nothing here reads."""

    status = 415
    title = _("Cannot be read")


class Invalid(DomainError):
    """What was sent cannot be taken; `fields` says which field and why."""

    status = 422
    title = _("Check the fields")


class Misfit(LookupError):
    """A process asks for what its case does not have; the sentence, our own, is for the analyst."""


class Held(DomainError):
    """It is there, but for the present nobody gets it, whatever rights they have."""

    status = 423
    title = _("Held back")


class Unavailable(DomainError):
    """Something the product needs does not answer at this moment; trying again helps."""

    status = 503
    title = _("Unavailable")


class TooMany(DomainError):
    status = 429
    title = _("Too many requests")

    def __init__(self, message: Any = "", *, retry_after: int = 60) -> None:
        super().__init__(message)
        self.retry_after = retry_after


#: What a refusal is called in the reader's language, whoever refused.
_TITLES = {
    one.status: one.title
    for one in (
        *(DomainError, Unauthorised, Forbidden, NotFound, Conflict),
        *(Unreadable, Invalid, Held, Unavailable, TooMany),
    )
} | {
    405: _("Cannot be used so"),
    413: _("Too large"),
    500: _("A fault on our side"),
}


def problem(status: int, title: str, detail: str, fields: Fields | None = None) -> Response:
    """An RFC 9457 answer."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
    }
    if fields:
        body["errors"] = {name: [str(text) for text in texts] for name, texts in fields.items()}
    answer = jsonify(body)
    answer.status_code = status
    answer.mimetype = "application/problem+json"
    return answer


def init_app(app: Flask) -> None:
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _answer(
    status: int, title: str, detail: str, fields: Fields | None = None, heading: Any = ""
) -> Response:
    if request.path.startswith("/api/"):
        return problem(status, title, detail, fields)
    told = {"title": title, "detail": detail, "fields": fields, "heading": heading}
    return Response(render_template("error.html", status=status, **told), status)


def _domain_error(error: DomainError) -> Response:
    answer = _answer(error.status, str(error.title), str(error), error.fields)
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unavailable):
        answer.headers["Retry-After"] = "60"
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _http_error(error: HTTPException) -> AnyResponse:
    if error.code is None or error.code < 400:
        return error.get_response(request.environ)
    if isinstance(error, CSRFError):
        return _answer(error.code, str(_OUT_OF_DATE), str(_STALE), {}, _OUT_OF_DATE)
    detail = str(_REFUSED.get(error.code) or error.description or "")
    title = str(_TITLES.get(error.code, error.name))
    answer = _answer(error.code, title, detail, _misread(error))
    for name, value in error.get_headers(request.environ):
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


def _misread(error: HTTPException) -> Fields | None:
    """Fields of a body or an address that the machine's door could not read, as webargs tells."""
    messages = getattr(error, "data", {}).get("messages", {})
    found = messages.get("json") or messages.get("query")
    return found if isinstance(found, dict) else None


def _unexpected(error: Exception) -> Response:
    # The trace goes to the log under a mark the person can name on the telephone.
    # Of the address the pattern alone: one may hold a citizen's token.
    log.error("request.failed", path=str(request.url_rule), exc_info=error)
    return _answer(500, str(_TITLES[500]), "")
