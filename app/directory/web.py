"""What every page knows about the body."""

from typing import Any

from flask import g
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.local import LocalProxy

from app.directory import services
from app.directory.values import Body


def words() -> dict[str, Any]:
    """Template words: `body`, read at most once a request and only by pages that name it."""
    return {"body": LocalProxy(_body)}


def remember(body: Body) -> None:
    """Take the body from a use case that has read it: this page need not read it again."""
    g.body = body


def forget() -> None:
    """Read the body anew in each request, also where an application context outlives it."""
    g.pop("body", None)


def _body() -> Body:
    if "body" not in g:
        try:
            g.body = services.current_body()
        except SQLAlchemyError:
            # The page that says the database is down must still be drawn.
            return Body()
    found: Body = g.body
    return found
