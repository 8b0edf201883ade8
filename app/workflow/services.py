"""What the rooms above ask of the bridge. Functions that take a session never commit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from operator import attrgetter, itemgetter
from typing import Any

import orjson
from sqlalchemy import BindParameter, ColumnElement, Row, Text, bindparam, cast, func, or_, select
from sqlalchemy.orm import Session

import engine
from app import clock
from app.access.services import Person
from app.audit.services import record, stand_in
from app.errors import Conflict, Forbidden, NotFound
from app.extensions import lazy_gettext as _
from app.formkit import compile_form
from app.looks import Looks
from app.workflow import bridge, outcomes
from app.workflow.bridge import deliver as deliver
from app.workflow.bridge import start as start
from app.workflow.case import ahead as ahead
from app.workflow.case import case, case_of_item
from app.workflow.case import foresee as foresee
from app.workflow.case import foreseen as foreseen
from app.workflow.case import fresh_case as fresh_case
from app.workflow.items import WorkItemView as WorkItemView
from app.workflow.items import element_of, row_of, view
from app.workflow.items import form as form
from app.workflow.items import item as item
from app.workflow.items import items_of as items_of
from app.workflow.items import open_items as open_items
from app.workflow.models import (
    CANCELLED,
    ENDED,
    OPEN,
    Instance,
    StepRow,
    Version,
    Waiting,
    WorkItem,
)
from app.workflow.moved import is_with
from app.workflow.moved import moved_on as moved_on
from app.workflow.shelf import (
    KEPT,
    active_version,
    meet_versions,
    version_for,
    version_set,
    versions_at_hand,
)
from app.workflow.shelf import files as version_files

_KEY: BindParameter[str] = bindparam("key")
_STAY = (
    *(StepRow.id, StepRow.instance_id, StepRow.process, StepRow.element, StepRow.entered_at),
    *(StepRow.left_at, StepRow.how, StepRow.actor),
)
_STEP = (*_STAY, StepRow.facts, StepRow.version_id, StepRow.instead_of)
_NAMES = tuple(one.key for one in _STEP)
_OF_ROW, _OF_COLUMNS = attrgetter(*_NAMES), itemgetter(*_NAMES)
#: What `steps` asks; it may be looked up beside something else.
STEPS = Looks(
    select(*_STEP, Version.content_key)
    .join(Version, Version.id == StepRow.version_id)
    .where(StepRow.key == _KEY)
    .order_by(StepRow.entered_at, StepRow.id)
)


@dataclass(frozen=True)
class StepView:
    """A stay of a token on an element, with what the diagram says of that element.

    `version` is the one the element was entered on; a migration leaves it as it is.
    """

    id: int
    instance_id: int
    process: str
    element: str
    entered_at: datetime
    left_at: datetime | None
    how: str | None
    actor: str | None
    facts: Mapping[str, Any]
    info: engine.Element
    version: int
    instead_of: str | None


@dataclass(frozen=True)
class DiagramView:
    """A diagram of a key's version with the elements that tokens stand on now."""

    process: str
    name: str
    name_en: str | None
    xml: str
    standing: tuple[str, ...]
    passed: tuple[str, ...]


def complete(
    session: Session,
    item_id: int,
    answers: Mapping[str, Any],
    *,
    actor: str,
    person: Person | None = None,
    version: int | None = None,
) -> list[WorkItemView]:
    """Finish one work item with answers that were already validated; return the items it opened.

    `person` is checked against the item; None is a door that has checked in its own way (the
    citizen's survey link). Raises Conflict when the item moved on, Forbidden without the right.
    """
    row = held_item(session, item_id)
    found = case(session, row.key)
    instance = found.instances[row.instance_id]
    require_open(session, row, version)
    if person is not None:
        require_right(session, row, person)
        stand_in_for(session, row.taken_by or row.assigned_to, person)
    known = len(found.opened)
    variables = _variables(session, row, answers)

    def move(diagrams: engine.VersionSet, port: engine.Operations) -> engine.Outcome:
        return engine.complete(
            diagrams,
            instance.state,
            row.task,
            variables,
            operations=port,
            now=clock.now(),
            answers=answers,
        )

    told = {"move": "complete", "item": item_id, "answers": dict(answers), "actor": actor}
    bridge.run(session, instance, move, actor=actor, told=told, done=row.task)
    session.flush()
    return [view(session, one) for one in found.opened[known:] if one.status == OPEN]


def opened_by(
    session: Session, key: str, name: str, payload: Mapping[str, Any], *, actor: str
) -> list[WorkItemView] | None:
    """Deliver a message; the items it opened, None when the processes of the key know it not."""
    found = case(session, key)
    known = len(found.opened)
    if not bridge.deliver(session, key, name, payload, actor=actor):
        return None
    session.flush()
    return [view(session, one) for one in found.opened[known:] if one.status == OPEN]


def require_completable(
    session: Session, item_id: int, *, person: Person, version: int | None = None
) -> None:
    """Refuse as `complete` would, before the door looks at the answers."""
    row = row_of(session, item_id)
    require_open(session, row, version)
    require_right(session, row, person)


def _variables(session: Session, row: WorkItem, answers: Mapping[str, Any]) -> dict[str, Any]:
    key = element_of(session, row.version_id, row.process, row.element).form_key
    if not key:
        return {}
    schema = version_set(session, row.version_id).forms[key]
    return dict(compile_form(schema, key).variables(answers))


def require_open(session: Session, row: WorkItem, version: int | None) -> None:
    if row.status != OPEN:
        raise moved_on(session, row)
    if version is not None and version != row.revision:
        raise Conflict(_("This work item changed while you were working on it."))


def require_right(session: Session, row: WorkItem, person: Person) -> None:
    """The item is the person's own or an absent colleague's, or free and of a role of theirs."""
    owner = row.taken_by or row.assigned_to
    if owner in person.logins:
        return
    if owner is not None:
        raise is_with(session, row, owner)
    if not person.roles.intersection(row.roles):
        raise Forbidden(_("This work item is for another role."))


def stand_in_for(session: Session, owner: str | None, person: Person) -> None:
    """Have what follows journaled as done for the owner, where the person only stands in."""
    if owner in person.stands_for:
        stand_in(session, person.login, str(owner))


def take(session: Session, item_id: int, *, person: Person) -> WorkItemView:
    """Make a free item one's own; taking one's own, or an absent colleague's, changes nothing."""
    row = held_item(session, item_id)
    require_open(session, row, None)
    require_right(session, row, person)
    if (row.taken_by or row.assigned_to) is None:
        row.taken_by = person.login
        record(session, person.login, "item.taken", row.key, element=row.element, item=item_id)
        session.flush()
    return view(session, row)


def release(session: Session, item_id: int, *, person: Person) -> WorkItemView:
    """Give a taken item back to its roles; one that was assigned by name stays."""
    row = held_item(session, item_id)
    require_open(session, row, None)
    require_right(session, row, person)
    if row.taken_by not in person.logins:
        raise Conflict(_("Only an item that was taken can be given back."))
    stand_in_for(session, row.taken_by, person)
    row.taken_by = None
    record(session, person.login, "item.released", row.key, element=row.element, item=item_id)
    session.flush()
    return view(session, row)


def give(session: Session, item_id: int, *, to: str) -> WorkItemView:
    """Make an open item another person's, whoever had it; the caller says who may and why."""
    row = held_item(session, item_id)
    require_open(session, row, None)
    row.taken_by = to
    session.flush()
    return view(session, row)


def open_rows(session: Session, key: str) -> list[WorkItem]:
    """The open items of a case that this use case holds."""
    holdings = case(session, key).holdings.values()
    return [row for one in holdings for row in one.items.values()]


def held_item(session: Session, item_id: int, beside: Sequence[Looks] = ()) -> WorkItem:
    """A work item as it is now; its case stays locked until the use case ends.

    What the caller will ask about the case's `key` and this `item` may be looked up `beside` it.
    """
    if case_of_item(session, item_id, beside) is None:
        raise NotFound(_("There is no such work item."))
    return row_of(session, item_id)


def hold(session: Session, key: str) -> None:
    """Make the moves of a key wait until this use case ends."""
    case(session, key)


def cancel(session: Session, key: str, *, actor: str, reason: str) -> int:
    """Cancel every instance of a key that still runs; how many there were."""
    found = case(session, key)
    over = (ENDED, CANCELLED)
    running = [one for one in found.instances.values() if one.status not in over]
    for instance in running:
        outcomes.stop(session, instance, actor=actor)
    record(session, actor, "process.cancelled", key, reason=reason, instances=len(running))
    return len(running)


def steps(session: Session, key: str) -> list[StepView]:
    """All steps of a key's instances in the order they were entered."""
    if known := STEPS.known(session, key=key):
        meet_versions(session, {row["version_id"]: row["content_key"] for row in known[0]})
        return [_step_view(session, _OF_COLUMNS(row)) for row in known[0]]
    query = select(*_STEP).where(StepRow.key == key).order_by(StepRow.entered_at, StepRow.id)
    return [_step_view(session, row) for row in session.execute(query)]


def absent_of(found: Iterable[StepView]) -> dict[tuple[str, datetime], str]:
    """For whom a substitute acted, by the substitute's login and the moment of the move."""
    return {
        (one.actor, one.left_at): one.instead_of
        for one in found
        if one.actor and one.left_at and one.instead_of
    }


def present_steps(session: Session, key: str) -> list[StepView]:
    """The stages that stand and the steps that told something, of a case this use case holds."""
    held = case(session, key).steps
    found = [row for row in held if row.facts or (row.left_at is None and _is_stage(session, row))]
    found.sort(key=attrgetter("entered_at", "id"))
    return [_step_view(session, _OF_ROW(row)) for row in found]


def _is_stage(session: Session, row: StepRow) -> bool:
    element = element_of(session, row.version_id, row.process, row.element)
    return bool(element.properties.get("stage"))


def telling_steps_of(session: Session, keys: Sequence[str]) -> dict[str, list[StepView]]:
    """Of several keys, only the steps that are a stage in their diagram or told something."""
    found = {}
    for key, rows in _telling(session, keys).items():
        views = [_told_view(session, row) for row in rows]
        found[key] = [one for one in views if one.facts or one.info.properties.get("stage")]
    return found


def latest_stages_of(session: Session, keys: Sequence[str]) -> dict[str, list[StepView]]:
    """Of several keys, the stages that stand; where none does, the one entered last.

    Where such a stage names facts, the steps that told something come along.
    """
    found = {key: _latest(session, rows) for key, rows in _telling(session, keys).items()}
    return {key: [_told_view(session, row) for row in rows] for key, rows in found.items()}


def _telling(session: Session, keys: Sequence[str]) -> dict[str, list[Row[Any]]]:
    """Of several keys, the steps that may be a stage or told something: `_STEP`, facts as text.

    A page of appeals that have ended has thousands of steps, a fifth of them stages: the others
    stay in the database as far as it can be told which those are.
    """
    if not keys:
        return {}
    text = cast(StepRow.facts, Text)
    told = func.nullif(text, "{}").label("told")
    query = select(*_STAY, told, StepRow.version_id, StepRow.instead_of, StepRow.key).where(
        StepRow.key.in_(keys), or_(text != "{}", _may_be_stage(session))
    )
    found: dict[str, list[Row[Any]]] = {}
    for row in session.execute(query.order_by(StepRow.entered_at, StepRow.id)):
        found.setdefault(row.key, []).append(row)
    return found


def _latest(session: Session, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Of the rows of one key in their order, those that `latest_stages_of` shows."""

    def words(row: Row[Any]) -> Mapping[str, str]:
        return element_of(session, row.version_id, row.process, row.element).properties

    lasting = [row for row in rows if row.left_at is None and words(row).get("stage")]
    shown = lasting or list(islice((row for row in reversed(rows) if words(row).get("stage")), 1))
    if not any("{" in text for row in shown for text in words(row).values()):
        return shown
    ids = {row.id for row in shown}
    return [row for row in rows if row.id in ids or row.told]


def _told_view(session: Session, row: Row[Any]) -> StepView:
    *stay, told, version, absent, _key = tuple(row)
    return _step_view(session, (*stay, orjson.loads(told) if told else {}, version, absent))


def _may_be_stage(session: Session) -> ColumnElement[bool]:
    """No step of a version at hand is a stage at an element that none of them calls so."""
    at_hand = versions_at_hand(session) or {active_version(session)}
    stages = frozenset[str]().union(*(_stages(version_set(session, one)) for one in at_hand))
    return or_(StepRow.version_id.not_in(sorted(at_hand)), StepRow.element.in_(sorted(stages)))


@lru_cache(maxsize=KEPT)
def _stages(found: engine.VersionSet) -> frozenset[str]:
    """The elements of a set that are stages."""
    drawn = found.elements.values()
    return frozenset(element.id for element in drawn if element.properties.get("stage"))


def _step_view(session: Session, values: Iterable[Any]) -> StepView:
    """A step of the values that `_STEP` names."""
    *stay, facts, version, absent = values
    element = element_of(session, version, stay[2], stay[3])
    return StepView(*(*stay, facts, element, version, absent))


def runs(session: Session, key: str, process: str) -> bool:
    """Whether an instance of the process still runs for a key."""
    over = (ENDED, CANCELLED)
    return any(
        one.process == process and one.status not in over
        for one in case(session, key).instances.values()
    )


def behind(session: Session, key: str) -> int | None:
    """The version that the processes of a key run on; None when it is the one in force."""
    version = version_for(session, key)
    return None if version == active_version(session) else version


def start_newest(
    session: Session,
    process: str,
    variables: Mapping[str, Any],
    *,
    key: str,
    actor: str,
    message: str | None = None,
) -> int:
    """Start a process for a key by the version in force, whatever version it began on."""
    return start(
        session,
        process,
        variables,
        key=key,
        actor=actor,
        version=active_version(session),
        message=message,
    )


def is_waiting(session: Session, key: str, name: str) -> bool:
    """Whether an instance of the key waits for the message `name`."""
    found = session.scalar(
        select(func.count())
        .select_from(Waiting)
        .join(Instance, Instance.id == Waiting.instance_id)
        .where(Instance.key == key, Waiting.name == name)
    )
    return bool(found)


def variables(session: Session, instance_id: int) -> Mapping[str, Any]:
    """The process data of one instance."""
    instance = bridge.locked(session, instance_id)
    return engine.inspect(version_set(session, instance.version_id), instance.state).variables


def diagrams(session: Session, key: str) -> list[DiagramView]:
    """The diagrams of a key that have been entered, the present and the passed elements of each."""
    standing: dict[str, list[str]] = {}
    passed: dict[str, list[str]] = {}
    versions: dict[str, int] = {}
    for step in steps(session, key):
        place = standing if step.left_at is None else passed
        place.setdefault(step.process, []).append(step.element)
        versions[step.process] = _drawn_in(session, step)
    return [
        _diagram(
            session,
            versions[process],
            process,
            tuple(dict.fromkeys(standing.get(process, ()))),
            tuple(dict.fromkeys(passed.get(process, ()))),
        )
        for process in sorted(versions, key=_appeal_first)
    ]


def _drawn_in(session: Session, step: StepView) -> int:
    """The version to show a step's process in: what its instance runs on, if it is still there."""
    instance = session.get(Instance, step.instance_id)
    now = instance.version_id if instance is not None else step.version
    return now if step.process in version_set(session, now).processes else step.version


def _diagram(
    session: Session,
    version: int,
    process: str,
    standing: tuple[str, ...],
    passed: tuple[str, ...],
) -> DiagramView:
    diagram_set = version_set(session, version)
    drawn = diagram_set.processes[process]
    xml = version_files(session, version)[diagram_set.file_of(process)].decode("utf-8")
    return DiagramView(process, drawn.name, drawn.name_en, xml, standing, passed)


def _appeal_first(process: str) -> tuple[bool, str]:
    return process != "appeal", process
