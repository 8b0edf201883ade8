"""All that runs for one key, locked and read at once: what the moves of a use case work on.

One move leads to others of the same key (a message is thrown, a process started), so all its
instances are locked together, always in the order of their ids: two use cases wait for each other,
and never across.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, Text, bindparam, cast, or_, select
from sqlalchemy.orm import Session

from app.directory.settings import EVERY_SETTING, remember_settings
from app.looks import Errand, Looks
from app.session import Aside, expect, notes, on_postgresql
from app.workflow.models import (
    OPEN,
    Instance,
    StepRow,
    Version,
    Waiting,
    WorkItem,
)

#: How many new rows a move probably makes.
_PROBABLE = {Instance: 1, WorkItem: 2, StepRow: 12}
_KEY: BindParameter[str] = bindparam("key")
_INSTANCES = select(Instance.id).where(Instance.key == _KEY)
_ID: BindParameter[int] = bindparam("id")
_ITEM: BindParameter[int] = bindparam("item")
_LOCKED = select(Instance).order_by(Instance.id).with_for_update()
_SAME = select(Instance.key).where(Instance.id == _ID).correlate(None).scalar_subquery()
_KEY_OF_ITEM = select(WorkItem.key).where(WorkItem.id == _ITEM).scalar_subquery()
_OF_KEY = Looks(_LOCKED.where(Instance.key == _KEY))
_OF_INSTANCE = Looks(_LOCKED.where(Instance.key == _SAME))
_OF_ITEM = Looks(_LOCKED.where(Instance.key == _KEY_OF_ITEM))
_LOOKS = Looks(
    EVERY_SETTING,
    select(Version).where(Version.id.in_(select(Instance.version_id).where(Instance.key == _KEY))),
    select(WorkItem).where(WorkItem.key == _KEY, WorkItem.status == OPEN).order_by(WorkItem.id),
    select(Waiting.instance_id, Waiting.kind, Waiting.name).where(
        Waiting.instance_id.in_(_INSTANCES)
    ),
    # What stands, and what was told: enough to say where the key is, however long its history.
    select(StepRow)
    .where(StepRow.key == _KEY)
    .where(or_(StepRow.left_at.is_(None), cast(StepRow.facts, Text) != "{}")),
)


_BEFORE = Looks(EVERY_SETTING, select(Version).where(Version.active))


@dataclass
class Holding:
    """What one instance holds: open work items by task, subscriptions, steps that stand.

    Most moves leave subscriptions as they are, so that they are pairs and no rows.
    """

    items: dict[str, WorkItem] = field(default_factory=dict)
    waiting: set[tuple[str, str]] = field(default_factory=set)
    standing: dict[tuple[str, str], StepRow] = field(default_factory=dict)


@dataclass
class Case:
    """The instances of a key and what they hold, kept true by the moves of this transaction.

    `steps` are those that stand, those that told something, and all made in this transaction;
    `opened` are the work items made in it.
    """

    key: str
    instances: dict[int, Instance] = field(default_factory=dict)
    holdings: dict[int, Holding] = field(default_factory=dict)
    steps: list[StepRow] = field(default_factory=list)
    opened: list[WorkItem] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)

    def add(self, instance: Instance) -> None:
        self.instances[instance.id] = instance
        self.holdings[instance.id] = Holding()


def case(session: Session, key: str) -> Case:
    """The case of a key, locked until the use case ends; read once."""
    return known_case(session, key) or _read(session, key, _lock(session, _OF_KEY, key=key))


def ahead(session: Session, errand: Errand | None = None) -> Aside | None:
    """What `foresee` reads, and an errand, for a statement before; None where it takes nothing."""
    expect(session, _PROBABLE)
    if not on_postgresql(session):
        return None
    return (
        _BEFORE.aside(session, beside=[errand.look], **errand.given)
        if errand
        else _BEFORE.aside(session)
    )


def foresee(session: Session) -> None:
    """Read at once what a use case needs that is about to make a key: settings, active version."""
    found = _BEFORE.known(session)
    if found is None:
        expect(session, _PROBABLE)
        found = _BEFORE(session)
    settings, versions = found
    remember_settings(session, settings)
    notes(session)[foresee] = versions


def foreseen(session: Session) -> Version | None:
    """The active version, if this use case has read it."""
    return next(iter(notes(session).get(foresee, ())), None)


def fresh_case(session: Session, key: str) -> Case:
    """The case of a key this use case has just made: nobody else knows it, nothing runs for it."""
    found = _known(session)[key] = Case(key)
    return found


def case_of(session: Session, instance_id: int) -> Case | None:
    """The case an instance belongs to; None when there is no such instance."""
    for found in _known(session).values():
        if instance_id in found.instances:
            return found
    return _found(session, _OF_INSTANCE, id=instance_id)


def case_of_item(session: Session, item_id: int, beside: Sequence[Looks] = ()) -> Case | None:
    """The case a work item belongs to; None when there is no such item.

    Questions `beside`, about `key` and `item`, are answered by the look that reads the case.
    """
    for found in _known(session).values():
        if any(
            item.id == item_id for one in found.holdings.values() for item in one.items.values()
        ):
            return found
    return _found(session, _OF_ITEM, beside, item=item_id)


def known_case(session: Session, key: str) -> Case | None:
    """The case, if this use case holds it."""
    return _known(session).get(key)


def _known(session: Session) -> dict[str, Case]:
    found: dict[str, Case] = notes(session).setdefault(Case, {})
    return found


def _found(
    session: Session, locked: Looks, beside: Sequence[Looks] = (), **given: Any
) -> Case | None:
    rows = _lock(session, locked, **given)
    if not rows:
        return None
    key = rows[0].key
    return known_case(session, key) or _read(session, key, rows, beside, **given)


def _lock(session: Session, locked: Looks, **given: Any) -> list[Instance]:
    expect(session, _PROBABLE)
    (instances,) = locked(session, **given)
    return instances


def _read(
    session: Session,
    key: str,
    instances: Sequence[Instance],
    beside: Sequence[Looks] = (),
    **given: Any,
) -> Case:
    found = _known(session)[key] = Case(key)
    for instance in instances:
        found.add(instance)
    if not instances:
        return found
    looks = _LOOKS(session, beside=beside, key=key, **given)
    settings, found.versions, items, waiting, found.steps = looks
    remember_settings(session, settings)
    seen = {one.instance_id for one in (*items, *found.steps)}
    seen |= {one["instance_id"] for one in waiting}
    if seen - found.instances.keys():
        # A process was started while we waited for the lock. It is committed, and nobody can start
        # another before we are done: what is locked now is the whole case.
        return _read(session, key, _lock(session, _OF_KEY, key=key), beside, **given)
    for item in items:
        found.holdings[item.instance_id].items[item.task] = item
    for one in waiting:
        found.holdings[one["instance_id"]].waiting.add((one["kind"], one["name"]))
    for step in found.steps:
        if step.left_at is None:
            found.holdings[step.instance_id].standing[step.task, step.element] = step
    return found
