"""Keep what is being typed into the form of a task: a version a pause, until it is handed on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app import clock
from app.access.services import Person
from app.appeals import comparing, impartial
from app.appeals.commands import storable
from app.appeals.finding import known_id
from app.appeals.models import TypedForm
from app.appeals.people import People
from app.appeals.services.tasks import visible_item
from app.audit.services import record
from app.database import reading, transaction
from app.errors import Invalid, NotFound
from app.extensions import lazy_gettext as _
from app.session import give_ids
from app.workflow import services as workflow
from app.workflow.models import OPEN, WorkItem

Pairs = Sequence[tuple[str, str]]

#: What is typed within so long of the beginning of a version is the same pause.
PAUSE = timedelta(seconds=30)
#: So many versions of one person's are kept, and so long after nobody touches them any more.
MOST, KEPT = 50, timedelta(days=30)
#: Characters of names and values together; the forms themselves allow less.
LONGEST = 500_000
#: The field whose versions are compared.
TEXT = "text"
_BATCH = 500


@dataclass(frozen=True)
class TypedView:
    """A version of a form; `characters` are those of its text."""

    id: int
    author_name: str
    saved_at: datetime
    characters: int


@dataclass(frozen=True)
class TypedVersions:
    """The newest first; `differences` of the one `shown` from the one before, as of `comparing`."""

    versions: tuple[TypedView, ...]
    shown: int
    differences: tuple[tuple[str, str], ...]


def keep_typed(person: Person, item_id: int, opening: str, pairs: Pairs) -> datetime:
    """Keep the form as it stands now; when it was kept.

    `opening` is the mark of the opened page, under which the journal tells of it once. Raises
    NotFound, Conflict when the task moved on or is another's, Forbidden, Invalid when too long.
    """
    if sum(len(name) + len(value) for name, value in pairs) > LONGEST or not 0 < len(opening) <= 40:
        raise Invalid(_("The form was not kept: it is too long."))
    clean = [[name, storable(value)] for name, value in pairs]
    with transaction() as session:
        item, appeal = visible_item(session, person, item_id)
        impartial.require(person, appeal)
        workflow.require_completable(session, item.id, person=person)
        now = clock.now()
        last = _last(session, item.id, person.login)
        if last is not None and last.pairs == clean:
            return now
        if last is not None and last.opening == opening and now - last.begun_at < PAUSE:
            last.pairs, last.saved_at = clean, now
            return now
        if not _told(session, item.id, person.login, opening):
            record(session, person.login, "form.typed", appeal.key, item=item.id)
        row = TypedForm(
            appeal_id=appeal.id, item_id=item.id, author=person.login, opening=opening,
            begun_at=now, saved_at=now, pairs=clean,
        )  # fmt: skip
        give_ids(session, row)
        _forget_oldest(session, row)
        return now


def last_typed(
    person: Person, item_id: int, version: int | None = None
) -> tuple[Pairs, datetime] | None:
    """What the person typed last into the form, or a version that anybody typed; and when.

    None where nothing was. Refuses as `keep_typed` does.
    """
    with reading() as session:
        item, _appeal = visible_item(session, person, item_id)
        if version is None:
            row = _last(session, item.id, person.login)
        else:
            row = session.get(TypedForm, known_id(version)) if version else None
        if row is None or row.item_id != item.id:
            return None
        workflow.require_completable(session, item.id, person=person)
        return [(name, value) for name, value in row.pairs], row.saved_at


def typed_versions(person: Person, item_id: int, shown: int | None = None) -> TypedVersions:
    """All versions of the form that are kept, by whoever typed them, and what is new in one.

    Raises NotFound where nothing is kept, and as `keep_typed` does.
    """
    with reading() as session:
        item, _appeal = visible_item(session, person, item_id)
        workflow.require_completable(session, item.id, person=person)
        asked = select(TypedForm).where(TypedForm.item_id == item.id).order_by(TypedForm.id)
        rows = session.scalars(asked).all()
        if not rows:
            raise NotFound(_("Nothing is kept of this form."))
        people = People(session)
        views = [
            TypedView(row.id, people.name(row.author), row.saved_at, len(_text(row)))
            for row in rows
        ]
        place = next((at for at, row in enumerate(rows) if row.id == shown), len(rows) - 1)
        before = _text(rows[place - 1]) if place else ""
        pieces = tuple(comparing.differences(before, _text(rows[place])))
        return TypedVersions(tuple(reversed(views)), rows[place].id, pieces)


def sweep_typed() -> int:
    """Forget what was typed into forms that were handed on, and what nobody touches; how many."""
    old = TypedForm.saved_at < clock.now() - KEPT
    over = TypedForm.item_id.in_(select(WorkItem.id).where(WorkItem.status != OPEN))
    query = select(TypedForm.id).where(or_(old, over)).limit(_BATCH)
    with reading() as session:
        stale = session.scalars(query).all()
    if stale:
        with transaction() as session:
            session.execute(delete(TypedForm).where(TypedForm.id.in_(stale)))
    return len(stale)


def _text(row: TypedForm) -> str:
    return str(dict(row.pairs).get(TEXT, ""))


def _last(session: Session, item_id: int, author: str) -> TypedForm | None:
    own = select(TypedForm).where(TypedForm.item_id == item_id, TypedForm.author == author)
    return session.scalars(own.order_by(TypedForm.id.desc()).limit(1)).first()


def _told(session: Session, item_id: int, author: str, opening: str) -> bool:
    own = (TypedForm.item_id == item_id, TypedForm.author == author)
    return (
        session.scalar(select(TypedForm.id).where(*own, TypedForm.opening == opening)) is not None
    )


def _forget_oldest(session: Session, row: TypedForm) -> None:
    own = (TypedForm.item_id == row.item_id, TypedForm.author == row.author)
    kept = select(TypedForm.id).where(*own).order_by(TypedForm.id.desc()).limit(MOST)
    session.execute(delete(TypedForm).where(*own, TypedForm.id.not_in(kept)))
