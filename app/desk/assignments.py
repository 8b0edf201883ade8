"""Assignments: mine, issued by me, overdue; with the tree of sub-assignments; print and export."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue

from app.access.web import staff
from app.appeals import services
from app.appeals.cards import AssignmentView
from app.appeals.services import AssignmentChange
from app.desk import books
from app.desk.blueprint import back, me, page_number, sources
from app.desk.forms import ChangeAssignmentForm, SubAssignForm
from app.directory.services import list_units
from app.errors import DomainError
from app.extensions import gettext as _


def register(bp: Blueprint) -> None:
    bp.add_url_rule("/assignments", view_func=assignments)
    bp.add_url_rule("/assignments/<int:assignment_id>/pass-on", view_func=pass_on)
    bp.add_url_rule(
        "/assignments/<int:assignment_id>/pass-on",
        view_func=sub_assign,
        methods=["POST"],
    )
    address = "/assignments/<int:assignment_id>/change"
    bp.add_url_rule(address, view_func=changing)
    bp.add_url_rule(address, view_func=change, methods=["POST"])


@staff
def assignments() -> ResponseReturnValue:
    wanted = books.assignment_filter(request.args, page_number())
    return render_template(
        "desk/assignments.html",
        section="assignments",
        found=services.assignments(me(), wanted),
        wanted=wanted,
        units=list_units(),
        states=books.STATES,
        sources=sources(),
    )


@staff
def pass_on(assignment_id: int) -> ResponseReturnValue:
    return _passing(assignment_id, SubAssignForm())


@staff
def sub_assign(assignment_id: int) -> ResponseReturnValue:
    """Give an assignment, or a part of it, to another executor."""
    form, rest, status = SubAssignForm(), list[str](), 422
    if form.validate():
        try:
            done = services.sub_assign(
                me(), assignment_id, form.executor.data, form.text.data, form.due_on.data
            )
        except DomainError as wrong:
            status = wrong.status
            rest = form.show(dict(wrong.fields)) or ([] if wrong.fields else [str(wrong)])
        else:
            flash(
                _("The assignment was passed on. Executor: %(name)s.", name=done.executor_name),
                "success",
            )
            return back("desk.card", appeal_id=done.appeal.id, tab="assignments")
    return _passing(assignment_id, form, rest), status


def _passing(assignment_id: int, form: SubAssignForm, rest: list[str] | None = None) -> str:
    return render_template(
        "desk/pass_on.html",
        section="assignments",
        assignment=services.assignment(me(), assignment_id),
        form=form,
        rest=rest or [],
        sources=sources(),
    )


@staff
def changing(assignment_id: int) -> ResponseReturnValue:
    found = services.assignment(me(), assignment_id)
    known = {"executor": found.executor, "text": found.text, "due_on": found.due_on}
    return _changing(found, ChangeAssignmentForm(formdata=None, data=known))


@staff
def change(assignment_id: int) -> ResponseReturnValue:
    """Change an assignment that was given, or cancel it, with a reason."""
    form, rest, status = ChangeAssignmentForm(), list[str](), 422
    if form.validate():
        try:
            done = _changed(assignment_id, form)
        except DomainError as wrong:
            status = wrong.status
            rest = form.show(dict(wrong.fields)) or ([] if wrong.fields else [str(wrong)])
        else:
            cancelled = done.state == "cancelled"
            flash(
                _("The assignment was cancelled.")
                if cancelled
                else _("The assignment was changed."),
                "success",
            )
            return back("desk.card", appeal_id=done.appeal.id, tab="assignments")
    return _changing(services.assignment(me(), assignment_id), form, rest), status


def _changed(assignment_id: int, form: ChangeAssignmentForm) -> AssignmentView:
    if "cancel" in request.form:
        return services.cancel_assignment(me(), assignment_id, form.reason.data)
    wanted = AssignmentChange(form.executor.data or "", form.text.data or "", form.due_on.data)
    return services.change_assignment(me(), assignment_id, wanted, form.reason.data)


def _changing(
    found: AssignmentView, form: ChangeAssignmentForm, rest: list[str] | None = None
) -> str:
    return render_template(
        "desk/change_assignment.html",
        section="assignments",
        assignment=found,
        form=form,
        rest=rest or [],
        sources=sources(),
    )
