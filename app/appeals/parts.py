"""The executor's part that a work item is about, the last report on it, and the last reply."""

from sqlalchemy import BindParameter, Text, bindparam, cast, select
from sqlalchemy.orm import Session

from app.appeals.models import Appeal, Assignment, Reply, Report
from app.looks import Looks
from app.session import notes
from app.workflow.models import WorkItem

_KEY: BindParameter[str] = bindparam("key")
_ITEM: BindParameter[int] = bindparam("item")
# What a diagram put into its variable need not be a number: the ids are compared as text.
_NAMED = select(cast(WorkItem.variables["assignment"].as_string(), Text)).where(
    WorkItem.id == _ITEM
)
_OF_ITEM = (
    select(Assignment)
    .join(Appeal, Appeal.id == Assignment.appeal_id)
    .where(Appeal.key == _KEY, cast(Assignment.id, Text) == _NAMED.scalar_subquery())
)
#: What `meet` asks; it may be looked up beside a case.
PART = Looks(
    _OF_ITEM,
    select(Report)
    .where(Report.assignment_id == _OF_ITEM.with_only_columns(Assignment.id).scalar_subquery())
    .order_by(Report.id.desc())
    .limit(1),
)


def meet(session: Session, key: str, item_id: int) -> None:
    """Have the assignment of a work item and its last report at hand for this use case."""
    assignments, reports = PART(session, key=key, item=item_id)
    notes(session)[PART] = {one.id: (one, next(iter(reports), None)) for one in assignments}


def latest_report(session: Session, assignment_id: int) -> Report | None:
    """The last report on an assignment, accepted or not; None before the first."""
    known: dict[int, tuple[Assignment, Report | None]] = notes(session).get(PART, {})
    if assignment_id in known:
        return known[assignment_id][1]
    return session.scalars(
        select(Report).where(Report.assignment_id == assignment_id).order_by(Report.id.desc())
    ).first()


def add_report(session: Session, report: Report) -> None:
    """Keep a new report: from now on it is the last one."""
    session.add(report)
    notes(session).get(PART, {}).pop(report.assignment_id, None)


def latest_reply(session: Session, appeal_id: int) -> Reply | None:
    """The reply in preparation, or the one that left; asked for once a use case."""
    known: dict[int, Reply | None] = notes(session).setdefault(latest_reply, {})
    if appeal_id not in known:
        known[appeal_id] = session.scalars(
            select(Reply).where(Reply.appeal_id == appeal_id).order_by(Reply.id.desc()).limit(1)
        ).first()
    return known[appeal_id]


def add_reply(session: Session, reply: Reply) -> None:
    """Keep a new reply: from now on it is the last one."""
    session.add(reply)
    notes(session).setdefault(latest_reply, {})[reply.appeal_id] = reply
