"""A part of the machine's door."""

import json
from collections.abc import Callable
from typing import Any

import flask_smorest
import orjson
from flask import Request, Response
from marshmallow import Schema
from webargs.flaskparser import FlaskParser


class _Parser(FlaskParser):
    """Refuses what cannot be read: brackets in brackets and numbers without end too."""

    def _raw_load_json(self, req: Request) -> Any:
        try:
            return super()._raw_load_json(req)
        except (json.JSONDecodeError, UnicodeDecodeError):
            raise
        except (RecursionError, ValueError) as error:
            raise json.JSONDecodeError("unreadable", "…", 0) from error


class Blueprint(flask_smorest.Blueprint):
    """Makes the schema of a body once; the library makes one of a class anew for each request."""

    ARGUMENTS_PARSER = _Parser()

    def arguments(self, schema: type[Schema], **how: Any) -> Callable[..., Any]:
        decorate: Callable[..., Any] = super().arguments(schema(), **how)
        return decorate


def spelt(answer: dict[str, Any]) -> Response:
    """An answer that its shape has made as the contract has it: no schema goes through it again."""
    return Response(orjson.dumps(answer), mimetype="application/json")
