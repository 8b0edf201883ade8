"""Money or valuables that came with a letter: the act of them, its sheet, its place in the card."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.appeals import enclosures, typesetting
from app.appeals.cards import ValuablesView
from app.appeals.models import Appeal, ValuablesAct
from app.appeals.visits import lines_of
from app.correspondence import acts
from app.correspondence.acts import Act
from app.documents.shapes import DocumentView
from app.extensions import day_said, in_language, settings
from app.extensions import gettext as _

#: Its row in the table of terms: the law names none, the days are the body's own.
RULE = "valuables"


def views_of(
    session: Session, appeal_id: int, files: Mapping[int, DocumentView]
) -> list[ValuablesView]:
    """All of an appeal, oldest first."""
    rows = select(ValuablesAct).where(ValuablesAct.appeal_id == appeal_id)
    return [
        ValuablesView(
            id=row.id,
            opened_on=row.opened_on,
            found=tuple(lines_of(row.found)),
            kept=row.kept,
            return_by=row.return_by,
            returned_on=row.returned_on,
            returned_how=row.returned_how,
            returned_note=row.returned_note,
            act=files.get(row.document_id or 0),
        )
        for row in session.scalars(rows.order_by(ValuablesAct.id))
    ]


def sheet_of(session: Session, row: ValuablesAct) -> dict[str, Any]:
    """The act's sheet, in the language of the body."""
    appeal, language = session.get_one(Appeal, row.appeal_id), settings().default_language
    with in_language(language):
        act = Act(
            title=_("of money or valuables enclosed with a letter"),
            on=row.opened_on,
            place="",
            case=_(
                "When the letter of the applicant was opened (%(applicant)s, appeal No. "
                "%(number)s), money, securities or valuables were found in it.",
                applicant=appeal.main_applicant.full_name or _("no name"),
                number=appeal.number or appeal.receipt,
            ),
            people=tuple(lines_of(row.present)),
            sections=(
                (_("Found in the letter"), enclosures.listed(row.found)),
                (_("Taken into keeping"), row.kept),
                (_("Copies of the act"), enclosures.copies()),
            ),
        )
    return acts.sheet(session, act, language)


def _title(row: ValuablesAct) -> str:
    return str(_("Act of money or valuables, %(date)s", date=day_said(row.opened_on)))


ACT = typesetting.Kind(
    job="valuables.act",
    model=ValuablesAct,
    named="act",
    document="document_id",
    sheet=sheet_of,
    title=_title,
    issued_on=lambda row: row.opened_on,
    drawn_up_by=lambda row: row.recorded_by,
)
