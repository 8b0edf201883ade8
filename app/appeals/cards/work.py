"""What staff have at hand: tasks, assignments, found appeals, outgoing letters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from app.access.services import Away
from app.appeals.cards.common import AnswerView, AppealRef, Page
from app.appeals.commands import InboxFilter
from app.documents.shapes import DocumentView
from app.search.words import Fragment

Day = date


@dataclass(frozen=True)
class TaskItem:
    """One line of the inbox.

    `mine` when the person who asked took it or is its assignee, `assigned` when it was given to
    somebody by name; `days_left` counts whole days of
    the body's zone and is negative when overdue. `internal_due_on` is the body's own day before the
    term of the reply, where the task has a later one. `instead_of` is the absent colleague whose
    task it is, and `instead_of_name` the name as it follows «за»; `away` says of the assignee.
    On a card `report_by_name` is whose report it is about: several may wait to be accepted.
    """

    id: int
    element: str
    process: str
    title: str
    title_en: str | None
    stage: str | None
    stage_en: str | None
    roles: tuple[str, ...]
    assignee: str | None
    assignee_name: str | None
    due_at: datetime | None
    days_left: int | None
    priority: int
    opened_at: datetime
    version: int
    mine: bool
    appeal: AppealRef
    internal_due_on: date | None = None
    instead_of: str | None = None
    instead_of_name: str = ""
    away: Away | None = None
    assigned: bool = False
    report_by_name: str = ""

    @property
    def overdue(self) -> bool:
        return self.days_left is not None and self.days_left < 0

    def named(self, locale: str) -> str:
        return self.title_en if locale == "en" and self.title_en else self.title


@dataclass(frozen=True)
class ReminderLine:
    """A warning above the inbox; `days_left` to the internal term, once it passed to the lawful."""

    id: int
    appeal: AppealRef
    due_on: date
    internal_due_on: date | None
    internal_passed: bool
    days_left: int


@dataclass(frozen=True)
class DueLine:
    """An appeal that is due, under one person it waits for; `login` is '' where nobody has it yet.

    `name` is then that of the roles; `tasks` are titles of what is open, `due_on` the day of the
    first of them. `internal_due_on` and `reply_by` are the terms of the appeal's reply.
    """

    appeal: AppealRef
    login: str
    name: str
    unit_id: int | None
    unit: str
    tasks: tuple[str, ...]
    due_on: date
    days_left: int
    internal_due_on: date | None
    reply_by: date | None


@dataclass(frozen=True)
class DueList:
    """What is due on a day within `days`: the lines of a page of appeals, by units and people.

    `page` has the ids of the appeals; `overdue` of all of them have a term that is over, and with
    `more_overdue` nobody counted on.
    """

    on: date
    days: int
    lines: tuple[DueLine, ...]
    page: Page[int]
    overdue: int
    more_overdue: bool

    @property
    def appeals(self) -> int:
        return self.page.total


@dataclass(frozen=True)
class Counts:
    """The figures above the inbox, of everything the person may see.

    Of those that `more` names there are more: nobody counted on.
    """

    mine: int
    role: int
    all: int
    overdue: int
    near: int
    unit: int = 0
    more: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SavedView:
    """A filter that somebody gave a name; `count` is how many items it finds now.

    With `more` there are more: nobody counted on.
    """

    id: int
    name: str
    wanted: InboxFilter
    count: int
    more: bool = False


@dataclass(frozen=True)
class InboxPage:
    """A page of work items with what stands above it; `elements` feed the filters."""

    page: Page[TaskItem]
    counts: Counts
    elements: tuple[tuple[str, str, str | None], ...]
    views: tuple[SavedView, ...]
    reminders: tuple[ReminderLine, ...]


@dataclass(frozen=True)
class TermView:
    """A term of the appeal and how it was counted; `of` as in `app.appeals.statutory`."""

    of: str
    rule: str
    due_on: date
    reasoning: tuple[str, ...]
    reasoning_en: tuple[str, ...]

    def said(self, locale: str) -> tuple[str, ...]:
        return self.reasoning_en if locale == "en" else self.reasoning


@dataclass(frozen=True)
class RequestView:
    """Documents asked of another body; `state` as in `app.appeals.policy.REQUEST_STATES`.

    `number` is that of the letter, `sent_on` the day it left, `term` the day of the answer, and
    `asked_for_name` as of a report.
    """

    id: int
    state: str
    organisation_id: int
    organisation: str
    documents: str
    purpose: str
    asked_by: str
    asked_by_name: str
    asked_at: datetime
    sent_on: date | None
    number: str | None
    term: TermView | None
    days_left: int | None
    answer: AnswerView | None
    asked_for_name: str = ""

    @property
    def overdue(self) -> bool:
        return self.days_left is not None and self.days_left < 0


@dataclass(frozen=True)
class VisitView:
    """A visit to the place; `act` is None until it is made; `recorded_for_name` as of a report."""

    id: int
    recorded_by: str
    recorded_by_name: str
    visited_on: date
    place: str
    present: tuple[str, ...]
    findings: str
    files: tuple[DocumentView, ...]
    act: DocumentView | None
    recorded_for_name: str = ""


@dataclass(frozen=True)
class InspectionView:
    """A request to read the file; `state` as in `app.appeals.policy.INSPECTION_STATES`.

    `ground` and `explanation` are those of a refusal; `act` is None until it is made.
    `decided_for_name` as of a report.
    """

    id: int
    state: str
    asked_on: date
    by_applicant: bool
    wish: str
    term: TermView
    decided_by_name: str
    decided_on: date | None
    read_on: date | None
    read_at: str
    place: str
    ground: str
    explanation: str
    held_on: date | None
    shown: tuple[str, ...]
    act: DocumentView | None
    decided_for_name: str = ""


@dataclass(frozen=True)
class ValuablesView:
    """Money or valuables that came with a letter; `returned_how` as in `policy`, '' while kept."""

    id: int
    opened_on: date
    found: tuple[str, ...]
    kept: str
    return_by: date
    returned_on: date | None
    returned_how: str
    returned_note: str
    act: DocumentView | None


@dataclass(frozen=True)
class ReportView:
    """What an executor reported, with the proposed result of each question.

    `instead_of_name` is the absent colleague for whom it was, as the name follows «за», and
    `decided_for_name` the one for whom it was accepted or returned.
    """

    id: int
    at: datetime
    author: str
    author_name: str
    text: str
    results: tuple[Mapping[str, str], ...]
    files: tuple[DocumentView, ...]
    decision: str | None
    remark: str
    decided_by: str | None
    decided_at: datetime | None
    instead_of_name: str = ""
    decided_for_name: str = ""


@dataclass(frozen=True)
class AssignmentView:
    """One executor's part; `depth` is 0 for those of the resolution itself.

    `author` is whose it is to change; `author_name` and `instead_of_name` as of a report.
    """

    id: int
    parent_id: int | None
    depth: int
    resolution_id: int | None
    author: str
    author_name: str
    executor: str
    executor_name: str
    unit: str
    responsible: bool
    text: str
    state: str
    due_on: date | None
    days_left: int | None
    issued_at: datetime | None
    accepted_at: datetime | None
    closed_at: datetime | None
    reports: tuple[ReportView, ...]
    appeal: AppealRef
    away: Away | None = None
    instead_of_name: str = ""

    @property
    def overdue(self) -> bool:
        return self.days_left is not None and self.days_left < 0


@dataclass(frozen=True)
class ResolutionView:
    """What the manager decided; `instead_of_name` as of a report."""

    id: int
    author: str
    author_name: str
    at: datetime
    decision: str
    text: str
    assignments: tuple[AssignmentView, ...]
    instead_of_name: str = ""


@dataclass(frozen=True)
class SearchHit:
    """One found appeal; `fragment` is the piece of a text that says what was sought, if words were.

    `document` is the id of the file that says it, '' where the card does.
    """

    appeal: AppealRef
    channel: str
    received_at: datetime
    outcome: str | None
    repeated: str
    collective: bool
    days_left: int | None
    stage: str | None
    stage_en: str | None
    fragment: Fragment = ()
    document: str = ""

    @property
    def overdue(self) -> bool:
        return self.outcome is None and self.days_left is not None and self.days_left < 0


@dataclass(frozen=True)
class Found(Page[SearchHit]):
    """A page of what was found; `choices`: by filter and choice, how many that choice would leave.

    None of them are counted where too many were found.
    """

    choices: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class SignedLetter:
    """A letter with its file; `waits` for a signature made elsewhere, `may_add` one now."""

    letter: OutgoingLetter
    document: DocumentView
    waits: bool
    may_add: bool


@dataclass(frozen=True)
class OutgoingLetter:
    """One line of the dispatch register; `date` is that of its number.

    `postal_address` is where the letter goes, an e-mail address too; `halted` one that could not be
    signed or mailed.
    """

    id: int
    appeal: AppealRef
    kind: str
    subject: str
    number: str | None
    date: date | None
    addressee: str
    channel: str
    state: str
    track: str | None
    halted: bool = False
    may_recall: bool = False
    postal_address: str = ""
    signatory: str = ""
    sent_at: datetime | None = None
    posted_on: Day | None = None
    delivered_at: datetime | None = None
