"""The staff's door: inbox, tasks, cards, intake, assignments, letters, figures."""

from flask import Flask

from app.desk import words
from app.desk.blueprint import bp
from app.desk.views import PAGES


def init_app(app: Flask) -> None:
    words.init_app(app)
    for page in PAGES:
        page(bp)
    app.register_blueprint(bp)
