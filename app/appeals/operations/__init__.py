"""What the diagrams may ask of the appeals room; importing this package registers it all."""

from app.appeals.operations import (
    act,
    assignments,
    closing,
    control,
    extension,
    interim,
    letters,
    redirection,
    registration,
    reopening,
    reply,
    requests,
    results,
    review,
    survey,
    visits,
)

__all__ = [
    "act",
    "assignments",
    "closing",
    "control",
    "extension",
    "interim",
    "letters",
    "redirection",
    "registration",
    "reopening",
    "reply",
    "requests",
    "results",
    "review",
    "survey",
    "visits",
]
