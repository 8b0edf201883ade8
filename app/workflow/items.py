"""Work items as the rest of the house sees them: frozen views, no rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, false, literal, or_, select
from sqlalchemy.orm import Session

import engine
from app.errors import NotFound
from app.extensions import lazy_gettext as _
from app.workflow.models import OPEN, WorkItem
from app.workflow.shelf import version_set


@dataclass(frozen=True)
class WorkItemView:
    """One user task for people: what to do, who may, until when, and which form it has."""

    id: int
    element: str
    process: str
    title: str
    title_en: str
    documentation: str
    documentation_en: str
    form_key: str | None
    roles: tuple[str, ...]
    assignee: str | None
    assigned: bool
    due_at: datetime | None
    priority: int
    stage: str
    stage_en: str
    key: str
    version: int
    instance_id: int
    set_version: int
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    status: str
    variables: Mapping[str, Any]


def view(session: Session, row: WorkItem) -> WorkItemView:
    element = element_of(session, row.version_id, row.process, row.element)
    return WorkItemView(
        id=row.id,
        element=row.element,
        process=row.process,
        title=element.name or row.element,
        title_en=element.name_en or element.name or row.element,
        documentation=element.documentation,
        documentation_en=element.documentation_en or element.documentation,
        form_key=element.form_key,
        roles=row.roles,
        assignee=row.taken_by or row.assigned_to,
        assigned=row.assigned_to is not None,
        due_at=row.due_at,
        priority=row.priority,
        stage=element.properties.get("stage", ""),
        stage_en=element.properties.get("stage.en", element.properties.get("stage", "")),
        key=row.key,
        version=row.revision,
        instance_id=row.instance_id,
        set_version=row.version_id,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        status=row.status,
        variables=row.variables,
    )


def element_of(session: Session, version_id: int, process: str, element: str) -> engine.Element:
    return version_set(session, version_id).element(process, element)


def item(session: Session, item_id: int) -> WorkItemView:
    return view(session, row_of(session, item_id))


def row_of(session: Session, item_id: int) -> WorkItem:
    row = session.get(WorkItem, item_id)
    if row is None:
        raise NotFound(_("There is no such work item."))
    return row


def open_items(
    session: Session, *, key: str | None = None, element: str | None = None
) -> list[WorkItemView]:
    """Open work items of a key (or all), oldest first."""
    query = select(WorkItem).where(WorkItem.status == OPEN).order_by(WorkItem.id)
    if key is not None:
        query = query.where(WorkItem.key == key)
    if element is not None:
        query = query.where(WorkItem.element == element)
    return [view(session, row) for row in session.scalars(query)]


def items_of(session: Session, instance_id: int) -> list[WorkItemView]:
    """The work items of one process, also those that were closed, oldest first."""
    query = select(WorkItem).where(WorkItem.instance_id == instance_id).order_by(WorkItem.id)
    return [view(session, row) for row in session.scalars(query)]


def for_roles(roles: Iterable[str]) -> ColumnElement[bool]:
    """Of the work items in a query: those of one of the roles."""
    named = literal(",").concat(WorkItem.queue)
    ways = (f",{role}{end}" for role in sorted(roles) for end in ",/")
    return or_(false(), *(named.contains(one, autoescape=True) for one in ways))


def form(session: Session, found: WorkItemView) -> Mapping[str, Any] | None:
    """The form-js schema of an item, of the version its instance runs on; None without a form."""
    if not found.form_key:
        return None
    return version_set(session, found.set_version).forms[found.form_key]
