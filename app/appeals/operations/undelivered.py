"""Mail that did not reach its addressee: who sees to it, and what they do."""

from typing import Any

from sqlalchemy.orm import Session

from app.appeals import notices, searchable
from app.appeals.finding import id_of
from app.appeals.models import Appeal
from app.appeals.operations.common import APPEAL, LETTER, appeal_of, integer, refuse, text
from app.appeals.terms import end_of, spelt, today, zone_of
from app.audit.services import record
from app.correspondence import services as correspondence
from app.correspondence.policy import INFORMATIVE
from app.correspondence.registry import on_returned
from app.correspondence.services import LetterView
from app.errors import Misfit
from app.extensions import lazy_gettext as _
from app.workflow import services as workflow
from app.workflow.registry import Context, operation

#: Whoever finds the paper could open the page of the appeal or answer for the applicant.
NEVER_ON_PAPER = frozenset({"code", "survey"})


@on_returned
def ask_a_clerk(session: Session, letter: LetterView) -> bool:
    """Open a task about a letter that came back; False where the diagrams know no such task."""
    if not letter.key.startswith("appeal:"):
        return False
    if letter.template in INFORMATIVE and session.get_one(Appeal, id_of(letter.key)).closed:
        return (
            True  # The reply is out and nothing was asked for: the register shows what came back.
        )
    payload = {
        "appeal": id_of(letter.key),
        "letter": letter.id,
        "due_at": spelt(end_of(today(session), zone_of(session))),
    }
    opened = workflow.opened_by(session, letter.key, "mail_returned", payload, actor="system")
    return opened is not None


@operation(
    "appeals.settle_undelivered",
    kind="listener",
    summary={
        "ru": "Решить, как доставить письмо, которое вернула почта",
        "en": "Decide how a letter that mail brought back is delivered",
    },
    outputs={
        "on_paper": {
            "type": "boolean",
            "ru": "Письмо печатают и отправляют почтой",
            "en": "The letter is printed and posted",
        }
    },
)
def settle_undelivered(ctx: Context, **answers: Any) -> dict[str, Any]:
    """Mail it to another address, post it, or write down how the addressee was told."""
    letter, decision = _letter_of(ctx), text(answers, "decision")
    if decision == "again":
        _mail_again(ctx, letter, text(answers, "email"))
        return {"on_paper": False}
    if decision == "post":
        return {"on_paper": _post(ctx, letter, text(answers, "postal_address"))}
    if decision != "told":
        raise refuse("decision", _("Choose a decision."))
    if not text(answers, "reason"):
        raise refuse("reason", _("Write how the addressee was told, or why that is impossible."))
    record(
        ctx.session, ctx.actor, "letter.told", ctx.key, letter=letter.id,
        reason=text(answers, "reason"),
    )  # fmt: skip
    correspondence.let_go_on(ctx.session, letter.id)
    return {"on_paper": False}


def _letter_of(ctx: Context) -> LetterView:
    found = integer(ctx.variables.get("letter"))
    if found is None:
        raise Misfit("The process does not say which letter came back.")
    return correspondence.letter(ctx.session, found)


def _mail_again(ctx: Context, letter: LetterView, email: str) -> None:
    """A new address of the applicant goes into the card, so that the next letter finds it too."""
    if "@" not in email:
        raise refuse("email", _("Write the address to send the letter to."))
    correspondence.send_again(ctx.session, letter.id, email, ctx.actor)
    _keep(ctx, letter, "email", email)


def _post(ctx: Context, letter: LetterView, address: str) -> bool:
    """Whether a paper waits for the dispatch office in this process; a notice is made anew."""
    if not address:
        raise refuse("postal_address", _("Write the address to post the letter to."))
    if letter.template in NEVER_ON_PAPER:
        raise refuse("decision", _("What this letter holds is not put on paper."))
    _keep(ctx, letter, "postal_address", address)
    if letter.document_id is not None:
        correspondence.go_by_post(ctx.session, letter.id, address, ctx.actor)
        return True
    notices.tell(
        ctx.session, appeal_of(ctx), letter.template, actor=ctx.actor, facts=letter.facts,
        attachments=letter.attachments, context=ctx, channel="post",
    )  # fmt: skip
    return False


def _keep(ctx: Context, letter: LetterView, field: str, address: str) -> None:
    appeal = appeal_of(ctx)
    if letter.audience == "citizen" and getattr(appeal.main_applicant, field) != address:
        setattr(appeal.main_applicant, field, address)
        searchable.refresh(appeal)
        record(ctx.session, ctx.actor, "applicant.address_changed", ctx.key, field=field)


@operation(
    "appeals.letter_seen_to",
    summary={
        "ru": "Продолжить процесс, который ждал отправки письма",
        "en": "Let the process go on that waited for the letter to leave",
    },
    inputs={**APPEAL, **LETTER},
)
def letter_seen_to(ctx: Context, letter: Any, **_inputs: Any) -> dict[str, Any]:
    correspondence.let_go_on(ctx.session, int(letter))
    return {}
