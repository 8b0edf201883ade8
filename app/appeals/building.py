"""Views made of rows: the small ones that several screens share."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from app.access.services import Person
from app.appeals import impartial, lookups, policy, statutory
from app.appeals.cards import (
    AnswerView,
    AppealRef,
    ApplicantView,
    ExtensionView,
    QuestionView,
    RedirectionView,
    Stage,
    SurveyMarks,
    TaskItem,
    TermView,
)
from app.appeals.hands import Hands
from app.appeals.models import (
    Appeal,
    Applicant,
    Extension,
    Redirection,
    SurveyInvitation,
)
from app.appeals.models.work import Answered
from app.appeals.people import People
from app.clock import local
from app.correspondence.services import LetterView
from app.documents.shapes import DocumentView
from app.session import notes
from app.workflow.services import WorkItemView

#: What a line of a list reads of a card; anything else of it raises.
LINE = load_only(
    *(Appeal.id, Appeal.key, Appeal.receipt, Appeal.number, Appeal.summary, Appeal.text),
    *(Appeal.received_at, Appeal.register_by, Appeal.registered_on, Appeal.due_on),
    *(Appeal.internal_due_on, Appeal.outcome),
    *(Appeal.complained_person, Appeal.complained_other),
    raiseload=True,
)


def present(stages: Sequence[Stage]) -> Stage | None:
    """Where the appeal stands: the latest stage that lasts, else the last one there was."""
    lasting = [one for one in stages if one.left_at is None] or list(stages[-1:])
    return lasting[-1] if lasting else None


def appeal_ref(appeal: Appeal) -> AppealRef:
    return AppealRef(
        id=appeal.id,
        receipt=appeal.receipt,
        number=appeal.number,
        applicant=appeal.main_applicant.full_name,
        summary=policy.in_short(appeal.summary or appeal.text),
        registered_on=appeal.registered_on,
        due_on=appeal.due_on,
    )


def term_of(item: WorkItemView, appeal: Appeal, zone: str) -> date | None:
    """The day a work item has to be done by: its own, the appeal's, or that of registration."""
    if item.due_at:
        return local(item.due_at, zone).date()
    return appeal.due_on or (None if appeal.registered_on else appeal.register_by)


def task_item(
    item: WorkItemView,
    appeal: Appeal,
    stages: Sequence[Stage],
    *,
    person: Person,
    today: date,
    zone: str,
    people: People,
) -> TaskItem:
    """A line of the inbox; its stage is that of the task or, where it has none, the appeal's."""
    term, internal = term_of(item, appeal, zone), appeal.internal_due_on
    own = [one for one in stages if one.id == item.element and one.left_at is None]
    stage = own[-1] if own else present(stages)
    mine = item.assignee in impartial.logins(person, appeal)
    absent = item.assignee if mine and item.assignee != person.login else None
    return TaskItem(
        id=item.id,
        element=item.element,
        process=item.process,
        title=item.title,
        title_en=item.title_en or None,
        stage=stage.text if stage else None,
        stage_en=stage.text_en if stage else None,
        roles=item.roles,
        assignee=item.assignee,
        assignee_name=people.name(item.assignee) or None,
        due_at=item.due_at,
        days_left=policy.days_left(term, today),
        priority=item.priority,
        opened_at=item.opened_at,
        version=item.version,
        mine=mine,
        instead_of=absent,
        instead_of_name=people.behalf(absent),
        away=people.away(item.assignee),
        assigned=item.assigned,
        appeal=appeal_ref(appeal),
        internal_due_on=internal
        if not appeal.closed and term and internal and internal < term
        else None,
    )


def applicant_view(row: Applicant) -> ApplicantView:
    return ApplicantView(
        id=row.id,
        main=row.position == 0,
        kind=row.kind,
        full_name=row.full_name,
        last_name=row.last_name,
        first_name=row.first_name,
        middle_name=row.middle_name,
        no_middle_name=row.no_middle_name,
        name=row.name,
        represented=row.represented,
        email=row.email,
        phone=row.phone,
        postal_address=row.postal_address,
    )


def extension_view(row: Extension, hands: Hands | None = None) -> ExtensionView:
    """A request for more time; without `hands` it names nobody."""
    asked, decided = ("", ""), ("", "")
    if hands is not None:
        made = [(f"extension.{how}", row.id) for how in ("granted", "refused")]
        asked = hands.of(row.asked_by, ("extension.requested", row.id))
        decided = hands.of(row.decided_by, *made)
    return ExtensionView(
        id=row.id,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        asked_due_on=row.asked_due_on,
        ground=row.ground,
        request_id=row.request_id,
        asked_by_name=asked[0],
        asked_for_name=asked[1],
        decided_for_name=decided[1],
        request_reason=row.request_reason,
        decision=row.decision,
        decided_on=row.decided_on,
        decided_by=row.decided_by,
        due_on=row.due_on or row.asked_due_on,
        reason=row.reason,
        remark=row.remark,
    )


def extensions_of(session: Session, appeal_id: int) -> list[Extension]:
    """Every request for more time, oldest first; one list for a use case, which may grow."""
    known: dict[int, list[Extension]] = notes(session).setdefault(extensions_of, {})
    if appeal_id not in known:
        asked = select(Extension).where(Extension.appeal_id == appeal_id).order_by(Extension.id)
        known[appeal_id] = list(session.scalars(asked))
    return known[appeal_id]


def term_views(appeal: Appeal) -> tuple[TermView, ...]:
    """The terms with what led to them, in the order they run."""
    lines = sorted(appeal.terms, key=lambda one: statutory.ORDER.index(one["of"]))
    return tuple(term_view(one) for one in lines)


def term_view(line: Mapping[str, Any]) -> TermView:
    return TermView(
        of=line["of"],
        rule=line["rule"],
        due_on=date.fromisoformat(line["due"]),
        reasoning=tuple(line["reasoning"]),
        reasoning_en=tuple(line["reasoning_en"]),
    )


def granted(session: Session, appeal: Appeal) -> Extension | None:
    """The extension that is in force."""
    found = extensions_of(session, appeal.id)
    return next((one for one in reversed(found) if one.decision == "grant"), None)


Letters = Mapping[int, LetterView]
Files = Mapping[int, DocumentView]


def answer_view(row: Answered, files: Files) -> AnswerView | None:
    if row.answered_on is None:
        return None
    return AnswerView(
        recorded_on=row.answered_on,
        number=row.answer_number,
        date=row.answer_date,
        text=row.answer_text,
        files=tuple(files[one] for one in row.answer_documents if one in files),
    )


def question_names(appeal: Appeal, codes: Sequence[str]) -> tuple[str, ...]:
    """Names of questions as the card has them; of one that it lacks, as the classifier has it."""
    held = {one.code: one.name for one in appeal.questions}
    others = dict(lookups.names(code for code in codes if code not in held))
    return tuple(held.get(code) or others.get(code, code) for code in codes)


def redirection_view(
    row: Redirection, appeal: Appeal, letters: Letters, files: Files = MappingProxyType({})
) -> RedirectionView:
    letter = letters.get(row.letter_id) if row.letter_id else None
    return RedirectionView(
        id=row.id,
        organisation_id=row.organisation_id,
        organisation=row.organisation,
        number=letter.number if letter else None,
        date=row.sent_on,
        questions=tuple(row.questions),
        text=row.text or row.instruction,
        question_names=question_names(appeal, row.questions),
        copy=row.copy,
        result=_result_of(row),
        result_by=row.result_by,
        answer=answer_view(row, files),
    )


def _result_of(row: Redirection) -> str:
    if not row.ask_result or row.sent_on is None:
        return ""
    return "answered" if row.answered_on else "dropped" if row.dropped_on else "waiting"


def redirections_of(session: Session, appeal_id: int) -> list[Redirection]:
    return list(
        session.scalars(
            select(Redirection).where(Redirection.appeal_id == appeal_id).order_by(Redirection.id)
        )
    )


def question_views(appeal: Appeal) -> tuple[QuestionView, ...]:
    return tuple(
        QuestionView(one.code, one.name, one.result, one.measures) for one in appeal.questions
    )


def invitation_of(session: Session, appeal_id: int) -> SurveyInvitation | None:
    """The latest invitation of an appeal."""
    return session.scalars(
        select(SurveyInvitation)
        .where(SurveyInvitation.appeal_id == appeal_id)
        .order_by(SurveyInvitation.id.desc())
    ).first()


def survey_marks(invitation: SurveyInvitation | None) -> SurveyMarks | None:
    if invitation is None or invitation.answered_at is None:
        return None
    return SurveyMarks(
        at=invitation.answered_at,
        quality=invitation.quality,
        solved=invitation.solved,
        comment=invitation.comment,
    )
