"""Who sees a card: its limited circle, and the people it is shown to for a time."""

from collections.abc import Callable

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import Optional

from app.access import policy
from app.access.web import staff
from app.appeals import rights, services
from app.appeals.cards import Why
from app.desk.blueprint import back, me, sources
from app.desk.forms import DeskForm, stripped
from app.errors import DomainError
from app.extensions import gettext as _
from app.extensions import lazy_gettext
from app.shell import day_short

_GROUNDS = {
    rights.AUDITOR: lazy_gettext("You see this appeal because an auditor sees all of them."),
    rights.ROLE: lazy_gettext(
        "You see this appeal because your role works with all of them: %(roles)s."
    ),
    rights.PART: lazy_gettext("You see this appeal because you take part in its consideration."),
    rights.TASK: lazy_gettext("You see this appeal because you have or had a task on it."),
    rights.UNIT: lazy_gettext("You see this appeal because it was assigned to your unit."),
    rights.FREE: lazy_gettext(
        "You see this appeal because it has a task that your role may take: %(roles)s."
    ),
}
_LET_IN = lazy_gettext("You see this appeal because %(name)s let you in. The reason: %(reason)s")
_SHARED = lazy_gettext(
    "You see this appeal until %(day)s because %(name)s showed it to you. The reason: %(reason)s"
)


class ShareForm(DeskForm):
    login = StringField(lazy_gettext("Whom to show it"), filters=[stripped])
    since = DateField(lazy_gettext("First day"), validators=[Optional()])
    until = DateField(lazy_gettext("Last day"), validators=[Optional()])
    reason = TextAreaField(lazy_gettext("Reason"), filters=[stripped])


class CircleForm(DeskForm):
    reason = TextAreaField(lazy_gettext("Reason"), filters=[stripped])


def register(bp: Blueprint) -> None:
    address = "/appeals/<int:appeal_id>/access"
    bp.add_url_rule(address, view_func=access)
    bp.add_url_rule(f"{address}/share", view_func=share, methods=["POST"])
    bp.add_url_rule(f"{address}/circle", view_func=circle, methods=["POST"])
    bp.add_app_template_global(why_words)
    ending = f"{address}/<int:share_id>/end"
    bp.add_url_rule(ending, view_func=end_share, methods=["POST"])


def why_words(why: Why | None) -> str:
    """Why a person sees an appeal, as a plain sentence."""
    if why is None:
        return str(_("You see this appeal because a colleague of your role has a task on it."))
    if why.ground == rights.SHARED:
        said = _SHARED if why.until else _LET_IN
        return str(said) % {"name": why.by, "reason": why.reason, "day": day_short(why.until)}
    roles = ", ".join(str(policy.ROLES[one]) for one in why.roles)
    return str(_GROUNDS[why.ground]) % {"roles": roles}


@staff
def access(appeal_id: int) -> ResponseReturnValue:
    return _page(appeal_id)


@staff
def share(appeal_id: int) -> ResponseReturnValue:
    form = ShareForm(prefix="share")

    def give() -> None:
        since, until = form.since.data, form.until.data
        services.share(me(), appeal_id, form.login.data or "", since, until, form.reason.data or "")

    return _done(appeal_id, form, give, _("The card is shown to this person."), sharing=form)


@staff
def circle(appeal_id: int) -> ResponseReturnValue:
    """Close the circle, or open it again."""
    form = CircleForm(prefix="circle")
    if request.form.get("deed") == "open":
        deed, said = services.open_circle, _("The appeal is shown by role again.")
    else:
        deed, said = services.confine, _("The appeal is kept for a limited circle.")
    return _done(
        appeal_id, form, lambda: deed(me(), appeal_id, form.reason.data or ""), said, closing=form
    )


@staff
def end_share(appeal_id: int, share_id: int) -> ResponseReturnValue:
    own = services.access_to(me(), appeal_id)
    services.end_share(me(), appeal_id, share_id)
    flash(_("The card is no longer shown to this person."), "success")
    if any(one.id == share_id and one.login == me().login for one in own.shares):
        return back("desk.inbox")
    return back("desk.access", appeal_id=appeal_id)


def _done(
    appeal_id: int, form: DeskForm, deed: Callable[[], None], said: str, **forms: DeskForm
) -> ResponseReturnValue:
    """Do it when the fields are in order; a refusal stands beside them."""
    if not form.validate():
        return _page(appeal_id, **forms), 422
    try:
        deed()
    except DomainError as wrong:
        if not wrong.fields:
            raise
        form.show(dict(wrong.fields))
        return _page(appeal_id, **forms), wrong.status
    flash(said, "success")
    return back("desk.access", appeal_id=appeal_id)


def _page(appeal_id: int, sharing: DeskForm | None = None, closing: DeskForm | None = None) -> str:
    return render_template(
        "desk/access.html",
        section="appeals",
        access=services.access_to(me(), appeal_id),
        sharing=sharing or ShareForm(prefix="share", formdata=None),
        closing=closing or CircleForm(prefix="circle", formdata=None),
        sources=sources(),
    )
