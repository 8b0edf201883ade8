"""The staff's door: inbox, tasks, cards, intake, assignments, letters, figures."""

from flask import Flask

from app.desk import words
from app.desk.blueprint import bp
from app.desk.views import PAGES

for page in PAGES:
    page(bp)


def init_app(app: Flask) -> None:
    words.init_app(app)
    app.register_blueprint(bp)
