"""One table: what people have begun to write and not sent."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, UTCDateTime


class Draft(Model):
    """A form that was not sent, sealed with its own code, of which only a hash is here.

    `content` is None once the appeal was filed: what comes late from another device is refused.
    `writer` is what the browser that wrote last calls itself; empty of one without scripts.
    """

    __tablename__ = "draft"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes | None]
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    writer: Mapped[str] = mapped_column(String(40), default="", server_default="")
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
