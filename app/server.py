"""Prepare an installation and serve it: what `make run` does."""

import sys
from pathlib import Path

from flask import Flask
from waitress import create_server

from app import access, directory, schema
from app.config import Settings, make_data_dir
from app.extensions import load
from app.outbox import relay
from app.outbox.thread import Worker
from app.workflow import versions

ROOT = Path(__file__).parents[1]


def prepare(app: Flask) -> None:
    """Bring the database up to date and fill in what a new installation lacks; may be repeated."""
    settings: Settings = app.extensions["settings"]
    make_data_dir(settings)
    with app.app_context():
        if not schema.up_to_date():
            schema.upgrade()
        directory.prepare(demo=settings.demo)
        if settings.demo:
            access.prepare_demo(settings)
        if not versions.published():
            files = versions.read_folders(ROOT / "processes", ROOT / "forms")
            versions.publish(files, note=versions.SHIPPED, actor="system")
        versions.prepare()


def serve(app: Flask) -> None:
    """Serve until stopped, with the worker inside unless RQ workers do its work."""
    settings: Settings = app.extensions["settings"]
    prepare(app)
    load(app)
    try:
        server = create_server(
            app,
            host=settings.host,
            port=settings.port,
            threads=settings.threads,
            ident="",
            max_request_body_size=settings.upload_max_bytes + 1024 * 1024,
        )
    except OSError as error:
        sys.exit(
            f"Port {settings.port} cannot be used ({error.strerror}): set PORT to another one."
        )
    worker = None if settings.redis_url else Worker(app)
    if worker:
        worker.start()
    relay.ends_in_order()
    _greet(settings)
    try:
        server.run()
    finally:
        if worker:
            worker.stop()


def _greet(settings: Settings) -> None:
    print(f"\nПриёмная / Priyomnaya: {settings.address}\n", flush=True)  # noqa: T201  # the command's answer
    if settings.demo:
        for line in access.demo_sign_ins(settings):
            print(line, flush=True)  # noqa: T201
