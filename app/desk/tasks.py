"""One task on one screen: the appeal, its documents, the form; take, give back, complete."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.web import staff
from app.appeals import services
from app.appeals.cards import Completed, TaskView
from app.desk import uploads
from app.desk.blueprint import SOURCES, back, me
from app.errors import Conflict, DomainError, Invalid
from app.extensions import gettext as _
from app.extensions import locale
from app.formkit import BoundForm, compile_form


def register(bp: Blueprint) -> None:
    bp.add_url_rule("/items/<int:item_id>", view_func=task)
    bp.add_url_rule("/items/<int:item_id>", view_func=complete, methods=["POST"])
    bp.add_url_rule("/items/<int:item_id>/take", view_func=take, methods=["POST"])
    bp.add_url_rule("/items/<int:item_id>/release", view_func=release, methods=["POST"])


@staff
def task(item_id: int) -> ResponseReturnValue:
    view = services.work_item(me(), item_id)
    return _page(view, _bound(view))


@staff
def complete(item_id: int) -> ResponseReturnValue:
    """Finish the task; whatever is wrong, what was typed stays on the page."""
    try:
        view = services.work_item(me(), item_id)
    except Conflict as moved:
        return _moved(moved)
    bound = _bound(view, posted=True)
    if bound is not None and bound.adding_row:
        return _page(view, bound)
    answers = bound.answers if bound is not None else {}
    version = request.form.get("version", type=int)
    try:
        done = services.complete(me(), item_id, answers, version)
    except Invalid as wrong:
        if bound is not None:
            bound.show_errors({name: list(texts) for name, texts in wrong.fields.items()})
        return _page(view, bound, wrong, status=422)
    except Conflict as moved:
        return _page(view, bound, moved, status=409)
    return _after(done)


@staff
def take(item_id: int) -> ResponseReturnValue:
    services.take(me(), item_id)
    return back("desk.task", item_id=item_id)


@staff
def release(item_id: int) -> ResponseReturnValue:
    services.release(me(), item_id)
    flash(_("The task was given back."), "info")
    return redirect(url_for("desk.inbox"), 303)


def _bound(view: TaskView, *, posted: bool = False) -> BoundForm | None:
    if view.form is None or view.form_key is None:
        return None
    form = compile_form(view.form, view.form_key)
    data: Any = None
    if posted:
        data = request.form.copy()
        empty = form.bind(view.values, locale=locale(), choices=view.choices)
        for name, ids in uploads.take_in(empty.file_fields).items():
            data.setlist(name, ids)
    return form.bind(view.values, locale=locale(), choices=view.choices, data=data)


def _page(
    view: TaskView, bound: BoundForm | None, wrong: DomainError | None = None, *, status: int = 200
) -> ResponseReturnValue:
    known = set(bound.fields) if bound is not None else set()
    other = [
        str(text)
        for name, texts in (wrong.fields.items() if wrong else ())
        if name not in known
        for text in texts
    ]
    page = render_template(
        "desk/task.html",
        section="inbox",
        view=view,
        bound=bound,
        card=view.card,
        wrong=wrong,
        other=other,
        sources=SOURCES,
    )
    return page, status


def _moved(moved: Conflict) -> ResponseReturnValue:
    """The task is gone, but not the words: they are shown to be copied."""
    typed = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if value.strip() and name not in ("csrf_token", "version", "_add_row")
    ]
    return render_template("desk/moved.html", section="inbox", moved=moved, typed=typed), 409


def _after(done: Completed) -> ResponseReturnValue:
    number = done.appeal.number or done.appeal.receipt
    flash(_("Done: appeal %(number)s moved on.", number=number), "info")
    mine = next((item for item in done.next if item.mine), None)
    if mine is not None:
        return redirect(url_for("desk.task", item_id=mine.id), 303)
    return redirect(url_for("desk.inbox"), 303)
