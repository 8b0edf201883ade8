"""The fields of the card beside registration, and those of its questions: read and changed."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import (
    BooleanField,
    DateField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional

from app.access.web import staff
from app.appeals import particulars, services
from app.appeals.cards import CardView
from app.classifier.subtypes import subtypes
from app.desk.blueprint import back, me, sources
from app.desk.forms import DeskForm
from app.desk.journal import Staff
from app.errors import DomainError
from app.extensions import gettext as _

_TEXT = {
    particulars.TEXT: StringField,
    particulars.NUMBER: StringField,
    particulars.WORDS: TextAreaField,
}


def register(bp: Blueprint) -> None:
    card, ways = "/appeals/<int:appeal_id>", ["GET", "POST"]
    bp.add_url_rule(f"{card}/particulars", view_func=noting, methods=ways)
    bp.add_url_rule(f"{card}/questions", view_func=noting_questions, methods=ways)


@staff
def noting(appeal_id: int) -> ResponseReturnValue:
    """Change the data of the card; a refusal stands beside its field."""
    card = services.card(me(), appeal_id)
    form = _form(_of_card(card), card.particulars)
    rest, status = list[str](), 200
    if request.method == "POST":
        try:
            version = request.form.get("version", "")
            changed = services.change_particulars(
                me(), appeal_id, _given(form), int(version) if version.isdecimal() else -1
            )
        except DomainError as wrong:
            rest, status = _refused(form, wrong)
        else:
            flash(_("Changed.") if changed else _("Nothing was changed."), "success")
            return back("desk.card", appeal_id=appeal_id, tab="particulars")
    return render_template(
        "desk/particulars.html",
        section="appeals",
        card=card,
        form=form,
        groups=particulars.GROUPS,
        rest=rest,
    ), status


@staff
def noting_questions(appeal_id: int) -> ResponseReturnValue:
    """Change what is noted about each question."""
    card = services.card(me(), appeal_id)
    form = _form(
        ((f"{one.code}-{each.name}", each) for one in card.questions for each in _OF_QUESTION),
        {
            f"{code}-{name}": value
            for code, notes in card.question_notes.items()
            for name, value in notes.items()
        },
    )
    rest, status = list[str](), 200
    if request.method == "POST":
        given = _given(form)
        by_code = {
            one.code: {each.name: given[f"{one.code}-{each.name}"] for each in _OF_QUESTION}
            for one in card.questions
        }
        try:
            changed = services.change_questions(me(), appeal_id, by_code)
        except DomainError as wrong:
            rest, status = _refused(form, wrong)
        else:
            flash(_("Changed.") if changed else _("Nothing was changed."), "success")
            return back("desk.card", appeal_id=appeal_id, tab="particulars")
    return render_template(
        "desk/question_notes.html",
        section="appeals",
        card=card,
        form=form,
        of_question=_OF_QUESTION,
        sources=sources(),
        staff=Staff(),
        rest=rest,
    ), status


_OF_QUESTION = particulars.OF_QUESTION


def _of_card(card: CardView) -> Iterable[tuple[str, particulars.Field]]:
    """Every field under its name; only the subtypes of the appeal's kind are offered."""
    for name, one in particulars.FIELDS.items():
        if name == "subtype" and card.kind:
            fitting = {
                code: words
                for code, words in one.choices.items()
                if subtypes()[code].kind == card.kind or code == card.particulars["subtype"]
            }
            yield name, particulars.Field(name, one.label, one.kind, choices=fitting)
        else:
            yield name, one


def _form(fields: Iterable[tuple[str, particulars.Field]], values: Mapping[str, Any]) -> DeskForm:
    """A form of our own for these fields, filled with what is noted."""
    made = type("NotesForm", (DeskForm,), {name: _field(one) for name, one in fields})
    found: DeskForm = made(data=values)
    return found


def _field(one: particulars.Field) -> Any:
    choices = [SelectChoice(code, words) for code, words in one.choices.items()]
    if one.kind == particulars.DAY:
        return DateField(one.label, validators=[Optional()])
    if one.kind == particulars.FLAG:
        return BooleanField(one.label)
    if one.kind == particulars.SEVERAL:
        return SelectMultipleField(one.label, choices=choices)
    if one.kind == particulars.CHOICE:
        return SelectField(one.label, choices=[SelectChoice("", "—"), *choices])
    return _TEXT[one.kind](one.label)


def _given(form: DeskForm) -> dict[str, Any]:
    """What was sent; a date that is none stays as typed, for the refusal to stand beside it."""
    return {
        field.name: " ".join(field.raw_data)
        if isinstance(field, DateField) and field.data is None and field.raw_data
        else field.data
        for field in form
        if field.name != "csrf_token"
    }


def _refused(form: DeskForm, wrong: DomainError) -> tuple[list[str], int]:
    rest = form.show(dict(wrong.fields)) or ([] if wrong.fields else [str(wrong)])
    return rest, wrong.status
