"""WTForms fields: they read what a page posted and print controls with the rules as attributes.

They judge nothing. What was typed goes through the same `rules` as what a script sends, so a
field here only has to keep it, right or wrong, and show it again.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import (
    BooleanField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms import Field as InputField
from wtforms.fields.core import UnboundField
from wtforms.widgets import DateInput, EmailInput, NumberInput, TelInput, TextArea, TextInput

from app.formkit.widgets import RESOLUTION, RESULT
from engine import CHOICE_KINDS, Field

MOST_ROWS = 200
COLUMNS: Mapping[str, tuple[str, ...]] = {"resolution-list": RESOLUTION, "question-results": RESULT}
_SEPARATORS = re.compile(r"[\s,;]+")


class LinesField(StringField):
    """A list typed one item on a line, or posted as several inputs of one name."""

    widget = TextArea()

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = [item for item in _SEPARATORS.split("\n".join(valuelist)) if item]

    def _value(self) -> str:
        return "\n".join(str(item) for item in self.data or ())


class ListField(InputField):
    """A list posted as several inputs of one name; none of them means an empty list."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = [item for item in valuelist if item]


class RowsField(InputField):
    """Rows of a table, posted as `key-0-column`; `key-responsible` holds the number of a row."""

    widget = TextInput()

    def __init__(self, *args: Any, columns: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = columns

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        super().process(None, data, extra_filters)
        if formdata is None:
            return
        cell = re.compile(rf"{re.escape(self.name)}-(\d{{1,4}})-({'|'.join(self.columns)})")
        rows: dict[int, dict[str, Any]] = {}
        for name in formdata:
            if found := cell.fullmatch(name):
                rows.setdefault(int(found[1]), {})[found[2]] = formdata.getlist(name)[-1]
        chosen = (formdata.getlist(f"{self.name}-responsible") or [""])[-1]
        if "responsible" in self.columns:
            for place, row in rows.items():
                row["responsible"] = str(place) == chosen
        self.data = [rows[place] for place in sorted(rows)][:MOST_ROWS]


def unbound(field: Field, options: Sequence[tuple[str, str]]) -> UnboundField:
    """Return the WTForms field for a question, its HTML attributes set."""
    common: dict[str, Any] = {
        "label": "",
        "id": f"f-{field.key}",
        "render_kw": attributes(field),
    }
    listed = {"coerce": str, "choices": [SelectChoice(value, label) for value, label in options]}
    if field.widget in COLUMNS:
        return RowsField(**common, columns=COLUMNS[field.widget or ""])
    if field.widget == "classifier":
        return LinesField(**common)
    if field.widget in ("files", "document"):
        return ListField(**common)
    if field.widget == "organisation" and options:
        return SelectField(**common, **listed)
    if field.widget in ("person", "organisation"):
        return StringField(**common)
    if field.kind in CHOICE_KINDS:
        return _CHOICES[field.kind](**common, **listed)
    if field.kind == "checkbox":
        return BooleanField(**common, false_values=("", "false", "0"))
    return StringField(**common, widget=_widget(field))


def attributes(field: Field) -> dict[str, Any]:
    """The rules of a field in HTML.

    What may be hidden is not `required`: without a script the browser would ask for it although
    the server does not.
    """
    wanted: dict[str, Any] = {
        "minlength": field.min_length,
        "maxlength": field.max_length,
        "autocomplete": field.properties.get("autocomplete"),
        "readonly": field.readonly or None,
    }
    if field.kind == "textfield" and field.pattern:
        wanted["pattern"] = field.pattern
        wanted["title"] = field.properties.get("pattern.message")
    if field.kind == "number":
        wanted |= {"min": _plain(field.minimum), "max": _plain(field.maximum)}
        wanted |= {"step": f"0.{'0' * (field.decimals - 1)}1" if field.decimals else "1"}
    if field.kind == "textarea":
        wanted["rows"] = field.properties.get("rows", "6")
    if field.required and not field.many and field.kind != "checklist":
        wanted["data-required" if field.hidden_by else "required"] = True
    return {name: value for name, value in wanted.items() if value is not None}


def _plain(number: Any) -> str | None:
    return None if number is None else f"{number:f}"


def _widget(field: Field) -> Any:
    if field.kind == "textarea":
        return TextArea()
    if field.kind == "number":
        return NumberInput()
    if field.kind == "datetime":
        return DateInput()
    return {"email": EmailInput(), "phone": TelInput()}.get(field.format or "", TextInput())


_CHOICES: Mapping[str, Any] = {
    "radio": RadioField,
    "select": SelectField,
    "checklist": SelectMultipleField,
}
