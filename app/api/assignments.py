"""What becomes of an assignment after it was given: passed on, changed, cancelled."""

from typing import Any

from flask.typing import ResponseReturnValue

from app.access.web import staff
from app.api import described, schemas, shapes
from app.api.blueprint import Blueprint
from app.appeals import services
from app.appeals.services import AssignmentChange

bp = Blueprint("api-assignments", __name__, description="Assignments")


@bp.post("/assignments/<int:assignment_id>/change")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403, 404, 409))
@bp.arguments(schemas.AssignmentChange)
@bp.response(200, schemas.Assignment)
def change(body: dict[str, Any], assignment_id: int) -> ResponseReturnValue | Any:
    """Change the words, the term or the executor, with a reason; what is absent stays."""
    wanted = AssignmentChange(
        executor=str(body.get("executor") or ""),
        text=str(body.get("text") or ""),
        due_on=shapes.day(body.get("due_on"), "due_on"),
    )
    return services.change_assignment(
        shapes.me(), assignment_id, wanted, str(body.get("reason") or "")
    )


@bp.post("/assignments/<int:assignment_id>/cancel")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403, 404, 409))
@bp.arguments(schemas.Reason)
@bp.response(200, schemas.Assignment)
def cancel(body: dict[str, Any], assignment_id: int) -> ResponseReturnValue | Any:
    """Cancel it with what was passed on from it, with a reason."""
    return services.cancel_assignment(shapes.me(), assignment_id, str(body.get("reason") or ""))


@bp.post("/assignments/<int:assignment_id>/pass-on")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 404, 409))
@bp.arguments(schemas.AssignmentChange)
@bp.response(201, schemas.Assignment)
def pass_on(body: dict[str, Any], assignment_id: int) -> ResponseReturnValue | Any:
    """Pass a part of one's own assignment on."""
    return services.sub_assign(
        shapes.me(),
        assignment_id,
        str(body.get("executor") or ""),
        str(body.get("text") or ""),
        shapes.day(body.get("due_on"), "due_on"),
    )
