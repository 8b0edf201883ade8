"""Acts that money or valuables came in an envelope."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, UTCDateTime


class ValuablesAct(Model):
    """Money, securities or valuables that came with a letter, and how they went back.

    `found` names them and `present` who was there, one a line; `kept` is where they lie until
    `return_by`. `returned_how` is one of `policy.VALUABLES_RETURNED`, `returned_note` says to whom
    and by which paper; `document_id` is the act once it is made.
    """

    __tablename__ = "valuables_act"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    recorded_by: Mapped[str] = mapped_column(String(100))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    opened_on: Mapped[date] = mapped_column(Date)
    found: Mapped[str] = mapped_column(Text)
    kept: Mapped[str] = mapped_column(Text)
    present: Mapped[str] = mapped_column(Text)
    return_by: Mapped[date] = mapped_column(Date)
    document_id: Mapped[int | None] = mapped_column(Integer)
    returned_on: Mapped[date | None] = mapped_column(Date)
    returned_how: Mapped[str] = mapped_column(String(20))
    returned_note: Mapped[str] = mapped_column(Text)
    returned_by: Mapped[str | None] = mapped_column(String(100))
