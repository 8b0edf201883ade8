"""Who has to be warned of which term."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, UTCDateTime

#: What nobody put away: few of all that were ever warned of.
_SHOWN = text("seen_at IS NULL")


class Reminder(Model):
    """A warning of a term: a line above somebody's inbox, and of a digest still to come.

    A person has one an appeal: the later takes the place of the earlier. `due_on` is the term of
    the appeal it warned of; once the term is another one, or the appeal is closed, it says
    nothing any more. `for_digest` until the mail of the morning has told it; `seen_at` is when
    the person put it away.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("login", "appeal_id"),
        Index(
            "ix_reminder_shown",
            *("login", "due_on", "appeal_id"),
            postgresql_where=_SHOWN,
            sqlite_where=_SHOWN,
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    login: Mapped[str] = mapped_column(String(100))
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    due_on: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    for_digest: Mapped[bool] = mapped_column(Boolean)
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
