"""What the full-text search knows of an appeal.

The card is kept as each reads it: with everything, without the contacts, and with the names and
addresses masked in the text, so that nobody finds by a word what they may not read.
"""

from collections.abc import Collection, Iterator
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Select,
    SelectBase,
    false,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from app.access import policy as access
from app.access.services import Person
from app.appeals.counting import MOST_OF_COMMON
from app.appeals.masking import KINDS, NAMES, Mask
from app.appeals.models import Appeal
from app.database import transaction
from app.outbox.services import Job, handles, keep_with, promise
from app.search import services as search
from app.session import expected_rows, on_postgresql, plan_by_values

JOB = "appeal.index"
#: The card with everything, with names, with neither; a file that came or left.
WHOLE, NAMED, MASKED, FILE = search.KINDS
#: So many texts are looked up at once.
FEW = 1000
#: So many of the newest appeals are looked at, and so many of them have to say it.
LOOKED_AT, ENOUGH = 200, 20
#: So many texts are gathered while one appeal is looked up in them.
DEARER = 7
NEWEST = (Appeal.received_at.desc(), Appeal.id.desc())


def first(session: Session, appeal: Appeal) -> None:
    """Keep the words of a card that has just been filed."""
    search.add(session, texts(appeal))


def later(session: Session, appeal: Appeal) -> None:
    """Have the words kept anew after the card was changed."""
    promise(session, JOB, {"appeal": appeal.id}, key=str(appeal.key))


@handles(JOB)
def index(job: Job) -> None:
    with transaction() as session:
        if keep_with(session, job):
            refresh(session, session.get_one(Appeal, int(job.payload["appeal"])))


def refresh(session: Session, appeal: Appeal) -> None:
    """Keep the words of the card as it is now."""
    search.put(session, *texts(appeal))


def texts(appeal: Appeal) -> Iterator[search.Said]:
    people = " ".join(f"{one.full_name} {one.represented}" for one in appeal.applicants)
    contacts = " ".join(
        f"{one.email} {one.phone} {one.postal_address}" for one in appeal.applicants
    )
    written = f"{appeal.summary} {appeal.text} {appeal.place} {appeal.addressee}"
    numbers = f"{appeal.number or ''} {appeal.receipt}"
    for kind, body in (
        (WHOLE, f"{written} {people} {contacts} {numbers}"),
        (NAMED, f"{written} {people} {numbers}"),
        (MASKED, f"{Mask(appeal, KINDS).text(written)} {numbers}"),
    ):
        yield search.Said(str(appeal.key), kind, body)


def kinds(person: Person) -> Collection[str]:
    """What the person may search: that which they may read."""
    seen = access.personal(person)
    if seen >= KINDS:
        return (WHOLE, FILE)
    return (NAMED,) if NAMES in seen else (MASKED,)


def says(session: Session, person: Person, sought: str, key: Any) -> ColumnElement[bool]:
    """Where `key` is that of an appeal with a text that says it, of those the person may read.

    What few texts say is looked up at once. What many say is looked for along the list, if of the
    newest appeals so many say it that the list soon has its page, or sooner than all that say it
    would be gathered; else they are gathered («снег» in summer).
    """
    found = _saying(session, person, sought)
    if found is None:
        return false()
    few = _few(session, found, key)
    if few is not None:
        return few
    newest = select(Appeal.key).order_by(*NEWEST).limit(LOOKED_AT).subquery()
    looked = along(session, person, sought, newest.c.key)
    lately = select(func.count()).select_from(newest).where(looked)
    say_it = int(session.scalar(lately) or 0)
    if say_it >= ENOUGH or (say_it and _sooner_along(session, found, say_it)):
        return along(session, person, sought, key)
    return gathered(session, person, sought, key)


def _sooner_along(session: Session, found: SelectBase, say_it: int) -> bool:
    """Whether a page along the list, of whose first so many say it, costs less than all that do."""
    far = LOOKED_AT * MOST_OF_COMMON // say_it
    return DEARER * far < (expected_rows(session, found) or 0)


def gathered(
    session: Session, person: Person, sought: str, key: Any, *, rare: bool = False
) -> ColumnElement[bool]:
    """The same for a list in whose order those that say it may come last: all are looked up.

    What is `rare` by the look of it is perhaps in so few texts that the list need not be gone
    along.
    """
    found = _saying(session, person, sought)
    if found is None:
        return false()
    few = _few(session, found, key) if rare else None
    return among(session, key, found) if few is None else few


def among(session: Session, key: Any, found: SelectBase) -> ColumnElement[bool]:
    """Where `key` is one of many that are found; for a list that is long, too."""
    if not on_postgresql(session):
        return cast("ColumnElement[bool]", key.in_(found))
    # A truth and no join: PostgreSQL keeps them by their hashes and goes along the list in its
    # index. Without the room for them all it would look through them anew for each row.
    plan_by_values(session)
    return cast("ColumnElement[bool]", key.in_(found).is_(true()))


def along(session: Session, person: Person, sought: str, key: Any) -> ColumnElement[bool]:
    """The same for the first rows of a list: each is looked up in the texts by itself.

    In one kind of text after another, the likeliest first: files are long, and seldom needed when
    the card says it.
    """
    plan_by_values(session)
    found = (search.keys(session, sought, (kind,)) for kind in kinds(person))
    return or_(false(), *(_along(one, key) for one in found if one is not None))


def _few(session: Session, found: SelectBase, key: Any) -> ColumnElement[bool] | None:
    """Where `key` is one of those found, by their names; None if they are more than few."""
    few = session.scalars(_some(found).limit(FEW + 1)).all()
    return key.in_(sorted(set(few))) if len(few) <= FEW else None


def _saying(session: Session, person: Person, sought: str) -> SelectBase | None:
    """The keys of what says it, asked from here on with each word's own plan.

    One kind of text after another: of several at once PostgreSQL reads the index of keys for the
    kinds as well, most of it.
    """
    plan_by_values(session)
    each = [search.keys(session, sought, (kind,)) for kind in kinds(person)]
    found = [one for one in each if one is not None]
    return union_all(*found) if len(found) > 1 else next(iter(found), None)


def _along(found: Select[str], key: Any) -> ColumnElement[bool]:
    """Where a row says it, asked of that row alone: PostgreSQL would gather them all at times."""
    return found.where(key == search.KEY).correlate(key.table).offset(0).exists()


def _some(found: SelectBase) -> Select[str]:
    """The keys by the index of the words, however few of them are asked for."""
    texts = found.cte("said", nesting=True).prefix_with("MATERIALIZED")
    return select(next(iter(texts.c)))
