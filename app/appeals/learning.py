"""What is learned of a registration: which questions the clerk chose for the text."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.appeals.models import Appeal, Likeness
from app.classifier import services as classifier
from app.database import transaction
from app.outbox.services import Job, handles, keep_with

JOB = "appeal.learn"


@handles(JOB, patient=True)
def learn(job: Job) -> None:
    """Learn of an appeal that was registered, once."""
    with transaction() as session:
        if keep_with(session, job):
            take_in(session, session.get_one(Appeal, int(job.payload["appeal"])))


def take_in(session: Session, appeal: Appeal) -> None:
    """Count the clerk's choice; of texts that nearly repeat each other later ones count less."""
    classifier.learn(
        session,
        appeal.text,
        [one.code for one in appeal.questions],
        names=[one.full_name for one in appeal.applicants],
        weight=1 / _place(session, appeal),
    )


def _place(session: Session, appeal: Appeal) -> int:
    """Which of the registered texts like it this is, counted from one."""
    own = select(Likeness.first_id).where(Likeness.appeal_id == appeal.id).scalar_subquery()
    like = (
        select(func.count())
        .select_from(Likeness)
        .join(Appeal, Appeal.id == Likeness.appeal_id)
        .where(Likeness.first_id == own, Appeal.number.is_not(None))
    )
    return max(1, session.scalar(like) or 0)
