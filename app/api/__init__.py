"""The machine's door: REST v1, described at `/api/v1/openapi.json`.

The same use cases as the pages; staff speak with a bearer token, citizens with number and code.
"""

from flask import Flask
from flask_smorest import Api

from app.access.web import public
from app.api import (
    appeals,
    assignments,
    campaigns,
    described,
    keeping,
    letters,
    lookups,
    schemas,
    status,
    substitutions,
    work_items,
)
from app.extensions import csrf

TITLE = "Priyomnaya"
VERSION = "1.0"


class Door(Api):
    """Leaves errors to `app.errors`, so that pages stay pages and machines get problems."""

    def _register_error_handlers(self) -> None:
        """Register none: the library would answer for the whole application."""

    def _register_responses(self) -> None:
        described.register_problems(self.spec)


def init_app(app: Flask) -> None:
    app.config.update(
        API_TITLE=TITLE,
        API_VERSION=VERSION,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = Door(app)
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    # The appeal's body names it by reference: it is read leniently, field by field.
    api.spec.components.schema("Applicant", schema=schemas.Applicant)
    rooms = (appeals, assignments, letters, status, work_items, lookups, campaigns, keeping)
    for room in (*rooms, substitutions):
        # Nothing here trusts a cookie, so there is no forged request to guard against.
        csrf.exempt(room.bp)
        api.register_blueprint(room.bp, url_prefix="/api/v1")
    app.view_functions["api-docs.openapi_json"] = public(
        app.view_functions["api-docs.openapi_json"]
    )
