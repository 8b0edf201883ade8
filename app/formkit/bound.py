"""A form filled with values and errors, ready to be printed by `formkit/field.html`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wtforms.form import BaseForm

from app.formkit import conditions, inputs
from app.formkit.words import say
from engine import Field, Item, Static, fields_of

Choices = Mapping[str, Sequence[tuple[str, str]]]

ADD_ROW = "_add_row"


@dataclass
class BoundField:
    """One question on a page: `input` is the WTForms field, `errors` what was wrong with it."""

    field: Field
    input: Any
    locale: str
    options: Sequence[tuple[str, str]]
    errors: Sequence[str] = ()
    hidden: bool = False
    shape: str = "field"

    @property
    def key(self) -> str:
        return self.field.key

    @property
    def id(self) -> str:
        return f"f-{self.field.key}"

    @property
    def kind(self) -> str:
        """What the macros choose by: the widget where there is one, else the kind."""
        return self.field.widget or self.field.kind

    @property
    def label(self) -> str:
        return self.field.text(self.locale)

    @property
    def hint(self) -> str:
        return self.field.hint(self.locale)

    @property
    def hide(self) -> str:
        """The condition under which the field is not there, as the expression itself."""
        return conditions.spelled(self.field.hidden_by) if self.field.hidden_by else ""

    @property
    def optional(self) -> bool:
        """Whether a person may leave it empty; a choice that was made once is never unmade."""
        chosen = self.kind == "radio" and bool(self.value)
        return not (self.field.required or self.field.readonly or chosen)

    @property
    def value(self) -> Any:
        return self.input.data

    @property
    def described_by(self) -> str | None:
        """The ids of hint and error, for `aria-describedby`."""
        ids = [f"{self.id}-hint"] if self.hint else []
        ids += [f"{self.id}-error"] if self.errors else []
        return " ".join(ids) or None

    def chosen(self, value: Any) -> bool:
        held = self.value if isinstance(self.value, list) else [self.value]
        return str(value) in [str(item) for item in held if item is not None]

    def label_of(self, value: Any) -> str:
        """The words for a code, a file or a person that the door supplied, else the value."""
        return {str(known): label for known, label in self.options}.get(str(value), str(value))

    def results(self) -> list[tuple[str, str]]:
        """The results to choose from in each row of `question-results`."""
        return [(str(option.value), option.text(self.locale)) for option in self.field.options]

    def __call__(self, **more: Any) -> Any:
        """Print the control itself, tied to its hint and error."""
        wanted = {"aria-describedby": self.described_by, **more}
        if self.errors:
            wanted["aria-invalid"] = "true"
        return self.input(**{name: value for name, value in wanted.items() if value is not None})


@dataclass
class BoundGroup:
    """Questions under a heading."""

    label: str
    items: Sequence[Any]
    hide: str
    hidden: bool
    shape: str = "group"


@dataclass
class BoundText:
    """A text or a line between questions; `kind` is `text`, `separator` or `spacer`."""

    kind: str
    paragraphs: Sequence[str]
    hide: str
    hidden: bool
    shape: str = "static"


class BoundForm:
    """A form with what is known, what was posted and what was wrong."""

    def __init__(
        self,
        items: Sequence[Item],
        values: Mapping[str, Any],
        *,
        locale: str,
        choices: Choices,
        data: Any | None,
    ) -> None:
        self.locale = locale
        fields = list(fields_of(items))
        options = {field.key: _options(field, choices, locale) for field in fields}
        self._inputs = BaseForm(
            {field.key: inputs.unbound(field, _offered(field, options, locale)) for field in fields}
        )
        self._inputs.process(data, data={field.key: values.get(field.key) for field in fields})
        self.fields = {
            field.key: BoundField(field, self._inputs[field.key], locale, options[field.key])
            for field in fields
        }
        self.adding_row = data.get(ADD_ROW) if data is not None else None
        self._add_row()
        seen = {**values, **self.answers}
        self.items = [self._item(item, seen) for item in items]

    @property
    def answers(self) -> dict[str, Any]:
        """What stands in the form now, shaped as the answers of a script; not checked."""
        return {key: field.value for key, field in self.fields.items()}

    @property
    def file_fields(self) -> list[str]:
        """The keys whose uploads the door must take in before it looks at the answers."""
        return [key for key, field in self.fields.items() if field.kind in ("files", "document")]

    @property
    def errors(self) -> dict[str, Sequence[str]]:
        return {key: field.errors for key, field in self.fields.items() if field.errors}

    def show_errors(self, errors: Mapping[str, Sequence[Any]]) -> None:
        """Put sentences beside their fields; keys without a field are the door's to show."""
        for key, sentences in errors.items():
            if key in self.fields:
                self.fields[key].errors = [str(sentence) for sentence in sentences]

    def say(self, name: str, **facts: object) -> str:
        """A word of the room in the form's language, for the macros."""
        return say(name, self.locale, **facts)

    def __iter__(self) -> Iterator[BoundField]:
        return iter(self.fields.values())

    def __getitem__(self, key: str) -> BoundField:
        return self.fields[key]

    def _add_row(self) -> None:
        field = self.fields.get(self.adding_row or "")
        if field is not None and field.kind in inputs.COLUMNS:
            field.input.data = [*(field.value or ()), {}]
        else:
            self.adding_row = None

    def _item(self, item: Item, seen: Mapping[str, Any]) -> BoundField | BoundGroup | BoundText:
        hidden = conditions.holds_any(item.hidden_by, seen)
        if isinstance(item, Field):
            self.fields[item.key].hidden = hidden
            return self.fields[item.key]
        hide = conditions.spelled(item.hidden_by) if item.hidden_by else ""
        if isinstance(item, Static):
            body = item.text(self.locale)
            return BoundText(item.kind, [line for line in body.split("\n") if line], hide, hidden)
        inner = [self._item(each, seen) for each in item.items]
        return BoundGroup(item.text(self.locale), inner, hide, hidden)


def _options(field: Field, choices: Choices, locale: str) -> list[tuple[str, str]]:
    own = [(str(option.value), option.text(locale)) for option in field.options]
    if field.widget:
        return [*choices.get(field.key, choices.get(field.widget, ()))]
    return own + [(str(value), label) for value, label in choices.get(field.choices or "", ())]


def _offered(
    field: Field, options: Mapping[str, list[tuple[str, str]]], locale: str
) -> list[tuple[str, str]]:
    """Options as a list shows them: a drop-down begins with "choose"."""
    offered = options[field.key]
    if offered and (
        field.widget == "organisation" or (field.kind == "select" and not field.widget)
    ):
        return [("", say("choose", locale)), *offered]
    return offered
