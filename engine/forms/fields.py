"""What a form is made of: its fields in both languages with their rules, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.expressions import Expression

CHOICE_KINDS = frozenset({"radio", "select", "checklist"})
LIST_WIDGETS = frozenset({"classifier", "document", "files", "resolution-list", "question-results"})
WIDGETS = LIST_WIDGETS | {"person", "organisation"}


@dataclass(frozen=True)
class Option:
    """One answer to choose from; `value` is as the schema has it (text or number)."""

    value: Any
    label: str
    label_en: str

    def text(self, locale: str) -> str:
        return self.label_en if locale == "en" else self.label


@dataclass(frozen=True)
class Field:
    """One question of a form, in both languages, with its rules.

    `kind` is the form-js type, `widget` one of ours or None. Lengths are in characters. `choices`
    names a list that the door supplies. `hidden_by` are the conditions of the field and of the
    groups around it: when any of them holds, the field is not there.
    """

    key: str
    kind: str
    label: str
    label_en: str
    description: str = ""
    description_en: str = ""
    widget: str | None = None
    required: bool = False
    default: Any = None
    options: tuple[Option, ...] = ()
    choices: str | None = None
    variable: bool = False
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    format: str | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int = 0
    readonly: bool = False
    hidden_by: tuple[Expression, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)

    def text(self, locale: str) -> str:
        return self.label_en if locale == "en" else self.label

    def hint(self, locale: str) -> str:
        return self.description_en if locale == "en" else self.description

    @property
    def many(self) -> bool:
        """Whether the value is a list."""
        return self.kind == "checklist" or self.widget in LIST_WIDGETS

    @property
    def empty(self) -> Any:
        """The value of a field that nobody has filled in."""
        if self.many:
            return []
        return False if self.kind == "checkbox" and not self.widget else None


@dataclass(frozen=True)
class Static:
    """A text or a line between fields; it asks nothing."""

    kind: str
    body: str = ""
    body_en: str = ""
    hidden_by: tuple[Expression, ...] = ()

    def text(self, locale: str) -> str:
        return self.body_en if locale == "en" else self.body


@dataclass(frozen=True)
class Group:
    """Fields under a common heading."""

    label: str
    label_en: str
    items: tuple["Field | Static | Group", ...]
    hidden_by: tuple[Expression, ...] = ()

    def text(self, locale: str) -> str:
        return self.label_en if locale == "en" else self.label


Item = Field | Static | Group
