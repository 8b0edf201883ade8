"""What somebody has typed into the form of a task and not handed on yet."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, UTCDateTime


class TypedForm(Model):
    """A form as it stood when its writer paused; `opening` is the mark of the opened page.

    `pairs` are the names and values of its fields, as a browser sends them.
    """

    __tablename__ = "typed_form"
    __table_args__ = (Index("ix_typed_form_item", "item_id", "author", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("work_item.id"))
    author: Mapped[str] = mapped_column(String(100))
    opening: Mapped[str] = mapped_column(String(40))
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime)
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    pairs: Mapped[list[Any]] = mapped_column(JSON)
