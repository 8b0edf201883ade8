"""The act that enclosures named in a letter are missing: its sheet, its place in the card."""

from typing import Any

from sqlalchemy.orm import Session

from app.appeals import typesetting
from app.appeals.models import Appeal, EnclosuresAct
from app.appeals.visits import lines_of
from app.correspondence import acts
from app.correspondence.acts import Act
from app.extensions import day_said, in_language, settings
from app.extensions import gettext as _

#: What comes in an envelope, or is handed over on paper.
ON_PAPER = frozenset({"post", "in_person", "reception", "forwarded"})


def may_tell(appeal: Appeal) -> bool:
    """Whether an act of its envelope may be drawn up: of what came on paper and is not closed."""
    return appeal.channel in ON_PAPER and not appeal.closed


def sheet_of(session: Session, row: EnclosuresAct) -> dict[str, Any]:
    """The act's sheet, in the language of the body."""
    appeal, language = session.get_one(Appeal, row.appeal_id), settings().default_language
    with in_language(language):
        act = Act(
            title=_("of missing enclosures"),
            on=row.opened_on,
            place="",
            case=_case(appeal),
            people=tuple(lines_of(row.present)),
            sections=(
                (_("The letter names"), listed(row.named)),
                (_("Missing"), listed(row.missing)),
                (_("Copies of the act"), copies()),
            ),
        )
    return acts.sheet(session, act, language)


def listed(text: str) -> str:
    """What was written one a line, as a list of the act."""
    return "\n".join(f"— {one}" for one in lines_of(text))


def copies() -> str:
    """How many copies there are of an act about an envelope, in the language of the moment."""
    return str(_("Two: one is kept with the appeal, the other is sent to the applicant."))


def _case(appeal: Appeal) -> str:
    said = _(
        "When the letter of the applicant was opened (%(applicant)s, appeal No. %(number)s), the "
        "enclosures below were not in it.",
        applicant=appeal.main_applicant.full_name or _("no name"),
        number=appeal.number or appeal.receipt,
    )
    return str(said)


def _title(row: EnclosuresAct) -> str:
    return str(_("Act of missing enclosures, %(date)s", date=day_said(row.opened_on)))


ACT = typesetting.Kind(
    job="enclosures.act",
    model=EnclosuresAct,
    named="act",
    document="document_id",
    sheet=sheet_of,
    title=_title,
    issued_on=lambda row: row.opened_on,
    drawn_up_by=lambda row: row.recorded_by,
)
