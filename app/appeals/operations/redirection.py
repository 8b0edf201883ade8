"""Sending an appeal to the body that is competent for it."""

from collections.abc import Sequence
from typing import Any

from app.appeals import notices, policy
from app.appeals.models import Appeal, Redirection
from app.appeals.operations.common import (
    APPEAL,
    LETTER,
    OUTCOME,
    appeal_of,
    integer,
    person_of,
    text,
    today_of,
)
from app.appeals.operations.review import organisation_name
from app.appeals.people import People
from app.audit.services import record, stands_in
from app.correspondence import services as correspondence
from app.correspondence.policy import RECALLED
from app.correspondence.services import Addressee
from app.directory import services as directory
from app.documents import services as documents
from app.documents.policy import FOUND
from app.errors import Misfit
from app.extensions import in_language, settings
from app.extensions import lazy_gettext as _
from app.workflow.registry import Context, operation

REDIRECTION = {
    "redirection": {
        "type": "integer",
        "required": True,
        "ru": "Переадресация",
        "en": "Id of the redirection",
    }
}


def redirection_of(ctx: Context, given: Any = None) -> Redirection:
    """The redirection this process is about."""
    found = integer(given if given is not None else ctx.variables.get("redirection"))
    return ctx.session.get_one(Redirection, found)


@operation(
    "appeals.prepare_redirection",
    kind="listener",
    summary={
        "ru": "Записать проект сопроводительного письма",
        "en": "Keep the draft of the cover letter",
    },
    outputs={"letter": LETTER["letter"]},
)
def prepare_redirection(ctx: Context, **answers: Any) -> dict[str, Any]:
    """Draft the cover letter; prepared anew after a rework, the same letter is revised."""
    row = redirection_of(ctx)
    organisation = integer(answers.get("organisation")) or row.organisation_id
    if organisation is not None:
        row.organisation_id = organisation
        row.organisation = organisation_name(ctx, organisation)
    if "questions" in answers:
        row.questions = [str(code) for code in answers["questions"] or ()]
    row.text = text(answers, "text")
    if row.organisation_id is None:
        raise Misfit("The redirection names no organisation.")
    row.letter_id = letter_to_body(
        ctx, row.letter_id, "cover", row.organisation_id, row.text,
        subject=_("On an appeal by competence"), attachments=_materials(ctx),
    )  # fmt: skip
    record(ctx.session, ctx.actor, "redirection.prepared", ctx.key, redirection=row.id)
    return {"letter": row.letter_id}


def _materials(ctx: Context) -> list[int]:
    """The files of the applicant, which go along with the appeal, but what is in quarantine."""
    found = documents.documents(ctx.session, ctx.key)
    return [
        one.id
        for one in found
        if one.kind in notices.CITIZENS_FILES and not (one.check and one.check.verdict == FOUND)
    ]


def letter_to_body(
    ctx: Context,
    drafted: int | None,
    kind: str,
    organisation: int,
    body: str,
    *,
    subject: Any,
    attachments: Sequence[int] = (),
) -> int:
    """The letter `drafted` before, revised, while it goes to the same body; else a new draft."""
    addressee = _addressee(ctx, organisation)
    if drafted is not None:
        written = correspondence.letter(ctx.session, drafted)
        # One that was recalled keeps its number and is never sent: another is written.
        if written.addressee.name == addressee.name and written.state != RECALLED:
            return correspondence.revise(
                ctx.session, drafted, body, ctx.actor, attachments=attachments
            ).id
    with in_language(settings().default_language):
        subject = str(subject)
    return correspondence.draft(
        ctx.session,
        key=ctx.key,
        kind=kind,
        template=kind,
        text=body,
        subject=subject,
        addressee=addressee,
        actor=ctx.actor,
        facts=executor_facts(ctx),
        attachments=attachments,
    ).id


def _addressee(ctx: Context, organisation: int) -> Addressee:
    body = directory.organisation(ctx.session, organisation)
    channel = "email" if body.email else "post"
    return Addressee(body.name, body.email, body.address, channel)


def executor_facts(ctx: Context) -> dict[str, str]:
    """Who wrote a letter, as its foot says."""
    author = person_of(ctx)
    return {"executor": author.short_name} if author else {}


@operation(
    "appeals.sign_redirection",
    kind="listener",
    summary={
        "ru": "Подписать сопроводительное письмо или вернуть его",
        "en": "Sign the cover letter or return it",
    },
)
def sign_redirection(ctx: Context, **answers: Any) -> dict[str, Any]:
    row = redirection_of(ctx)
    letter = integer(ctx.variables.get("letter")) or row.letter_id
    row.remark = "" if sign_or_return(ctx, letter, answers) else text(answers, "remark")
    return {}


def sign_or_return(ctx: Context, letter: int | None, answers: dict[str, Any]) -> bool:
    """Ask for the signature of who acts, unless the letter goes back for rework."""
    if letter is None:
        raise Misfit("There is no letter to sign.")
    if text(answers, "decision") == "rework":
        correspondence.send_back(ctx.session, letter, text(answers, "remark"), ctx.actor)
        return False
    signatory = person_of(ctx)
    if signatory is None:
        raise Misfit("There is nobody to sign the letter.")
    # What is signed is frozen first, even where the diagram has no approval.
    correspondence.approve(ctx.session, letter, ctx.actor)
    absent = stands_in(ctx.session, ctx.actor)
    correspondence.request_signature(
        ctx.session,
        letter,
        signatory=signatory,
        instance=ctx.instance,
        instead_of=People(ctx.session).get(absent) if absent else None,
    )
    return True


@operation(
    "appeals.redirected",
    summary={
        "ru": "Отметить, что обращение направлено по компетенции",
        "en": "Note that the appeal was sent to the competent body",
    },
    inputs={**APPEAL, **REDIRECTION, **LETTER},
    outputs={
        **OUTCOME,
        "ask_result": {
            "type": "boolean",
            "ru": "Просили сообщить о результате",
            "en": "Whether the result was asked for",
        },
    },
)
def redirected(ctx: Context, redirection: Any, letter: Any, **_inputs: Any) -> dict[str, Any]:
    appeal, row = appeal_of(ctx), redirection_of(ctx, redirection)
    sent = correspondence.letter(ctx.session, int(letter))
    row.sent_on = today_of(ctx)
    if not row.copy:
        _end_here(appeal, row)
    record(ctx.session, ctx.actor, "appeal.redirected", ctx.key, organisation=row.organisation)
    return {
        "outcome": appeal.outcome,
        "ask_result": row.ask_result,
        "public": {
            "organisation": row.organisation,
            "number": sent.number,
            "date": str(sent.date or row.sent_on),
        },
    }


def _end_here(appeal: Appeal, row: Redirection) -> None:
    """The whole appeal went to the other body."""
    appeal.outcome, appeal.decided_on = policy.REDIRECTED, row.sent_on
    for question in appeal.questions:
        if not row.questions or question.code in row.questions:
            question.result = "redirected"
