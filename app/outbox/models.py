"""One table: the promises."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, UTCDateTime
from app.session import FORGOTTEN


class Promise(Model):
    """A side effect that was decided and is still to be done, or was done.

    `batch` names the act on many things it belongs to; `held` is mail of such an act that waits a
    little, so that it can be cancelled; `patient` what is kept when nothing else is due.
    """

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    key: Mapped[str | None] = mapped_column(String(64), index=True)
    instance: Mapped[int | None]
    element: Mapped[str | None] = mapped_column(String(120))
    batch: Mapped[str | None] = mapped_column(String(40), index=True)
    held: Mapped[bool] = mapped_column(default=False, server_default=false())
    patient: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    status: Mapped[str] = mapped_column(String(10), default="waiting")
    last_error: Mapped[str | None]
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        Index("ix_outbox_open", "status", "patient", "due_at"),
        {"info": {FORGOTTEN: True}},
    )
