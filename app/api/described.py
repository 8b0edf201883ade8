"""What OpenAPI says beyond the shapes: refusals, headers, files."""

from http import HTTPStatus
from typing import Any

from apispec import APISpec

from app.api import schemas

PROBLEM = "application/problem+json"
BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
#: Every call may be told to slow down; a staff token and a right pair are not counted.
RETRY = {
    "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."},
}
LONGEST_KEY = 200
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "maxLength": LONGEST_KEY},
    "description": "Repeats with one key and one body give one appeal; with another body, 422.",
}
MULTIPART = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary"}},
            }
        }
    },
}
CONTENT = {
    "description": "The file, as an attachment.",
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
SHEET = {
    "description": "The sheet, as a PDF.",
    "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
}
CARD = {
    "description": "Everything the person may see of it.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["receipt", "number"],
                "properties": {
                    "receipt": {"type": "string"},
                    "number": {"type": ["string", "null"]},
                },
            }
        }
    },
}


def refusals(*statuses: int) -> dict[str, Any]:
    """The responses of an operation that may be refused with these statuses."""
    return {str(status): HTTPStatus(status).name for status in statuses}


def register_problems(spec: APISpec) -> None:
    """Say of every refusal that it is a problem document (RFC 9457)."""
    for status in HTTPStatus:
        response: dict[str, Any] = {"description": status.phrase}
        if status >= HTTPStatus.BAD_REQUEST:
            response["content"] = {PROBLEM: {"schema": schemas.Problem}}
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            response["headers"] = RETRY
        spec.components.response(status.name, response, lazy=True)
    anything = {
        "description": "Refused; `detail` is a sentence for a person.",
        "content": {PROBLEM: {"schema": schemas.Problem}},
    }
    spec.components.response("DEFAULT_ERROR", anything, lazy=True)
