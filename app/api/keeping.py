"""Keeping and erasure: what is due, acts of two persons, the register, what is stored of whom."""

from typing import Any

from flask import Response

from app.access.web import staff
from app.api import described, schemas, shapes
from app.api.blueprint import Blueprint
from app.errors import Invalid
from app.extensions import lazy_gettext as _
from app.privacy import services, subjects, telling

bp = Blueprint("api-keeping", __name__, description="Keeping and erasure")


@bp.get("/retention/due")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403))
@bp.response(200, schemas.KeptAppeals)
def due() -> Any:
    """Appeals whose keeping is over; `held` says what stands against erasing one."""
    return {"items": services.due(shapes.me())}


@bp.post("/retention/marks")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403, 404))
@bp.arguments(schemas.KeepingMark)
@bp.response(204)
def mark(body: dict[str, Any]) -> None:
    """Keep an appeal for the expert commission (`epk`) or for ever (`permanent`); '' unmarks it."""
    given = {name: str(body.get(name) or "") for name in ("number", "mark", "reason")}
    services.preserve(shapes.me(), given["number"], given["mark"], given["reason"])


@bp.get("/retention/acts")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403))
@bp.response(200, schemas.DestructionActs)
def acts() -> Any:
    """Acts of destruction, the latest first, with how far each is carried out."""
    return {"items": services.acts(shapes.me())}


@bp.post("/retention/acts")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403))
@bp.arguments(schemas.ProposedAct)
@bp.response(201, schemas.DestructionAct)
def propose(body: dict[str, Any]) -> Any:
    """Draw up an act of all that is due, or of the appeals named by their ids."""
    given = body.get("appeals")
    if given is not None and not isinstance(given, list):
        raise Invalid(_("Check the fields."), fields={"appeals": [_("Give a list of numbers.")]})
    ids = None if given is None else [shapes.whole(one, "appeals") for one in given]
    return services.propose(shapes.me(), ids)


@bp.get("/retention/acts/<int:act_id>")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403, 404))
@bp.response(200, schemas.DestructionAct)
def act(act_id: int) -> Any:
    """One act with its appeals."""
    return services.act(shapes.me(), act_id)


@bp.post("/retention/acts/<int:act_id>/decision")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403, 404, 409))
@bp.arguments(schemas.ActDecision)
@bp.response(200, schemas.DestructionAct)
def decide(body: dict[str, Any], act_id: int) -> Any:
    """Approve an act of another person, or refuse it with a remark."""
    decision = body.get("decision")
    if decision not in ("approve", "refuse"):
        one_of = [_("One of: approve, refuse.")]
        raise Invalid(_("Check the fields."), fields={"decision": one_of})
    remark = str(body.get("remark") or "")
    return services.decide(shapes.me(), act_id, approve=decision == "approve", remark=remark)


@bp.get("/retention/register")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403))
@bp.response(200, schemas.Erasures)
def register() -> Any:
    """What was erased, when, by which act; the latest first."""
    return {"items": services.register(shapes.me())}


@bp.post("/subject-requests")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403, 404))
@bp.arguments(schemas.SubjectRequest)
@bp.response(200, schemas.StoredData)
def subject(body: dict[str, Any]) -> Any:
    """All that is stored about the main applicant of an appeal, for the person who asked."""
    return _stored(body)


@bp.post("/subject-requests/sheet")
@staff
@bp.doc(
    security=described.BEARER,
    responses={"200": described.SHEET} | described.refusals(401, 403, 404),
)
@bp.arguments(schemas.SubjectRequest)
def subject_sheet(body: dict[str, Any]) -> Any:
    """The same as a PDF to be handed out."""
    answer = Response(telling.pdf(_stored(body)), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = "attachment; filename=stored.pdf"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _stored(body: dict[str, Any]) -> dict[str, Any]:
    return subjects.stored(
        shapes.me(), str(body.get("number") or ""), str(body.get("reason") or "")
    )
