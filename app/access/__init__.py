"""Who is asking and what they may do; the default answer is no.

Accounts, roles and rights as data, sign-in, sessions and tokens, and the marks by which every
endpoint says whom it lets in.
"""

from flask import Flask

from app.access import cli, demo, factor_pages, identity, outside, views, web
from app.config import Settings

factor_pages.add_to(views.bp)


def init_app(app: Flask) -> None:
    web.init_app(app)
    identity.init_app(app)
    outside.init_app(app)
    app.register_blueprint(views.bp)
    app.cli.add_command(cli.group)


def prepare_demo(settings: Settings) -> None:
    """Make the demo's accounts and tell their passwords in `DATA_DIR/demo.json`."""
    demo.prepare(settings)


def demo_sign_ins(settings: Settings) -> list[str]:
    """The demo's accounts as lines for a terminal."""
    return demo.sign_ins(settings)
