"""Campaigns: groups of like appeals, one step for all of them, and how far it has come."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.web import staff
from app.appeals import lookups
from app.appeals.cards.campaign import StepPage
from app.appeals.services import campaigns as services
from app.appeals.services import runs
from app.desk.blueprint import me, page_number, sources
from app.errors import DomainError, Invalid
from app.extensions import gettext as _
from app.extensions import locale
from app.formkit import ADD_ROW, BoundForm, Form, compile_form

AT_WORK = "/campaigns/<int:campaign_id>"


def register(bp: Blueprint) -> None:
    bp.add_url_rule("/campaigns", view_func=campaigns)
    bp.add_url_rule("/campaigns/groups/<int:first>", view_func=group)
    bp.add_url_rule("/campaigns/groups/<int:first>", view_func=confirm, methods=["POST"])
    bp.add_url_rule(AT_WORK, view_func=campaign)
    bp.add_url_rule(f"{AT_WORK}/members", view_func=move_member, methods=["POST"])
    bp.add_url_rule(f"{AT_WORK}/steps/<element>", view_func=campaign_step)
    bp.add_url_rule(f"{AT_WORK}/steps/<element>", view_func=begin_step, methods=["POST"])
    bp.add_url_rule(f"{AT_WORK}/runs/<int:run_id>", view_func=campaign_run)
    bp.add_url_rule(f"{AT_WORK}/runs/<int:run_id>/retry", view_func=retry_run, methods=["POST"])


@staff
def campaigns() -> ResponseReturnValue:
    person = me()
    return render_template(
        "desk/campaigns.html",
        section="campaigns",
        groups=services.groups(person) if services.sees_all(person) else [],
        found=services.campaigns(person),
    )


@staff
def group(first: int) -> ResponseReturnValue:
    found = services.group(me(), first, page_number())
    return render_template(
        "desk/group.html", section="campaigns", found=found, may_gather=services.may_gather(me())
    )


@staff
def confirm(first: int) -> ResponseReturnValue:
    """Make a campaign of a group, or let what came since join the one there is."""
    made = services.confirm(me(), first, request.form.get("name", ""))
    return redirect(url_for("desk.campaign", campaign_id=made), 303)


@staff
def campaign(campaign_id: int) -> ResponseReturnValue:
    found = services.campaign(me(), campaign_id, page_number())
    return render_template("desk/campaign.html", section="campaigns", found=found)


@staff
def move_member(campaign_id: int) -> ResponseReturnValue:
    """Take an appeal out, or put it back."""
    out, back = request.form.get("out", ""), request.form.get("back", "")
    services.take_out(me(), campaign_id, out or back, out=bool(out))
    return redirect(url_for("desk.campaign", campaign_id=campaign_id, page=page_number()), 303)


@staff
def campaign_step(campaign_id: int, element: str) -> ResponseReturnValue:
    found = runs.step(me(), campaign_id, element)
    return _step(found, _bound(found))


@staff
def begin_step(campaign_id: int, element: str) -> ResponseReturnValue:
    """Begin to do the step for the chosen appeals; whatever is wrong, what was typed stays."""

    def typed(form: Form, known: Any) -> Any:
        return form.bind(known, locale=locale(), data=request.form).answers

    if ADD_ROW in request.form:
        return _again(campaign_id, element, Invalid(fields={}))
    try:
        started = runs.begin(
            me(),
            campaign_id,
            element,
            typed,
            appeals=request.form.getlist("appeals"),
            confirmed="confirmed" in request.form,
        )
    except Invalid as wrong:
        return _again(campaign_id, element, wrong)
    return redirect(url_for("desk.campaign_run", campaign_id=campaign_id, run_id=started), 303)


def _again(campaign_id: int, element: str, wrong: Invalid) -> ResponseReturnValue:
    """The page once more, with what was typed and chosen."""
    found = runs.step(me(), campaign_id, element)
    return _step(found, _bound(found, posted=True), wrong), wrong.status


@staff
def campaign_run(campaign_id: int, run_id: int) -> ResponseReturnValue:
    found = runs.run(me(), campaign_id, run_id)
    return render_template("desk/campaign_run.html", section="campaigns", found=found)


@staff
def retry_run(campaign_id: int, run_id: int) -> ResponseReturnValue:
    try:
        runs.retry(me(), campaign_id, run_id)
    except DomainError as refusal:
        flash(_("Not repeated: %(reason)s", reason=refusal), "error")
    return redirect(url_for("desk.campaign_run", campaign_id=campaign_id, run_id=run_id), 303)


def _bound(found: StepPage, *, posted: bool = False) -> BoundForm:
    form = compile_form(found.form, found.form_key)
    given = found.values.get("questions") or []
    results = [row.get("code") for row in found.values.get("results") or ()]
    named = lookups.names([*given, *request.form.getlist("questions"), *filter(None, results)])
    choices = {**found.choices, "classifier": named, "question-results": named}
    data: Any = request.form if posted else None
    return form.bind(found.values, locale=locale(), choices=choices, data=data)


def _step(found: StepPage, bound: BoundForm, wrong: Invalid | None = None) -> str:
    other: list[str] = []
    if wrong is not None:
        bound.show_errors(wrong.fields)
        beside = (texts for name, texts in wrong.fields.items() if name not in bound.fields)
        other = [str(text) for texts in beside for text in texts]
    chosen = set(request.form.getlist("appeals"))
    return render_template(
        "desk/campaign_step.html",
        section="campaigns",
        found=found,
        bound=bound,
        other=other,
        chosen=chosen if wrong is not None else None,
        sources=sources(),
    )
