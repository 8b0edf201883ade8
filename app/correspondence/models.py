"""Letters and notices, from draft to delivery, and the templates they are set in type by."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, UTCDateTime


class Letter(Model):
    """What the body writes about a case. What was approved is frozen by `content_hash`.

    `signed_for` is the absent person for whom the signatory signed, as the sheet spells the name.
    `remark` is why it came back for rework; it goes when the letter is revised.
    `instance_id` is the process that waits for it to be signed and sent.
    """

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    template: Mapped[str] = mapped_column(String(40))
    audience: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12), index=True)
    channel: Mapped[str] = mapped_column(String(8))
    language: Mapped[str] = mapped_column(String(5))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    addressee: Mapped[dict[str, str]] = mapped_column(JSON)
    attachments: Mapped[list[int]] = mapped_column(JSON)
    content_hash: Mapped[str | None] = mapped_column(String(64))
    number: Mapped[str | None] = mapped_column(String(64))
    dated: Mapped[date | None]
    check_code: Mapped[str | None] = mapped_column(String(24))
    instance_id: Mapped[int | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    remark: Mapped[str] = mapped_column(Text, default="", server_default="")
    created_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    approved_by: Mapped[str | None] = mapped_column(String(120))
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    signatory: Mapped[str | None] = mapped_column(String(120))
    signatory_name: Mapped[str | None] = mapped_column(String(200))
    signatory_post: Mapped[str | None] = mapped_column(String(300))
    signed_for: Mapped[str | None] = mapped_column(String(200))
    signed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    track: Mapped[str | None] = mapped_column(String(40))
    posted_on: Mapped[date | None]
    delivered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Layout(Model):
    """A template of a sheet as it was put in force; rows are only added, the last of a file counts.

    `text` is None where the template as shipped was put in force again. `follows` is the row that
    was in force before, 0 at first: of two people who change one text at once, one is refused.
    """

    __tablename__ = "letter_layout"
    __table_args__ = (UniqueConstraint("file", "follows"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    file: Mapped[str] = mapped_column(String(40))
    follows: Mapped[int]
    text: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str] = mapped_column(String(500))
    made_by: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
