"""Who is away and who stands in."""

from typing import Any

from app.access import services as access
from app.access.web import staff
from app.api import described, schemas, shapes
from app.api.blueprint import Blueprint

bp = Blueprint("api-substitutions", __name__, description="Absences and substitutes")


@bp.get("/substitutions")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401))
@bp.response(200, schemas.listing(schemas.Substitution))
def substitutions() -> Any:
    """What runs now and what is to come."""
    return {"items": access.list_substitutions()}


@bp.post("/substitutions")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403))
@bp.arguments(schemas.NewSubstitution)
@bp.response(201, schemas.Substitution)
def substitute(body: dict[str, Any]) -> Any:
    """Set one's own absence; that of another takes the role of a manager or an administrator."""
    person = shapes.me()
    absent = str(body.get("absent") or person.login)
    other = str(body.get("substitute") or "")
    since, until = (shapes.day(body.get(name), name) for name in ("since", "until"))
    return access.substitute(person, absent, other, since, until)


@bp.delete("/substitutions/<int:substitution_id>")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403, 404, 409))
@bp.response(204)
def end(substitution_id: int) -> None:
    """End it now; what has not begun never will."""
    access.end_substitution(shapes.me(), substitution_id)
