"""Who is away and who stands in: everybody sees it and sets their own, managers the others'."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.access import policy
from app.access import services as access
from app.access.web import staff
from app.desk.blueprint import me, sources
from app.desk.forms import SubstitutionForm
from app.errors import DomainError
from app.extensions import gettext as _


def register(bp: Blueprint) -> None:
    bp.add_url_rule("/substitutions", view_func=substitutions)
    bp.add_url_rule("/substitutions", view_func=substitute, methods=["POST"])
    address = "/substitutions/<int:substitution_id>/end"
    bp.add_url_rule(address, view_func=end_substitution, methods=["POST"])


@staff
def substitutions() -> ResponseReturnValue:
    return _page(_form())


@staff
def substitute() -> ResponseReturnValue:
    """Set an absence; a refusal stands beside its field."""
    form, rest, status = _form(), list[str](), 422
    if form.validate():
        absent = form.absent.data if form.absent and form.absent.data else me().login
        try:
            made = access.substitute(
                me(), absent, form.substitute.data or "", form.since.data, form.until.data
            )
        except DomainError as wrong:
            status = wrong.status
            rest = form.show(dict(wrong.fields)) or ([] if wrong.fields else [str(wrong)])
        else:
            name = made.substitute.name
            flash(_("Saved. Stands in: %(name)s.", name=name), "success")
            return redirect(url_for("desk.substitutions"), 303)
    return _page(form, rest), status


@staff
def end_substitution(substitution_id: int) -> ResponseReturnValue:
    access.end_substitution(me(), substitution_id)
    flash(_("The substitution has ended."), "success")
    return redirect(url_for("desk.substitutions"), 303)


def _form() -> SubstitutionForm:
    form = SubstitutionForm()
    if not policy.may(me(), "substitutions.change"):
        del form.absent
    return form


def _page(form: SubstitutionForm, rest: list[str] | None = None) -> str:
    return render_template(
        "desk/substitutions.html",
        section="substitutions",
        found=access.list_substitutions(),
        may_end=lambda one: access.may_change_absence(me(), one.absent.login),
        form=form,
        rest=rest or [],
        sources=sources(),
    )
