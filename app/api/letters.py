"""Letters that were signed and have not left."""

from typing import Any

from flask.typing import ResponseReturnValue

from app.access.web import staff
from app.api import described, schemas, shapes
from app.api.blueprint import Blueprint
from app.appeals import services

bp = Blueprint("api-letters", __name__, description="Letters")


@bp.post("/letters/<int:letter_id>/recall")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403, 404, 409))
@bp.arguments(schemas.Reason)
@bp.response(200, schemas.OutgoingLetter)
def recall(body: dict[str, Any], letter_id: int) -> ResponseReturnValue | Any:
    """Take it back with a reason; it keeps its number, and another is drafted."""
    services.recall_letter(shapes.me(), letter_id, str(body.get("reason") or ""))
    return services.outgoing_letter(shapes.me(), letter_id)
