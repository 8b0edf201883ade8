"""The registration journal of a period: a line an appeal, with totals; on screen and as rows."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from app import clock
from app.access.services import Person
from app.appeals import building, rights, sight
from app.appeals.cards import AppealRef, Page
from app.appeals.models import Appeal, Assignment, PaperOriginal, Redirection
from app.appeals.people import People
from app.appeals.terms import today, zone_of
from app.correspondence.models import Letter
from app.database import reading
from app.reports.remembered import remembered
from app.reports.spans import Bar, bars

SIZE, BATCH, LAST_PAGE = 50, 500, 100_000
STATES = ("", "open", "closed", "overdue")
MONTH = timedelta(days=31)

#: Registered, open, considered, overdue.
Totals = tuple[int, int, int, int]
#: These, how many each day, and when they were counted.
Figures = tuple[Totals, tuple[Bar, ...], datetime]


@dataclass(frozen=True)
class JournalFilter:
    """Registered from `since` to `until`; `state`: open, closed, overdue; `channel`, `kind`."""

    since: date | None = None
    until: date | None = None
    state: str = ""
    channel: str = ""
    kind: str = ""
    page: int = 1


@dataclass(frozen=True)
class JournalLine:
    """A line of the journal; `questions` are (code, name, result), codes where they are codes.

    `postal_address` is the e-mail address of who gave no other; `sent_to` are the bodies that got
    the appeal or a copy; `answer` is the number and date of the letter that ended it.
    """

    appeal: AppealRef
    channel: str
    received_on: date
    postal_address: str
    kind: str
    repeated: str
    collective: bool
    questions: tuple[tuple[str, str, str | None], ...]
    executor: str
    sent_to: tuple[str, ...]
    answer: tuple[str, date | None] | None
    case_index: str
    outcome: str | None
    decided_on: date | None
    overdue: bool


@dataclass(frozen=True)
class Journal:
    """`totals` as they were `at` a moment; `counts` are of what was registered each day."""

    wanted: JournalFilter
    page: Page[JournalLine]
    totals: Totals
    counts: tuple[Bar, ...]
    at: datetime


def journal(person: Person, wanted: JournalFilter) -> Journal:
    """A page of the journal, latest first; without dates, of the year so far."""
    with reading() as session:
        day = today(session)
        wanted = dated(wanted, day)
        condition = _condition(session, person, wanted, day)
        number = min(max(wanted.page, 1), LAST_PAGE)
        totals, counts, at = _counted(session, person, condition, wanted, day)
        query = _query(condition).order_by(Appeal.registered_on.desc(), Appeal.id.desc())
        rows = session.scalars(query.limit(SIZE).offset((number - 1) * SIZE)).all()
        lines = _lines(session, person, rows, day)
        return Journal(wanted, Page(lines, totals[0], number, SIZE), totals, counts, at)


def count(person: Person, wanted: JournalFilter) -> int:
    """How many lines the whole journal has."""
    with reading() as session:
        day = today(session)
        condition = _condition(session, person, dated(wanted, day), day)
        return int(session.scalar(select(func.count(Appeal.id)).where(condition)) or 0)


def lines(person: Person, wanted: JournalFilter) -> Iterator[JournalLine]:
    """The whole journal in the order of registration, read in batches."""
    place: tuple[date, int] | None = None
    while True:
        with reading() as session:
            day = today(session)
            condition = _condition(session, person, dated(wanted, day), day)
            if place is not None:
                on, number = place
                same_day = and_(Appeal.registered_on == on, Appeal.id > number)
                condition = and_(condition, or_(Appeal.registered_on > on, same_day))
            query = _query(condition).order_by(Appeal.registered_on, Appeal.id).limit(BATCH)
            rows = session.scalars(query).all()
            found = _lines(session, person, rows, day)
            if rows:
                place = (rows[-1].registered_on or day, rows[-1].id)
        yield from found
        if len(found) < BATCH:
            return


def dated(wanted: JournalFilter, day: date) -> JournalFilter:
    """The filter with both its days, the earlier first."""
    until = wanted.until or day
    since = wanted.since or date(until.year, 1, 1)
    return replace(wanted, since=min(since, until), until=max(since, until))


def _condition(
    session: Session, person: Person, wanted: JournalFilter, day: date
) -> ColumnElement[bool]:
    found: list[ColumnElement[bool]] = [
        Appeal.registered_on.between(wanted.since, wanted.until),
        rights.open_to(session, person),
    ]
    if wanted.state == "closed":
        found.append(Appeal.outcome.is_not(None))
    elif wanted.state:
        found.append(Appeal.outcome.is_(None))
    if wanted.state == "overdue":
        found.append(Appeal.due_on < day)
    if wanted.channel:
        found.append(Appeal.channel == wanted.channel)
    if wanted.kind:
        found.append(Appeal.kind == wanted.kind)
    return and_(*found)


def _query(condition: ColumnElement[bool]) -> Select[Appeal]:
    with_all = (selectinload(Appeal.applicants), selectinload(Appeal.questions))
    return select(Appeal).where(condition).options(*with_all)


def _counted(
    session: Session,
    person: Person,
    condition: ColumnElement[bool],
    wanted: JournalFilter,
    day: date,
) -> Figures:
    """The figures of the moment, or of the last minutes where a long period is shown whole.

    Of what was chosen there may be few lines, beside which old figures would be wrong.
    """

    def count() -> Figures:
        return (*_figures(session, condition, wanted, day), clock.now())

    whole = JournalFilter(wanted.since, wanted.until)
    long = wanted.since and wanted.until and wanted.until - wanted.since > MONTH
    if not long or replace(wanted, page=1) != whole:
        return count()
    return remembered(("journal", person.login, person.roles, whole, day), count)


def _figures(
    session: Session, condition: ColumnElement[bool], wanted: JournalFilter, day: date
) -> tuple[Totals, tuple[Bar, ...]]:
    """The totals and the chart, in one walk along the index of the days."""
    opened = Appeal.outcome.is_(None)
    query = select(
        Appeal.registered_on,
        func.count(),
        func.count().filter(opened),
        func.count().filter(opened, Appeal.due_on < day),
    )
    rows = session.execute(query.where(condition).group_by(Appeal.registered_on)).all()
    registered, still = sum(row[1] for row in rows), sum(row[2] for row in rows)
    overdue = sum(row[3] for row in rows)
    days = {row[0]: row[1] for row in rows if row[0] is not None}
    chart = bars(days, wanted.since or date.min, wanted.until or date.min)
    return (registered, still, registered - still, overdue), chart


def _lines(
    session: Session, person: Person, rows: Sequence[Appeal], day: date
) -> tuple[JournalLine, ...]:
    responsible, bodies = executors(session, rows), _bodies(session, rows)
    answers, cases = _answers(session, rows), _cases(session, rows)
    people, zone = People(session), zone_of(session)
    people.look_up(responsible.values())
    return tuple(
        sight.mask_in_lists(person, one)(
            JournalLine(
                appeal=building.appeal_ref(one),
                channel=one.channel,
                received_on=clock.local(one.received_at, zone).date(),
                postal_address=one.main_applicant.postal_address or one.main_applicant.email,
                kind=one.kind,
                repeated=one.repeated,
                collective=one.collective,
                questions=tuple((each.code, each.name, each.result) for each in one.questions),
                executor=people.name(responsible.get(one.id)),
                sent_to=tuple(bodies[one.id]),
                answer=answers.get(str(one.key)),
                case_index=cases.get(one.id, ""),
                outcome=one.outcome,
                decided_on=one.decided_on,
                overdue=one.outcome is None and one.due_on is not None and one.due_on < day,
            )
        )
        for one in rows
    )


def executors(session: Session, rows: Sequence[Appeal]) -> dict[int, str]:
    """Who answers for each appeal: the login of the last responsible executor."""
    found = session.execute(
        select(Assignment.appeal_id, Assignment.executor)
        .where(
            Assignment.appeal_id.in_([one.id for one in rows]),
            Assignment.responsible.is_(True),
        )
        .order_by(Assignment.id)
    )
    return dict(found.all())


def _bodies(session: Session, rows: Sequence[Appeal]) -> dict[int, list[str]]:
    bodies: dict[int, list[str]] = defaultdict(list)
    sent = session.execute(
        select(Redirection.appeal_id, Redirection.organisation)
        .where(
            Redirection.appeal_id.in_([one.id for one in rows]), Redirection.sent_on.is_not(None)
        )
        .order_by(Redirection.id)
    )
    for appeal, name in sent:
        bodies[appeal].append(name)
    return bodies


def _answers(session: Session, rows: Sequence[Appeal]) -> dict[str, tuple[str, date | None]]:
    """Number and date of the letter that ended each appeal: the reply, else the cover letter."""
    letters = session.execute(
        select(Letter.key, Letter.number, Letter.dated)
        .where(
            Letter.key.in_([str(one.key) for one in rows if one.closed]),
            Letter.kind.in_(("reply", "cover")),
            Letter.sent_at.is_not(None),
            Letter.number.is_not(None),
        )
        .order_by(Letter.kind, Letter.id)
    )
    return {key: (str(number), dated_on) for key, number, dated_on in letters}


def _cases(session: Session, rows: Sequence[Appeal]) -> dict[int, str]:
    found = session.execute(
        select(PaperOriginal.appeal_id, PaperOriginal.case_index).where(
            PaperOriginal.appeal_id.in_([one.id for one in rows])
        )
    )
    return dict(found.all())
