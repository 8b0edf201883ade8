"""What is already known when a form is opened: nobody types a thing twice."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.appeals import asking, building, declining, policy, progress, repetition
from app.appeals.models import (
    Appeal,
    Assignment,
    CommissionAct,
    DocumentRequest,
    FileInspection,
    Redirection,
    Report,
    ValuablesAct,
)
from app.appeals.parts import latest_reply, latest_report
from app.appeals.people import People
from app.appeals.terms import today, zone_of
from app.clock import local
from app.correspondence import services as correspondence
from app.extensions import gettext as _
from app.extensions import in_language, settings
from app.workflow.services import WorkItemView

Values = dict[str, Any]
Filler = Callable[[Session, Appeal, WorkItemView], Values]


def values(session: Session, form_key: str, appeal: Appeal, item: WorkItemView) -> Values:
    """Prefilled answers for a form; a form this room does not know begins with its defaults.

    `channel` (where the appeal came from) is always there for conditions to look at.
    """
    filler = _FILLERS.get(form_key)
    known = filler(session, appeal, item) if filler else {}
    return {"channel": appeal.channel, **known}


def suggested(session: Session, form_key: str, appeal: Appeal) -> Values:
    """What is suggested where nothing is decided yet.

    It costs looks around, so it is made for who opens the form, and not again when it comes back.
    """
    if form_key == "appeal/register":
        return repetition.suggestion(session, appeal)
    if form_key == "extension/decide":
        return {"done": progress.so_far(session, appeal) or None}
    return {}


def _register(session: Session, appeal: Appeal, item: WorkItemView) -> Values:
    applicant = appeal.main_applicant
    earlier = session.get(Appeal, appeal.earlier_id) if appeal.earlier_id else None
    return {
        "questions": [one.code for one in appeal.questions],
        "kind": appeal.kind or None,
        "repeated": appeal.repeated or None,
        "earlier": (earlier.number or earlier.receipt) if earlier else None,
        "collective": appeal.collective,
        "about_migration": appeal.about_migration,
        "complained_person": appeal.complained_person,
        "complained_organisation": appeal.complained_organisation,
        "summary": appeal.summary or None,
        "addressed_to": appeal.addressee or None,
        "place": appeal.place or None,
        "name": applicant.name or None,
        "represented": applicant.represented or None,
        "last_name": applicant.last_name or None,
        "first_name": applicant.first_name or None,
        "middle_name": applicant.middle_name or None,
        "no_middle_name": applicant.no_middle_name,
        **declining.offered(applicant),
        "email": applicant.email or None,
        "phone": applicant.phone or None,
        "postal_address": applicant.postal_address or None,
        "reply_channel": appeal.reply_channel,
        "source_organisation": appeal.source_organisation or None,
        "source_number": appeal.source_number or None,
        "source_date": appeal.source_date,
        "source_due_on": appeal.source_due_on,
        "to_manager": appeal.to_manager,
        "comment": appeal.comment or None,
        "remark": item.variables.get("reason") or appeal.return_remark or None,
    }


def _report(session: Session, appeal: Appeal, item: WorkItemView) -> Values:
    given = item.variables.get("assignment")
    latest = None if given is None else latest_report(session, int(given))
    return {
        "text": latest.text if latest else None,
        "remark": (latest.remark or None) if latest and latest.decision == "rework" else None,
        "results": _results(appeal, latest.results if latest else ()),
    }


def _results(appeal: Appeal, given: Any) -> list[dict[str, Any]]:
    """A line for each question, with what was said of it before."""
    said = {str(one.get("code")): one for one in given}
    return [
        {
            "code": question.code,
            "result": said.get(question.code, {}).get("result"),
            "measures": said.get(question.code, {}).get("measures"),
        }
        for question in appeal.questions
    ]


def _decide_extension(session: Session, appeal: Appeal, item: WorkItemView) -> Values:
    asked = item.variables.get("extension")
    found = building.extensions_of(session, appeal.id)
    row = next((one for one in found if one.id == asked), None)
    if row is None:
        return {}
    return {
        "due_on": row.asked_due_on,
        "days": row.asked_days,
        "reason": row.request_reason,
        "requests": _requests(session, appeal, row.request_id) or None,
    }


def _requests(session: Session, appeal: Appeal, named: int | None) -> str:
    """The requests for documents in words, the one that justifies an extension first."""
    letters = {one.id: one for one in correspondence.letters(session, str(appeal.key))}
    day, people = today(session), People(session)
    rows = sorted(asking.requests_of(session, appeal.id), key=lambda one: one.id != named)
    return "\n".join(
        asking.in_words(
            asking.request_view(one, appeal, today=day, people=people, letters=letters, files={})
        )
        for one in rows
    )


def _prepare_request(session: Session, appeal: Appeal, item: WorkItemView) -> Values:
    del appeal
    given = item.variables.get("request")
    row = session.get(DocumentRequest, int(given)) if given is not None else None
    if row is None:
        return {}
    letter = correspondence.letter(session, row.letter_id) if row.letter_id else None
    return {
        "organisation": row.organisation_id,
        "documents": row.documents,
        "purpose": row.purpose or None,
        "text": row.text or None,
        "remark": (letter.remark or None) if letter else None,
    }


def _prepare_redirection(session: Session, appeal: Appeal, item: WorkItemView) -> Values:
    given = item.variables.get("redirection")
    row = session.get(Redirection, int(given)) if given is not None else None
    if row is None:
        return {}
    text = row.text
    if not text:
        asked = [{"name": one} for one in building.question_names(appeal, row.questions)]
        facts = {
            "organisation": row.organisation,
            "questions": asked,
            "migration": appeal.about_migration,
            "control": row.ask_result,
            "copy": row.copy,
        }
        text = correspondence.compose(
            session, "cover", facts, settings().default_language, key=str(appeal.key)
        ).text
    return {
        "organisation": row.organisation_id,
        "questions": list(row.questions),
        "text": text,
        "remark": row.remark or None,
    }


def _draft_reply(session: Session, appeal: Appeal, item: WorkItemView) -> Values:
    del item
    row = latest_reply(session, appeal.id)
    if row is not None and (appeal.reopened_at is None or row.at >= appeal.reopened_at):
        return {
            "subject": row.subject,
            "text": row.text,
            "results": _results(appeal, row.results),
            "measures": row.measures or None,
            "remark": row.remark or None,
        }
    return _first_draft(session, appeal)


def _sent_elsewhere(session: Session, appeal: Appeal) -> set[str]:
    """Questions that another body answers: copies went there about them and not about all."""
    rows = select(Redirection).where(
        Redirection.appeal_id == appeal.id, Redirection.sent_on.is_not(None)
    )
    everything = {one.code for one in appeal.questions}
    sent = [set(row.questions) for row in session.scalars(rows)]
    return set().union(*(codes for codes in sent if codes < everything))


def _first_draft(session: Session, appeal: Appeal) -> Values:
    """The template, with what the executors reported."""
    reports = _accepted_reports(session, appeal)
    proposed: dict[str, Any] = {}
    for _assignment, report in reports:
        for one in report.results:
            if one.get("result") or one.get("measures"):
                proposed.setdefault(str(one.get("code")), one)
    results = _results(appeal, proposed.values())
    elsewhere = _sent_elsewhere(session, appeal)
    for one in results:
        # Most replies explain; who drafts sees it in the form and changes what is otherwise.
        usual = "redirected" if one["code"] in elsewhere else "explained"
        one["result"] = one["result"] or usual
    facts = {
        "questions": _in_words(appeal, results),
        "reports": [report.text for _assignment, report in reports],
    }
    found = correspondence.compose(session, "reply", facts, appeal.language, key=str(appeal.key))
    return {
        "subject": found.subject,
        "text": found.text,
        "results": results,
        "measures": "\n".join(
            dict.fromkeys(str(one["measures"]) for one in results if one["measures"])
        )
        or None,
    }


def _in_words(appeal: Appeal, results: list[dict[str, Any]]) -> list[dict[str, str]]:
    names = {one.code: one.name for one in appeal.questions}
    with in_language(appeal.language):
        return [
            {
                "name": names[one["code"]],
                "result": str(policy.RESULTS.get(one["result"] or "", "")),
                "measures": one["measures"] or "",
            }
            for one in results
        ]


def _accepted_reports(session: Session, appeal: Appeal) -> list[tuple[Assignment, Report]]:
    """The last report of each executor of the resolution, the responsible one's first."""
    query = (
        select(Assignment, Report)
        .join(Report, Report.assignment_id == Assignment.id)
        .where(Assignment.appeal_id == appeal.id, Assignment.parent_id.is_(None))
        .where(Assignment.state == "done")
        .where(Assignment.created_at >= (appeal.reopened_at or appeal.received_at))
        .order_by(Assignment.responsible.desc(), Assignment.id, Report.id)
    )
    # Of the reports of one assignment the last one stays.
    latest = {part.id: (part, report) for part, report in session.execute(query)}
    return list(latest.values())


def _draft_interim(session: Session, appeal: Appeal, item: WorkItemView) -> Values:
    given = item.variables.get("letter")
    if given is not None:
        letter = correspondence.letter(session, int(given))
        return {
            "subject": letter.subject,
            "text": letter.text,
            "remark": letter.remark or None,
        }
    facts = {
        "done": progress.done(session, appeal),
        "steps": progress.remaining(session, appeal, today(session)),
    }
    found = correspondence.compose(session, "interim", facts, appeal.language, key=str(appeal.key))
    return {"subject": found.subject, "text": found.text}


def _visit(session: Session, appeal: Appeal, item: WorkItemView) -> Values:
    """The place of the appeal, and who goes there: the one whose task it is."""
    person = People(session).get(item.assignee) if item.assignee else None
    with_post = ", ".join(filter(None, (person.name, person.post))) if person else None
    return {"visited_on": today(session), "place": appeal.place or None, "present": with_post}


def _inspection(session: Session, appeal: Appeal, item: WorkItemView) -> Values:
    """The request as it was recorded; the day that was offered is the day of reading."""
    del appeal
    given = item.variables.get("inspection")
    row = session.get(FileInspection, int(given)) if given is not None else None
    day = today(session)
    if row is None:
        return {"asked_on": day}
    offered = {"read_on": row.read_on, "read_at": row.read_at or None, "place": row.place or None}
    held_on = day if row.read_on is None else min(row.read_on, day)
    return {"wish": row.wish or None, "held_on": held_on, **offered}


def _enclosures(session: Session, appeal: Appeal, item: WorkItemView) -> Values:
    """The letter was opened on the day it came, by whom the task is."""
    person = People(session).get(item.assignee) if item.assignee else None
    opener = ", ".join(filter(None, (person.name, person.post))) if person else None
    return {"opened_on": local(appeal.received_at, zone_of(session)).date(), "present": opener}


def _return_valuables(session: Session, appeal: Appeal, item: WorkItemView) -> Values:
    """What is to go back, as the act says it."""
    del appeal
    given = item.variables.get("valuables")
    row = session.get(ValuablesAct, int(given)) if given is not None else None
    return {"found": row.found if row else None, "returned_on": today(session)}


def _undelivered(session: Session, appeal: Appeal, item: WorkItemView) -> Values:
    """Which letter came back and why, and the addresses that are known."""
    given = item.variables.get("letter")
    if given is None:
        return {}
    letter = correspondence.letter(session, int(given))
    citizen = appeal.main_applicant.postal_address if letter.audience == "citizen" else ""
    said = " ".join(filter(None, (letter.number, letter.subject)))
    if letter.channel == "post":
        where, why = letter.addressee.postal_address, _("The post brought it back.")
    else:
        where = letter.addressee.email
        why = _("The mail server did not take it to this address (%(code)s).", code=letter.remark)
    return {
        "letter": f"{said}\n{where}\n{why}",
        "decision": "post" if letter.channel == "post" else "again",
        "email": letter.addressee.email,
        "postal_address": letter.addressee.postal_address or citizen or None,
    }


def _dispatch(session: Session, appeal: Appeal, item: WorkItemView) -> Values:
    del appeal, item
    return {"posted_on": today(session)}


def _recalled(session: Session, appeal: Appeal, item: WorkItemView) -> Values:
    """Why the notice was taken back."""
    del appeal
    given = item.variables.get("letter")
    if given is None:
        return {}
    return {"remark": correspondence.letter(session, int(given)).remark or None}


def _draw_up_act(session: Session, appeal: Appeal, item: WorkItemView) -> Values:
    """What was drawn up before somebody did not agree, with what they said."""
    given = item.variables.get("act")
    row = session.get(CommissionAct, int(given)) if given is not None else None
    if row is None:
        return {"description": appeal.outcome_text or None, "conclusion": policy.UNREADABLE}
    members = {f"member_{place}": one["login"] for place, one in enumerate(row.members, start=1)}
    return {**members, "description": row.description, "conclusion": row.conclusion}


_FILLERS: Mapping[str, Filler] = {
    "act/draw_up": _draw_up_act,
    "appeal/register": _register,
    "assignment/report": _report,
    "extension/decide": _decide_extension,
    "redirection/prepare": _prepare_redirection,
    "request/prepare": _prepare_request,
    "visit/act": _visit,
    "enclosures/act": _enclosures,
    "valuables/act": _enclosures,
    "valuables/return": _return_valuables,
    "inspection/request": _inspection,
    "inspection/decide": _inspection,
    "inspection/hold": _inspection,
    "interim/draft": _draft_interim,
    "reply/draft": _draft_reply,
    "correspondence/dispatch": _dispatch,
    "correspondence/recalled": _recalled,
    "correspondence/undelivered": _undelivered,
}
