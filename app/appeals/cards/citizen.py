"""What the citizen sees, and what of it the card shows too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.appeals.cards.common import AnswerView, FileLine, Stage
from app.appeals.cards.work import TermView
from app.directory.values import Body


@dataclass(frozen=True)
class Receipt:
    """What a citizen takes away after filing; the code is derived, never stored.

    `email_abroad` says that letters to this address may not arrive.
    """

    receipt: str
    access_code: str
    register_by: date
    files: tuple[FileLine, ...]
    received_at: datetime
    email: str
    reply_channel: str
    appeal_id: int
    email_abroad: bool = False


@dataclass(frozen=True)
class AnswerHint:
    """A published answer; `id` is its number on the site."""

    id: int
    title: str


@dataclass(frozen=True)
class Hints:
    """What may help who writes: likely questions, whose matter that usually is, an answer."""

    questions: tuple[str, ...] = ()
    body: str = ""
    answer: AnswerHint | None = None


@dataclass(frozen=True)
class PublicationView:
    """A reply on the site; `id` and `published_at` are None of one that is only proposed."""

    id: int | None
    title: str
    question: str
    answer: str
    published_at: datetime | None
    taken_down: bool


@dataclass(frozen=True)
class ExtensionView:
    """`decision` is None (asked), `grant` or `refuse`; `due_on` the date asked or granted.

    `request_id` is the request for documents whose answer is waited for. `asked_by` is told of the
    decision; who asked is `asked_by_name`, for the absent `asked_for_name` as it follows «за», and
    `decided_for_name` is for whom it was decided.
    """

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
    request_id: int | None = None
    asked_by_name: str = ""
    asked_for_name: str = ""
    decided_for_name: str = ""


@dataclass(frozen=True)
class RedirectionView:
    """To which body an appeal goes; `number` and `date` are the cover letter's, once sent.

    `questions` are the codes it was sent about, `question_names` their names in the same order.
    `copy`: this body got a copy, because several are competent. `result` is '' when none was asked
    for, else as in `app.appeals.policy.REQUEST_STATES`; `result_by` the day it is expected by,
    `answer` what that body told.
    """

    id: int
    organisation_id: int | None
    organisation: str
    number: str | None
    result_by: date | None
    date: date | None
    questions: tuple[str, ...]
    text: str
    question_names: tuple[str, ...] = ()
    copy: bool = False
    result: str = ""
    answer: AnswerView | None = None


@dataclass(frozen=True)
class QuestionView:
    """A question of the classifier; `result` is final once a reply was sent."""

    code: str
    name: str
    result: str | None
    measures: str


@dataclass(frozen=True)
class EnclosedFile:
    """A file that went with a letter to the citizen; `picture`: a browser shows it."""

    id: int
    name: str
    size: int
    picture: bool


@dataclass(frozen=True)
class LetterLink:
    """A letter the citizen may open; `id` is the document's, `files` what was enclosed.

    `code` checks it on the page of checking, `signed_by` is post and name; '' where there is none.
    """

    id: int
    name: str
    kind: str
    number: str | None
    date: date | None
    size: int
    code: str = ""
    signed_by: str = ""
    files: tuple[EnclosedFile, ...] = ()


@dataclass(frozen=True)
class StatusView:
    """What the citizen sees with number and access code; `id` is for the body's own pages.

    `may_ask_to_read`: the documents and materials may be asked for now. `now` is the stage that
    lasts, None when all is over; `units` are those of the executors, the responsible one first.
    `news` is the token by which letters that only inform are stopped, '' where there are none.
    """

    id: int
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
    may_ask_to_read: bool
    open: bool
    outcome: str | None
    zone: str
    now: Stage | None
    units: tuple[str, ...]
    terms: tuple[TermView, ...]
    news: str
    news_wanted: bool
    body: Body


@dataclass(frozen=True)
class OwnAppeal:
    """An appeal in the list of who signed in; `stage` is where it stands."""

    id: int
    number: str | None
    receipt: str
    received_at: datetime
    due_on: date | None
    summary: str
    outcome: str | None
    stage: Stage | None


@dataclass(frozen=True)
class NewsView:
    """Whether letters that only inform are `wanted` about the appeal of this number."""

    number: str
    wanted: bool


@dataclass(frozen=True)
class SurveyView:
    """The survey behind a link; `state`: `open`, `answered`, `closed` (late) or `unknown`."""

    state: str
    form_key: str | None = None
    form: Mapping[str, Any] | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    number: str | None = None


@dataclass(frozen=True)
class SurveyMarks:
    """The citizen's opinion; `quality` from 1 to 5, `solved` `yes`, `partly`, `no` or None.

    `further`: what else the analyst had asked, as it was asked, and the answer in words.
    """

    at: datetime
    quality: int | None
    solved: str | None
    comment: str
    further: tuple[tuple[str, str], ...] = ()
