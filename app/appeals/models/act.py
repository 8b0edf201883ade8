"""Acts that a commission draws up."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, UTCDateTime


class CommissionAct(Model):
    """An act that the text of an appeal cannot be read (art. 11 p. 4).

    `members`, the chair first, hold `login`, `name`, `post` and, once they have decided,
    `decision` (agree or disagree), `remark` and `at`. `number` and `made_on` are given when all
    have signed; `document_id` is the sheet.
    """

    __tablename__ = "commission_act"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    author: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    description: Mapped[str] = mapped_column(Text)
    conclusion: Mapped[str] = mapped_column(Text)
    members: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    number: Mapped[str | None] = mapped_column(String(80))
    made_on: Mapped[date | None] = mapped_column(Date)
    document_id: Mapped[int | None] = mapped_column(Integer)
