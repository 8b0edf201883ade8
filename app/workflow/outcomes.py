"""Write what a move came to: state, subscriptions, work items, steps.

Functions here take the caller's session and never commit.
"""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
from app import clock
from app.audit.services import stands_in
from app.session import row_at
from app.workflow import said
from app.workflow.case import Case, Holding, case
from app.workflow.models import (
    BROKEN,
    CANCELLED,
    DONE,
    ENDED,
    OPEN,
    RUNNING,
    IncidentRow,
    Instance,
    StepRow,
    Waiting,
    WorkItem,
    queue_of,
)
from app.workflow.shelf import version_set

Facts = Mapping[str, Any]
_standing_listeners: list[Callable[[Session, WorkItem], None]] = []
_entered_listeners: list[Callable[[Session, str, engine.Element, Facts], None]] = []


def on_standing(listener: Callable[[Session, WorkItem], None]) -> None:
    """Have `listener` told of each item that opens or gets another due time, before it is kept."""
    if listener not in _standing_listeners:
        _standing_listeners.append(listener)


def on_entered(listener: Callable[[Session, str, engine.Element, Facts], None]) -> None:
    """Have `listener` told of each element that tokens came to: key, element, what it told.

    Several tokens that come to one element in one move come to it once.
    """
    if listener not in _entered_listeners:
        _entered_listeners.append(listener)


def keep(
    session: Session,
    instance: Instance,
    outcome: engine.Outcome,
    *,
    actor: str,
    done: str | None = None,
) -> None:
    """Write an outcome: state, timers, subscriptions, work items, steps."""
    now = clock.now()
    instance.state = outcome.state
    instance.next_due_at = outcome.next_due_at
    if outcome.ended:
        instance.status, instance.ended_at = ENDED, now
    elif instance.status == BROKEN:
        instance.status = RUNNING
    found = case(session, instance.key)
    _keep_subscriptions(session, found, instance, outcome)
    _keep_items(session, found, instance, outcome, actor=actor, done=done, now=now)
    _keep_steps(session, found, instance, outcome, actor=actor, done=done)
    if outcome.stuck:
        _keep_stuck(session, instance, outcome.stuck, now)


def _keep_stuck(session: Session, instance: Instance, element: str, now: datetime) -> None:
    """Say once that nothing can move on from an element; what watches over it may still happen."""
    known = session.scalars(
        select(IncidentRow.move).where(
            IncidentRow.instance_id == instance.id,
            IncidentRow.element == element,
            IncidentRow.resolved_at.is_(None),
        )
    )
    if any(move["move"] == "stuck" for move in known):
        return
    session.add(
        IncidentRow(
            instance_id=instance.id,
            key=instance.key,
            process=instance.process,
            element=element,
            reason=said.kept(engine.STUCK),
            move={"move": "stuck"},
            created_at=now,
        )
    )


def _keep_subscriptions(
    session: Session, found: Case, instance: Instance, outcome: engine.Outcome
) -> None:
    wanted = {(one.kind, one.name) for one in outcome.subscriptions}
    held = found.holdings[instance.id].waiting
    _end_subscriptions(session, instance, held - wanted)
    for kind, name in sorted(wanted - held):
        session.add(Waiting(instance_id=instance.id, kind=kind, name=name))
    found.holdings[instance.id].waiting = wanted


def _end_subscriptions(
    session: Session, instance: Instance, gone: AbstractSet[tuple[str, str]]
) -> None:
    """Delete what is written; what was to be written is not."""
    for kind, name in sorted(gone):
        row = row_at(session, Waiting, instance_id=instance.id, kind=kind, name=name)
        if row in session.new:
            session.expunge(row)
        else:
            session.delete(row)


def _keep_items(
    session: Session,
    found: Case,
    instance: Instance,
    outcome: engine.Outcome,
    *,
    actor: str,
    done: str | None,
    now: datetime,
) -> None:
    held = found.holdings[instance.id].items
    wanted = {task.id: task for task in outcome.tasks}
    for task_id in held.keys() - wanted.keys():
        row = held.pop(task_id)
        row.status = DONE if task_id == done else CANCELLED
        row.closed_at, row.closed_by = now, actor
    for task_id, task in wanted.items():
        if task_id in held:
            told = _refresh(held[task_id], task)
        else:
            row = held[task_id] = _item_of(instance, task, now)
            found.opened.append(row)
            session.add(row)
            told = True
        for listener in _standing_listeners if told else ():
            listener(session, held[task_id])


def _refresh(row: WorkItem, task: engine.OpenTask) -> bool:
    """Bring an item up to date; whether its due time is another."""
    # Only what changed is assigned: an untouched row keeps its revision.
    moved = row.due_at != task.due_at
    if moved:
        row.due_at = task.due_at
    if row.variables != task.variables:
        row.variables = dict(task.variables)
    return moved


def _item_of(instance: Instance, task: engine.OpenTask, now: datetime) -> WorkItem:
    return WorkItem(
        instance_id=instance.id,
        task=task.id,
        key=instance.key,
        process=task.process,
        element=task.element,
        version_id=instance.version_id,
        assigned_to=task.assignee,
        due_at=task.due_at,
        queue=queue_of(task.roles, task.process, task.element),
        priority=task.priority,
        variables=dict(task.variables),
        status=OPEN,
        opened_at=now,
    )


def _keep_steps(
    session: Session,
    found: Case,
    instance: Instance,
    outcome: engine.Outcome,
    *,
    actor: str,
    done: str | None,
) -> None:
    standing = found.holdings[instance.id].standing
    came: dict[tuple[str, str], StepRow] = {}
    for step in outcome.steps:
        place = (step.task, step.element)
        row = standing.get(place)
        if row is None:
            row = standing[place] = _step_of(instance, step)
            came.setdefault((step.process, step.element), row)
            found.steps.append(row)
            session.add(row)
        if step.event != "entered":
            row.left_at, row.how = step.at, step.event
            row.actor = actor if step.task == done else None
            row.instead_of = stands_in(session, actor) if row.actor else None
            row.facts = {**row.facts, **step.facts}
            del standing[place]
    for (process, element), row in came.items():
        known = version_set(session, instance.version_id).element(process, element)
        for listener in _entered_listeners:
            listener(session, instance.key, known, row.facts)


def _step_of(instance: Instance, step: engine.Step) -> StepRow:
    return StepRow(
        instance_id=instance.id,
        key=instance.key,
        version_id=instance.version_id,
        process=step.process,
        element=step.element,
        task=step.task,
        entered_at=step.at,
        facts=dict(step.facts) if step.event == "entered" else {},
    )


def stop(session: Session, instance: Instance, *, actor: str) -> None:
    """Cancel an instance: its items and steps are closed, nothing of it moves again."""
    now = clock.now()
    instance.status, instance.ended_at, instance.next_due_at = CANCELLED, now, None
    holding = case(session, instance.key).holdings[instance.id]
    _end_subscriptions(session, instance, holding.waiting)
    for item in holding.items.values():
        item.status, item.closed_at, item.closed_by = CANCELLED, now, actor
    for step in holding.standing.values():
        step.left_at, step.how = now, "cancelled"
    case(session, instance.key).holdings[instance.id] = Holding()
