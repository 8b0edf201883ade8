"""What staff do with an appeal: resolutions, assignments, extensions, requests, replies."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Index, Integer, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model, UTCDateTime

_STANDING = text("state IN ('drafted', 'issued', 'accepted', 'reported', 'rework')")


class Answered:
    """What came back from another body: noted on a day by the number, date and words it bears.

    `dropped_on` is the day on which nothing was waited for any longer.
    """

    answered_on: Mapped[date | None] = mapped_column(Date)
    answer_number: Mapped[str] = mapped_column(String(100), default="", server_default="")
    answer_date: Mapped[date | None] = mapped_column(Date)
    answer_text: Mapped[str] = mapped_column(Text, default="", server_default="")
    answer_documents: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    dropped_on: Mapped[date | None] = mapped_column(Date)


class Resolution(Model):
    """A manager's decision on an appeal; `decision` is the branch taken in the diagram.

    `details` is what a ground of leaving without answer needs: `answer_url`, `earlier_replies`.
    """

    __tablename__ = "resolution"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    author: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    decision: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")

    assignments: Mapped[list["Assignment"]] = relationship(order_by="Assignment.id")


class Assignment(Model):
    """One executor's part of the work, or what an executor passed on (`parent_id`).

    `state`: drafted (its process has not begun), issued, accepted, reported, rework, done,
    cancelled. `acceptor` is who takes the report when that is not the manager.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        Index("assignment_executor_state", "executor", "state"),
        Index(
            "ix_assignment_standing",
            *("due_on", "id"),
            postgresql_where=_STANDING,
            sqlite_where=_STANDING,
        ),
        Index(
            "ix_assignment_held",
            *("executor", "due_on", "id"),
            postgresql_where=_STANDING,
            sqlite_where=_STANDING,
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    resolution_id: Mapped[int | None] = mapped_column(ForeignKey("resolution.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), index=True)
    author: Mapped[str] = mapped_column(String(100), index=True)
    executor: Mapped[str] = mapped_column(String(100))
    acceptor: Mapped[str | None] = mapped_column(String(100))
    responsible: Mapped[bool] = mapped_column(Boolean, default=False)
    text: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(20), default="drafted")
    due_on: Mapped[date | None] = mapped_column(Date, index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    issued_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    reports: Mapped[list["Report"]] = relationship(order_by="Report.id")


class Report(Model):
    """What an executor reported; `results` holds `{code, result, measures}` a question."""

    __tablename__ = "assignment_report"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    author: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    results: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    documents: Mapped[list[int]] = mapped_column(JSON, default=list)
    decision: Mapped[str | None] = mapped_column(String(20))
    remark: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[str | None] = mapped_column(String(100))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Extension(Model):
    """A request for more time and what became of it; `due_on` is the date that was granted.

    `request_id` is the request for documents whose answer is waited for, where that is the ground;
    `done` is what the applicant is told was done so far.
    """

    __tablename__ = "extension"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    asked_by: Mapped[str] = mapped_column(String(100))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    asked_days: Mapped[int] = mapped_column(Integer)
    asked_due_on: Mapped[date] = mapped_column(Date)
    ground: Mapped[str] = mapped_column(String(20))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("document_request.id"))
    request_reason: Mapped[str] = mapped_column(Text)
    decision: Mapped[str | None] = mapped_column(String(20))
    decided_by: Mapped[str | None] = mapped_column(String(100))
    decided_on: Mapped[date | None] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text, default="")
    done: Mapped[str] = mapped_column(Text, default="", server_default="")
    remark: Mapped[str] = mapped_column(Text, default="")


class DocumentRequest(Answered, Model):
    """Documents asked of another body while an appeal is considered (art. 10 p. 2).

    `text` is the letter in the asker's own words, '' for the composed one; `term` says by when an
    answer is due and how that was counted, as `Appeal.terms` does.
    """

    __tablename__ = "document_request"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    asked_by: Mapped[str] = mapped_column(String(100))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    organisation_id: Mapped[int] = mapped_column(Integer)
    organisation: Mapped[str] = mapped_column(Text)
    documents: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    letter_id: Mapped[int | None] = mapped_column(Integer)
    sent_on: Mapped[date | None] = mapped_column(Date)
    term: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class Reopening(Model):
    """Consideration that was over and is taken up again; `ended` is how it was over before.

    `ended` holds `outcome`, `reason`, `text`, `decided_on` and the results of the questions.
    """

    __tablename__ = "reopening"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    author: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    ground: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    asked_due_on: Mapped[date | None] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    ended: Mapped[dict[str, Any]] = mapped_column(JSON)


class SiteVisit(Model):
    """A visit to the place that an appeal is about (art. 9), and the act drawn up of it.

    `present` names who was there, one a line; `act_id` is the act's document once it is made.
    """

    __tablename__ = "site_visit"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    recorded_by: Mapped[str] = mapped_column(String(100))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    visited_on: Mapped[date] = mapped_column(Date)
    place: Mapped[str] = mapped_column(Text)
    present: Mapped[str] = mapped_column(Text)
    findings: Mapped[str] = mapped_column(Text)
    documents: Mapped[list[int]] = mapped_column(JSON, default=list)
    act_id: Mapped[int | None] = mapped_column(Integer)


class Redirection(Answered, Model):
    """Sending the appeal to the body that is competent, with a cover letter.

    `ask_result`: that body is asked to tell the result of its consideration (art. 8 p. 5), which
    is expected by `result_by`; the answer is that result.
    `copy`: several bodies are competent and this one gets a copy (art. 8 p. 4); the appeal itself
    stays with us or goes to another.
    """

    __tablename__ = "redirection"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    author: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    organisation_id: Mapped[int | None] = mapped_column(Integer)
    organisation: Mapped[str] = mapped_column(Text, default="")
    questions: Mapped[list[str]] = mapped_column(JSON, default=list)
    instruction: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    remark: Mapped[str] = mapped_column(Text, default="", server_default="")
    ask_result: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    copy: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    result_by: Mapped[date | None] = mapped_column(Date)
    letter_id: Mapped[int | None] = mapped_column(Integer)
    sent_on: Mapped[date | None] = mapped_column(Date)


class Reply(Model):
    """The reply in preparation; its text and states belong to the letter itself."""

    __tablename__ = "appeal_reply"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    letter_id: Mapped[int | None] = mapped_column(Integer)
    drafted_by: Mapped[str] = mapped_column(String(100))
    subject: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    measures: Mapped[str] = mapped_column(Text, default="")
    results: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    documents: Mapped[list[int]] = mapped_column(JSON, default=list)
    decision: Mapped[str | None] = mapped_column(String(20))
    remark: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[str | None] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
