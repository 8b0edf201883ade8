"""Campaigns: groups of like texts, and one step done for all their appeals."""

from typing import Any

from flask.typing import ResponseReturnValue

from app.access.web import staff
from app.api import described, schemas, shapes
from app.api.blueprint import Blueprint
from app.appeals.services import campaigns, runs
from app.errors import Invalid
from app.extensions import lazy_gettext as _

bp = Blueprint("api-campaigns", __name__, description="Campaigns")


@bp.get("/campaigns")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403))
@bp.response(200, schemas.Campaigns)
def listing() -> ResponseReturnValue | Any:
    """Groups of open appeals with nearly the same text, and the campaigns made of such groups."""
    person = shapes.me()
    return {
        "groups": shapes.plain(campaigns.groups(person)),
        "campaigns": shapes.plain(campaigns.campaigns(person)),
    }


@bp.post("/campaigns")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403, 404))
@bp.arguments(schemas.NewCampaign)
@bp.response(201, schemas.CampaignId)
def confirm(body: dict[str, Any]) -> Any:
    """Make a campaign of the group of an appeal; like appeals that came since join it."""
    made = campaigns.confirm(
        shapes.me(), str(body.get("appeal") or ""), str(body.get("name") or "")
    )
    return {"id": made}


@bp.get("/campaigns/<int:campaign_id>")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 404))
@bp.arguments(schemas.CampaignQuery, location="query")
@bp.response(200, schemas.Campaign)
def show(query: dict[str, Any], campaign_id: int) -> Any:
    """One campaign: its appeals, the steps that wait in it, what was done."""
    return shapes.plain(campaigns.campaign(shapes.me(), campaign_id, query["page"]))


@bp.put("/campaigns/<int:campaign_id>/appeals/<path:ref>")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403, 404))
@bp.response(204)
def put_back(campaign_id: int, ref: str) -> None:
    """Put an appeal that was taken out back with the others."""
    campaigns.take_out(shapes.me(), campaign_id, ref, out=False)


@bp.delete("/campaigns/<int:campaign_id>/appeals/<path:ref>")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403, 404))
@bp.response(204)
def take_out(campaign_id: int, ref: str) -> None:
    """Take an appeal out, to be considered by itself."""
    campaigns.take_out(shapes.me(), campaign_id, ref)


@bp.get("/campaigns/<int:campaign_id>/steps/<element>")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 404))
@bp.response(200, schemas.CampaignStep)
def step(campaign_id: int, element: str) -> Any:
    """A step to be done for many: its form, the values to begin with, the appeals."""
    return shapes.plain(runs.step(shapes.me(), campaign_id, element))


@bp.post("/campaigns/<int:campaign_id>/runs")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 404))
@bp.arguments(schemas.NewRun)
@bp.response(201, schemas.CampaignId)
def begin(body: dict[str, Any], campaign_id: int) -> Any:
    """Begin to do a step for all appeals that wait for it; each in a transaction of its own."""
    answers, appeals = body.get("answers") or {}, body.get("appeals")
    if not isinstance(answers, dict):
        raise Invalid(_("“answers” is an object."), fields={"answers": [_("Give an object.")]})
    if appeals is not None and not isinstance(appeals, list):
        raise Invalid(_("Check the fields."), fields={"appeals": [_("Give a list.")]})
    started = runs.begin(
        shapes.me(),
        campaign_id,
        str(body.get("element") or ""),
        answers,
        appeals=appeals,
        confirmed=body.get("confirmed") is True,
    )
    return {"id": started}


@bp.get("/campaigns/<int:campaign_id>/runs/<int:run_id>")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 404))
@bp.response(200, schemas.CampaignRun)
def run(campaign_id: int, run_id: int) -> Any:
    """How far a run has come, and what it could not do."""
    return shapes.plain(runs.run(shapes.me(), campaign_id, run_id))


@bp.post("/campaigns/<int:campaign_id>/runs/<int:run_id>/retry")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403, 404))
@bp.response(204)
def retry(campaign_id: int, run_id: int) -> None:
    """Try again what the run could not do."""
    runs.retry(shapes.me(), campaign_id, run_id)
