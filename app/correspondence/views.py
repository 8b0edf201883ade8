"""The demo's mailbox: what would have been sent, for people and for scripts; no sign-in.

Outside the demo these addresses do not exist.
"""

from dataclasses import asdict
from io import BytesIO
from typing import Any

from flask import Blueprint, Flask, Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.web import public
from app.correspondence import mailbox
from app.documents.web import download
from app.errors import NotFound
from app.extensions import settings

PAGE = 50

bp = Blueprint("mailbox", __name__, url_prefix="/demo", template_folder="templates")


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)


@bp.before_request
def only_in_the_demo() -> None:
    if not settings().demo:
        raise NotFound


@bp.get("/mail")
@public
def index() -> ResponseReturnValue:
    """All mails, newest first, by pages; `?to=` narrows to an address."""
    to = request.args.get("to", "")
    found = mailbox.mails(to)
    page = max(1, request.args.get("page", 1, type=int))
    shown = found[(page - 1) * PAGE : page * PAGE]
    return render_template(
        "correspondence/mailbox.html",
        mails=shown,
        to=to,
        page=page,
        more=len(found) > page * PAGE,
        total=len(found),
    )


@bp.get("/mail.json")
@public
def index_json() -> ResponseReturnValue:
    """The same for scripts, all of it."""
    return jsonify({"items": [_json(each) for each in mailbox.mails(request.args.get("to", ""))]})


@bp.get("/mail/<uid>")
@public
def show(uid: str) -> ResponseReturnValue:
    return render_template("correspondence/mail_page.html", mail=mailbox.one(uid))


@bp.get("/mail/<uid>/html")
@public
def show_html(uid: str) -> ResponseReturnValue:
    """The HTML part in a frame of its own, where it may be styled but can do nothing."""
    found = mailbox.one(uid).html.replace("<head>", '<head><base target="_blank">', 1)
    response = Response(found, mimetype="text/html")
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
        "sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    return response


@bp.get("/mail/<uid>/attachments/<int:place>")
@public
def file(uid: str, place: int) -> ResponseReturnValue:
    part, content = mailbox.attachment(uid, place)
    return download(BytesIO(content), part.name, part.media_type, part.size)


def _json(mail: mailbox.Mail) -> dict[str, Any]:
    files = [
        {"name": part.name, "size": part.size, "url": _address(mail, place)}
        for place, part in enumerate(mail.attachments)
    ]
    return {**asdict(mail), "at": mail.at.isoformat(), "attachments": files}


def _address(mail: mailbox.Mail, place: int) -> str:
    return url_for("mailbox.file", uid=mail.id, place=place)
