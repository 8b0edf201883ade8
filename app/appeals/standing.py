"""The days by which open work items are listed: kept with the items, so that lists need no card.

`term_on` is the day an item is due: its own, else the appeal's, else that of registration.
`pressing_on` is what the inbox is sorted by: the internal term of the reply where it comes before.
"""

from datetime import UTC, date

from sqlalchemy import inspect, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.appeals.finding import id_of
from app.appeals.models import Appeal
from app.workflow import services as workflow
from app.workflow.models import WorkItem


def note(session: Session, item: WorkItem) -> None:
    """Write the days of an item that opened or is due on another day."""
    appeal = session.get(Appeal, id_of(item.key)) if item.key.startswith("appeal:") else None
    if appeal is not None:
        item.term_on, item.pressing_on = _days(item, appeal)


def note_all(session: Session, appeal: Appeal) -> None:
    """The same of all open items of an appeal whose terms changed.

    Whoever has such an item open in a form is not told that it changed: nothing there did.
    """
    if appeal.key is None:
        return
    for item in workflow.open_rows(session, appeal.key):
        days = _days(item, appeal)
        if days == (item.term_on, item.pressing_on):
            continue
        if inspect(item).persistent:
            values = {"term_on": days[0], "pressing_on": days[1]}
            query = update(WorkItem).where(WorkItem.id == item.id).values(values)
            session.execute(query, execution_options={"synchronize_session": False})
            for name, value in values.items():
                set_committed_value(item, name, value)
        else:
            item.term_on, item.pressing_on = days


def _days(item: WorkItem, appeal: Appeal) -> tuple[date | None, date | None]:
    # A term ends with a day of the body's zone. Every Russian zone is ahead of UTC by no more than
    # twelve hours, so that moment has the same date in UTC.
    own = item.due_at.astimezone(UTC).date() if item.due_at else None
    term = own or appeal.due_on or (None if appeal.registered_on else appeal.register_by)
    internal = None if appeal.closed else appeal.internal_due_on
    return term, internal if internal and term and internal < term else term
