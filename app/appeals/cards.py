"""What the doors see of an appeal: frozen views, made from rows inside a use case.

Moments are aware and in UTC; dates are dates of the body's zone. Texts that an analyst wrote come
in both languages; `_en` is None where the diagram has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from app.audit.services import Entry
    from app.correspondence.services import LetterView
    from app.documents.shapes import DocumentView

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list; `page` counts from 1, `total` is of the whole filter."""

    items: tuple[T, ...]
    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def next(self) -> int | None:
        """The number of the following page, None on the last one."""
        return self.page + 1 if self.page < self.pages else None


@dataclass(frozen=True)
class FileLine:
    """One file as the receipt lists it; `size` in bytes."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Receipt:
    """What a citizen takes away after filing; the code is derived, never stored."""

    receipt: str
    access_code: str
    register_by: date
    files: tuple[FileLine, ...]
    received_at: datetime
    email: str
    reply_channel: str
    appeal_id: int


@dataclass(frozen=True)
class Stage:
    """One stage of the life of an appeal, worded by the analyst in the diagram.

    `text` has the public facts filled in; `left_at` is None while it lasts.
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

    def said(self, locale: str) -> str:
        return self.text_en if locale == "en" and self.text_en else self.text


@dataclass(frozen=True)
class ExtensionView:
    """`decision` is None (asked), `grant` or `refuse`; `due_on` the date asked or granted."""

    id: int
    asked_by: str
    asked_at: datetime
    asked_due_on: date
    ground: str
    request_reason: str
    decision: str | None
    decided_on: date | None
    decided_by: str | None
    due_on: date | None
    reason: str
    remark: str


@dataclass(frozen=True)
class RedirectionView:
    """To which body an appeal goes; `number` and `date` are the cover letter's, once sent."""

    id: int
    organisation_id: int | None
    organisation: str
    number: str | None
    date: date | None
    questions: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class QuestionView:
    """A question of the classifier; `result` is final once a reply was sent."""

    code: str
    name: str
    result: str | None
    measures: str


@dataclass(frozen=True)
class LetterLink:
    """A letter the citizen may open; `id` is the document's."""

    id: int
    name: str
    kind: str
    number: str | None
    date: date | None
    size: int


@dataclass(frozen=True)
class StatusView:
    """What the citizen sees with number and access code."""

    number: str | None
    receipt: str
    received_at: datetime
    register_by: date
    registered_on: date | None
    due_on: date | None
    stages: tuple[Stage, ...]
    extensions: tuple[ExtensionView, ...]
    redirections: tuple[RedirectionView, ...]
    questions: tuple[QuestionView, ...]
    letters: tuple[LetterLink, ...]
    files: tuple[FileLine, ...]
    survey_open: bool
    open: bool
    outcome: str | None
    zone: str


@dataclass(frozen=True)
class OpenedFile:
    """A file ready to be streamed by a door; the door closes the stream."""

    stream: Any
    name: str
    media_type: str
    size: int


@dataclass(frozen=True)
class SurveyView:
    """The survey behind a link; `state`: `open`, `answered`, `closed` (late) or `unknown`."""

    state: str
    form_key: str | None = None
    form: Mapping[str, Any] | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    number: str | None = None


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
class TaskItem:
    """One line of the inbox.

    `mine` when the person who asked took it or is its assignee; `days_left` counts whole days of
    the body's zone and is negative when overdue.
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

    @property
    def overdue(self) -> bool:
        return self.days_left is not None and self.days_left < 0

    def named(self, locale: str) -> str:
        return self.title_en if locale == "en" and self.title_en else self.title


@dataclass(frozen=True)
class Counts:
    """The figures above the inbox, of everything the person may see."""

    mine: int
    role: int
    all: int
    overdue: int
    near: int


@dataclass(frozen=True)
class InboxPage:
    """A page of work items with the counts; `stages` and `elements` feed the filters."""

    page: Page[TaskItem]
    counts: Counts
    elements: tuple[tuple[str, str, str | None], ...]


@dataclass(frozen=True)
class ApplicantView:
    """One applicant; `full_name` as it stands in a letter's address."""

    id: int
    main: bool
    kind: str
    full_name: str
    last_name: str
    first_name: str
    middle_name: str
    no_middle_name: bool
    name: str
    represented: str
    email: str
    phone: str
    postal_address: str


@dataclass(frozen=True)
class ReportView:
    """What an executor reported, with the proposed result of each question."""

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


@dataclass(frozen=True)
class AssignmentView:
    """One executor's part; `depth` is 0 for those of the resolution itself."""

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

    @property
    def overdue(self) -> bool:
        return self.days_left is not None and self.days_left < 0


@dataclass(frozen=True)
class ResolutionView:
    """What the manager decided."""

    id: int
    author: str
    author_name: str
    at: datetime
    decision: str
    text: str
    assignments: tuple[AssignmentView, ...]


@dataclass(frozen=True)
class SurveyMarks:
    """The citizen's opinion; `quality` from 1 to 5, `solved` `yes`, `partly`, `no` or None."""

    at: datetime
    quality: int | None
    solved: str | None
    comment: str


@dataclass(frozen=True)
class SourceView:
    """The body that forwarded the appeal, with its number, date and own term."""

    organisation: str
    number: str
    due_on: date | None
    date: date | None


@dataclass(frozen=True)
class RouteView:
    """One process instance of the appeal: what the diagram viewer marks."""

    instance_id: int
    process: str
    open: tuple[str, ...]
    passed: tuple[str, ...]


@dataclass(frozen=True)
class CardView:
    """The whole card, as much of it as the person who asked may see.

    `outcome_reason` is a ground of article 11; `outcome_text` what was said to it, or why the
    citizen withdrew.
    """

    id: int
    key: str
    receipt: str
    number: str | None
    channel: str
    kind: str
    applicants: tuple[ApplicantView, ...]
    reply_channel: str
    addressee: str
    text: str
    summary: str
    place: str
    collective: bool
    repeated: str
    comment: str
    to_manager: str | None
    source: SourceView
    received_at: datetime
    register_by: date
    registered_on: date | None
    registered_by: str | None
    due_on: date | None
    statutory_due_on: date | None
    term_reasoning: tuple[str, ...]
    days_left: int | None
    outcome: str | None
    outcome_reason: str
    outcome_text: str
    closed_at: datetime | None
    questions: tuple[QuestionView, ...]
    documents: tuple[DocumentView, ...]
    resolutions: tuple[ResolutionView, ...]
    assignments: tuple[AssignmentView, ...]
    extensions: tuple[ExtensionView, ...]
    redirections: tuple[RedirectionView, ...]
    letters: tuple[LetterView, ...]
    tasks: tuple[TaskItem, ...]
    stages: tuple[Stage, ...]
    routes: tuple[RouteView, ...]
    history: tuple[Entry, ...]
    survey: SurveyMarks | None
    may_request_extension: bool
    zone: str

    @property
    def overdue(self) -> bool:
        return self.closed_at is None and self.days_left is not None and self.days_left < 0


@dataclass(frozen=True)
class TaskView:
    """An opened task: the appeal, the form and what to put into it, on one screen.

    `form` is the form-js schema of the item's own version; `values` holds a value for every
    field; `choices` the options of fields whose options come from the product's lists.
    `assignment_id` is that of the assignment the task belongs to; `may_release` says that it was
    taken by hand and can be given back.
    """

    item: TaskItem
    documentation: str
    documentation_en: str | None
    form_key: str | None
    form: Mapping[str, Any] | None
    values: Mapping[str, Any]
    choices: Mapping[str, list[tuple[str, str]]]
    card: CardView
    assignment_id: int | None = None
    may_release: bool = False


@dataclass(frozen=True)
class Completed:
    """What came of completing a task: the appeal and the tasks that opened by it."""

    appeal: AppealRef
    next: tuple[TaskItem, ...]


@dataclass(frozen=True)
class SearchHit:
    """One found appeal."""

    appeal: AppealRef
    channel: str
    received_at: datetime
    outcome: str | None
    days_left: int | None
    stage: str | None
    stage_en: str | None

    @property
    def overdue(self) -> bool:
        return self.outcome is None and self.days_left is not None and self.days_left < 0


@dataclass(frozen=True)
class OutgoingLetter:
    """One line of the dispatch register; `date` is that of its number."""

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
