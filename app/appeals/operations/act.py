"""The act of a commission that the text of an appeal cannot be read."""

from typing import Any

from app.appeals import impartial, policy
from app.appeals.models import CommissionAct
from app.appeals.operations.common import APPEAL, appeal_of, refuse, row_of, text, today_of
from app.appeals.people import People
from app.audit.services import record
from app.errors import Forbidden
from app.extensions import lazy_gettext as _
from app.outbox.services import promise
from app.session import give_ids
from app.workflow.registry import Context, operation

ACT = {"act": {"type": "integer", "required": True, "ru": "Акт", "en": "Id of the act"}}
MEMBERS = ("member_1", "member_2", "member_3", "member_4")


def act_of(ctx: Context, given: Any = None) -> CommissionAct:
    """The act this process is about."""
    return row_of(ctx, CommissionAct, "act", given)


@operation(
    "appeals.begin_commission_act",
    kind="listener",
    summary={"ru": "Записать акт и состав комиссии", "en": "Keep the act and its commission"},
    outputs={
        "act": ACT["act"],
        "members": {"type": "list", "ru": "Члены комиссии", "en": "Logins of the commission"},
    },
)
def draw_up_act(ctx: Context, **answers: Any) -> dict[str, Any]:
    """Begin an act; drawn up anew after somebody did not agree, it is another act."""
    appeal, members = appeal_of(ctx), _members(ctx, answers)
    if not text(answers, "description"):
        raise refuse("description", _("Describe why the text cannot be read."))
    row = CommissionAct(
        appeal_id=appeal.id,
        author=ctx.actor,
        at=ctx.now,
        description=text(answers, "description"),
        conclusion=text(answers, "conclusion") or policy.UNREADABLE,
        members=members,
    )
    give_ids(ctx.session, row)
    logins = [one["login"] for one in members]
    record(ctx.session, ctx.actor, "act.drawn_up", ctx.key, act=row.id, members=logins)
    return {"act": row.id, "members": logins}


def _members(ctx: Context, answers: dict[str, Any]) -> list[dict[str, Any]]:
    people, found = People(ctx.session), list[dict[str, Any]]()
    people.look_up(text(answers, name) for name in MEMBERS if answers.get(name))
    for name in MEMBERS:
        login = text(answers, name)
        if not login:
            continue
        person = people.get(login)
        if person is None or not person.active:
            raise refuse(name, _("Choose a person."))
        if impartial.complains_of(ctx.session, appeal_of(ctx), login):
            raise refuse(name, policy.TO_PERSON)
        if any(one["login"] == login for one in found):
            raise refuse(name, _("This person is in the commission already."))
        found.append({"login": login, "name": person.name, "post": person.post})
    if len(found) < 3:
        raise refuse("member_3", _("A commission has at least three members."))
    return found


@operation(
    "appeals.sign_commission_act",
    kind="listener",
    summary={
        "ru": "Записать подпись или несогласие члена комиссии",
        "en": "Keep a member's signature or disagreement",
    },
)
def sign_act(ctx: Context, **answers: Any) -> dict[str, Any]:
    row, member = act_of(ctx), str(ctx.variables.get("member"))
    if ctx.actor != member and any(one["login"] == ctx.actor for one in row.members):
        raise Forbidden(_("Nobody signs an act twice."))
    decision = text(answers, "decision") or "agree"
    person = People(ctx.session).get(ctx.actor)
    signed = {
        # Who was given the task instead signs with their own name.
        "login": ctx.actor,
        "name": person.name if person else ctx.actor,
        "post": person.post if person else "",
        "decision": decision,
        "remark": text(answers, "remark"),
        "at": ctx.now.isoformat(),
    }
    row.members = [signed if one["login"] == member else one for one in row.members]
    action = "act.signed" if decision == "agree" else "act.disputed"
    record(ctx.session, ctx.actor, action, ctx.key, act=row.id, remark=signed["remark"])
    return {}


@operation(
    "appeals.make_commission_act",
    summary={
        "ru": "Оформить подписанный акт и приобщить его к обращению",
        "en": "Make the sheet of a signed act and keep it with the appeal",
    },
    inputs={**APPEAL, **ACT},
    outputs={"agreed": {"type": "boolean", "ru": "Подписали все", "en": "All have signed"}},
)
def make_act(ctx: Context, act: Any, **_inputs: Any) -> dict[str, Any]:
    row = act_of(ctx, act)
    agreed = all(one.get("decision") == "agree" for one in row.members)
    if agreed:
        row.made_on = today_of(ctx)
        row.number = f"{appeal_of(ctx).number}/А-{row.id}"
        promise(ctx.session, "act.make", {"act": row.id}, key=ctx.key, instance=ctx.instance)
    return {"agreed": agreed}
