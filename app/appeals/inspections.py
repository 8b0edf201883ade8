"""Requests to read the file: begun from either side, shown on the card, the act of a reading."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.appeals import building, policy, statutory, typesetting
from app.appeals.cards import InspectionView
from app.appeals.hands import Hands
from app.appeals.models import Appeal, FileInspection
from app.appeals.people import People
from app.appeals.terms import end_of, spelt, zone_of
from app.appeals.visits import lines_of
from app.audit.services import record
from app.correspondence import acts
from app.correspondence.acts import Act
from app.deadlines.services import term
from app.documents.shapes import DocumentView
from app.extensions import day_said, in_language, settings
from app.extensions import gettext as _
from app.session import give_ids

#: Its row in the table of terms: the law names none, the days are the body's own.
RULE = "inspection"


def inspections_of(session: Session, appeal_id: int) -> list[FileInspection]:
    """Every request, oldest first."""
    found = select(FileInspection).where(FileInspection.appeal_id == appeal_id)
    return list(session.scalars(found.order_by(FileInspection.id)))


def state_of(row: FileInspection) -> str:
    """One of `policy.INSPECTION_STATES`."""
    if row.decision is None:
        return "asked"
    if row.decision == "refuse":
        return "refused"
    if row.absent_on is not None:
        return "absent"
    return "held" if row.held_on is not None else "offered"


def may_ask(session: Session, appeal: Appeal) -> bool:
    """Whether one may be asked for: of a registered appeal, and one at a time.

    Consideration may be over: the applicant reads the file to know what the reply rests on.
    """
    return allowed(appeal, inspections_of(session, appeal.id))


def allowed(appeal: Appeal, requests: Iterable[FileInspection]) -> bool:
    """The same of requests already read."""
    if appeal.number is None or appeal.outcome == policy.VOIDED:
        return False
    return not any(state_of(row) in ("asked", "offered") for row in requests)


def add(
    session: Session, appeal: Appeal, *, wish: str, asked_on: date, actor: str
) -> FileInspection:
    """Keep a request and count the day by which it is decided."""
    found = term(session, RULE, asked_on, key=str(appeal.key))
    row = FileInspection(
        appeal_id=appeal.id,
        recorded_by=actor,
        recorded_at=clock.now(),
        asked_on=asked_on,
        wish=wish,
        term=statutory.line(statutory.INSPECTION, found),
        **dict.fromkeys(("read_at", "place", "ground", "explanation", "shown"), ""),
    )
    give_ids(session, row)
    record(session, actor, "inspection.asked", appeal.key, inspection=row.id, due_on=found.due)
    return row


def decide_by(session: Session, row: FileInspection) -> str:
    """The last moment for the decision, as process data carry it."""
    due = statutory.day_of(row.term)
    if due is None:
        raise LookupError("The request has no term.")
    return spelt(end_of(due, zone_of(session)))


def view_of(row: FileInspection, hands: Hands, files: Mapping[int, DocumentView]) -> InspectionView:
    made = [(f"inspection.{how}", row.id) for how in ("offered", "refused")]
    decided_by_name, decided_for_name = hands.of(row.decided_by, *made)
    return InspectionView(
        id=row.id,
        state=state_of(row),
        asked_on=row.asked_on,
        by_applicant=row.recorded_by == "citizen",
        wish=row.wish,
        term=building.term_view(row.term),
        decided_by_name=decided_by_name,
        decided_for_name=decided_for_name,
        decided_on=row.decided_on,
        read_on=row.read_on,
        read_at=row.read_at,
        place=row.place,
        ground=row.ground,
        explanation=row.explanation,
        held_on=row.held_on,
        shown=tuple(lines_of(row.shown)),
        act=files.get(row.act_id or 0),
    )


def sheet_of(session: Session, row: FileInspection) -> dict[str, Any]:
    """The act's sheet, in the language of the body."""
    appeal, language = session.get_one(Appeal, row.appeal_id), settings().default_language
    if row.held_on is None:
        raise LookupError("Nobody has read the file yet.")
    official = People(session).get(row.held_by) if row.held_by else None
    with in_language(language):
        present = [f"{appeal.main_applicant.full_name}, {_('applicant')}"]
        if official:
            said = (official.said("name", language), official.said("post", language))
            present.append(", ".join(filter(None, said)))
        act = Act(
            title=_("of reading the file of an appeal"),
            on=row.held_on,
            place=row.place,
            case=_case(appeal, row),
            people=tuple(present),
            sections=((_("Shown"), "\n".join(f"— {one}" for one in lines_of(row.shown))),),
        )
    return acts.sheet(session, act, language)


def _case(appeal: Appeal, row: FileInspection) -> str:
    on = day_said(appeal.registered_on)
    said = _(
        "At the request of %(asked)s the applicant has read the documents and materials on the "
        "appeal No. %(number)s of %(date)s (article 5, point 2, of Federal Law No. 59-FZ of "
        "2 May 2006).",
        asked=day_said(row.asked_on),
        number=appeal.number,
        date=on,
    )
    return str(said)


def _title(row: FileInspection) -> str:
    return str(_("Act of reading the file, %(date)s", date=day_said(row.held_on)))


ACT = typesetting.Kind(
    job="inspection.act",
    model=FileInspection,
    named="inspection",
    document="act_id",
    sheet=sheet_of,
    title=_title,
    issued_on=lambda row: row.held_on,
    drawn_up_by=lambda row: row.held_by or "system",
)
