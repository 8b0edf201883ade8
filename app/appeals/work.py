"""Assignments and their reports as views: the tree, the names, the days left."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.services import Person
from app.appeals import building, enclosures, impartial, inspections, policy
from app.appeals.cards import AssignmentView, ReportView
from app.appeals.hands import Hands
from app.appeals.models import Appeal, Assignment, Report
from app.appeals.people import People
from app.documents.services import documents
from app.documents.shapes import DocumentView
from app.workflow.services import open_items

#: For whom a substitute acted, as `absent_of` tells it.
Absent = Mapping[tuple[str, datetime], str]


def assignments_of(
    session: Session,
    appeal: Appeal,
    *,
    people: People,
    today: date,
    absent: Absent,
    hands: Hands,
) -> tuple[AssignmentView, ...]:
    """All assignments of an appeal in the order of the tree."""
    rows = session.scalars(
        select(Assignment).where(Assignment.appeal_id == appeal.id).order_by(Assignment.id)
    ).all()
    files = {one.id: one for one in documents(session, str(appeal.key))}
    return tuple(
        assignment_view(
            row, depth, appeal, people=people, today=today, hands=hands, files=files, absent=absent
        )
        for row, depth in in_tree(rows)
    )


def in_tree(rows: Sequence[Assignment]) -> Iterable[tuple[Assignment, int]]:
    """Each row followed by what was passed on from it, with its depth.

    A row whose parent is not among `rows` stands at the top.
    """
    known = {row.id for row in rows}
    below: dict[int | None, list[Assignment]] = {}
    for row in rows:
        below.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)

    def branch(parent: int | None, depth: int) -> Iterable[tuple[Assignment, int]]:
        for row in below.get(parent, ()):
            yield row, depth
            yield from branch(row.id, depth + 1)

    return branch(None, 0)


def assignment_view(
    row: Assignment,
    depth: int,
    appeal: Appeal,
    *,
    people: People,
    today: date,
    hands: Hands,
    files: dict[int, DocumentView] | None = None,
    absent: Absent | None = None,
) -> AssignmentView:
    over = row.state in ("done", "cancelled")
    given = ("assignment.passed_on", row.id), ("resolution.made", row.resolution_id)
    author_name, instead_of_name = hands.of(row.author, *given)
    return AssignmentView(
        id=row.id,
        parent_id=row.parent_id,
        depth=depth,
        resolution_id=row.resolution_id,
        author=row.author,
        author_name=author_name,
        instead_of_name=instead_of_name,
        executor=row.executor,
        executor_name=people.name(row.executor),
        unit=people.unit(row.executor),
        responsible=row.responsible,
        text=row.text,
        state=row.state,
        due_on=row.due_on,
        days_left=None if over else policy.days_left(row.due_on, today),
        issued_at=row.issued_at,
        accepted_at=row.accepted_at,
        closed_at=row.closed_at,
        reports=tuple(_report_view(one, people, files or {}, absent or {}) for one in row.reports),
        appeal=building.appeal_ref(appeal),
        away=None if over else people.away(row.executor),
    )


def _report_view(
    row: Report, people: People, files: dict[int, DocumentView], absent: Absent
) -> ReportView:
    return ReportView(
        id=row.id,
        at=row.at,
        author=row.author,
        author_name=people.name(row.author),
        instead_of_name=people.behalf(absent.get((row.author, row.at))),
        text=row.text,
        results=tuple(row.results),
        files=tuple(files[one] for one in row.documents if one in files),
        decision=row.decision,
        remark=row.remark,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decided_for_name=people.behalf(
            absent.get((row.decided_by or "", row.decided_at or row.at))
        ),
    )


def open_part(session: Session, appeal: Appeal, person: Person) -> Assignment | None:
    """An assignment on this appeal that the person still has to do; their own comes first."""
    logins = impartial.logins(person, appeal)
    return session.scalars(
        select(Assignment)
        .where(
            Assignment.appeal_id == appeal.id,
            Assignment.executor.in_(sorted(logins)),
            Assignment.state.in_(policy.OPEN_ASSIGNMENT),
        )
        .order_by(Assignment.executor != person.login, Assignment.id)
    ).first()


#: Who takes in a request to read the file that came on paper.
TAKE_IN = frozenset({"registrar", "assistant", "manager"})
#: What may be begun beside the consideration, and the message that begins it.
ACTIONS = {
    "request": "request_documents",
    "visit": "site_visit",
    "interim": "interim_reply",
    "inspection": "ask_inspection",
    "enclosures": "enclosures_missing",
    "valuables": "valuables_found",
}
#: Acts of what an envelope holds and does not hold.
OF_AN_ENVELOPE = frozenset({"enclosures", "valuables"})
#: What those of `TAKE_IN` begin, at work on the appeal or not.
OF_THE_OFFICE = OF_AN_ENVELOPE | {"inspection"}


def takes_part(session: Session, appeal: Appeal, person: Person) -> str | None:
    """As whom the person considers the appeal: by an assignment, a task in hand, or as manager."""
    if "manager" in person.roles:
        return person.login
    if part := open_part(session, appeal, person):
        return part.executor
    logins, items = impartial.logins(person, appeal), open_items(session, key=str(appeal.key))
    holders = {one.assignee for one in items if one.assignee in logins}
    return person.login if person.login in holders else min(filter(None, holders), default=None)


def may_begin(session: Session, appeal: Appeal, person: Person) -> tuple[str, ...]:
    """What of `ACTIONS` the person may begin now."""
    if impartial.complained(appeal, person):
        return ()
    under_way = not appeal.closed and appeal.due_on is not None
    at_work = under_way and takes_part(session, appeal, person) is not None
    begun = dict.fromkeys(ACTIONS, at_work)
    takes_in = bool(person.roles & TAKE_IN)
    begun["inspection"] = takes_in and inspections.may_ask(session, appeal)
    begun |= dict.fromkeys(OF_AN_ENVELOPE, takes_in and enclosures.may_tell(appeal))
    return tuple(one for one, may in begun.items() if may)


def may_ask_for_more_time(session: Session, appeal: Appeal, person: Person) -> bool:
    """Whether the person has an open part of an appeal whose term may still be extended."""
    if appeal.closed or appeal.due_on is None or appeal.counted_from is not None:
        return False
    asked = building.extensions_of(session, appeal.id)
    open_to_it = all(one.decision == "refuse" for one in asked)
    return open_to_it and open_part(session, appeal, person) is not None
