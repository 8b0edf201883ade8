"""Files of the desk's forms: sent at once by the script, or posted with a plain form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from app.access.web import acting_person, staff
from app.documents import services as documents
from app.errors import Invalid
from app.extensions import gettext as _


def register(bp: Blueprint) -> None:
    bp.add_url_rule("/uploads", view_func=upload, methods=["POST"])
    bp.add_url_rule("/uploads/<upload_id>/discard", view_func=discard, methods=["POST"])


@staff
def upload() -> ResponseReturnValue:
    """Keep one file until a form names it; answers as the machine's door does."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return jsonify(detail=_("Choose a file.")), 422
    try:
        kept = documents.accept_upload(file.stream, file.filename, owner=acting_person().login)
    except Invalid as wrong:
        return jsonify(detail=str(wrong)), 422
    return jsonify(id=kept.id, name=kept.name, size=kept.size, sha256=kept.sha256), 201


@staff
def discard(upload_id: str) -> ResponseReturnValue:
    """Forget an upload that was taken off a form."""
    documents.discard_upload(upload_id, owner=acting_person().login)
    return "", 204


@dataclass(frozen=True)
class Taken:
    """What came with a form: for each field the ids of its uploads, and why others were refused."""

    ids: Mapping[str, list[str]]
    errors: Mapping[str, list[str]]

    def labels(self) -> dict[str, list[tuple[str, str]]]:
        """For each field its uploads as (id, name) pairs, to be shown again."""
        return {
            name: [(one.id, one.name) for one in documents.list_uploads(ids)]
            for name, ids in self.ids.items()
        }


def take_in(names: Sequence[str], *, token: str | None = None) -> Taken:
    """Collect the uploads of each field; files of a plain form are taken in now.

    Nothing is lost when the form comes back with errors: an upload outlives the request. The form
    with this `token` names the same uploads when it is sent again.
    """
    ids, errors = {}, {}
    for name in names:
        fresh, refused = _fresh(name, token)
        ids[name] = [*dict.fromkeys([*_ids(name), *fresh])]
        if refused:
            errors[name] = refused
    return Taken(ids, errors)


def _ids(name: str) -> list[str]:
    dropped = request.form.getlist("remove_file")
    return [value for value in request.form.getlist(name) if value and value not in dropped]


def _fresh(name: str, token: str | None) -> tuple[list[str], list[str]]:
    owner = acting_person().login
    sent = [(one.stream, one.filename) for one in request.files.getlist(name) if one.filename]
    kept, refused = documents.accept_uploads(sent, owner=owner, form=token)
    return [one.id for one in kept], [f"{file}: {wrong}" for file, wrong in refused]
