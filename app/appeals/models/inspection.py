"""Requests to read the file of an appeal."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, UTCDateTime


class FileInspection(Model):
    """A request to read the documents and materials of an appeal (art. 5 point 2).

    `term` is the line of the day by which it is decided. `decision` is allow or refuse; `read_on`,
    `read_at` (HH:MM) and `place` are offered, `ground` is one of `policy.INSPECTION_REFUSALS`.
    `held_on` is when the file was read, `absent_on` when the applicant did not come; `act_id` is
    the act's document once it is made.
    """

    __tablename__ = "file_inspection"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    recorded_by: Mapped[str] = mapped_column(String(100))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    asked_on: Mapped[date] = mapped_column(Date)
    wish: Mapped[str] = mapped_column(Text)
    term: Mapped[dict[str, Any]] = mapped_column(JSON)
    decision: Mapped[str | None] = mapped_column(String(20))
    decided_by: Mapped[str | None] = mapped_column(String(100))
    decided_on: Mapped[date | None] = mapped_column(Date)
    read_on: Mapped[date | None] = mapped_column(Date)
    read_at: Mapped[str] = mapped_column(String(5))
    place: Mapped[str] = mapped_column(Text)
    ground: Mapped[str] = mapped_column(String(20))
    explanation: Mapped[str] = mapped_column(Text)
    held_by: Mapped[str | None] = mapped_column(String(100))
    held_on: Mapped[date | None] = mapped_column(Date)
    absent_on: Mapped[date | None] = mapped_column(Date)
    shown: Mapped[str] = mapped_column(Text)
    act_id: Mapped[int | None] = mapped_column(Integer)
