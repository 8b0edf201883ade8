"""Figures of the reception, its journals, and both as files: what came, what became of it."""

from flask import Flask

from app.reports import jobs


def init_app(app: Flask) -> None:
    jobs.init_app(app)
