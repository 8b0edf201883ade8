"""What the card notes beside what its way is decided by."""

from datetime import date

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Integer, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model


class Particulars(Model):
    """How the paper came, who the applicant is for the figures, marks, control.

    An appeal of which nothing of the kind was noted has no row. `version` counts the changes;
    `app.appeals.particulars.GROUPS` says what each column is to a reader. `benefits` and `marks`
    are lists of codes; `control_off_by` is a login.
    """

    __tablename__ = "appeal_particulars"

    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, default=1)

    letter_number: Mapped[str] = mapped_column(String(100), default="")
    letter_date: Mapped[date | None] = mapped_column(Date)
    result_asked: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    sheets: Mapped[int | None] = mapped_column(Integer)
    enclosure_sheets: Mapped[int | None] = mapped_column(Integer)
    copies: Mapped[int | None] = mapped_column(Integer)
    envelope: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    postmarked_on: Mapped[date | None] = mapped_column(Date)
    damage: Mapped[str] = mapped_column(Text, default="")

    applicant_status: Mapped[str] = mapped_column(String(20), default="")
    proxy: Mapped[str] = mapped_column(Text, default="")
    social_status: Mapped[str] = mapped_column(String(20), default="")
    benefits: Mapped[list[str]] = mapped_column(JSON, default=list)
    signatures: Mapped[int | None] = mapped_column(Integer)
    postcode: Mapped[str] = mapped_column(String(10), default="")
    region: Mapped[str] = mapped_column(String(120), default="")
    district: Mapped[str] = mapped_column(String(120), default="")
    settlement: Mapped[str] = mapped_column(String(120), default="")
    street: Mapped[str] = mapped_column(String(160), default="")
    house: Mapped[str] = mapped_column(String(20), default="")
    building: Mapped[str] = mapped_column(String(20), default="")
    flat: Mapped[str] = mapped_column(String(20), default="")
    fias: Mapped[str] = mapped_column(String(40), default="")

    subtype: Mapped[str] = mapped_column(String(10), default="")
    marks: Mapped[list[str]] = mapped_column(JSON, default=list)
    coordinates: Mapped[str] = mapped_column(String(60), default="")

    reported_on: Mapped[date | None] = mapped_column(Date)
    control: Mapped[str] = mapped_column(String(10), default="")
    control_off_on: Mapped[date | None] = mapped_column(Date)
    control_off_by: Mapped[str | None] = mapped_column(String(100))
    control_off_ground: Mapped[str] = mapped_column(Text, default="")
