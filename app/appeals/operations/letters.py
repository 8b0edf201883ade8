"""Letters on their way: notices, registration, sending, the dispatcher's mark."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from app.appeals import notices, policy, statutory
from app.appeals.building import granted, question_names
from app.appeals.hands import hands_of
from app.appeals.models import (
    Appeal,
    EnclosuresAct,
    Redirection,
    Reopening,
    Reply,
    Resolution,
    ValuablesAct,
)
from app.appeals.operations import enclosures, valuables
from app.appeals.operations.common import (
    APPEAL,
    LETTER,
    appeal_of,
    day,
    integer,
    refuse,
    text,
    today_of,
)
from app.appeals.operations.extension import extension_facts
from app.appeals.operations.inspections import inspection_facts, inspection_of
from app.appeals.operations.registration import registration_facts
from app.appeals.operations.reopening import reopening_facts
from app.appeals.people import People
from app.appeals.terms import zone_of
from app.appeals.visits import lines_of
from app.audit.services import record
from app.clock import local
from app.correspondence import services as correspondence
from app.correspondence.names import on_behalf_of
from app.correspondence.policy import initials
from app.documents import services as documents
from app.errors import Misfit
from app.extensions import in_language
from app.extensions import lazy_gettext as _
from app.workflow.registry import Context, operation

#: Notices of a decision on reading the file.
INSPECTIONS = frozenset({"inspection_offered", "inspection_refused"})
#: Notices that a copy of an act goes along with.
ACTS: Mapping[str, Callable[[Context], EnclosuresAct | ValuablesAct]] = {
    "enclosures_missing": enclosures.act_of,
    "valuables_found": valuables.act_of,
}


@operation(
    "appeals.notify",
    summary={
        "ru": "Уведомить заявителя выбранным им способом",
        "en": "Tell the applicant by the chosen channel",
    },
    inputs={
        **APPEAL,
        "notice": {
            "type": "string",
            "required": True,
            "ru": "О чём: registered, redirected, extended, left, withdrawn, voided, reopened, "
            "inspection_offered, inspection_refused, enclosures_missing, valuables_found",
            "en": "Of what: registered, redirected, extended, left, withdrawn, voided, reopened, "
            "inspection_offered, inspection_refused, enclosures_missing, valuables_found",
        },
    },
)
def notify(ctx: Context, notice: str, **_inputs: Any) -> dict[str, Any]:
    """Promise the notice; its facts become the step's, so that page and letter say the same."""
    appeal = appeal_of(ctx)
    notices.tell(
        ctx.session,
        appeal,
        notice,
        actor="system",
        facts=_said(ctx, appeal, notice),
        attachments=_enclosed(ctx, notice),
        context=ctx,
    )
    return {"public": _public(ctx, appeal, notice)}


def _public(ctx: Context, appeal: Appeal, notice: str) -> dict[str, Any]:
    if notice == "registered":
        return registration_facts(appeal)
    if notice == "extended" and (extension := granted(ctx.session, appeal)):
        return extension_facts(extension)
    if notice in INSPECTIONS:
        return inspection_facts(inspection_of(ctx))
    return {}


def _enclosed(ctx: Context, notice: str) -> list[int]:
    """The papers that go along with a notice."""
    if notice not in ACTS:
        return []
    act = ACTS[notice](ctx).document_id
    return [act] if act is not None else []


def _said(ctx: Context, appeal: Appeal, notice: str) -> dict[str, Any]:
    """What this notice says beside what is known of every case."""
    if notice == "extended" and (extension := granted(ctx.session, appeal)):
        before = statutory.due_of(appeal, statutory.REPLY)
        return {**extension_facts(extension), "old_due_on": before, "measures": extension.done}
    if notice == "reopened":
        return reopening_facts(_latest_reopening(ctx, appeal), zone_of(ctx.session))
    if notice == "withdrawn":
        return {"decided_on": appeal.decided_on, "asked_on": appeal.decided_on}
    if notice == "voided":
        return {"reason": appeal.outcome_text}
    if notice == "left":
        return _left_said(ctx, appeal)
    if notice == "redirected":
        return _redirection_said(ctx, appeal)
    if notice in INSPECTIONS:
        return _inspection_said(ctx, appeal)
    if notice == "enclosures_missing":
        missed = enclosures.act_of(ctx)
        return {"asked_on": missed.opened_on, "documents": lines_of(missed.missing)}
    if notice == "valuables_found":
        act = valuables.act_of(ctx)
        return {
            "asked_on": act.opened_on,
            "documents": lines_of(act.found),
            "answer_by": act.return_by,
        }
    return {}


def _inspection_said(ctx: Context, appeal: Appeal) -> dict[str, Any]:
    row = inspection_of(ctx)
    decision = {
        "asked_on": row.asked_on,
        "decided_on": row.decided_on,
        "decided_by": _decider(
            *(ctx, row.decided_by, appeal.language),
            *((f"inspection.{how}", row.id) for how in ("offered", "refused")),
        ),
    }
    facts = inspection_facts(row)
    if appeal.language == "en" and "reason_en" in facts:
        facts["reason"] = facts["reason_en"]
    return {**decision, **facts}


def _left_said(ctx: Context, appeal: Appeal) -> dict[str, Any]:
    with in_language(appeal.language):
        reason = str(policy.LEFT_REASONS.get(appeal.outcome_reason, ""))
    resolution = _latest_resolution(ctx, appeal)
    ground = {"ground": appeal.outcome_reason, "reason": reason}
    decision = {
        "decided_by": _decider(
            ctx, resolution.author, appeal.language, ("resolution.made", resolution.id)
        ),
        "decided_on": local(resolution.at, zone_of(ctx.session)).date() if resolution.at else "",
    }
    return {**ground, **decision, "explanation": appeal.outcome_text, **resolution.details}


def _decider(ctx: Context, login: str | None, language: str, *acts: tuple[str, Any]) -> str:
    """Post and name of who decided, as a letter names them: «глава города П. А. Вершинин».

    Of one of `acts` that was done for somebody absent it says for whom.
    """
    people = People(ctx.session)
    _did, absent = hands_of(ctx.session, [ctx.key]).logins(login, *acts)
    person, other = (people.get(one) if one else None for one in (login, absent))
    if person is None:
        return ""
    post, name = (person.said(field, language) for field in ("post", "name"))
    who = " ".join(filter(None, (post, initials(name) if language == "ru" else name)))
    if other is None:
        return who
    with in_language(language):
        instead = on_behalf_of(other.said("name", language), language)
        return str(_("%(who)s, for %(name)s", who=who, name=instead))


def _redirection_said(ctx: Context, appeal: Appeal) -> dict[str, Any]:
    row = ctx.session.get(Redirection, integer(ctx.variables.get("redirection")) or 0)
    if row is None or row.letter_id is None:
        return {}
    cover = correspondence.letter(ctx.session, row.letter_id)
    return {
        "migration": appeal.about_migration,
        "copy": row.copy,
        "own": _latest_resolution(ctx, appeal).decision == "assign",
        "organisation": row.organisation,
        "questions": [{"name": one} for one in question_names(appeal, row.questions)],
        "outgoing_number": cover.number,
        "outgoing_on": cover.date,
    }


def _latest_resolution(ctx: Context, appeal: Appeal) -> Resolution:
    return ctx.session.scalars(
        select(Resolution).where(Resolution.appeal_id == appeal.id).order_by(Resolution.id.desc())
    ).first() or Resolution(decision="", details={})


def _latest_reopening(ctx: Context, appeal: Appeal) -> Reopening:
    rows = select(Reopening).where(Reopening.appeal_id == appeal.id).order_by(Reopening.id.desc())
    return ctx.session.scalars(rows.limit(1)).one()


@operation(
    "appeals.register_letter",
    summary={"ru": "Зарегистрировать исходящее письмо", "en": "Register an outgoing letter"},
    inputs={**APPEAL, **LETTER},
)
def register_letter(ctx: Context, letter: Any, **_inputs: Any) -> dict[str, Any]:
    correspondence.register(ctx.session, int(letter))
    return {}


@operation(
    "appeals.send_letter",
    summary={
        "ru": "Передать письмо на отправку выбранным способом",
        "en": "Hand a letter over for sending by its channel",
    },
    inputs={**APPEAL, **LETTER},
    outputs={"channel": {"type": "string", "ru": "email или post", "en": "email or post"}},
)
def send_letter(ctx: Context, letter: Any, **_inputs: Any) -> dict[str, Any]:
    sent = correspondence.send(ctx.session, int(letter), instance=ctx.instance)
    return {"channel": sent.channel}


@operation(
    "appeals.recall_letter",
    summary={
        "ru": "Отозвать подписанное письмо, пока оно не отправлено",
        "en": "Take back a signed letter before it leaves",
    },
    inputs={
        **APPEAL,
        **LETTER,
        "reason": {"type": "string", "required": True, "ru": "Причина", "en": "Reason"},
    },
)
def recall_letter(ctx: Context, letter: Any, reason: Any, **_inputs: Any) -> dict[str, Any]:
    """The number stays with the letter; who drafted it sees the reason and writes another."""
    correspondence.recall(ctx.session, int(letter), ctx.actor, str(reason))
    replies = select(Reply).where(Reply.letter_id == int(letter))
    covers = select(Redirection).where(Redirection.letter_id == int(letter))
    for row in (*ctx.session.scalars(replies), *ctx.session.scalars(covers)):
        row.letter_id, row.remark = None, str(reason)
    return {"public": {"recalled_on": today_of(ctx).isoformat()}}


@operation(
    "appeals.discard_letter",
    summary={
        "ru": "Отменить письмо, которое больше не нужно; отправленное остаётся",
        "en": "Put aside a letter that is no longer needed; one that has left stays",
    },
    inputs=APPEAL,
)
def discard_letter(ctx: Context, **_inputs: Any) -> dict[str, Any]:
    """Of the process that asks; perhaps nobody has begun to write yet."""
    if (drafted := integer(ctx.variables.get("letter"))) is not None:
        correspondence.discard(ctx.session, drafted, ctx.actor)
    return {}


@operation(
    "appeals.renew_notice",
    kind="listener",
    summary={
        "ru": "Составить отозванное уведомление заново или не отправлять его",
        "en": "Make a recalled notice anew, or do not send it",
    },
    outputs={
        **LETTER,
        "channel": {"type": "string", "ru": "email или post", "en": "email or post"},
    },
)
def renew_notice(ctx: Context, **answers: Any) -> dict[str, Any]:
    """The new one takes address and channel from the card; of one that is dropped we say why."""
    given = integer(ctx.variables.get("letter"))
    if given is None:
        raise LookupError("The process does not say which notice was recalled.")
    old = correspondence.letter(ctx.session, given)
    if text(answers, "decision") == "drop":
        if not text(answers, "reason"):
            raise refuse("reason", _("Write the reason."))
        record(
            ctx.session, ctx.actor, "notice.dropped", ctx.key, letter=given, notice=old.template,
            reason=text(answers, "reason"),
        )  # fmt: skip
        return {"letter": given, "channel": old.channel}
    made = notices.renew(ctx.session, appeal_of(ctx), old, actor=ctx.actor)
    if made is None:
        raise refuse("decision", _("There is no address to send the letter to: correct the card."))
    return {"letter": made.id, "channel": made.channel}


@operation(
    "appeals.dispatched",
    kind="listener",
    summary={
        "ru": "Отметить отправку письма почтой",
        "en": "Note that a letter was posted",
    },
)
def dispatched(ctx: Context, **answers: Any) -> dict[str, Any]:
    letter = integer(ctx.variables.get("letter"))
    if letter is None:
        raise Misfit("The process does not say which letter was posted.")
    posted_on = day(answers, "posted_on") or today_of(ctx)
    if posted_on > today_of(ctx):
        raise refuse("posted_on", _("The date lies in the future."))
    posted = correspondence.mark_posted(
        ctx.session, letter, text(answers, "track"), posted_on, ctx.actor
    )
    if posted.document_id is not None and appeal_of(ctx).closed_at is not None:
        # The case is in the archive already: its last letters follow it.
        documents.move(ctx.session, posted.document_id, "filed", actor=ctx.actor)
    return {}


@operation(
    "appeals.note_documents",
    summary={
        "ru": "Отметить приобщение документов заявителя",
        "en": "Note that the applicant added documents",
    },
    inputs=APPEAL,
)
def note_documents(ctx: Context, **_inputs: Any) -> dict[str, Any]:
    record(
        ctx.session, ctx.actor, "documents.noted", ctx.key,
        documents=list(ctx.variables.get("documents") or ()),
    )  # fmt: skip
    return {"public": {"added_on": today_of(ctx).isoformat()}}
