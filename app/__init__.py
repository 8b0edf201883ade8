"""The product: Flask, the database, people. `create_app` plugs the rooms in, cellar first."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli, clock, config, database, errors, extensions, log, shell, static_files, web

ROOMS = (
    "formkit",
    "audit",
    "outbox",
    "directory",
    "access",
    "workflow",
    "deadlines",
    "classifier",
    "documents",
    "correspondence",
    "appeals",
    "reports",
    "privacy",
    "reception",
    "desk",
    "studio",
    "api",
)


def create_app(*, check_settings: bool = True, **given: Any) -> Flask:
    """Make the application; `given` settings win over the environment.

    Without `check_settings` they are checked when the database is opened: commands that need none
    of them work on a machine where nothing is set, and nothing else does.
    """
    settings = (config.load if check_settings else config.read)(**given)
    app = web.Application(__name__)
    app.extensions["settings"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS=database.pool(settings.threads),
        MAX_CONTENT_LENGTH=settings.upload_max_bytes + 1024 * 1024,
        # A page may lie open for hours while a person writes; its token lives as long as the
        # session it belongs to.
        WTF_CSRF_TIME_LIMIT=None,
        MAX_FORM_MEMORY_SIZE=16 * 1024 * 1024,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.address.startswith("https://"),
        SESSION_COOKIE_NAME="priyomnaya",
        BABEL_DEFAULT_LOCALE=settings.default_language,
        CATALOGUES=["translations", *(f"{room}/translations" for room in ROOMS)],
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's own documented way
    log.configure(settings)
    clock.bind(settings.data_dir, movable=settings.demo)
    database.init_app(app)
    extensions.init_app(app)
    errors.init_app(app)
    web.init_app(app)
    static_files.init_app(app)
    for room in ROOMS:
        if find_spec(f"app.{room}"):
            import_module(f"app.{room}").init_app(app)
    shell.init_app(app)
    cli.init_app(app)
    return app
