"""The warnings above one's inbox."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app import clock
from app.access.services import Person
from app.appeals import building, policy, reminding, sight, statutory
from app.appeals.cards import ReminderLine
from app.appeals.finding import known_id, may_see
from app.appeals.models import Reminder
from app.appeals.terms import today
from app.database import transaction

#: So many are shown, of so many that are looked at: what is confined may be among them.
MOST_SHOWN, LOOKED_AT = 20, 60


def of(session: Session, person: Person) -> tuple[ReminderLine, ...]:
    """What one was warned of and has not put away, the most pressing first."""
    day = today(session)
    rows = [
        (row, appeal)
        for row, appeal in reminding.not_put_away(session, person.login, LOOKED_AT)
        if may_see(session, person, appeal)
    ]
    return tuple(
        ReminderLine(
            id=row.id,
            appeal=sight.mask_in_lists(person, appeal)(building.appeal_ref(appeal)),
            due_on=row.due_on,
            internal_due_on=appeal.internal_due_on,
            internal_passed=statutory.watched(appeal, day) != appeal.internal_due_on,
            days_left=policy.days_left(statutory.watched(appeal, day), day) or 0,
        )
        for row, appeal in rows[:MOST_SHOWN]
    )


def put_away(person: Person, ids: list[int]) -> None:
    """Take these warnings from above one's own inbox; others' stay where they are."""
    with transaction() as session:
        session.execute(
            update(Reminder)
            .where(Reminder.login == person.login, Reminder.id.in_(map(known_id, ids)))
            .values(seen_at=clock.now())
        )
