"""The heart: appeals of citizens, from the first letter to the mark the citizen gives.

What happens when is drawn in the diagrams; this room keeps the card of the appeal and does what
the diagrams ask for.
"""

from flask import Flask

from app.appeals import models


def init_app(app: Flask) -> None:
    """Importing the operations and the notices registers them; there is nothing else to plug."""
    from importlib.util import find_spec

    if find_spec("app.classifier.services"):
        from app.appeals import notices, operations

        app.extensions["appeals"] = (models, notices, operations)
