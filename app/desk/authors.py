"""Who wrote together with the applicant and how the appeal came: read and changed."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice, SelectField, StringField

from app.access.web import staff
from app.appeals import services
from app.appeals.services.authors import Author, Authors
from app.desk.blueprint import back, me
from app.desk.forms import DeskForm
from app.desk.words import CHANNEL_NAMES
from app.errors import DomainError
from app.extensions import gettext as _
from app.extensions import lazy_gettext

FIELDS = {
    "last_name": lazy_gettext("Surname"),
    "first_name": lazy_gettext("First name"),
    "middle_name": lazy_gettext("Patronymic"),
    "email": lazy_gettext("E-mail"),
}
#: Empty lines below those there are; saving with all of them filled brings as many again.
MORE = 3


def register(bp: Blueprint) -> None:
    bp.add_url_rule(
        "/appeals/<int:appeal_id>/authors", view_func=authoring, methods=["GET", "POST"]
    )


@staff
def authoring(appeal_id: int) -> ResponseReturnValue:
    """Change co-authors and channel; a refusal stands beside its field."""
    found = services.authors_of(me(), appeal_id)
    lines = _lines(found)
    form = _form(found, lines)
    rest, status = list[str](), 200
    if request.method == "POST":
        given = [
            Author(**{name: form[f"{place}-{name}"].data or "" for name in FIELDS})
            for place in range(lines)
        ]
        channel = form["channel"].data if found.channels else found.channel
        seen = request.form.get("seen", "")
        try:
            changed = services.change_authors(me(), appeal_id, given, channel, seen)
        except DomainError as wrong:
            rest = form.show(dict(wrong.fields)) or ([] if wrong.fields else [str(wrong)])
            status = wrong.status
        else:
            flash(_("Changed.") if changed else _("Nothing was changed."), "success")
            return back("desk.card", appeal_id=appeal_id, tab="particulars")
    return render_template(
        "desk/authors.html",
        section="appeals",
        appeal_id=appeal_id,
        found=found,
        form=form,
        lines=range(lines),
        names=FIELDS,
        rest=rest,
    ), status


def _lines(found: Authors) -> int:
    """As many as were sent, or those there are and some to fill."""
    sent = [one for one in request.form if one.endswith("-last_name")]
    return min(len(sent), 200) if request.method == "POST" else len(found.authors) + MORE


def _form(found: Authors, lines: int) -> DeskForm:
    parts = {
        f"{place}-{name}": StringField(label)
        for place in range(lines)
        for name, label in FIELDS.items()
    }
    if found.channels:
        choices = [SelectChoice(code, CHANNEL_NAMES[code]) for code in found.channels]
        parts["channel"] = SelectField(lazy_gettext("How it came"), choices=choices)
    values = {
        f"{place}-{name}": getattr(one, name)
        for place, one in enumerate(found.authors)
        for name in FIELDS
    }
    made = type("AuthorsForm", (DeskForm,), parts)
    form: DeskForm = made(data={**values, "channel": found.channel})
    return form
