"""The whole card, and a task opened beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.appeals.cards.citizen import ExtensionView, QuestionView, RedirectionView, SurveyMarks
from app.appeals.cards.common import AppealRef, Stage, Why
from app.appeals.cards.work import (
    AssignmentView,
    InspectionView,
    RequestView,
    ResolutionView,
    TaskItem,
    TermView,
    ValuablesView,
    VisitView,
)
from app.audit.services import Entry
from app.correspondence.shapes import LetterView
from app.documents.shapes import DocumentView


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
class SourceView:
    """The body that forwarded the appeal, with its number, date and own term."""

    organisation: str
    number: str
    due_on: date | None
    date: date | None


@dataclass(frozen=True)
class RelatedAppeal:
    """Another appeal that seems to come from the same person.

    `match` says by what: email, address (and name) or name alone; `ended` that correspondence
    with the person was ended on it.
    """

    id: int
    number: str
    received_at: datetime
    summary: str
    match: str
    outcome: str | None
    ended: bool


@dataclass(frozen=True)
class LinkedAppeal:
    """Another appeal in one line: where it stands and its term.

    `before` when the card's own appeal repeats it or goes on with it. `due_on` is the term of
    registration until it is registered.
    """

    id: int
    number: str
    received_at: datetime
    summary: str
    repeated: str
    outcome: str | None
    before: bool
    due_on: date
    days_left: int | None
    stage: str | None
    stage_en: str | None


@dataclass(frozen=True)
class LinkView:
    """An appeal that somebody tied to this one, and why."""

    id: int
    reason: str
    author_name: str
    at: datetime
    appeal: LinkedAppeal


@dataclass(frozen=True)
class NearTexts:
    """How many others sent nearly the same text, and when the first and the last of them came.

    `first_id` is the appeal whose text the others repeat. Of a large campaign `until` is None, and
    annulled ones are counted too.
    """

    first_id: int
    others: int
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class CampaignRef:
    """A campaign by its id and name."""

    id: int
    name: str


@dataclass(frozen=True)
class NoteVersion:
    """What a note said from `at` until it was changed."""

    at: datetime
    text: str


@dataclass(frozen=True)
class NoteView:
    """A note of the staff to each other; `earlier` wordings the oldest first.

    `mine` when the person who asked may change or withdraw it.
    """

    id: int
    author: str
    author_name: str
    at: datetime
    text: str
    changed_at: datetime | None
    withdrawn_at: datetime | None
    earlier: tuple[NoteVersion, ...]
    mine: bool


@dataclass(frozen=True)
class HandoverView:
    """The paper handed from one person to another; `mine` when the person who asked may accept."""

    given_by: str
    from_unit: str
    given_to: str
    to_unit: str
    at: datetime
    accepted_at: datetime | None
    remark: str
    mine: bool


@dataclass(frozen=True)
class PaperView:
    """Where the paper original is: its case, who holds it, through whose hands it went."""

    case_index: str
    volume: str
    leaves: str
    holder: str
    holder_unit: str
    filed_on: date | None
    filed_by: str
    went: tuple[HandoverView, ...]
    may_hand: bool
    may_accept: bool
    may_take_back: bool
    may_file: bool


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

    `outcome_reason` is the ground of leaving without answer; `outcome_text` what was said to it,
    or why the citizen withdrew. `auth_method` is how the applicant was identified, with the level
    after a colon: `esia:confirmed`, '' on paper. `others` are appeals of the same person,
    `linked` those that a mark ties to this one, `links` those somebody tied by hand, `near` those
    whose text it nearly repeats, `campaign` the one it is considered in.
    `may_begin` says which of `app.appeals.work.ACTIONS` the person may begin.
    `particulars` and `question_notes` (by code) hold the fields of `app.appeals.particulars`;
    `form` is how it was made: electronic, written or oral; `may_note` that the person keeps them.
    `confined`: kept for a limited circle; `why` the person sees it, None to who does a task only.
    `notes` are those the person may read.
    `masked` names the kinds of personal data the person does not see (`access.policy.PERSONAL`);
    `may_reveal` that they may be shown for a reason.
    """

    id: int
    key: str
    receipt: str
    number: str | None
    language: str
    channel: str
    auth_method: str
    kind: str
    applicants: tuple[ApplicantView, ...]
    reply_channel: str
    addressee: str
    text: str
    summary: str
    place: str
    collective: bool
    about_migration: bool
    complained_of: tuple[str, ...]
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
    internal_due_on: date | None
    terms: tuple[TermView, ...]
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
    requests: tuple[RequestView, ...]
    visits: tuple[VisitView, ...]
    inspections: tuple[InspectionView, ...]
    valuables: tuple[ValuablesView, ...]
    letters: tuple[LetterView, ...]
    halted: frozenset[int]  # letters that could not be signed or mailed, by id
    tasks: tuple[TaskItem, ...]
    stages: tuple[Stage, ...]
    routes: tuple[RouteView, ...]
    history: tuple[Entry, ...]
    survey: SurveyMarks | None
    others: tuple[RelatedAppeal, ...]
    linked: tuple[LinkedAppeal, ...]
    links: tuple[LinkView, ...]
    near: NearTexts | None
    campaign: CampaignRef | None
    form: str
    particulars: Mapping[str, Any]
    particulars_version: int
    question_notes: Mapping[str, Mapping[str, Any]]
    registered_in: str
    paper: PaperView | None
    notes: tuple[NoteView, ...]
    may_read_notes: bool
    may_write_notes: bool
    may_note: bool
    may_change_authors: bool
    may_request_extension: bool
    may_begin: tuple[str, ...]
    may_hand_over: bool
    confined: bool
    why: Why | None
    zone: str
    masked: tuple[str, ...]
    may_reveal: bool

    @property
    def overdue(self) -> bool:
        return self.closed_at is None and self.days_left is not None and self.days_left < 0


@dataclass(frozen=True)
class TaskView:
    """An opened task: the appeal, the form and what to put into it, on one screen.

    `form` is the form-js schema of the item's own version; `values` holds a value for every
    field; `choices` the options of fields whose options come from the product's lists.
    `assignment_id`, `request_id`, `redirection_id` and `letter_id` are those the task is about;
    `may_release` says that it was taken by hand and can be given back.
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
    request_id: int | None = None
    redirection_id: int | None = None
    letter_id: int | None = None
    may_release: bool = False


@dataclass(frozen=True)
class Completed:
    """What came of completing a task: the appeal and the tasks that opened by it."""

    appeal: AppealRef
    next: tuple[TaskItem, ...]
