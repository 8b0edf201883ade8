"""What the forms choose from: classifier, organisations, people."""

from typing import Any

from app.access import services as access
from app.access.web import staff
from app.api import described, schemas
from app.api.blueprint import Blueprint
from app.appeals import lookups

bp = Blueprint("api-lookups", __name__, description="Lists the forms choose from")


@bp.get("/classifier")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401))
@bp.arguments(schemas.Query, location="query")
@bp.response(200, schemas.listing(schemas.Node))
def classifier(query: dict[str, Any]) -> Any:
    """Questions by number, code or the first letters of any words."""
    return {"items": lookups.classifier(query["q"])}


@bp.get("/organisations")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401))
@bp.arguments(schemas.Query, location="query")
@bp.response(200, schemas.listing(schemas.Organisation))
def organisations(query: dict[str, Any]) -> Any:
    """Bodies an appeal can be redirected to."""
    return {"items": lookups.organisations(query["q"])}


@bp.get("/people")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401))
@bp.arguments(schemas.Query, location="query")
@bp.response(200, schemas.listing(schemas.Person))
def people(query: dict[str, Any]) -> Any:
    """People of the body."""
    return {"items": access.list_people(query["q"])}
