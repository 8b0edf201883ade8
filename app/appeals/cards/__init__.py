"""What the doors see of an appeal: frozen views, made from rows inside a use case.

Moments are aware and in UTC; dates are dates of the body's zone. Texts that an analyst wrote come
in both languages; `_en` is None where the diagram has none.
"""

from app.appeals.cards.card import (
    ApplicantView,
    CardView,
    Completed,
    LinkedAppeal,
    NearTexts,
    RelatedAppeal,
    RouteView,
    SourceView,
    TaskView,
)
from app.appeals.cards.citizen import (
    ExtensionView,
    LetterLink,
    QuestionView,
    Receipt,
    RedirectionView,
    StatusView,
    SurveyMarks,
    SurveyView,
)
from app.appeals.cards.common import (
    AnswerView,
    AppealRef,
    FileLine,
    OpenedFile,
    Page,
    Stage,
)
from app.appeals.cards.work import (
    AssignmentView,
    Counts,
    DueLine,
    DueList,
    InboxPage,
    OutgoingLetter,
    ReminderLine,
    ReportView,
    RequestView,
    ResolutionView,
    SearchHit,
    TaskItem,
    TermView,
)

__all__ = [
    "AnswerView",
    "AppealRef",
    "ApplicantView",
    "AssignmentView",
    "CardView",
    "Completed",
    "Counts",
    "DueLine",
    "DueList",
    "ExtensionView",
    "FileLine",
    "InboxPage",
    "LetterLink",
    "LinkedAppeal",
    "NearTexts",
    "OpenedFile",
    "OutgoingLetter",
    "Page",
    "QuestionView",
    "Receipt",
    "RedirectionView",
    "RelatedAppeal",
    "ReminderLine",
    "ReportView",
    "RequestView",
    "ResolutionView",
    "RouteView",
    "SearchHit",
    "SourceView",
    "Stage",
    "StatusView",
    "SurveyMarks",
    "SurveyView",
    "TaskItem",
    "TaskView",
    "TermView",
]
