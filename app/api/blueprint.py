"""A part of the machine's door."""

import json
from collections.abc import Callable
from typing import Any

import flask_smorest
import orjson
from flask import Request, Response
from marshmallow import Schema
from webargs import missing
from webargs.flaskparser import FlaskParser

from app.errors import DomainError
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


class Blueprint(flask_smorest.Blueprint):
    """Makes the schema of a body once; the library makes one of a class anew for each request."""

    ARGUMENTS_PARSER = _Parser()

    def arguments(self, schema: type[Schema], **how: Any) -> Callable[..., Any]:
        decorate: Callable[..., Any] = super().arguments(schema(), **how)
        return decorate


def spelt(answer: dict[str, Any]) -> Response:
    """An answer that its shape has made as the contract has it: no schema goes through it again."""
    return Response(orjson.dumps(answer), mimetype="application/json")
