"""Files and documents: kept by SHA-256, led from draft to the archive, signed, verified."""

from flask import Flask

from app.documents import checking, cli, jobs, rounds, store, wording


def init_app(app: Flask) -> None:
    store.init_app(app)
    jobs.init_app(app)
    checking.init_app(app)
    rounds.init_app(app)
    cli.init_app(app)
    app.jinja_env.globals["signature_words"] = wording
