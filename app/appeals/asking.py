"""Requests for documents as views: what was asked of whom, by when, and what came back."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.appeals import building, policy
from app.appeals.cards import RequestView
from app.appeals.models import Appeal, DocumentRequest
from app.appeals.people import People
from app.extensions import day_said
from app.extensions import gettext as _


def requests_of(session: Session, appeal_id: int) -> list[DocumentRequest]:
    """Every request for documents, oldest first."""
    asked = select(DocumentRequest).where(DocumentRequest.appeal_id == appeal_id)
    return list(session.scalars(asked.order_by(DocumentRequest.id)))


def state_of(row: DocumentRequest, appeal: Appeal) -> str:
    """One of `policy.REQUEST_STATES`."""
    if row.answered_on:
        return "answered"
    if row.dropped_on or appeal.closed:
        return "dropped"
    return "waiting" if row.sent_on else "drafted"


def request_view(
    row: DocumentRequest,
    appeal: Appeal,
    *,
    today: date,
    people: People,
    letters: building.Letters,
    files: building.Files,
) -> RequestView:
    state, letter = state_of(row, appeal), letters.get(row.letter_id or 0)
    term = building.term_view(row.term) if row.term else None
    return RequestView(
        id=row.id,
        state=state,
        organisation_id=row.organisation_id,
        organisation=row.organisation,
        documents=row.documents,
        purpose=row.purpose,
        asked_by=row.asked_by,
        asked_by_name=people.name(row.asked_by),
        asked_at=row.asked_at,
        sent_on=row.sent_on,
        number=letter.number if letter else None,
        term=term,
        days_left=policy.days_left(term.due_on, today) if term and state == "waiting" else None,
        answer=building.answer_view(row, files),
    )


def in_words(found: RequestView) -> str:
    """A request in one line, as the manager reads it beside a request for more time."""
    words = [found.organisation]
    if found.sent_on:
        sent = {"number": found.number or "—", "date": day_said(found.sent_on)}
        words.append(_("No. %(number)s of %(date)s", **sent))
    if found.overdue and found.term:
        words.append(_("no answer, was due on %(date)s", date=day_said(found.term.due_on)))
    elif found.state == "waiting" and found.term:
        words.append(_("an answer is due by %(date)s", date=day_said(found.term.due_on)))
    else:
        words.append(str(policy.REQUEST_STATES[found.state]))
    return ", ".join(words)
