"""File an appeal, look at one, ask for more time."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from app.access.web import current_person, public, staff
from app.api import described, schemas, shapes
from app.api.blueprint import Blueprint
from app.appeals import services
from app.appeals.commands import SearchQuery, SubmitAppeal
from app.appeals.repetition import COLLECTIVE, MARKS
from app.documents import services as documents
from app.errors import Forbidden, Invalid, Unauthorised
from app.extensions import lazy_gettext as _
from app.extensions import limiter, rate, settings

bp = Blueprint("api-appeals", __name__, description="Appeals")


@bp.post("/uploads")
@public
@limiter.limit(rate("uploads"), exempt_when=shapes.by_staff)
@bp.doc(requestBody=described.MULTIPART, responses=described.refusals(413, 422, 429))
@bp.response(201, schemas.Upload)
def upload() -> Any:
    """Keep a file until it is named by an appeal, a report or an addition."""
    file = request.files.get("file")
    if file is None:
        raise Invalid(
            _("Send the file as multipart field “file”."), fields={"file": [_("Missing.")]}
        )
    return documents.accept_upload(file.stream, file.filename or "", owner="api")


@bp.post("/appeals")
@public
@limiter.limit(rate("appeals"), exempt_when=shapes.by_staff)
@bp.doc(
    parameters=[described.IDEMPOTENCY_KEY],
    security=[{}, *described.BEARER],
    responses=described.refusals(401, 403, 429),
)
@bp.arguments(schemas.Appeal)
@bp.response(201, schemas.Receipt)
def submit(body: dict[str, Any]) -> Any:
    """File an appeal; repeated with one Idempotency-Key, it stays one appeal."""
    require_client()
    return services.submit(SubmitAppeal.of(body), idempotency_key=_idempotency_key())


def _idempotency_key() -> str | None:
    key = request.headers.get("Idempotency-Key") or None
    if key is not None and len(key) > described.LONGEST_KEY:
        wrong = [_("At most %(n)s characters fit here.", n=described.LONGEST_KEY)]
        raise Invalid(_("Check the fields."), fields={"Idempotency-Key": wrong})
    return key


def require_client() -> None:
    """In production only a client with the right files appeals by machine; the demo is open."""
    if settings().demo:
        return
    person = current_person()
    if person is None:
        raise Unauthorised(_("A client token is needed to file appeals."))
    if "client" not in person.roles:
        raise Forbidden(_("This token may not file appeals."))


@bp.get("/appeals")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401))
@bp.arguments(schemas.AppealQuery, location="query")
@bp.response(200, schemas.Found)
def find(query: dict[str, Any]) -> Any:
    """Appeals that fit, the latest first; `next` is the page to ask for, null on the last one."""
    for name, known in (("mark", (*MARKS, COLLECTIVE)), ("state", ("open", "closed"))):
        if query[name] and query[name] not in known:
            one_of = [_("One of: %(values)s.", values=", ".join(known))]
            raise Invalid(_("Check the fields."), fields={name: one_of})
    wanted = SearchQuery(
        q=query["q"],
        mark=query["mark"],
        state=query["state"],
        page=max(1, query["page"]),
        size=100,
    )
    page = services.search(shapes.me(), wanted)
    following = str(page.next) if page.next else None
    return {"items": [shapes.hit(one) for one in page.items], "next": following}


@bp.get("/appeals/<path:ref>")
@staff
@bp.doc(
    security=described.BEARER,
    responses={"200": described.CARD, **described.refusals(401, 403, 404)},
)
def show(ref: str) -> ResponseReturnValue:
    """The card, as much of it as the person may see."""
    return shapes.card(services.card(shapes.me(), ref))


@bp.post("/appeals/<path:ref>/corrections")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403, 404, 409))
@bp.arguments(schemas.Reason)
@bp.response(201, schemas.Asked)
def correct(body: dict[str, Any], ref: str) -> Any:
    """Have the card corrected; the work item has the form of registration."""
    return {"item": services.ask_for_correction(shapes.me(), ref, str(body.get("reason") or ""))}


@bp.post("/appeals/<path:ref>/reopen")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403, 404, 409))
@bp.arguments(schemas.Reopening)
@bp.response(200, schemas.Reopened)
def reopen(body: dict[str, Any], ref: str) -> Any:
    """Take up again what was over, with a ground, a reason and perhaps an earlier term."""
    due_on = services.reopen(
        shapes.me(),
        ref,
        str(body.get("ground") or ""),
        str(body.get("reason") or ""),
        shapes.day(body.get("due_on"), "due_on"),
    )
    return {"due_on": due_on}


@bp.post("/appeals/<path:ref>/extension-requests")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403, 404, 409))
@bp.arguments(schemas.ExtensionRequest)
@bp.response(201, schemas.RequestedExtension)
def extend(body: dict[str, Any], ref: str) -> Any:
    """Ask the manager for more time."""
    days = shapes.whole(body.get("days"), "days")
    return services.request_extension(
        shapes.me(),
        ref,
        str(body.get("reason") or ""),
        days,
        str(body.get("ground") or "exceptional"),
        body.get("request"),
    )


@bp.post("/appeals/<path:ref>/reveal")
@staff(changes=False)
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403, 404))
@bp.arguments(schemas.Reason)
@bp.response(201, schemas.Revealed)
def reveal(body: dict[str, Any], ref: str) -> Any:
    """Show masked personal data to oneself for a while; who and why is journaled."""
    until = services.reveal(shapes.me(), ref, str(body.get("reason") or ""))
    return {"until": until}


@bp.post("/appeals/<path:ref>/actions")
@staff
@bp.doc(security=described.BEARER, responses=described.refusals(401, 403, 404, 409))
@bp.arguments(schemas.Action)
@bp.response(201, schemas.Completed)
def begin(body: dict[str, Any], ref: str) -> Any:
    """Begin work beside the consideration; the task that opened is among `next`."""
    return shapes.completed(services.begin(shapes.me(), ref, body.get("action")))
