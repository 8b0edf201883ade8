"""Files on their way into a form: taken at once by a script, or with the form without one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Response, jsonify, request

from app.database import reading
from app.documents import services as documents
from app.documents.shapes import Upload
from app.errors import DomainError, problem
from app.extensions import gettext as _

PLAIN = "new_files"
SHORTEST_TOKEN = 20


def owner_of(token: str) -> str:
    """Who owns the files of a form: the form itself, which nobody else can name."""
    return f"form:{token}"


@dataclass(frozen=True)
class Gathered:
    """The files of a form.

    `files` wait to be attached. `ids` names them and those that are no longer here: a form sent
    again names what its appeal has taken. `refusals` says why some could not be taken. `arrivals`
    are those that came with the form, kept as uploads unless they are attached before.
    """

    files: list[Upload]
    ids: list[str]
    refusals: list[str]
    arrivals: documents.Arrivals


def kept(upload: Upload) -> Response:
    """What a script is told of a file that was taken."""
    answer = jsonify(id=upload.id, name=upload.name, size=upload.size, sha256=upload.sha256)
    answer.status_code = 201
    return answer


def refused(refusal: DomainError) -> Response:
    """What a script is told of a file that was not."""
    texts = refusal.fields.get("file") or [refusal.message]
    return problem(refusal.status, _("The file was not taken"), " ".join(map(str, texts)))


def waiting(ids: Sequence[str], token: str) -> list[Upload]:
    """The files of a form among `ids` that are still here."""
    with reading() as session:
        return documents.uploads(session, ids, owner=owner_of(token))


@contextmanager
def gathered(token: str) -> Iterator[Gathered]:
    """The files of the form that was sent; the one whose "Remove" was pressed is discarded."""
    ids = request.form.getlist("files")
    owner = owner_of(token)
    removed = request.form.get("remove_file")
    if removed:
        ids = [each for each in ids if each != removed]
        discard(removed, token)
    found, others = _named(ids, owner) if ids else ([], set[str]())
    sent = [(one.stream, one.filename) for one in request.files.getlist(PLAIN) if one.filename]
    with documents.arriving(sent, owner=owner, form=token) as arrivals:
        taken = arrivals.uploads
        named = [*(each for each in ids if each not in others), *(each.id for each in taken)]
        files = {each.id: each for each in (*found, *taken)}
        refusals = _told(arrivals.refused)
        yield Gathered([*files.values()], [*dict.fromkeys(named)], refusals, arrivals)


def _named(ids: Sequence[str], owner: str) -> tuple[list[Upload], set[str]]:
    """The files of an owner among `ids`, and the ids of those that are somebody else's."""
    with reading() as session:
        found = documents.uploads(session, ids, owner=owner)
        every = {each.id for each in documents.uploads(session, ids)}
        return found, every - {each.id for each in found}


def discard(upload_id: str, token: str) -> None:
    """Forget a file; one that is gone already is no matter."""
    with reading() as session:
        known = documents.uploads(session, [upload_id], owner=owner_of(token))
    if known:
        documents.discard_upload(upload_id, owner=owner_of(token))


def lines(uploads: Sequence[Upload]) -> list[tuple[str, str, int]]:
    """What the page shows of them: (id, name, size)."""
    return [(each.id, each.name, each.size) for each in uploads]


def _told(refused: Sequence[tuple[str, DomainError]]) -> list[str]:
    return [
        f"{name}: {text}"
        for name, refusal in refused
        for text in refusal.fields.get("file") or [refusal.message]
    ]
