"""The analyst's and the administrator's door.

Analysts see which diagrams are published, what runs on them, publish new ones, and keep the
templates of letters; administrators keep people, structure, organisations and settings, and settle
what could not be delivered.
"""

from flask import Flask

# The modules hang their views on the blueprint when they are read.
from app.studio import emblems as emblems
from app.studio import layouts as layouts
from app.studio import moves as moves
from app.studio import people as people
from app.studio import processes as processes
from app.studio import structure as structure
from app.studio import trusting as trusting
from app.studio import watch as watch
from app.studio.blueprint import bp


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
