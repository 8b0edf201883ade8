"""What every page knows about the body."""

from flask import g
from sqlalchemy.exc import SQLAlchemyError

from app.directory import services
from app.directory.values import Body


def remember(found: Body) -> None:
    """Take the body from a use case that has read it: this page need not read it again."""
    g.body = found


def forget() -> None:
    """Read the body anew in each request, also where an application context outlives it."""
    g.pop("body", None)


def body() -> Body:
    """The body, read at most once a request and only by pages that name it."""
    found: Body | None = g.get("body")
    if found is None:
        try:
            found = g.body = services.current_body()
        except SQLAlchemyError:
            # The page that says the database is down must still be drawn.
            return Body()
    return found
