"""Internal notes of a card: written, changed, withdrawn."""

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField

from app.access.web import staff
from app.appeals import services
from app.appeals.cards import CardView, NoteView
from app.desk.blueprint import back, me
from app.desk.forms import DeskForm
from app.errors import DomainError
from app.extensions import gettext as _
from app.extensions import lazy_gettext


class NoteForm(DeskForm):
    text = TextAreaField(lazy_gettext("Note"))


def register(bp: Blueprint) -> None:
    notes, ways = "/appeals/<int:appeal_id>/notes", ["GET", "POST"]
    bp.add_url_rule(f"{notes}/new", view_func=writing, methods=ways)
    bp.add_url_rule(f"{notes}/<int:note_id>", view_func=changing_note, methods=ways)
    bp.add_url_rule(f"{notes}/<int:note_id>/withdraw", view_func=withdraw_note, methods=["POST"])


@staff
def writing(appeal_id: int) -> ResponseReturnValue:
    form = NoteForm()
    if request.method == "POST":
        try:
            services.add_note(me(), appeal_id, form.text.data or "")
        except DomainError as wrong:
            return _page(services.card(me(), appeal_id), form, wrong)
        flash(_("The note is kept. Citizens do not see it."), "success")
        return back("desk.card", appeal_id=appeal_id, tab="notes")
    return _page(services.card(me(), appeal_id), form)


@staff
def changing_note(appeal_id: int, note_id: int) -> ResponseReturnValue:
    """Reword a note of one's own; the wording before stays beside it."""
    card = services.card(me(), appeal_id)
    note = next((one for one in card.notes if one.id == note_id and one.mine), None)
    if note is None:
        abort(404)
    form = NoteForm(data={"text": note.text})
    if request.method == "POST":
        try:
            services.change_note(me(), note_id, form.text.data or "")
        except DomainError as wrong:
            return _page(card, form, wrong, note)
        flash(_("The note is changed."), "success")
        return back("desk.card", appeal_id=appeal_id, tab="notes")
    return _page(card, form, note=note)


@staff
def withdraw_note(appeal_id: int, note_id: int) -> ResponseReturnValue:
    services.withdraw_note(me(), note_id)
    flash(_("The note is withdrawn."), "success")
    return back("desk.card", appeal_id=appeal_id, tab="notes")


def _page(
    card: CardView, form: NoteForm, wrong: DomainError | None = None, note: NoteView | None = None
) -> ResponseReturnValue:
    if wrong is not None and not wrong.fields:
        raise wrong
    if wrong is not None:
        form.show(dict(wrong.fields))
    page = render_template("desk/note.html", section="appeals", card=card, form=form, note=note)
    return page, 200 if wrong is None else wrong.status
