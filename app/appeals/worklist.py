"""Open work items as a list is asked for them: whose, due when, at which step, about what."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql import visitors

from app.access.models import Account
from app.access.services import Person, logins_of_units, people
from app.appeals import finding, impartial, indexing, lookups, numbers, policy, rights, sight
from app.appeals.commands import InboxFilter
from app.appeals.models import Appeal, Question
from app.appeals.terms import today
from app.directory.services import branch
from app.session import plan_by_values
from app.workflow.items import element_of
from app.workflow.models import OPEN, WorkItem

#: Who has an item: who took it, else whom it was given to by name.
holder = func.coalesce(WorkItem.taken_by, WorkItem.assigned_to)
MOST_LOGINS, MOST_TOPICS = 50, 50
#: A list in the order of terms is put together of those of so many queues, or people, at most.
MOST_LANES = 20
#: Conditions that no item fulfils two of: an index finds what each of them asks, and none what
#: all of them ask together.
Parts = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True)
class Asker:
    """Who asks, on which day, who of the same unit or below it has anything, what stands where.

    `queues` are those that have open items at all (`WorkItem.queue`), each with a version that one
    of them runs on, `own` those of one's roles; `kept` are the keys of the confined appeals that
    are kept from the person.
    """

    person: Person
    day: date
    unit: tuple[str, ...] = ()
    queues: Mapping[str, int] = field(default_factory=dict)
    kept: tuple[str, ...] = ()

    @property
    def own(self) -> list[str]:
        roles = self.person.roles
        return [one for one in self.queues if roles & set(one.partition("/")[0].split(","))]

    @property
    def oversees(self) -> bool:
        return bool(self.person.roles & policy.OVERSEERS)


def asker(session: Session, person: Person) -> Asker:
    unit: tuple[str, ...] = ()
    if person.unit_id is not None:
        unit = _holding(session, logins_of_units(session, branch(session, person.unit_id)))
    return Asker(person, today(session), unit, _queues(session), _kept(session, person))


def _holding(session: Session, logins: Collection[str]) -> tuple[str, ...]:
    """Those of some people who have an open item; each is asked for in the index of holders."""
    # SQLite looks in no index of an expression for a column as it is.
    item = select(WorkItem.id).where(WorkItem.status == OPEN, holder == Account.login + "")
    has = item.correlate(Account).offset(0).exists()
    return tuple(session.scalars(select(Account.login).where(Account.login.in_(logins), has)))


def _kept(session: Session, person: Person) -> tuple[str, ...]:
    """Few, so that they are asked for once and no list has to look at every card."""
    away = select(Appeal.key).where(Appeal.confined, not_(rights.within(person)))
    return tuple(str(key) for key in session.scalars(away))


def _within(asker: Asker) -> ColumnElement[bool]:
    return WorkItem.key.not_in(asker.kept) if asker.kept else true()


def _queues(session: Session) -> dict[str, int]:
    """The queues that are not empty, found by leaps in their index, each with a version."""
    opened = WorkItem.status == OPEN
    first = select(func.min(WorkItem.queue).label("queue")).where(opened)
    leap = first.cte("leap", recursive=True)
    following = (
        select(func.min(WorkItem.queue))
        .where(opened, WorkItem.queue > leap.c.queue)
        .correlate(leap)
        .scalar_subquery()
    )
    leap = leap.union_all(select(following).where(leap.c.queue.is_not(None)))
    # In the order of the index: any of them would do, but PostgreSQL looks for any in the table.
    item = select(WorkItem.version_id).where(opened, WorkItem.queue == leap.c.queue)
    item = item.order_by(WorkItem.pressing_on, WorkItem.id).limit(1).correlate(leap)
    found = select(leap.c.queue, item.scalar_subquery()).where(leap.c.queue.is_not(None))
    rows: Any = session.execute(found).all()
    return dict(rows)


def mine(asker: Asker) -> ColumnElement[bool]:
    return impartial.own(asker.person, holder)


def free(asker: Asker, *, apart: bool = False) -> Parts:
    """Of one's roles, and nobody has it."""
    nobodys = and_(WorkItem.taken_by.is_(None), WorkItem.assigned_to.is_(None))
    return tuple(and_(nobodys, one) for one in _each(WorkItem.queue, asker.own, apart))


def of_unit(asker: Asker, *, apart: bool = False) -> Parts:
    """What the people of one's unit have, as far as one may open it."""
    open_to = true() if asker.oversees else or_(mine(asker), WorkItem.queue.in_(asker.own))
    held = _each(holder, asker.unit, apart)
    return tuple(and_(one, _within(asker), open_to) for one in held)


def seen(asker: Asker, *, apart: bool = False) -> Parts:
    """What the inbox shows without a choice."""
    if asker.oversees:
        return (_within(asker),)
    # A colleague's item of one's role is shown too, so that the role knows who has what.
    own = mine(asker)
    others = and_(WorkItem.assigned_to.is_(None), _within(asker), or_(holder.is_(None), not_(own)))
    return own, *(and_(one, others) for one in _each(WorkItem.queue, asker.own, apart))


def _each(column: SQLColumnExpression[str], values: Collection[str], apart: bool) -> Parts:
    """That a column is one of these values; each `apart`, an index has them in their order."""
    if apart and 0 < len(values) <= MOST_LANES:
        return tuple(column == one for one in values)
    return (column.in_(values),)


def overdue(asker: Asker) -> ColumnElement[bool]:
    # The first says no more than the second (`standing.py`), but the indexes are in its order.
    return and_(WorkItem.pressing_on < asker.day, WorkItem.term_on < asker.day)


def near(asker: Asker) -> ColumnElement[bool]:
    return WorkItem.term_on.between(asker.day, asker.day + timedelta(days=policy.NEAR_DAYS))


def chosen(columns: Collection[Any], condition: ColumnElement[bool]) -> Select[Any]:
    """Columns of the open items that a condition finds; it looks at appeals where it has to."""
    query = select(*columns).select_from(WorkItem)
    if any(_names_appeal(one) for one in (condition, *columns)):
        query = query.join(Appeal, Appeal.key == WorkItem.key)
    return query.where(WorkItem.status == OPEN, condition)


def _names_appeal(part: Any) -> bool:
    if part is Appeal:
        return True
    return part is not WorkItem and any(
        getattr(one, "table", None) is Appeal.__table__ for one in visitors.iterate(part)
    )


def matching(session: Session, wanted: InboxFilter, asker: Asker) -> tuple[Parts, Parts]:
    """What the filter asks for, the scope included: as it is counted, and as it is listed."""
    narrowed = and_(true(), *_narrowing(session, wanted, asker))
    both = (_scope(wanted.scope, asker, apart) for apart in (False, wanted.sort == "due"))
    counted, listed = (tuple(and_(one, narrowed) for one in parts) for parts in both)
    return counted, listed


def _scope(scope: str, asker: Asker, apart: bool) -> Parts:
    if scope == "mine":
        return (mine(asker),)
    return {"role": free, "unit": of_unit}.get(scope, seen)(asker, apart=apart)


def fits(session: Session, wanted: InboxFilter, asker: Asker) -> ColumnElement[bool]:
    """What `matching` asks of words and topic, of each item alone: for the first of a list."""
    asked: list[ColumnElement[bool]] = []
    if wanted.text:
        said = indexing.along(session, asker.person, wanted.text, WorkItem.key)
        asked.append(_has_text(session, said, wanted.text))
    if wanted.topic.strip():
        # By another name, or each item's card would be looked up for the list itself.
        card = aliased(Appeal)
        about = select(Question.id).join(card, card.id == Question.appeal_id)
        about = about.where(card.key == WorkItem.key, or_(*_topical(session, wanted.topic.strip())))
        asked.append(about.correlate(WorkItem).offset(0).exists())
    return and_(true(), *asked)


def rarely(session: Session, person: Person, text: str) -> ColumnElement[bool]:
    """The same of words that none of the first items says."""
    said = indexing.gathered(session, person, text, WorkItem.key, rare=True)
    return _has_text(session, said, text)


def number(parts: Parts, most: int) -> ColumnElement[int]:
    """How many items there are, a part at a time; beyond `most` nobody counts on."""
    first, *others = (_number(one, most) for one in parts)
    return sum(others, start=first)


def _number(condition: ColumnElement[bool], most: int) -> ColumnElement[int]:
    some = chosen((literal_column("1"),), condition).limit(most + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _narrowing(session: Session, wanted: InboxFilter, asker: Asker) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.appeal:
        key = policy.number_key(wanted.appeal)
        named = (Appeal.receipt_key == key, Appeal.number_key == key, Appeal.key == wanted.appeal)
        conditions.append(or_(*named))
    if wanted.element:
        conditions.append(WorkItem.element == wanted.element)
    if wanted.process:
        conditions.append(WorkItem.process == wanted.process)
    if wanted.role:
        conditions.append(WorkItem.queue.in_(_queues_of(wanted.role, asker)))
    if wanted.stage:
        conditions.append(_of_stage(session, wanted.stage, asker))
    if wanted.executor.strip():
        conditions.append(_held_by(session, wanted.executor.strip()))
    if wanted.topic.strip():
        conditions.append(_about(session, wanted.topic.strip()))
    if wanted.text:
        said = indexing.gathered(session, asker.person, wanted.text, WorkItem.key)
        conditions.append(_has_text(session, said, wanted.text))
    if wanted.term:
        conditions.append(_in_term(wanted.term, asker))
    return conditions


def elements(session: Session, asker: Asker) -> dict[str, tuple[str, str | None]]:
    """The elements of the diagrams at which something stands for who asks, with their titles."""
    shown = set(asker.queues if asker.oversees else asker.own)
    if not asker.oversees:
        shown |= set(session.scalars(chosen((WorkItem.queue,), mine(asker)).distinct()))
    found = {}
    for queue in sorted(shown & asker.queues.keys()):
        _roles, process, element = queue.split("/", 2)
        info = element_of(session, asker.queues[queue], process, element)
        found[element] = (info.name or element, info.name_en)
    return found


def _of_stage(session: Session, stage: str, asker: Asker) -> ColumnElement[bool]:
    """The words are the diagram's; which elements bear them is looked up there."""
    word, known = policy.folded(stage), elements(session, asker)
    bearing = {element for element, names in known.items() if word in policy.folded(names[0])}
    return WorkItem.element.in_(sorted(bearing | {stage}))


def _queues_of(role: str, asker: Asker) -> list[str]:
    return [one for one in asker.queues if role in one.partition("/")[0].split(",")]


def _held_by(session: Session, who: str) -> ColumnElement[bool]:
    """A login, or words of the name, the post or the unit."""
    found = {one.login for one in people(session, who, limit=MOST_LOGINS)}
    return holder.in_(sorted(found | {who}))


def _about(session: Session, topic: str) -> ColumnElement[bool]:
    # Either is answered by the index alone; what fulfils one OR the other is read in the table.
    asked = select(finding.key_in(Question.appeal_id))
    found = union_all(*(asked.where(one) for one in _topical(session, topic)))
    return indexing.among(session, WorkItem.key, found)


def _topical(session: Session, topic: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """A code of the classifier or its beginning; a number, or words of a question."""
    # The beginning of a code is in its index, but only of one that is known.
    plan_by_values(session)
    named = [one.code for one in lookups.classifier(topic, MOST_TOPICS)]
    return Question.code.startswith(topic, autoescape=True), Question.code.in_(named)


def _has_text(session: Session, said: ColumnElement[bool], text: str) -> ColumnElement[bool]:
    """Words in any form, or a part of a number."""
    key = policy.number_key(text)
    if not any(letter.isdigit() for letter in key):
        return said
    return or_(said, numbers.having(session, key, WorkItem.key))


def _in_term(term: str, asker: Asker) -> ColumnElement[bool]:
    if term == "overdue":
        return overdue(asker)
    if term == "near":
        return near(asker)
    if term == "later":
        return WorkItem.term_on > asker.day + timedelta(days=policy.NEAR_DAYS)
    return WorkItem.term_on.is_(None) if term == "none" else true()


def named(order: Collection[ColumnElement[Any]]) -> list[ColumnElement[bool]]:
    """True conditions that name what an order is by, so that `chosen` looks there."""
    return [Appeal.id.is_not(None)] if any(_names_appeal(one) for one in order) else []


def order(person: Person, sort: str) -> list[ColumnElement[Any]]:
    columns: dict[str, Any] = {
        "due": WorkItem.pressing_on,
        "opened": WorkItem.opened_at,
        "number": Appeal.id,
        "title": WorkItem.element,
        # An order by names would tell them.
        "applicant": sight.PEOPLE if sight.sees_names(person) else Appeal.id,
        "holder": holder,
    }
    column = columns.get(sort.lstrip("-"), columns["due"])
    first = column.desc() if sort.startswith("-") else column.asc()
    # The id goes the same way, so that one index serves both directions.
    last = WorkItem.id.desc() if sort.startswith("-") else WorkItem.id.asc()
    # What every item has is in the index's own order, where nothing is said of what has none.
    return [first if column is columns["opened"] else first.nulls_last(), last]
