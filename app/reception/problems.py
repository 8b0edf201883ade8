"""Errors of a use case put beside the fields of a page, and gathered for the summary above it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, FieldList

from app.extensions import csrf
from app.extensions import gettext as _

Line = tuple[str, str]

# A view whose form checks the CSRF token itself and comes back with all that was typed, where the
# general guard would answer with an error page.
own_guard = csrf.exempt


def place(
    form: FlaskForm, errors: Mapping[str, Sequence[Any]], names: Mapping[str, str] | None = None
) -> list[Line]:
    """Give the fields their errors; what belongs to no field comes back as lines of the summary.

    `names` says what a field of the use case is called on the page.
    """
    loose: list[Line] = []
    for name, texts in errors.items():
        if name in form and not isinstance(form[name], FieldList):
            form[name].errors = [*form[name].errors, *texts]
        elif name in form:
            loose += [(form[name].id, str(text)) for text in texts]
        else:
            loose += [((names or {}).get(name, ""), str(text)) for text in texts]
    return loose


def listed(form: FlaskForm, loose: Iterable[Line] = ()) -> list[Line]:
    """Every error as (id of its control, sentence), in the order of the page.

    A sentence that several fields share names the field.
    """
    lines: list[tuple[str, str, str]] = []
    for field in form:
        if field.name == "csrf_token":
            lines += [("", "", _session_ended()) for _error in field.errors]
        elif isinstance(field, FieldList):
            lines += [line for entry in field for each in entry.form for line in _of(each)]
        else:
            lines += _of(field)
    often = Counter(text for _id, _label, text in lines)
    told = [(id_, f"{label}: {text}" if often[text] > 1 else text) for id_, label, text in lines]
    return [*told, *loose]


def _of(field: Field) -> list[tuple[str, str, str]]:
    return [(field.id, field.label.text, str(text)) for text in field.errors]


def _session_ended() -> str:
    said: str = _(
        "The page was open too long, or cookies are switched off. Nothing was lost: press the "
        "button again."
    )
    return said
