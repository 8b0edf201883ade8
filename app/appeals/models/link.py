"""Appeals that somebody tied to each other."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, UTCDateTime


class AppealLink(Model):
    """Two appeals that belong together, the one with the smaller id first, and why.

    One that was untied stays, with who did it and why.
    """

    __tablename__ = "appeal_link"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    untied_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    untied_by: Mapped[str | None] = mapped_column(String(100))
    untied_for: Mapped[str] = mapped_column(Text, default="")
