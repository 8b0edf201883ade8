"""Accounts, roles, absences, and what a person or a script shows instead of a password."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model, UTCDateTime


class AccountRole(Model):
    __tablename__ = "account_role"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(30), primary_key=True, index=True)


class Account(Model):
    """A member of staff; `search` is login, name and unit folded for finding."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    name_en: Mapped[str] = mapped_column(String(300), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    active: Mapped[bool] = mapped_column(default=True)
    reminders: Mapped[str] = mapped_column(String(10), default="at_once", server_default="at_once")
    password_hash: Mapped[str | None] = mapped_column(String(300))
    search: Mapped[str] = mapped_column(String(1000), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    role_rows: Mapped[list[AccountRole]] = relationship(
        cascade="all, delete-orphan", order_by=AccountRole.role, lazy="selectin"
    )


class SubstitutionRow(Model):
    """Somebody is away and another acts for them, from the day `since` to the day `until`.

    The moments are the bounds of those days in the body's zone: it runs from `begins_at` and is
    over at `ends_at`, by itself or because it was ended before.
    """

    __tablename__ = "substitution"
    __table_args__ = (
        Index("substitution_absent", "absent_id", "ends_at"),
        Index("substitution_substitute", "substitute_id", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    absent_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    substitute_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    since: Mapped[date]
    until: Mapped[date]
    begins_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Credential(Model):
    """A session, an API token or a one-time link, known by the SHA-256 of its secret only.

    `address` and `client` (a browser and its system) say where a session was opened. Its times are
    the machine's, not the demo clock's: moving the demo forward signs nobody out.
    """

    __tablename__ = "credential"
    __table_args__ = (Index("credential_account", "account_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(String(10))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    address: Mapped[str] = mapped_column(String(45), default="", server_default="")
    client: Mapped[str] = mapped_column(String(60), default="", server_default="")


class Attempts(Model):
    """Failures to sign in that were counted together, by the machine's clock.

    `key` is a digest of the login and of where it was tried: what is typed as a login may be a
    password in the wrong field. `account_id` is None where there is no such account.
    """

    __tablename__ = "sign_in_attempts"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    address: Mapped[str] = mapped_column(String(45), default="")
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    blocked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SecondFactor(Model):
    """How far the second factor of an account is; its secret is derived, see `second_factor`.

    `offered` is the generation shown last, `generation` the one in force, since `since`;
    `last_step` the half minute of the last code that was taken.
    """

    __tablename__ = "second_factor"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id"), primary_key=True, autoincrement=False
    )
    offered: Mapped[int]
    generation: Mapped[int | None]
    since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_step: Mapped[int] = mapped_column(BigInteger)


class RecoveryCode(Model):
    """A code that stands in for the second factor once, known by its SHA-256 only."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class OutsideName(Model):
    """Whom an account is tied to at the staff's provider of identity; see `outside`.

    `name` is what the administrator wrote, `subject` the provider's own mark of the person, known
    from the first sign-in on.
    """

    __tablename__ = "outside_name"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id"), primary_key=True, autoincrement=False
    )
    name: Mapped[str] = mapped_column(String(254), unique=True)
    subject: Mapped[str | None] = mapped_column(String(254), unique=True)
