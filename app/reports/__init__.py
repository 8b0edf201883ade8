"""Figures of the reception: what came, what became of it, how citizens rate it."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Nothing to plug: the doors call `services`."""
    del app
