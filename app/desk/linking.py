"""Tie a card to another, and untie them."""

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import StringField

from app.access.web import staff
from app.appeals import services
from app.appeals.cards import CardView, LinkView
from app.desk.blueprint import back, me
from app.desk.forms import DeskForm, ReasonForm, stripped
from app.errors import DomainError
from app.extensions import gettext as _
from app.extensions import lazy_gettext


class TieForm(ReasonForm):
    other = StringField(lazy_gettext("Number of the other appeal"), filters=[stripped])


def register(bp: Blueprint) -> None:
    links, ways = "/appeals/<int:appeal_id>/links", ["GET", "POST"]
    bp.add_url_rule(f"{links}/new", view_func=tying, methods=ways)
    bp.add_url_rule(f"{links}/<int:link_id>", view_func=untying, methods=ways)


@staff
def tying(appeal_id: int) -> ResponseReturnValue:
    form = TieForm()
    if request.method == "POST":
        try:
            services.tie(me(), appeal_id, form.other.data or "", form.reason.data or "")
        except DomainError as wrong:
            return _page(services.card(me(), appeal_id), form, wrong=wrong)
        flash(_("The appeals are tied."), "success")
        return back("desk.card", appeal_id=appeal_id, tab="related")
    return _page(services.card(me(), appeal_id), form)


@staff
def untying(appeal_id: int, link_id: int) -> ResponseReturnValue:
    card, form = services.card(me(), appeal_id), ReasonForm()
    link = next((one for one in card.links if one.id == link_id), None)
    if link is None:
        abort(404)
    if request.method == "POST":
        try:
            services.untie(me(), appeal_id, link_id, form.reason.data or "")
        except DomainError as wrong:
            return _page(card, form, link, wrong)
        flash(_("The appeals are untied."), "success")
        return back("desk.card", appeal_id=appeal_id, tab="related")
    return _page(card, form, link)


def _page(
    card: CardView,
    form: DeskForm,
    link: LinkView | None = None,
    wrong: DomainError | None = None,
) -> ResponseReturnValue:
    rest = []
    if wrong is not None:
        rest = form.show(dict(wrong.fields)) or ([] if wrong.fields else [str(wrong)])
    page = render_template(
        "desk/link.html", section="appeals", card=card, form=form, link=link, rest=rest
    )
    return page, 200 if wrong is None else wrong.status
