"""What a citizen who signed in sees without numbers and codes: their own appeals."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.appeals import building, codes, policy, timeline
from app.appeals.cards import OwnAppeal
from app.appeals.models import Appeal
from app.audit.services import record
from app.database import reading, transaction
from app.errors import NotFound
from app.extensions import lazy_gettext as _
from app.extensions import settings

MOST = 200


def person_key(provider: str, subject: str) -> str:
    """How the appeals of who signed in are found; '' for nobody."""
    return codes.person_key(settings().access_code_key, provider, subject) if subject else ""


def own(person: str) -> tuple[OwnAppeal, ...]:
    """The appeals that this person filed signed in, the latest first."""
    if not person:
        return ()
    with reading() as session:
        mine = select(Appeal).where(Appeal.person_key == person).order_by(Appeal.id.desc())
        rows = session.scalars(mine.options(selectinload(Appeal.applicants)).limit(MOST)).all()
        stages = timeline.timelines(session, rows)
        return tuple(
            OwnAppeal(
                id=one.id,
                number=one.number,
                receipt=one.receipt,
                received_at=one.received_at,
                due_on=one.due_on,
                summary=policy.in_short(one.text),
                outcome=one.outcome,
                stage=building.present(timeline.public(stages[one.id])),
            )
            for one in rows
        )


def open_own(person: str, appeal_id: int) -> tuple[str, str]:
    """Receipt and access code of one of them; NotFound of anybody else's."""
    with transaction() as session:
        appeal = session.get(Appeal, appeal_id)
        if appeal is None or not person or appeal.person_key != person:
            raise NotFound(_("There is no such appeal."))
        record(session, "citizen", "appeal.opened_personally", appeal.key)
        key = settings().access_code_key
        return appeal.receipt, codes.access_code(key, appeal.id, appeal.code_generation)
