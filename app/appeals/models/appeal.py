"""The registration card: the appeal, who wrote it and what it asks."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model, UTCDateTime

#: Few are; lists look for them first.
_CONFINED = text("confined")
_OPEN = text("outcome IS NULL")
#: As lists ask for them: `narrowing.TERM`, `sight.PEOPLE`.
_TERM = text("coalesce(due_on, register_by)")
_PEOPLE = text("substr(search_people, 1, 60)")
_NUMBERS = "receipt_key || ' ' || coalesce(number_key, '')"
#: Pairs of letters of both numbers, from the first on and from the second on. PostgreSQL alone can
#: look for them, in an array.
PAIRS = (
    f"string_to_array(regexp_replace({_NUMBERS}, '(..)', '\\1 ', 'g') || ' ' || "
    f"regexp_replace(substr({_NUMBERS}, 2), '(..)', '\\1 ', 'g'), ' ')"
)
_INTERNAL = text("outcome IS NULL AND internal_due_on IS NOT NULL")
_UNREGISTERED = text("outcome IS NULL AND registered_on IS NULL")


class Appeal(Model):
    """One appeal, from filing to the archive.

    `key` is the business key by which the other rooms know it. `received_at` is when it came,
    `registered_on` the date (in the body's zone) from which the terms run: both are kept, because
    registration must not be backdated. `statutory_due_on` is the term by law, `due_on` the one in
    force: shorter where the body that forwarded the appeal asks for it, longer after an
    extension; it stays when the appeal is closed. `internal_due_on` is the body's own day before
    it, None where it sets none. `terms` says how each term was counted (`statutory.py`).
    `complained_person` (a login) and `complained_organisation` never get the appeal, nor does
    `complained_other`, the second of a reply that was written for somebody absent. `repeated` is
    the registrar's mark (`repetition.MARKS`) and `earlier_id` the appeal that this one repeats or
    goes on with. `search_text`, `search_people` and `search_contacts` hold the words in the
    spelling of the search, apart from each other because not everybody may search them all;
    `search_masked` is the text for those not shown the applicant, None where it is the same.
    `confined` keeps it for a limited circle (`rights.py`).
    `reopened_at` is when consideration was last taken up again; `counted_from` the day of that when
    the term was over by then and is counted anew.
    """

    __tablename__ = "appeal"
    __table_args__ = (
        # As each database is asked for a truth: `confined`, or `confined = 1`.
        Index(
            "ix_appeal_confined",
            "id",
            postgresql_where=_CONFINED,
            sqlite_where=text("confined = 1"),
        ),
        # What the journal and the overview count is read off these alone.
        Index(
            "ix_appeal_registered",
            *("registered_on", "id"),
            postgresql_include=["outcome", "due_on", "channel"],
        ),
        # The orders in which the search shows them; what texts say is known by the key.
        Index("ix_appeal_received_at", "received_at", "id", "key", "outcome"),
        Index("ix_appeal_term", _TERM, "id"),
        Index("ix_appeal_people", _PEOPLE, "id"),
        Index("ix_appeal_numbers", text(PAIRS), postgresql_using="gin").ddl_if(
            dialect="postgresql"
        ),
        Index(
            "ix_appeal_pressing",
            *(_TERM, "received_at", "id"),
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        ),
        Index("ix_appeal_burning", "due_on", "id", postgresql_where=_OPEN, sqlite_where=_OPEN),
        Index(
            "ix_appeal_internal",
            *("internal_due_on", "id"),
            postgresql_where=_INTERNAL,
            sqlite_where=_INTERNAL,
        ),
        Index(
            "ix_appeal_unregistered",
            *("register_by", "id"),
            postgresql_where=_UNREGISTERED,
            sqlite_where=_UNREGISTERED,
        ),
        Index("ix_appeal_decided", "decided_on", "id", postgresql_include=["due_on"]),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str | None] = mapped_column(String(40), unique=True)
    receipt: Mapped[str] = mapped_column(String(60), unique=True)
    receipt_key: Mapped[str] = mapped_column(String(60), index=True)
    number: Mapped[str | None] = mapped_column(String(60), unique=True)
    number_key: Mapped[str | None] = mapped_column(String(60), index=True)
    code_generation: Mapped[int] = mapped_column(Integer, default=1)
    language: Mapped[str] = mapped_column(String(5), default="ru")

    channel: Mapped[str] = mapped_column(String(20))
    auth_method: Mapped[str] = mapped_column(String(100), default="")
    person_key: Mapped[str | None] = mapped_column(String(40), index=True)
    quiet_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    source_organisation: Mapped[str] = mapped_column(Text, default="")
    source_number: Mapped[str] = mapped_column(String(100), default="")
    source_date: Mapped[date | None] = mapped_column(Date)
    source_due_on: Mapped[date | None] = mapped_column(Date)

    reply_channel: Mapped[str] = mapped_column(String(10))
    addressee: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text, default="")

    kind: Mapped[str] = mapped_column(String(20), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    collective: Mapped[bool] = mapped_column(Boolean, default=False)
    repeated: Mapped[str] = mapped_column(String(20), default="")
    earlier_id: Mapped[int | None] = mapped_column(ForeignKey("appeal.id"), index=True)
    to_manager: Mapped[str | None] = mapped_column(String(100))
    comment: Mapped[str] = mapped_column(Text, default="")
    return_remark: Mapped[str] = mapped_column(Text, default="")

    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    register_by: Mapped[date] = mapped_column(Date)
    registered_on: Mapped[date | None] = mapped_column(Date)
    registered_by: Mapped[str | None] = mapped_column(String(100))
    statutory_due_on: Mapped[date | None] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date, index=True)
    internal_due_on: Mapped[date | None] = mapped_column(Date)
    terms: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    about_migration: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    complained_person: Mapped[str | None] = mapped_column(String(100))
    complained_other: Mapped[str | None] = mapped_column(String(100))
    complained_organisation: Mapped[int | None] = mapped_column(Integer)
    confined: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())

    outcome: Mapped[str | None] = mapped_column(String(20), index=True)
    outcome_reason: Mapped[str] = mapped_column(String(40), default="")
    outcome_text: Mapped[str] = mapped_column(Text, default="")
    decided_on: Mapped[date | None] = mapped_column(Date)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    reopened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    counted_from: Mapped[date | None] = mapped_column(Date)

    search_text: Mapped[str] = mapped_column(Text, default="")
    search_masked: Mapped[str | None] = mapped_column(Text)
    search_people: Mapped[str] = mapped_column(Text, default="")
    search_contacts: Mapped[str] = mapped_column(Text, default="", server_default="")

    applicants: Mapped[list["Applicant"]] = relationship(
        order_by="Applicant.position", cascade="all, delete-orphan"
    )
    questions: Mapped[list["Question"]] = relationship(
        order_by="Question.position", cascade="all, delete-orphan"
    )

    @property
    def main_applicant(self) -> "Applicant":
        return self.applicants[0]

    def complains_of(self, organisation: int | None) -> bool:
        """Whether the body may not consider this appeal (art. 8 p. 6)."""
        return organisation is not None and organisation == self.complained_organisation

    @property
    def closed(self) -> bool:
        """Whether consideration is over: answered, redirected, left or withdrawn."""
        return self.outcome is not None


class Applicant(Model):
    """Who wrote: position 0 is the one the reply goes to, the others are co-authors.

    `name_key` and `email_key` are the spelling by which other appeals of the person are found;
    `name_genitive` and `name_dative` are cases that somebody typed, '' where the rules serve.
    """

    __tablename__ = "applicant"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(20))
    last_name: Mapped[str] = mapped_column(Text, default="")
    first_name: Mapped[str] = mapped_column(Text, default="")
    middle_name: Mapped[str] = mapped_column(Text, default="")
    no_middle_name: Mapped[bool] = mapped_column(Boolean, default=False)
    name: Mapped[str] = mapped_column(Text, default="")
    name_genitive: Mapped[str] = mapped_column(Text, default="", server_default="")
    name_dative: Mapped[str] = mapped_column(Text, default="", server_default="")
    represented: Mapped[str] = mapped_column(Text, default="")
    email: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str] = mapped_column(Text, default="")
    postal_address: Mapped[str] = mapped_column(Text, default="")
    name_key: Mapped[str] = mapped_column(String(120), default="", server_default="", index=True)
    email_key: Mapped[str] = mapped_column(String(254), default="", server_default="", index=True)

    @property
    def full_name(self) -> str:
        """The organisation's name, or surname, name and patronymic."""
        person = " ".join(filter(None, (self.last_name, self.first_name, self.middle_name)))
        return self.name or person


class Question(Model):
    """A question of the classifier in an appeal; its result is what the reply says.

    What follows `measures` is for the body alone: what is asked, whose matter it is, who works on
    it (a login), which way it went, whether it was solved in fact.
    """

    __tablename__ = "appeal_question"
    __table_args__ = (
        UniqueConstraint("appeal_id", "code"),
        # Codes are asked for by their beginnings too.
        Index(
            "ix_appeal_question_code",
            *("code", "appeal_id"),
            postgresql_ops={"code": "text_pattern_ops"},
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(Text)
    result: Mapped[str | None] = mapped_column(String(30))
    measures: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    jurisdiction: Mapped[str] = mapped_column(String(20), default="", server_default="")
    competence: Mapped[str] = mapped_column(Text, default="", server_default="")
    executor: Mapped[str] = mapped_column(String(100), default="", server_default="")
    route: Mapped[str] = mapped_column(String(20), default="", server_default="")
    solved: Mapped[str] = mapped_column(String(10), default="", server_default="")
    solved_on: Mapped[date | None] = mapped_column(Date)


class Filing(Model):
    """A request to file under an idempotency key, so that a repeat finds the same appeal.

    `files` says of each upload it named what it held (SHA-256): one sent anew has another id.
    """

    __tablename__ = "appeal_filing"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    files: Mapped[dict[str, str] | None] = mapped_column(JSON)
    appeal_id: Mapped[int | None] = mapped_column(ForeignKey("appeal.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
