"""The inbox: find, open, take, give back and complete work items."""

from typing import Any

from flask.typing import ResponseReturnValue

from app.access.web import staff
from app.api import described, schemas, shapes
from app.api.blueprint import Blueprint, spelt
from app.appeals import services
from app.appeals.commands import DueFilter, InboxFilter
from app.errors import Invalid
from app.extensions import lazy_gettext as _

bp = Blueprint("api-work-items", __name__, description="Work items")
SCOPES = ("mine", "role", "all")
MOST_DAYS = 366


@bp.get("/work-items")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401))
@bp.arguments(schemas.WorkItemQuery, location="query")
@bp.response(200, schemas.WorkItems)
def listing(query: dict[str, Any]) -> Any:
    """Open work items; `next` is the page to ask for, null on the last one."""
    if query["scope"] not in SCOPES:
        raise Invalid(_("Unknown scope."), fields={"scope": [_("One of: mine, role, all.")]})
    wanted = InboxFilter(
        scope=query["scope"],
        appeal=query["appeal"],
        element=query["element"],
        page=max(1, query["page"]),
        size=100,
    )
    page = services.inbox_page(shapes.me(), wanted)
    following = str(page.next) if page.next else None
    return {"items": [shapes.item(one) for one in page.items], "next": following}


@bp.get("/due")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401))
@bp.arguments(schemas.DueQuery, location="query")
@bp.response(200, schemas.Due)
def due(query: dict[str, Any]) -> Any:
    """Open appeals due within `days` or overdue, a line for each person one waits for.

    `executor` is null where nobody has the task yet; `name` is then that of its roles.
    """
    if not 0 <= query["days"] <= MOST_DAYS:
        raise Invalid(fields={"days": [_("Give a number of days from 0 to %(n)s.", n=MOST_DAYS)]})
    found = services.due_list(shapes.me(), DueFilter(query["days"], query["unit"]))
    return {"on": found.on, "days": found.days, "items": [shapes.due(one) for one in found.lines]}


@bp.get("/work-items/<int:item_id>")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403, 404))
@bp.response(200, schemas.OpenedWorkItem)
def show(item_id: int) -> Any:
    """One work item with its form and the values to begin with."""
    return shapes.opened(services.work_item(shapes.me(), item_id))


@bp.post("/work-items/<int:item_id>/take")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403, 404, 409))
@bp.response(200, schemas.WorkItem)
def take(item_id: int) -> Any:
    """Make it mine; 409 when it is another's."""
    return shapes.item(services.take(shapes.me(), item_id))


@bp.post("/work-items/<int:item_id>/release")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403, 404, 409))
@bp.response(200, schemas.WorkItem)
def release(item_id: int) -> Any:
    """Give it back to its roles."""
    return shapes.item(services.release(shapes.me(), item_id))


@bp.post("/work-items/<int:item_id>/complete")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403, 404, 409))
@bp.arguments(schemas.Completion)
@bp.response(200, schemas.Completed)
def complete(body: dict[str, Any], item_id: int) -> ResponseReturnValue:
    """Finish it with answers; 409 when it moved on, 422 with the fields that are wrong."""
    answers = body.get("answers") or {}
    if not isinstance(answers, dict):
        raise Invalid(_("“answers” is an object."), fields={"answers": [_("Give an object.")]})
    version = body.get("version")
    number = None if version is None else shapes.whole(version, "version")
    return spelt(shapes.completed(services.complete(shapes.me(), item_id, answers, number)))
