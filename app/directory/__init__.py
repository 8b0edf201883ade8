"""The body itself, as it describes itself, and those it writes to.

Names, requisites and public texts; units, posts and signing authority; the organisations appeals
are redirected to; number series; settings that keep their history.
"""

from flask import Flask
from werkzeug.local import LocalProxy

from app.directory import demo as _demo
from app.directory import web


def init_app(app: Flask) -> None:
    app.before_request(web.forget)
    app.jinja_env.globals["body"] = LocalProxy(web.body)


def prepare(*, demo: bool) -> None:
    """Fill an empty directory; only the demo has an invented body. May be repeated."""
    if demo:
        _demo.seed_demo()
