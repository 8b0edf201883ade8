"""Site visits: what the card shows of them, and the act that is made of each."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.appeals import typesetting
from app.appeals.cards import VisitView
from app.appeals.finding import key_of
from app.appeals.models import Appeal, SiteVisit
from app.appeals.people import People
from app.correspondence import acts
from app.correspondence.acts import Act
from app.documents import services as documents
from app.documents.shapes import DocumentView
from app.extensions import day_said, in_language, settings
from app.extensions import gettext as _


def visits_of(session: Session, appeal_id: int) -> list[SiteVisit]:
    """Every visit, oldest first."""
    found = select(SiteVisit).where(SiteVisit.appeal_id == appeal_id)
    return list(session.scalars(found.order_by(SiteVisit.id)))


def visit_view(row: SiteVisit, people: People, files: Mapping[int, DocumentView]) -> VisitView:
    return VisitView(
        id=row.id,
        recorded_by=row.recorded_by,
        recorded_by_name=people.name(row.recorded_by),
        visited_on=row.visited_on,
        place=row.place,
        present=tuple(lines_of(row.present)),
        findings=row.findings,
        files=tuple(files[one] for one in row.documents if one in files),
        act=files.get(row.act_id or 0),
    )


def lines_of(text: str) -> list[str]:
    """One person a line; a dash before a name is no part of it."""
    return [line for line in (one.strip(" —-") for one in text.splitlines()) if line]


def sheet_of(session: Session, row: SiteVisit) -> dict[str, Any]:
    """The act's sheet, in the language of the body."""
    appeal, language = session.get_one(Appeal, row.appeal_id), settings().default_language
    names = {one.id: one.name for one in documents.documents(session, key_of(appeal.id))}
    with in_language(language):
        act = Act(
            title=_("of a site visit"),
            on=row.visited_on,
            place=row.place,
            case=_case(appeal),
            people=tuple(lines_of(row.present)),
            sections=((_("Found"), row.findings),),
            enclosures=tuple(names[one] for one in row.documents if one in names),
        )
    return acts.sheet(session, act, language)


def _case(appeal: Appeal) -> str:
    on = day_said(appeal.registered_on)
    said = _(
        "The place was visited in order to consider the appeal No. %(number)s of %(date)s.",
        number=appeal.number or appeal.receipt,
        date=on,
    )
    return str(said)


def _title(row: SiteVisit) -> str:
    return str(_("Act of the site visit of %(date)s", date=day_said(row.visited_on)))


ACT = typesetting.Kind(
    job="visit.act",
    model=SiteVisit,
    named="visit",
    document="act_id",
    sheet=sheet_of,
    title=_title,
    issued_on=lambda row: row.visited_on,
    drawn_up_by=lambda row: row.recorded_by,
)
