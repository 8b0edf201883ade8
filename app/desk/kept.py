"""What was typed into a form that can no longer be sent: in words, to be copied."""

from typing import Any

from app.extensions import gettext as _
from app.formkit import BoundField, BoundForm

#: Column of a table of rows -> the word of the form for it; what is not here needs none.
COLUMNS = {"executor": "executor", "text": "task", "due_on": "due_on"}
COLUMNS |= {"result": "result", "measures": "measures"}


def kept(bound: BoundForm) -> list[tuple[str, str]]:
    """The words of each question that was answered, and the answer as text; no files."""
    said = ((field.label, _said(bound, field)) for field in bound if not field.hidden)
    return [(label, answer) for label, answer in said if answer]


def _said(bound: BoundForm, field: BoundField) -> str:
    value = field.value
    if field.key in bound.file_fields or value is None or value is False:
        return ""
    if value is True:
        return str(_("yes"))
    if not isinstance(value, list):
        return field.label_of(value)
    lines = (
        _row(bound, field, one) if isinstance(one, dict) else field.label_of(one) for one in value
    )
    return "\n".join(filter(None, lines))


def _row(bound: BoundForm, field: BoundField, row: dict[str, Any]) -> str:
    """«Вывоз мусора. Результат: поддержано; Принятые меры: …»; '' for an empty row."""
    results = dict(field.results())
    parts = [
        f"{bound.say(word)}: {results.get(row[column], row[column])}"
        for column, word in COLUMNS.items()
        if row.get(column)
    ]
    about = [field.label_of(row["code"])] if row.get("code") and parts else []
    return ". ".join([*about, "; ".join(parts)])
