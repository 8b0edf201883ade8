"""Letters that were printed for the post together."""

from datetime import datetime

from sqlalchemy import JSON, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, UTCDateTime


class Mailing(Model):
    """A batch for the post: `letters` are ids in the order of the sheets, `done` of them are set.

    `upload_id` is the finished file; it is kept a day like whatever was sent and not attached, so
    that no second copy of the letters outlives them.
    """

    __tablename__ = "mailing"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    letters: Mapped[list[int]] = mapped_column(JSON)
    done: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    made_by: Mapped[str] = mapped_column(String(100), index=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    upload_id: Mapped[str | None] = mapped_column(String(32))
