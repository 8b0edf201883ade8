"""What several screens show: pages, files, stages, the appeal in one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from app.documents.previewing import Preview
from app.documents.shapes import DocumentView, FileCheck

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list; `page` counts from 1, `total` is of the whole filter.

    With `more` there are more than `total`: nobody counted on.
    """

    items: tuple[T, ...]
    total: int
    page: int
    size: int
    more: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def next(self) -> int | None:
        """The number of the following page, None on the last one."""
        further = self.more and len(self.items) == self.size
        return self.page + 1 if self.page < self.pages or further else None


@dataclass(frozen=True)
class FileLine:
    """One file as the receipt lists it; `size` in bytes."""

    name: str
    size: int
    sha256: str
    check: FileCheck | None = None


@dataclass(frozen=True)
class DocumentLook:
    """A document of an appeal as it looks; `before` and `after` are its neighbours in the set.

    `appeal_id` is None of scanned pages that have no card yet.
    """

    document: DocumentView
    appeal_id: int | None
    number: str
    shown: Preview
    before: int | None
    after: int | None


#: What stands in a text for a fact that nobody has told yet.
UNKNOWN = "…"


@dataclass(frozen=True)
class Stage:
    """One stage of the life of an appeal, worded by the analyst in the diagram.

    `text` has the public facts filled in; `left_at` is None while it lasts. `next` says what is
    expected after it, `holders` are the roles it waits for.
    """

    id: str
    text: str
    text_en: str | None
    entered_at: datetime
    left_at: datetime | None
    facts: Mapping[str, Any]
    confidential: bool
    process: str = ""
    instance_id: int = 0
    next: str = ""
    next_en: str = ""
    holders: tuple[str, ...] = ()

    def said(self, locale: str) -> str:
        return self.text_en if locale == "en" and self.text_en else self.text

    def expected(self, locale: str) -> str:
        """What comes next, '' where the diagram does not say or a fact is not known yet."""
        said = self.next_en if locale == "en" and self.next_en else self.next
        return "" if UNKNOWN in said else said


@dataclass(frozen=True)
class AppealRef:
    """The appeal a work item or an assignment belongs to."""

    id: int
    receipt: str
    number: str | None
    applicant: str
    summary: str
    registered_on: date | None
    due_on: date | None


@dataclass(frozen=True)
class AnswerView:
    """What another body wrote back; `recorded_on` is the day on which it was noted."""

    recorded_on: date
    number: str
    date: date | None
    text: str
    files: tuple[DocumentView, ...]


@dataclass(frozen=True)
class Why:
    """The ground on which a person sees an appeal.

    `roles` where it is one of them; of a share who gave it, why and until when, None
    without an end.
    """

    ground: str
    roles: tuple[str, ...] = ()
    by: str = ""
    reason: str = ""
    until: datetime | None = None
