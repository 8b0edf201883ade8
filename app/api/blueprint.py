"""A part of the machine's door."""

from collections.abc import Callable
from typing import Any

import flask_smorest
import orjson
from flask import Response
from marshmallow import Schema


class Blueprint(flask_smorest.Blueprint):
    """Makes the schema of a body once; the library makes one of a class anew for each request."""

    def arguments(self, schema: type[Schema], **how: Any) -> Callable[..., Any]:
        decorate: Callable[..., Any] = super().arguments(schema(), **how)
        return decorate


def spelt(answer: dict[str, Any]) -> Response:
    """An answer that its shape has made as the contract has it: no schema goes through it again."""
    return Response(orjson.dumps(answer), mimetype="application/json")
