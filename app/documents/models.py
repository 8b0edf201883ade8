"""What is stored, what was sent and waits for its owner, documents, their states, signatures."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, UTCDateTime
from app.session import FORGOTTEN


class Blob(Model):
    """A file in the store. Its row is the lock under which the file appears and disappears."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    verdict: Mapped[str] = mapped_column(String(10), index=True, default="unchecked")
    #: The name of what was found, or why the scanner could not look.
    finding: Mapped[str] = mapped_column(String(200), default="")
    checked_with: Mapped[str] = mapped_column(String(100), default="")
    checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: When its bytes were last found to be as they came.
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    marks: Mapped[list[str]] = mapped_column(JSON, default=list)
    copy_sha256: Mapped[str | None] = mapped_column(String(64), index=True)


class StoredUpload(Model):
    """A file somebody sent that belongs to no set of documents yet.

    `keep_until`: a draft still names it.
    """

    __tablename__ = "upload"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(String(200), index=True)
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    keep_until: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Document(Model):
    """One document of the set that a business key, "appeal:17", gathers.

    `follows` is the document of which it is the next version.
    """

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(300))
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(12))
    number: Mapped[str | None] = mapped_column(String(64), index=True)
    issued_on: Mapped[date | None]
    check_code: Mapped[str | None] = mapped_column(String(24))
    signature: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    follows: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True, unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class DocumentState(Model):
    """When a document came into a state and by whom; rows are only added."""

    __tablename__ = "document_state"
    __table_args__ = ({"info": {FORGOTTEN: True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor: Mapped[str] = mapped_column(String(120))


class FileSignature(Model):
    """A signature of a document, and what was found of it when it was judged.

    `sha256` is that of the detached signature; None for those inside the document itself.
    """

    __tablename__ = "file_signature"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    origin: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str | None] = mapped_column(ForeignKey("blob.sha256"), index=True)
    size: Mapped[int | None] = mapped_column(BigInteger)
    added_by: Mapped[str] = mapped_column(String(120))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
