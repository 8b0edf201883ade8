"""What is kept beyond its term and why, acts of destruction, the register of what was erased."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model, UTCDateTime

PROPOSED, REFUSED, APPROVED, CARRIED_OUT = "proposed", "refused", "approved", "carried_out"
LISTED, ERASED, KEPT = "listed", "erased", "kept"
EXPERTS, PERMANENT = "epk", "permanent"


class Preservation(Model):
    """An appeal that no term ends: `mark` "epk" waits for the expert commission, "permanent"."""

    __tablename__ = "preservation"

    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), primary_key=True)
    mark: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class DestructionAct(Model):
    """A list of appeals proposed by one person for erasure and decided on by another.

    `state`: proposed, refused, approved (erasing goes on), carried_out. `document_id` is the
    printed act, made when everything is done.
    """

    __tablename__ = "destruction_act"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(12), default=PROPOSED)
    proposed_by: Mapped[str] = mapped_column(String(100))
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(100))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    remark: Mapped[str] = mapped_column(Text, default="")
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    document_id: Mapped[int | None] = mapped_column(Integer)

    lines: Mapped[list["DestructionLine"]] = relationship(order_by="DestructionLine.id")


class DestructionLine(Model):
    """An appeal of an act; `state`: listed, erased, kept (`why` says what stood against it)."""

    __tablename__ = "destruction_line"
    __table_args__ = (UniqueConstraint("act_id", "appeal_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("destruction_act.id"))
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    kept_until: Mapped[date] = mapped_column(Date)
    norm: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8), default=LISTED)
    why: Mapped[str] = mapped_column(Text, default="")


class Erasure(Model):
    """A line of the register: what was erased, when, by which act. Never changed or deleted.

    It holds no personal data and no foreign key: it outlives what it tells of, and a restored
    database that knew nothing of it.
    """

    __tablename__ = "erasure"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(Integer, unique=True)
    receipt: Mapped[str] = mapped_column(String(60))
    number: Mapped[str | None] = mapped_column(String(60))
    received_on: Mapped[date] = mapped_column(Date)
    registered_on: Mapped[date | None] = mapped_column(Date)
    ended_on: Mapped[date] = mapped_column(Date)
    outcome: Mapped[str] = mapped_column(String(20))
    kept_until: Mapped[date] = mapped_column(Date)
    norm: Mapped[str] = mapped_column(Text)
    files: Mapped[int] = mapped_column(Integer)
    letters: Mapped[int] = mapped_column(Integer)
    act: Mapped[str] = mapped_column(String(64))
    proposed_by: Mapped[str] = mapped_column(String(100))
    approved_by: Mapped[str] = mapped_column(String(100))
    erased_at: Mapped[datetime] = mapped_column(UTCDateTime)
