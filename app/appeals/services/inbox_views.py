"""Views of one's own inbox: filters with a name, counted anew each time they are shown."""

from dataclasses import asdict, fields, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.services import Person
from app.appeals import counting, worklist
from app.appeals.cards import SavedView
from app.appeals.commands import InboxFilter, storable
from app.appeals.models import InboxView
from app.appeals.worklist import Asker
from app.database import transaction
from app.errors import Invalid, NotFound
from app.extensions import lazy_gettext as _

MOST, NAME_LENGTH = 20, 80
#: What a view keeps; it begins at its first page, whatever page was open.
KEPT = tuple(one.name for one in fields(InboxFilter) if one.name not in {"page", "size"})


def of(session: Session, asker: Asker) -> tuple[SavedView, ...]:
    """One's views in one's own order, each with the number of items it finds."""
    rows = _rows(session, asker.person)
    if not rows:
        return ()
    wanted = [_wanted(row) for row in rows]
    most = counting.MOST_OPEN
    counts = [worklist.number(worklist.matching(session, one, asker)[0], most) for one in wanted]
    found = session.execute(select(*counts)).one()
    return tuple(
        SavedView(row.id, row.name, one, min(int(count), most), int(count) > most)
        for row, one, count in zip(rows, wanted, found, strict=True)
    )


def save_view(person: Person, name: str, wanted: InboxFilter) -> int:
    """Keep a filter under a name; a name of one's own is taken anew. Invalid by field: name."""
    with transaction() as session:
        rows, name = _rows(session, person), _named(name)
        row = next((one for one in rows if one.name.casefold() == name.casefold()), None)
        if row is None:
            if len(rows) >= MOST:
                raise _wrong(_("At most %(n)s views can be kept: remove one first.", n=MOST))
            position = 1 + max((one.position for one in rows), default=0)
            row = InboxView(login=person.login, name=name, wanted={}, position=position)
            session.add(row)
        defaults = asdict(InboxFilter())
        row.name = name
        row.wanted = {
            key: value
            for key, value in asdict(wanted).items()
            if key in KEPT and value != defaults[key]
        }
        session.flush()
        return row.id


def rename_view(person: Person, view_id: int, name: str) -> None:
    with transaction() as session:
        row, name = _own(session, person, view_id), _named(name)
        others = (one for one in _rows(session, person) if one is not row)
        if any(one.name.casefold() == name.casefold() for one in others):
            raise _wrong(_("Another view of yours has this name."))
        row.name = name


def remove_view(person: Person, view_id: int) -> None:
    with transaction() as session:
        session.delete(_own(session, person, view_id))


def move_view(person: Person, view_id: int, by: int) -> None:
    """Put a view one place earlier (-1) or later (1); the ends stay where they are."""
    with transaction() as session:
        row = _own(session, person, view_id)
        rows = _rows(session, person)
        place = rows.index(row)
        rows.insert(min(max(place + by, 0), len(rows) - 1), rows.pop(place))
        for position, one in enumerate(rows, start=1):
            one.position = position


def _rows(session: Session, person: Person) -> list[InboxView]:
    query = select(InboxView).where(InboxView.login == person.login)
    return list(session.scalars(query.order_by(InboxView.position, InboxView.id)))


def _own(session: Session, person: Person, view_id: int) -> InboxView:
    row = session.get(InboxView, view_id)
    if row is None or row.login != person.login:
        raise NotFound(_("There is no such view."))
    return row


def _wanted(row: InboxView) -> InboxFilter:
    return replace(InboxFilter(), **{k: v for k, v in row.wanted.items() if k in KEPT})


def _named(name: str) -> str:
    said = " ".join(storable(name).split())
    if not said:
        raise _wrong(_("Give the view a name."))
    if len(said) > NAME_LENGTH:
        raise _wrong(_("At most %(n)s characters fit here.", n=NAME_LENGTH))
    return said


def _wrong(message: Any) -> Invalid:
    return Invalid(message, fields={"name": [message]})
