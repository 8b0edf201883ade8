"""Acts that enclosures named in a letter are missing."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, UTCDateTime


class EnclosuresAct(Model):
    """What a letter names as enclosed and what was not in the envelope.

    `present` names who was there, one a line; `document_id` is the act once it is made.
    """

    __tablename__ = "enclosures_act"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    recorded_by: Mapped[str] = mapped_column(String(100))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    opened_on: Mapped[date] = mapped_column(Date)
    named: Mapped[str] = mapped_column(Text)
    missing: Mapped[str] = mapped_column(Text)
    present: Mapped[str] = mapped_column(Text)
    document_id: Mapped[int | None] = mapped_column(Integer)
