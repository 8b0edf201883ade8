"""The door of files that come in pieces: the tus protocol 1.0.0, core, creation and termination.

One step more than the protocol knows: `POST …/take` says that the file is whole and gives it to
the form, as `POST /uploads` does with a file that comes at once.
"""

import base64
import binascii

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from app.access.web import public
from app.documents import pieces
from app.errors import Conflict, DomainError, Invalid, problem
from app.extensions import csrf, limiter, rate, settings
from app.extensions import gettext as _
from app.reception import uploads

VERSION = "1.0.0"
_TYPE = "application/offset+octet-stream"
_PLACE = "/uploads/pieces/<piece_id>"


def add_to(bp: Blueprint) -> None:
    all_of_them, one = "/uploads/pieces", _PLACE
    bp.add_url_rule(all_of_them, view_func=abilities, methods=["OPTIONS"])
    bp.add_url_rule(
        all_of_them, view_func=begin_pieces, methods=["POST"], provide_automatic_options=False
    )
    bp.add_url_rule(one, view_func=pieces_progress, methods=["HEAD"])
    bp.add_url_rule(one, view_func=add_piece, methods=["PATCH"], provide_automatic_options=False)
    bp.add_url_rule(
        one, view_func=forget_pieces, methods=["DELETE"], provide_automatic_options=False
    )
    bp.add_url_rule(f"{one}/take", view_func=take_pieces, methods=["POST"])


@public
def abilities() -> ResponseReturnValue:
    return _answer(
        204,
        **{
            "Tus-Version": VERSION,
            "Tus-Extension": "creation,termination",
            "Tus-Max-Size": str(settings().upload_max_bytes),
        },
    )


# The address of a file, which nobody can guess, is what lets in; see `drafting.keep_draft`.
@csrf.exempt
@public
@limiter.limit(rate("uploads"))
def begin_pieces() -> ResponseReturnValue:
    """Make room for a file of the form whose mark is `owner` in the metadata."""
    said, length = _metadata(), request.headers.get("Upload-Length", type=int)
    if length is None or length < 0:
        return _refusal(400, _("Say how long the file is."))
    try:
        piece_id = pieces.begin(
            length, said.get("filename", ""), owner=uploads.owner_of(said.get("owner", ""))
        )
    except Invalid as refusal:
        return _refusal(413, str(refusal))
    return _answer(201, Location=url_for("reception.pieces_progress", piece_id=piece_id))


@public
def pieces_progress(piece_id: str) -> ResponseReturnValue:
    """How much has come."""
    try:
        found = pieces.progress(piece_id)
    except DomainError as refusal:
        return _refusal(refusal.status, str(refusal))
    return _answer(200, **{"Upload-Offset": found.offset, "Upload-Length": found.length})


@csrf.exempt
@public
def add_piece(piece_id: str) -> ResponseReturnValue:
    """Take the next piece."""
    if request.headers.get("Tus-Resumable") != VERSION:
        return _refusal(412, _("Another version of the protocol is spoken here."))
    if request.mimetype != _TYPE:
        return _refusal(415, _("A piece of a file is expected."))
    offset = request.headers.get("Upload-Offset", type=int)
    if offset is None:
        return _refusal(400, _("Say from where the file goes on."))
    try:
        found = pieces.append(piece_id, offset, request.stream)
    except pieces.Busy as refusal:
        return _refusal(423, str(refusal))
    except Invalid as refusal:
        return _refusal(413, str(refusal))
    except DomainError as refusal:
        return _refusal(refusal.status, str(refusal))
    return _answer(204, **{"Upload-Offset": found.offset})


@csrf.exempt
@public
def forget_pieces(piece_id: str) -> ResponseReturnValue:
    pieces.forget(piece_id)
    return _answer(204)


@csrf.exempt
@public
def take_pieces(piece_id: str) -> ResponseReturnValue:
    """Give a file that has come whole to its form: what `POST /uploads` answers."""
    try:
        return uploads.kept(pieces.take(piece_id))
    except Conflict as refusal:
        return _refusal(refusal.status, str(refusal))
    except DomainError as refusal:
        return uploads.refused(refusal)


def _metadata() -> dict[str, str]:
    """What is said of the file: names and values in Base64, as the protocol has them."""
    said = {}
    for part in request.headers.get("Upload-Metadata", "").split(","):
        name, _space, value = part.strip().partition(" ")
        try:
            said[name] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            continue  # a value nobody can read is as good as none
    return said


def _answer(status: int, **headers: str | int) -> Response:
    answer = Response(status=status)
    return _speaking(answer, **headers)


def _refusal(status: int, detail: str) -> Response:
    return _speaking(problem(status, _("The file was not taken"), detail))


def _speaking(answer: Response, **headers: str | int) -> Response:
    for name, value in {"Tus-Resumable": VERSION, **headers}.items():
        answer.headers[name] = str(value)
    return answer
