"""The demonstration's own year: believable appeals in every stage, as many as are asked for.

A few dozen appeals are played: filed and worked on by the same use cases as real ones, over weeks
of the demonstration's clock, in an installation beside this one. Their rows are then cast again
and again with other people, numbers and ids (docs/adr/0023).
"""

from flask import Flask

from app.demo import cli


def init_app(app: Flask) -> None:
    app.cli.add_command(cli.group)
