"""Terms counted to the day: the production calendar and the terms of the law as data.

How many days a rule gives stands in `processes/control/terms.dmn` and nowhere in code; which days
are worked stands in the production calendar; what a body may choose is a `Policy`. Every term
comes with the sentences that led to it, in both languages.
"""

from flask import Flask

from app.deadlines import cli


def init_app(app: Flask) -> None:
    app.cli.add_command(cli.group)
