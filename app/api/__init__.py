"""The machine's door: REST v1, described at `/api/v1/openapi.json`.

The same use cases as the pages; staff speak with a bearer token, citizens with number and code.
"""

import threading
from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue
from flask_smorest import Api
from flask_smorest import Blueprint as Documented

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
LENIENT = (
    "Fields of bodies and parameters of addresses that are not described here are passed over, "
    "not refused: check their spelling. A list comes in pages of 100; `next` of an answer is the "
    "`page` to ask for, null on the last one. There is no `limit` or `offset`."
)


class Door(Api):
    """Describes itself when first asked; that is half of what making an application takes.

    Leaves errors to `app.errors`, so that pages stay pages and machines get problems.
    """

    def __init__(self, app: Flask) -> None:
        self._to_describe: list[Documented] = []
        self._describing = threading.Lock()
        super().__init__(app)

    def register_blueprint(self, blp: Documented, **options: Any) -> None:
        """Serve its views now; they are described with all the others."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp, **options)
        self._to_describe.append(blp)

    def _register_error_handlers(self) -> None:
        """Register none: the library would answer for the whole application."""

    def _register_responses(self) -> None:
        """Register them with the description."""

    def _openapi_json(self) -> ResponseReturnValue:
        with self._describing:
            if self._to_describe:
                self._describe()
        answer: ResponseReturnValue = super()._openapi_json()
        return answer

    def _describe(self) -> None:
        described.register_problems(self.spec)
        self.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
        # The appeal's body names it by reference: it is read leniently, field by field.
        self.spec.components.schema("Applicant", schema=schemas.Applicant)
        for blp in self._to_describe:
            blp.register_views_in_doc(self, self._app, self.spec, name=blp.name, parameters=None)
            self.spec.tag({"name": blp.name, "description": blp.description})
        self._to_describe.clear()


def init_app(app: Flask) -> None:
    app.config.update(
        API_TITLE=TITLE,
        API_VERSION=VERSION,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={"info": {"description": LENIENT}},
    )
    api = Door(app)
    rooms = (appeals, assignments, letters, status, work_items, lookups, campaigns, keeping)
    for room in (*rooms, substitutions):
        # Nothing here trusts a cookie, so there is no forged request to guard against.
        csrf.exempt(room.bp)
        api.register_blueprint(room.bp, url_prefix="/api/v1")
    app.view_functions["api-docs.openapi_json"] = public(
        app.view_functions["api-docs.openapi_json"]
    )
