"""What the room does by itself: forget files nobody attached, notice what is trusted anew."""

from flask import Flask

from app.documents import pieces, services, trusting, workshop
from app.extensions import add_duty, add_late, add_start


def init_app(app: Flask) -> None:
    add_duty(app, services.sweep_uploads)
    add_duty(app, pieces.sweep)
    add_duty(app, trusting.notice)
    add_start(app, workshop.start)
    add_late(app, "app.documents.signatures.examining", "app.documents.signing", "pypdf")
