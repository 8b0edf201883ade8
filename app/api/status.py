"""What a citizen does with a number and an access code."""

from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue

from app.access import guessing
from app.access.web import public
from app.api import described, schemas, shapes
from app.api.appeals import require_client
from app.api.blueprint import Blueprint
from app.appeals import services
from app.documents.web import send
from app.errors import Conflict, problem
from app.extensions import gettext as _
from app.extensions import limiter, rate

bp = Blueprint("api-status", __name__, description="Status by number and access code")
#: Only wrong pairs count: whoever has the code may look as often as they like.
limited = limiter.limit(
    rate("status"), deduct_when=lambda response: response.status_code in (403, 429)
)
#: A wrong pair is one and the same 403, whatever was wrong.
refused = bp.doc(responses=described.refusals(403, 429))


@bp.after_request
def slow_down(response: Response) -> Response:
    """Have wrong pairs of one number wait longer and longer."""
    if response.status_code != 403:
        return response
    body = request.get_json(force=True, silent=True)
    number = _pair(body)[0] if isinstance(body, dict) else ""
    if guessing.may_answer(number):
        return response
    refusal = problem(429, _("Too many requests"), _("Try again in a minute."))
    refusal.headers["Retry-After"] = "60"
    return refusal


def _pair(body: dict[str, Any]) -> tuple[str, str]:
    ref = body.get("receipt") or body.get("number") or ""
    return str(ref).strip(), str(body.get("access_code") or "").strip()


@bp.post("/status")
@public
@limited
@refused
@bp.arguments(schemas.Credentials)
@bp.response(200, schemas.Status)
def status(body: dict[str, Any]) -> Any:
    """Every stage passed and the present one."""
    return shapes.status(services.status(*_pair(body)))


@bp.post("/status/withdraw")
@public
@limited
@refused
@bp.arguments(schemas.Withdrawal)
@bp.response(200, schemas.Status)
def withdraw(body: dict[str, Any]) -> Any:
    """Withdraw the appeal while it is considered."""
    pair = _pair(body)
    services.withdraw(*pair, str(body.get("reason") or ""))
    return shapes.status(services.status(*pair))


@bp.post("/status/inspection")
@public
@limited
@refused
@bp.arguments(schemas.Wish)
@bp.response(200, schemas.Status)
def ask_to_read(body: dict[str, Any]) -> Any:
    """Ask to read the documents and materials of the appeal."""
    pair = _pair(body)
    services.ask_to_read(*pair, str(body.get("wish") or ""))
    return shapes.status(services.status(*pair))


@bp.post("/status/documents")
@public
@limited
@refused
@bp.arguments(schemas.Addition)
@bp.response(200, schemas.Status)
def add_documents(body: dict[str, Any]) -> Any:
    """Add documents while the appeal is considered."""
    pair = _pair(body)
    services.add_documents(*pair, shapes.ids(body.get("files"), "files"))
    return shapes.status(services.status(*pair))


@bp.post("/status/complaint")
@public
@limited
@refused
@limiter.limit(rate("appeals"), exempt_when=shapes.by_staff)
@bp.arguments(schemas.Complaint)
@bp.response(201, schemas.Receipt)
def complain(body: dict[str, Any]) -> Any:
    """Complain about how the appeal was considered: a new appeal, tied to this one."""
    require_client()
    return services.complain(
        *_pair(body), str(body.get("text") or ""), auth_method=str(body.get("auth_method") or "")
    )


@bp.post("/status/survey")
@public
@limited
@bp.doc(responses=described.refusals(403, 409, 429))
@bp.arguments(schemas.Opinion)
@bp.response(200, schemas.Answered)
def answer_survey(body: dict[str, Any]) -> Any:
    """Rate the reply."""
    token = services.survey_token(*_pair(body))
    if not token:
        raise Conflict(_("There is no survey to answer: it opens once the reply is sent."))
    answers = body.get("answers")
    seen = services.answer_survey(token, answers if isinstance(answers, dict) else {})
    return {"state": seen.state}


@bp.post("/status/file/<int:document_id>")
@public
@limited
@bp.doc(responses={"200": described.CONTENT, **described.refusals(403, 404, 423, 429)})
@bp.arguments(schemas.Credentials)
def file(body: dict[str, Any], document_id: int) -> ResponseReturnValue:
    """Download a letter."""
    return send(services.status_file(*_pair(body), document_id))
