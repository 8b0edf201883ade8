"""One task on one screen: the appeal, its documents, the form; take, give back, complete."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict

from app.access.web import staff
from app.appeals import lookups, services
from app.appeals.cards import CardView, Completed, TaskView
from app.desk import inbox, typed, uploads
from app.desk.blueprint import back, may_do, me, sources
from app.desk.forms import ExtensionForm, HandOverForm
from app.desk.journal import Staff
from app.desk.kept import kept
from app.documents import services as documents
from app.errors import Conflict, DomainError, Forbidden, Invalid
from app.extensions import gettext as _
from app.extensions import locale
from app.formkit import ADD_ROW, BoundForm, Form, compile_form
from app.shell import unbroken

#: Tasks of one who holds an assignment: from here too more time may be asked for.
OF_EXECUTOR = frozenset({"accept_assignment", "report"})


#: Forms beside which the checks of the reply stand.
OF_REPLY = frozenset({"reply/draft", "reply/approve", "reply/sign"})


def register(bp: Blueprint) -> None:
    bp.add_url_rule("/items/<int:item_id>", view_func=task)
    bp.add_url_rule("/items/<int:item_id>", view_func=complete, methods=["POST"])
    bp.add_url_rule("/items/<int:item_id>/hand-over", view_func=handing)
    bp.add_url_rule("/items/<int:item_id>/hand-over", view_func=hand_over, methods=["POST"])
    bp.add_url_rule("/items/<int:item_id>/next", view_func=beside, defaults={"step": 1})
    bp.add_url_rule("/items/<int:item_id>/previous", view_func=beside, defaults={"step": -1})
    bp.add_url_rule("/items/<int:item_id>/take", view_func=take, methods=["POST"])
    bp.add_url_rule("/items/<int:item_id>/release", view_func=release, methods=["POST"])


@staff
def task(item_id: int) -> ResponseReturnValue:
    try:
        view = services.work_item(me(), item_id)
    except Conflict as moved:
        return _moved(moved, item_id)
    kept = None
    if view.form_key in typed.KEPT_WHILE_TYPED and may_do(view.item):
        kept = services.last_typed(me(), item_id, request.args.get("typed", type=int))
    if kept is None:
        return _page(view, _bound(view))
    pairs, at = kept
    return _page(view, _bound(view, data=typed.as_sent(pairs)), typed_at=at)


@staff
def complete(item_id: int) -> ResponseReturnValue:
    """Finish the task; whatever is wrong, what was typed stays on the page."""
    taken = uploads.take_in(list(request.files))
    if taken.errors:
        return _again(item_id, taken, Invalid(fields=taken.errors))
    if ADD_ROW in request.form or "remove_file" in request.form:
        return _again(item_id, taken)

    def typed(form: Form, known: Mapping[str, Any]) -> Mapping[str, Any]:
        return form.bind(known, locale=locale(), data=_posted(taken)).answers

    after = inbox.following(item_id) if "on" in request.form else None
    try:
        done = services.complete(me(), item_id, typed, request.form.get("version", type=int))
    except (Invalid, Conflict, Forbidden) as wrong:
        return _again(item_id, taken, wrong)
    flash(f"task-{item_id}", "draft-sent")
    return _after(done, item_id, after)


def _again(
    item_id: int, taken: uploads.Taken, wrong: DomainError | None = None
) -> ResponseReturnValue:
    """The page once more, with what was typed."""
    try:
        view = services.work_item(me(), item_id)
    except Conflict as moved:
        return _moved(moved, item_id, taken)
    return _page(view, _bound(view, taken), wrong)


@staff
def beside(item_id: int, step: int) -> ResponseReturnValue:
    """Leave the task as it is for the next, or the previous, one of the list."""
    other = inbox.beside(item_id, step)
    if other is not None:
        return redirect(url_for("desk.task", **other, _anchor="main"), 303)
    last, first = (
        _("That was the last task of the list."),
        _("That was the first task of the list."),
    )
    flash(last if step > 0 else first, "info")
    return redirect(url_for("desk.inbox", **inbox.listed()), 303)


@staff
def take(item_id: int) -> ResponseReturnValue:
    services.take(me(), item_id)
    return back("desk.task", item_id=item_id, **inbox.listed(), _anchor="main")


@staff
def release(item_id: int) -> ResponseReturnValue:
    services.release(me(), item_id)
    flash(_("The task was given back."), "info")
    return redirect(url_for("desk.inbox", **inbox.listed()), 303)


@staff
def handing(item_id: int) -> ResponseReturnValue:
    return _handing(item_id, HandOverForm())


@staff
def hand_over(item_id: int) -> ResponseReturnValue:
    """Give the task to another person; a refusal stands beside its field."""
    form, rest, status = HandOverForm(), list[str](), 422
    if form.validate():
        try:
            given = services.hand_over(me(), item_id, form.to.data, form.reason.data)
        except DomainError as wrong:
            status = wrong.status
            rest = form.show(dict(wrong.fields)) or ([] if wrong.fields else [str(wrong)])
        else:
            name = given.assignee_name or given.assignee
            flash(_("The task was given to: %(name)s.", name=name), "success")
            return redirect(url_for("desk.card", appeal_id=given.appeal.id), 303)
    return _handing(item_id, form, rest), status


def _handing(item_id: int, form: HandOverForm, rest: list[str] | None = None) -> str:
    return render_template(
        "desk/hand_over.html",
        section="inbox",
        item=services.work_item(me(), item_id).item,
        form=form,
        rest=rest or [],
        sources=sources(),
    )


def _bound(
    view: TaskView, taken: uploads.Taken | None = None, data: MultiDict[str, str] | None = None
) -> BoundForm | None:
    """The form with what is known, with what was posted when `taken` is given, or with `data`."""
    if view.form is None or view.form_key is None:
        return None
    form = compile_form(view.form, view.form_key)
    # Codes of questions are shown with their names, also those just typed.
    named = _named(one.code for one in view.card.questions)
    if taken is None:
        choices = {**view.choices, **named}
        bound = form.bind(view.values, locale=locale(), choices=choices)
        if data is None:
            return bound
        # Files wait for a day only, what was typed for longer.
        for name in bound.file_fields:
            data.poplist(name)
        return form.bind(view.values, locale=locale(), choices=choices, data=data)
    choices = {**view.choices, **named, **taken.labels()}
    return form.bind(view.values, locale=locale(), choices=choices, data=_posted(taken))


def _named(codes: Iterable[str] = ()) -> dict[str, list[tuple[str, str]]]:
    """Names of questions for the widgets that show them."""
    found = lookups.names([*codes, *request.form.getlist("questions")])
    return {"classifier": found, "question-results": found}


def _posted(taken: uploads.Taken) -> Any:
    """What was posted, with the ids of the files in the place of the files."""
    data: Any = request.form.copy()
    for name, ids in taken.ids.items():
        data.setlist(name, ids)
    return data


def _page(
    view: TaskView,
    bound: BoundForm | None,
    wrong: DomainError | None = None,
    typed_at: datetime | None = None,
) -> ResponseReturnValue:
    other: list[str] = []
    if wrong is not None:
        if bound is not None:
            bound.show_errors(wrong.fields)
        known = set(bound.fields) if bound is not None else set()
        beside = (texts for name, texts in wrong.fields.items() if name not in known)
        other = [str(text) for texts in beside for text in texts]
        if isinstance(wrong, Invalid) and not wrong.fields:
            other = [str(wrong)]
    page = render_template(
        "desk/task.html",
        section="inbox",
        view=view,
        bound=bound,
        card=view.card,
        wrong=wrong,
        other=other,
        sources=sources(),
        staff=Staff(),
        suggested=_suggested(view, bound),
        extension=_extension(view, view.card),
        checks=services.reply_checks(me(), view.card.id) if view.form_key in OF_REPLY else (),
        drafted=view.form_key in typed.KEPT_WHILE_TYPED,
        typed_at=typed_at,
        opening=typed.new_opening(),
        listed=inbox.listed(),
    )
    return page, wrong.status if wrong is not None else 200


def _suggested(view: TaskView, bound: BoundForm | None) -> Sequence[lookups.QuestionLine]:
    """Questions the text may be about, for a form that asks for them."""
    asked = bound is not None and any(field.kind == "classifier" for field in bound.fields.values())
    return lookups.suggested(view.card.text) if asked else ()


def _extension(view: TaskView, card: CardView) -> ExtensionForm | None:
    asks = view.item.mine and view.item.element in OF_EXECUTOR and card.may_request_extension
    return ExtensionForm(formdata=None).offer(card.requests) if asks else None


def _moved(
    moved: Conflict, item_id: int, taken: uploads.Taken | None = None
) -> ResponseReturnValue:
    """The task is gone, but not the words and the files: they are shown to be copied."""
    typed: list[tuple[str, str]] = []
    ids = [one for found in taken.ids.values() for one in found] if taken else []
    form = services.form_of(me(), item_id) if request.form else None
    if form is not None:
        bound = form.bind({}, locale=locale(), choices=_named(), data=request.form)
        typed = kept(bound)
        ids += [one for name in bound.file_fields for one in request.form.getlist(name)]
    files = documents.list_uploads(ids, owner=me().login)
    page = render_template(
        "desk/moved.html", section="inbox", moved=moved, typed=typed, files=files
    )
    return page, 409


def _after(done: Completed, item_id: int, after: Sequence[int] | None) -> ResponseReturnValue:
    """Go on to one's next task of the same appeal, or to the list; when asked, to what follows."""
    card = Markup('<a href="{}">{}</a>').format(
        url_for("desk.card", appeal_id=done.appeal.id),
        unbroken(done.appeal.number or done.appeal.receipt),
    )
    flash(escape(_("Done. Appeal %(number)s went on.")) % {"number": card}, "success")
    given = inbox.listed()
    if after is not None:
        if after:
            return _opened(after[0], given)
        flash(_("That was the last task of the list."), "info")
    elif (
        mine := next((one for one in done.next if one.mine and one.id != item_id), None)
    ) is not None:
        return _opened(mine.id, given)
    return redirect(url_for("desk.inbox", **given), 303)


def _opened(item_id: int, given: Mapping[str, Any]) -> ResponseReturnValue:
    """The page of a task from where its content begins: past the menu for who has no mouse."""
    return redirect(url_for("desk.task", item_id=item_id, **given, _anchor="main"), 303)
