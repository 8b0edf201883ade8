"""What people put in force in the place of shipped templates and texts: the last row of a file."""

import datetime as dt

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app.correspondence.models import Layout


def changed(
    ask: Session | Connection, ending: str, as_of: dt.datetime | None = None
) -> dict[str, str]:
    """The files with this ending that differ from those shipped: now, or as of a moment."""
    last = select(func.max(Layout.id)).where(Layout.file.endswith(ending)).group_by(Layout.file)
    if as_of is not None:
        last = last.where(Layout.made_at <= as_of)
    rows = ask.execute(
        select(Layout.file, Layout.text).where(Layout.id.in_(last), Layout.text.is_not(None))
    ).all()
    return {file: text for file, text in rows if text is not None}
