"""Which texts nearly repeat each other, and by what such texts are found."""

from sqlalchemy import ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model
from app.session import FORGOTTEN


class Likeness(Model):
    """A text that was compared: `first_id` is the appeal whose text it repeats, or its own.

    `percent` is how like the first one it is.
    """

    __tablename__ = "appeal_likeness"

    appeal_id: Mapped[int] = mapped_column(
        Integer, ForeignKey("appeal.id"), primary_key=True, autoincrement=False
    )
    first_id: Mapped[int] = mapped_column(Integer, ForeignKey("appeal.id"), index=True)
    percent: Mapped[int] = mapped_column(Integer)


class TextBand(Model):
    """A number that texts like that of the appeal probably have too (`likeness.bands`).

    Only the first of like texts has them, so that a campaign of thousands costs one text.
    """

    __tablename__ = "appeal_text_band"
    __table_args__ = ({"info": {FORGOTTEN: True}},)

    band: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    appeal_id: Mapped[int] = mapped_column(
        Integer, ForeignKey("appeal.id"), primary_key=True, autoincrement=False
    )
