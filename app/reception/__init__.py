"""The citizen's door: file an appeal, follow it, rate the answer, check a letter, see the figures.

It asks nothing of a person but what the reply cannot do without, works without scripts, and loses
nothing that was typed or uploaded.
"""

from flask import Flask

from app.extensions import add_duty
from app.reception import (
    drafting,
    drafts,
    figures,
    filing,
    following,
    identifying,
    own,
    piecemeal,
    views,
)

filing.add_to(views.bp)
drafting.add_to(views.bp)
piecemeal.add_to(views.bp)
identifying.add_to(views.bp)
following.add_to(views.bp)
own.add_to(views.bp)
figures.add_to(views.bp)


def init_app(app: Flask) -> None:
    app.register_blueprint(views.bp)
    add_duty(app, drafts.sweep)
