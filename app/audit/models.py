"""The journal's rows and the end of the chain that seals them."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, UTCDateTime
from app.session import FORGOTTEN

BIG_ID = BigInteger().with_variant(Integer, "sqlite")


class JournalRow(Model):
    """One line of the journal: inserted by a use case, sealed once, never changed again.

    `details` is kept as the very text that is hashed: a database's own JSON
    type may reorder keys or respell numbers, and the seal would not hold.
    """

    __tablename__ = "journal"
    __table_args__ = (
        # The sealer looks for what it has not sealed yet every few seconds; the
        # partial index keeps that question cheap however long the journal grows.
        Index(
            "journal_unsealed",
            "id",
            sqlite_where=text("seq IS NULL"),
            postgresql_where=text("seq IS NULL"),
        ),
        Index("journal_subject", "subject", "id"),
        Index("journal_at", "at"),
        {"sqlite_autoincrement": True, "info": {FORGOTTEN: True}},
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(100))
    subject: Mapped[str | None] = mapped_column(String(200))
    details: Mapped[str] = mapped_column(Text)
    seq: Mapped[int | None] = mapped_column(BIG_ID, unique=True)
    hash: Mapped[str | None] = mapped_column(String(64))


class JournalHead(Model):
    """The single row that says where the chain ends.

    Sealers take turns by locking it, and a journal that lost its newest
    lines is found out by comparing with it.
    """

    __tablename__ = "journal_head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    seq: Mapped[int] = mapped_column(BIG_ID)
    entry_id: Mapped[int | None] = mapped_column(BIG_ID)
    hash: Mapped[str] = mapped_column(String(64))
