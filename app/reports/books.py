"""Tables that leave the house as files: each door says which it has and in which words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.access.services import Person
from app.errors import Forbidden, NotFound
from app.extensions import lazy_gettext as _
from app.reports.sheets import Column, Row

#: What was chosen on the page, as its address spells it.
Wanted = Mapping[str, str]
#: Days of other years are slips: who types "26" into the year of a date field gives the year 0026.
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True)
class Book:
    """A table: `count` rows, given by `rows`, of `columns`, for those whom `may` lets.

    `rows` opens use cases of its own, a batch at a time, and none of them while it waits: what it
    gives is written, and how far it is noted, between them.
    """

    code: str
    title: Any
    columns: Sequence[Column]
    may: Callable[[Person], bool]
    count: Callable[[Person, Wanted], int]
    rows: Callable[[Person, Wanted], Iterator[Row]]


def day_of(text: str) -> date | None:
    """A day of a filter; nonsense means none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


_books: dict[str, Book] = {}


def offer(book: Book) -> None:
    """Have the table of this code made from now on."""
    _books[book.code] = book


def book_of(person: Person, code: str) -> Book:
    """A table by its code; raises NotFound, and Forbidden for who may not have it."""
    if code not in _books:
        raise NotFound(_("There is no such table."))
    if not _books[code].may(person):
        raise Forbidden(_("Your roles do not allow this."))
    return _books[code]
