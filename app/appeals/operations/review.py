"""The manager's part: assign, redirect, answer at once, leave without answer, or return."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from app.appeals import impartial, policy, statutory
from app.appeals.models import Appeal, Assignment, Redirection, Resolution
from app.appeals.operations.common import (
    appeal_of,
    day,
    integer,
    person_of,
    refuse,
    text,
    today_of,
)
from app.appeals.people import People
from app.appeals.terms import end_of, spelt, zone_of
from app.audit.services import record
from app.directory import services as directory
from app.errors import NotFound
from app.extensions import day_said
from app.extensions import lazy_gettext as _
from app.session import give_ids
from app.workflow.registry import Context, operation

DECISIONS = ("assign", "redirect", "answer", "leave", "return", "void")
COPIES = ("copy_1", "copy_2", "copy_3")
FARTHEST = 366  # days


@operation(
    "appeals.review",
    kind="listener",
    summary={
        "ru": "Записать резолюцию руководителя",
        "en": "Keep the manager's resolution",
    },
    outputs={
        "assignments": {"type": "list", "ru": "Поручения", "en": "Ids of the assignments"},
        "redirection": {"type": "integer", "ru": "Переадресация", "en": "Id of the redirection"},
        "drafter": {"type": "string", "ru": "Кто готовит ответ", "en": "Login of the drafter"},
        "nothing_left": {
            "type": "boolean",
            "ru": "Все поручения отменены",
            "en": "All assignments were cancelled",
        },
        "act_needed": {
            "type": "boolean",
            "ru": "Нужен акт комиссии",
            "en": "An act of a commission is needed",
        },
    },
)
def review(ctx: Context, **answers: Any) -> dict[str, Any]:
    """Keep the decision; every name the diagram may read is always there."""
    appeal = appeal_of(ctx)
    decision = text(answers, "decision")
    if decision not in DECISIONS:
        raise refuse("decision", _("Choose a decision."))
    resolution = Resolution(
        appeal_id=appeal.id,
        author=ctx.actor,
        at=ctx.now,
        decision=decision,
        text=_wording(decision, answers),
    )
    ctx.session.add(resolution)
    data: dict[str, Any] = {"assignments": [], "redirection": None, "drafter": None}
    data |= {"nothing_left": False, "act_needed": False}
    data |= _BRANCHES[decision](ctx, appeal, resolution, answers)
    give_ids(ctx.session, resolution)
    record(
        ctx.session, ctx.actor, "resolution.made", ctx.key, decision=decision,
        resolution=resolution.id,
    )  # fmt: skip
    return data


def _wording(decision: str, answers: Mapping[str, Any]) -> str:
    own = {
        "redirect": "redirect_text",
        "leave": "explanation",
        "void": "void_reason",
        "return": "remark",
    }.get(decision, "text")
    return text(answers, own) or text(answers, "text")


def _assign(
    ctx: Context, appeal: Appeal, resolution: Resolution, answers: Mapping[str, Any]
) -> dict[str, Any]:
    lines = [dict(line) for line in answers.get("resolutions") or ()]
    if problems := policy.resolution_errors(lines):
        raise refuse("resolutions", problems[0])
    if not any(line.get("responsible") for line in lines):
        # As in a resolution on paper, whoever is named first answers for all.
        lines[0]["responsible"] = True
    made = [_assignment(ctx, appeal, resolution, line) for line in lines]
    give_ids(ctx.session, resolution, *made)
    for one in made:
        one.resolution_id = resolution.id
    _send_copies(ctx, appeal, answers)
    responsible = next(one for one in made if one.responsible)
    return {"assignments": [one.id for one in made], "drafter": responsible.executor}


def _assignment(
    ctx: Context, appeal: Appeal, resolution: Resolution, line: Mapping[str, Any]
) -> Assignment:
    executor = text(line, "executor")
    people = People(ctx.session)
    found = people.get(executor)
    if found is None or not found.active:
        message = _("There is no person with the login %(login)s.", login=executor)
        raise refuse("resolutions", message)
    if people.idle(executor):
        raise refuse("resolutions", policy.NO_ROLE)
    if impartial.complained(appeal, found):
        raise refuse("resolutions", policy.TO_PERSON)
    return Assignment(
        appeal_id=appeal.id,
        author=ctx.actor,
        executor=found.login,
        responsible=bool(line.get("responsible")),
        text=text(line, "text") or resolution.text,
        due_on=checked_term(day(line, "due_on"), today_of(ctx), "resolutions") or appeal.due_on,
        created_at=ctx.now,
        state="drafted",
    )


def checked_term(wanted: date | None, today: date, field: str) -> date | None:
    """A term that is not over before it begins, and no slip in the year."""
    if wanted is not None and wanted < today:
        raise refuse(field, _("The term lies in the past."))
    if wanted is not None and (wanted - today).days > FARTHEST:
        latest = day_said(today + timedelta(days=FARTHEST))
        raise refuse(field, _("The term cannot be later than %(day)s.", day=latest))
    return wanted


def _redirect(
    ctx: Context, appeal: Appeal, resolution: Resolution, answers: Mapping[str, Any]
) -> dict[str, Any]:
    organisation = integer(answers.get("organisation"))
    if organisation is None:
        raise refuse("organisation", _("Choose the body to send the appeal to."))
    del resolution
    row = _redirection(ctx, appeal, organisation, answers)
    _send_copies(ctx, appeal, answers, except_to=organisation)
    return {"redirection": row.id}


def _redirection(
    ctx: Context,
    appeal: Appeal,
    organisation: int,
    answers: Mapping[str, Any],
    *,
    field: str = "organisation",
) -> Redirection:
    row = Redirection(
        appeal_id=appeal.id,
        author=ctx.actor,
        at=ctx.now,
        organisation_id=organisation,
        organisation=organisation_name(ctx, organisation, field),
        questions=[one.code for one in appeal.questions],
        instruction=text(answers, "redirect_text"),
        ask_result=bool(answers.get("ask_result")),
        copy=field != "organisation",
    )
    give_ids(ctx.session, row)
    return row


def _send_copies(
    ctx: Context,
    appeal: Appeal,
    answers: Mapping[str, Any],
    *,
    except_to: int | None = None,
) -> None:
    """Send copies to the other competent bodies, each by a process and a letter of its own."""
    told = {except_to}
    for field in COPIES:
        organisation = integer(answers.get(field))
        if organisation is None or organisation in told:
            continue
        told.add(organisation)
        row = _redirection(ctx, appeal, organisation, answers, field=field)
        by = statutory.due_of(appeal, statutory.DECISION)
        due_at = spelt(end_of(by, zone_of(ctx.session))) if by else None
        ctx.start("redirection", {"appeal": appeal.id, "redirection": row.id, "due_at": due_at})


def organisation_name(ctx: Context, organisation: int, field: str = "organisation") -> str:
    """The name of the body to send an appeal to.

    Refuses one that is not in the directory, and the one a complaint complains of.
    """
    if appeal_of(ctx).complains_of(organisation):
        raise refuse(field, policy.TO_BODY)
    return known_body(ctx, organisation, field)


def known_body(ctx: Context, organisation: int, field: str = "organisation") -> str:
    """The name of a body; refuses one that is not in the directory."""
    try:
        return directory.organisation(ctx.session, organisation).name
    except NotFound as absent:
        raise refuse(field, _("There is no such organisation.")) from absent


def _answer(
    ctx: Context, appeal: Appeal, resolution: Resolution, answers: Mapping[str, Any]
) -> dict[str, Any]:
    del resolution
    drafter, people = text(answers, "drafter"), People(ctx.session)
    if impartial.complains_of(ctx.session, appeal, drafter):
        raise refuse("drafter", policy.TO_PERSON)
    if people.idle(drafter):
        raise refuse("drafter", policy.NO_ROLE)
    found = people.get(drafter)
    return {"drafter": found.login if found else None}


def _leave(
    ctx: Context, appeal: Appeal, resolution: Resolution, answers: Mapping[str, Any]
) -> dict[str, Any]:
    reason = text(answers, "reason")
    if reason not in policy.LEFT_REASONS:
        raise refuse("reason", _("Choose the ground."))
    if reason == "ended" and not _may_end(ctx):
        raise refuse("reason", _("Only the manager may end the correspondence (art. 11 p. 5)."))
    appeal.outcome_reason = reason
    appeal.outcome_text = text(answers, "explanation")
    resolution.details = {
        name: text(answers, name) for name in ("answer_url", "earlier_replies") if answers.get(name)
    }
    return {"act_needed": reason == "unreadable"}


def _may_end(ctx: Context) -> bool:
    person = person_of(ctx)
    return person is not None and "manager" in person.roles


def _return(
    ctx: Context, appeal: Appeal, resolution: Resolution, answers: Mapping[str, Any]
) -> dict[str, Any]:
    del ctx, answers
    appeal.return_remark = resolution.text
    return {}


def _void(
    ctx: Context, appeal: Appeal, resolution: Resolution, answers: Mapping[str, Any]
) -> dict[str, Any]:
    del ctx, resolution
    reason = text(answers, "void_reason")
    if not reason:
        raise refuse("void_reason", _("Write the reason: the citizen will be told it."))
    appeal.outcome_text = reason
    return {}


_BRANCHES = {
    "assign": _assign,
    "redirect": _redirect,
    "answer": _answer,
    "leave": _leave,
    "return": _return,
    "void": _void,
}
