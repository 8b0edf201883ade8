"""Replies that stand on the site of the body."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, UTCDateTime


class Publication(Model):
    """A reply published by the manager's decision (art. 10 p. 4), without personal data.

    `question` is what was asked, in the body's words. One that was taken down keeps its reason
    and is shown to nobody.
    """

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    published_by: Mapped[str] = mapped_column(String(100))
    taken_down_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    taken_down_for: Mapped[str] = mapped_column(Text, default="")
