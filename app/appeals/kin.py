"""Appeals whose texts nearly repeat each other: put each beside the first of its kind.

A text is compared with few others: those that share a band with it, found by an index. It is put
beside the one it is most like, and only a text like none before it becomes a first one (ADR 0017).
"""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, selectinload

from app.appeals import indexing, likeness, policy
from app.appeals.cards import NearTexts
from app.appeals.models import Appeal, Likeness, TextBand
from app.appeals.repetition import pairs_of
from app.database import transaction
from app.outbox.services import Job, handles, keep_with, promise

#: What nobody waits for once an appeal was filed; what came from outside is told its `words`.
JOB = "appeal.compare"
#: Texts that share bands and are compared in full, those with the most common bands first.
CANDIDATES = 10
#: A text of fewer pairs of words is no text that could be repeated.
LEAST_PAIRS = 4
#: Of so many others a card counts those that stand, and tells when the last of them came.
LARGE = 50
#: An arbitrary number that names this lock among the advisory locks of the database.
_LOCK = 590_116


@handles(JOB, patient=True)
def compare(job: Job) -> None:
    """Compare the text of an appeal that was filed; it is in time for the registrar.

    With `words`, keep those of the card for the search too: the door left them to this.
    """
    with transaction() as session:
        if not keep_with(session, job):
            return
        appeal = session.get_one(Appeal, int(job.payload["appeal"]))
        if job.payload.get("words"):
            indexing.refresh(session, appeal)
        place(session, appeal)


def promise_all() -> int:
    """Promise a comparison for every appeal that has had none; how many there are."""
    with transaction() as session:
        compared = select(Likeness.appeal_id).where(Likeness.appeal_id == Appeal.id)
        rows = session.execute(
            select(Appeal.id, Appeal.key)
            .where(Appeal.text != "", ~compared.exists())
            .order_by(Appeal.id)
        ).all()
        for appeal_id, key in rows:
            promise(session, JOB, {"appeal": appeal_id}, key=key)
        return len(rows)


def place(session: Session, appeal: Appeal) -> None:
    """Put the appeal beside the first one with nearly the same text; once is enough."""
    own = pairs_of(appeal)
    if len(own) < LEAST_PAIRS:
        return
    _one_at_a_time(session)
    if session.get(Likeness, appeal.id) is not None:
        return
    bands = likeness.bands(own)
    first, share = _most_like(session, appeal.id, own, bands)
    if share < likeness.LIKE:
        first, share = appeal.id, 1.0
        session.add_all(TextBand(band=band, appeal_id=appeal.id) for band in sorted(set(bands)))
    session.add(Likeness(appeal_id=appeal.id, first_id=first, percent=round(100 * share)))


def near_texts(session: Session, appeal: Appeal) -> NearTexts | None:
    """Who else sent nearly the same text; None when nobody did."""
    first = session.scalar(select(Likeness.first_id).where(Likeness.appeal_id == appeal.id))
    if first is None:
        return None
    others = (
        select(Appeal.received_at)
        .join(Likeness, Likeness.appeal_id == Appeal.id)
        .where(
            Likeness.first_id == first,
            Appeal.id != appeal.id,
            func.coalesce(Appeal.outcome, "") != policy.VOIDED,
        )
    )
    came = session.scalars(others.limit(LARGE + 1)).all()
    if len(came) <= LARGE:
        return NearTexts(first, len(came), min(came), max(came)) if came else None
    # To read the thousand others of a campaign would take longer than all the rest of a card.
    together = select(func.count()).where(Likeness.first_id == first)
    begun = select(Appeal.received_at).where(Appeal.id == first)
    told = select(together.scalar_subquery(), begun.scalar_subquery())
    count, since = session.execute(told).one()
    return NearTexts(first, count - 1, since, None)


def _one_at_a_time(session: Session) -> None:
    """Two like texts compared at once would not see each other; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})


def _most_like(
    session: Session, appeal_id: int, own: likeness.Pairs, bands: list[int]
) -> tuple[int, float]:
    likely = (
        select(TextBand.appeal_id)
        .where(TextBand.band.in_(bands), TextBand.appeal_id != appeal_id)
        .group_by(TextBand.appeal_id)
        .order_by(func.count().desc(), TextBand.appeal_id)
        .limit(CANDIDATES)
    )
    rows = session.scalars(
        select(Appeal).where(Appeal.id.in_(likely)).options(selectinload(Appeal.applicants))
    )
    shares = [(likeness.likeness(own, pairs_of(one)), -one.id) for one in rows]
    share, negative = max(shares, default=(0.0, 0))
    return -negative, share
