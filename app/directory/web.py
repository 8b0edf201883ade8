"""What every page knows about the body."""

from sqlalchemy.exc import SQLAlchemyError

from app.directory import services
from app.directory.values import Body
from app.extensions import kept


def remember(found: Body) -> None:
    """Take the body from a use case that has read it: this page need not read it again."""
    kept().body = found


def forget() -> None:
    """Read the body anew in each request, also where an application context outlives it."""
    kept().pop("body", None)


def body() -> Body:
    """The body, read at most once a request and only by pages that name it."""
    found: Body | None = kept().__dict__.get("body")
    if found is None:
        try:
            found = kept().body = services.current_body()
        except SQLAlchemyError:
            # The page that says the database is down must still be drawn.
            return Body()
    return found
