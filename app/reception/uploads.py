"""Files on their way into a form: taken at once by a script, or with the form without one."""

from collections.abc import Sequence

from flask import request

from app.database import reading
from app.documents import services as documents
from app.documents.shapes import Upload
from app.errors import Invalid

PLAIN = "new_files"


def owner_of(token: str) -> str:
    """Who owns the files of a form: the form itself, which nobody else can name."""
    return f"form:{token}"


def gathered(token: str) -> tuple[list[Upload], list[str]]:
    """The files of the form that was sent, and why some could not be taken.

    Ids of files that are no longer here are left out; the one whose "Remove" was pressed is
    discarded.
    """
    ids = request.form.getlist("files")
    owner = owner_of(token)
    removed = request.form.get("remove_file")
    if removed:
        ids = [each for each in ids if each != removed]
        discard(removed, token)
    with reading() as session:
        found = documents.uploads(session, ids, owner=owner)
    taken, refusals = _take_plain(owner)
    return [*found, *taken], refusals


def discard(upload_id: str, token: str) -> None:
    """Forget a file; one that is gone already is no matter."""
    with reading() as session:
        known = documents.uploads(session, [upload_id], owner=owner_of(token))
    if known:
        documents.discard_upload(upload_id, owner=owner_of(token))


def lines(uploads: Sequence[Upload]) -> list[tuple[str, str, int]]:
    """What the page shows of them: (id, name, size)."""
    return [(each.id, each.name, each.size) for each in uploads]


def _take_plain(owner: str) -> tuple[list[Upload], list[str]]:
    taken: list[Upload] = []
    refusals: list[str] = []
    for sent in request.files.getlist(PLAIN):
        if not sent.filename:
            continue
        try:
            taken.append(documents.accept_upload(sent.stream, sent.filename, owner=owner))
        except Invalid as refusal:
            texts = refusal.fields.get("file") or [refusal.message]
            refusals += [f"{sent.filename}: {text}" for text in texts]
    return taken, refusals
