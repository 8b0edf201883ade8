"""Files posted with a desk form: those sent at once by the script, and those of a plain form."""

from collections.abc import Sequence

from flask import request

from app.access.web import acting_person
from app.documents import services as documents


def take_in(names: Sequence[str]) -> dict[str, list[str]]:
    """For each field the ids of its uploads; files of a plain form are taken in now.

    Nothing is lost when the form comes back with errors: an upload outlives the request.
    """
    return {name: [*_ids(name), *_fresh(name)] for name in names}


def _ids(name: str) -> list[str]:
    return [value for value in request.form.getlist(name) if value]


def _fresh(name: str) -> list[str]:
    owner = acting_person().login
    return [
        documents.accept_upload(file.stream, file.filename, owner=owner).id
        for file in request.files.getlist(name)
        if file.filename
    ]
