"""The citizen's door: file an appeal, follow it, rate the answer, check a letter, see the figures.

It asks nothing of a person but what the reply cannot do without, works without scripts, and loses
nothing that was typed or uploaded.
"""

from flask import Flask

from app.reception import filing, following, identifying, views

filing.add_to(views.bp)
identifying.add_to(views.bp)
following.add_to(views.bp)


def init_app(app: Flask) -> None:
    app.register_blueprint(views.bp)
