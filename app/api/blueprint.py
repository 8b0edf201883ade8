"""A part of the machine's door."""

import json
from collections.abc import Callable
from typing import Any

import flask_smorest
import orjson
from flask import Request, Response, request
from marshmallow import Schema
from webargs import missing
from webargs.flaskparser import FlaskParser

from app.errors import DomainError, Unreadable
from app.extensions import lazy_gettext as _


class _Parser(FlaskParser):
    """Reads JSON whatever a caller calls it: curl says it sends a form, and one may say nothing.

    Refuses what cannot be read: brackets in brackets and numbers without end too.
    """

    def _raw_load_json(self, req: Request) -> Any:
        try:
            sent = req.get_data().decode("utf-8-sig").strip()
            return json.loads(sent) if sent else missing
        except (RecursionError, ValueError) as error:
            raise DomainError(_("Send the body as JSON in UTF-8.")) from error


def _refuse_packed() -> None:
    """A body that is packed would be told it is no JSON, and a file would be told it is missing."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise Unreadable(_("Send the body as it is, not compressed: without Content-Encoding."))


class Blueprint(flask_smorest.Blueprint):
    """Makes the schema of a body once; the library makes one of a class anew for each request."""

    ARGUMENTS_PARSER = _Parser()

    def __init__(self, *given: Any, **told: Any) -> None:
        super().__init__(*given, **told)
        self.before_request(_refuse_packed)

    def arguments(self, schema: type[Schema], **how: Any) -> Callable[..., Any]:
        decorate: Callable[..., Any] = super().arguments(schema(), **how)
        return decorate


def spelt(answer: dict[str, Any]) -> Response:
    """An answer that its shape has made as the contract has it: no schema goes through it again."""
    return Response(orjson.dumps(answer), mimetype="application/json")
