"""Acts that a process has drawn up: set in type after the commit, kept once.

What each of them says stands beside its rows: `visits`, `inspections`, `enclosures`, `valuables`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.appeals.finding import key_of
from app.correspondence import acts
from app.correspondence.rendering import CannotRender
from app.database import reading, transaction
from app.documents import services as documents
from app.extensions import in_language, settings
from app.outbox.services import GiveUp, Job, keep_with
from app.workflow import services as workflow


@dataclass(frozen=True)
class Kind:
    """One kind of act.

    `job` is the promise to set it in type, which carries the id of a row of `model` under `named`;
    `document` is the column of the row that holds the id of the finished act.
    """

    job: str
    model: type[Any]
    named: str
    document: str
    sheet: Callable[[Session, Any], Mapping[str, Any]]
    title: Callable[[Any], str]
    issued_on: Callable[[Any], date]
    drawn_up_by: Callable[[Any], str]


def draw_up(kind: Kind, job: Job) -> None:
    """Set an act in type, keep it and let a process that waits for it go on; bears a repeat."""
    row_id = int(job.payload[kind.named])
    with reading() as session:
        sheet = kind.sheet(session, session.get_one(kind.model, row_id))
    try:
        content = acts.render(sheet)
    except CannotRender as error:
        # Nothing that another try would mend.
        raise GiveUp(str(error)) from error
    with transaction() as session:
        if not keep_with(session, job):
            return
        row = session.get_one(kind.model, row_id, with_for_update=True)
        told = {"document": keep(session, kind, row, content)}
        if job.instance is not None:
            workflow.deliver(session, job.instance, "act_made", told, actor="system")


def keep(session: Session, kind: Kind, row: Any, content: bytes) -> int:
    """Put an act among the documents of its appeal; one already there stays. The document's id."""
    kept: int | None = getattr(row, kind.document)
    if kept is not None:
        return kept
    with in_language(settings().default_language):
        title = kind.title(row)
    made = documents.add_document(
        session,
        key=key_of(row.appeal_id),
        kind="act",
        title=title,
        content=content,
        name=f"{title}.pdf",
        media_type="application/pdf",
        actor=kind.drawn_up_by(row),
        state="registered",
        issued_on=kind.issued_on(row),
    )
    setattr(row, kind.document, made.id)
    return made.id
