"""The all-Russian thematic classifier: editions, the quick find and suggestions from a text.

Everything lives in memory, read from `classifier_data/` and from the editions an installation
imported; there is no network and no model that would have to be downloaded. The one table holds
what this body's clerks chose before (`learning`).
"""

from flask import Flask

from app.classifier import cli


def init_app(app: Flask) -> None:
    app.cli.add_command(cli.group)
