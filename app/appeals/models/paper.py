"""Paper originals: where the sheets of an appeal lie, and through whose hands they went."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, UTCDateTime


class PaperOriginal(Model):
    """The paper of an appeal: its place in a case of the nomenclature, and who holds it (a login).

    `filed_on` is when it was put into the case at the end; before that the place is only planned.
    """

    __tablename__ = "paper_original"

    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), primary_key=True)
    case_index: Mapped[str] = mapped_column(String(60), default="")
    volume: Mapped[str] = mapped_column(String(20), default="")
    leaves: Mapped[str] = mapped_column(String(40), default="")
    holder: Mapped[str] = mapped_column(String(100))
    filed_on: Mapped[date | None] = mapped_column(Date)
    filed_by: Mapped[str | None] = mapped_column(String(100))


class PaperHandover(Model):
    """The paper given by one person to another; it is on its way until they accept it."""

    __tablename__ = "paper_handover"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    given_by: Mapped[str] = mapped_column(String(100))
    given_to: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    remark: Mapped[str] = mapped_column(Text, default="")
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
