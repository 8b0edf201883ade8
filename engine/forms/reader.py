"""form-js JSON read into fields. What is not understood is refused by name, never skipped."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.expressions import Expression, ExpressionError, parse_condition
from engine.forms.fields import CHOICE_KINDS, WIDGETS, Field, Group, Item, Option, Static
from engine.sentences import Fact, Sentence, sentence

FIELD_KINDS = frozenset({"textfield", "textarea", "number", "checkbox", "datetime"}) | CHOICE_KINDS
STATIC_KINDS = frozenset({"text", "separator", "spacer"})
FORMATS = frozenset({"email", "phone"})
LONGEST_PATTERN = 200
DEEPEST_GROUP = 8

# Where a thing stands on the screen of the modeler is no business of the server.
_DECORATION = frozenset({"id", "type", "layout", "appearance", "height", "verticalAlignment"})
_COMMON = _DECORATION | {"conditional", "properties"}
_FIELD = _COMMON | {
    "key",
    "label",
    "description",
    "validate",
    "defaultValue",
    "readonly",
    "disabled",
}
_KEYS: Mapping[str, frozenset[str]] = {
    "textfield": _FIELD,
    "textarea": _FIELD,
    "number": _FIELD | {"decimalDigits", "increment", "serializeToString"},
    "checkbox": _FIELD,
    "datetime": _FIELD | {"subtype", "dateLabel"},
    "radio": _FIELD | {"values", "valuesKey"},
    "select": _FIELD | {"values", "valuesKey", "searchable"},
    "checklist": _FIELD | {"values", "valuesKey"},
    "text": _COMMON | {"text"},
    "separator": _COMMON,
    "spacer": _COMMON,
    "group": _COMMON | {"label", "components", "showOutline", "path"},
}
_VALIDATE: Mapping[str, frozenset[str]] = {
    "textfield": frozenset(
        {"required", "minLength", "maxLength", "pattern", "validationType", "custom"}
    ),
    "textarea": frozenset({"required", "minLength", "maxLength"}),
    "number": frozenset({"required", "min", "max"}),
}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_NESTED_REPETITION = re.compile(r"\((?:[^()\\]|\\.)*[+*}](?:[^()\\]|\\.)*\)\s*[+*{]")

UNSUPPORTED = "form.unsupported"

Conditions = tuple[Expression, ...]


class Fault(Exception):
    """What a form asks for and nobody has: in which component, by which rule, what to do."""

    def __init__(self, place: str | None, reason: Sentence, rule: str = UNSUPPORTED) -> None:
        super().__init__(reason)
        self.place = place
        self.reason = reason
        self.rule = rule


def read_fields(schema: Any) -> tuple[Item, ...]:
    """Read a schema into its items in order, or raise the first `Fault`."""
    items, faults = _read(schema)
    seen: set[str] = set()
    for field in fields_of(items):
        if field.key in seen:
            faults.append(Fault(field.key, sentence("the key is used twice; rename one of them")))
        seen.add(field.key)
    if faults:
        raise faults[0]
    return items


def faults_of(schema: Any) -> list[Fault]:
    """Everything that cannot be read, one fault a component; a key used twice is not among it."""
    return _read(schema)[1]


def fields_of(items: Sequence[Item]) -> Iterator[Field]:
    """Yield the fields in order, groups opened."""
    for item in items:
        if isinstance(item, Group):
            yield from fields_of(item.items)
        elif isinstance(item, Field):
            yield item


def _read(schema: Any) -> tuple[tuple[Item, ...], list[Fault]]:
    if not isinstance(schema, Mapping) or not isinstance(schema.get("components"), list):
        return (), [
            Fault(None, sentence("this is not a form-js schema (there is no list `components`)"))
        ]
    if schema.get("type", "default") != "default":
        reason = sentence("forms of the type {type!r} are not supported", type=str(schema["type"]))
        return (), [Fault(None, reason)]
    reading = _Reading()
    return reading.items(schema["components"], (), 0), reading.faults


class _Reading:
    """All components of a schema; the faults are gathered, so that a person sees them at once."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def items(self, components: Any, around: Conditions, depth: int) -> tuple[Item, ...]:
        if depth > DEEPEST_GROUP:
            reason = sentence(
                "groups are nested deeper than {most} levels; flatten them", most=DEEPEST_GROUP
            )
            raise Fault(None, reason)
        if not isinstance(components, list):
            raise Fault(None, sentence("`components` must be a list"))
        found: list[Item] = []
        for component in components:
            try:
                found.append(self._item(component, around, depth))
            except Fault as fault:
                self.faults.append(fault)
        return tuple(found)

    def _item(self, component: Any, around: Conditions, depth: int) -> Item:
        if not isinstance(component, Mapping):
            raise Fault(None, sentence("a component must be an object"))
        return _Component(component, self, around, depth).item()


class _Component:
    """One component of a schema, read key by key."""

    def __init__(
        self, component: Mapping[str, Any], reading: _Reading, around: Conditions, depth: int
    ) -> None:
        self.component = component
        self.reading = reading
        self.depth = depth
        self.kind = str(component.get("type"))
        self.name = str(component.get("key") or component.get("id") or self.kind)
        if self.kind not in _KEYS:
            kinds = ", ".join(sorted(_KEYS))
            raise self._refusal(
                "the type {kind!r} is not supported; use one of {kinds}",
                kind=self.kind,
                kinds=kinds,
            )
        self._only(component, _KEYS[self.kind])
        self.properties = self._properties()
        self.hidden_by = around + self._condition()

    def item(self) -> Item:
        if self.kind == "group":
            return self._group()
        if self.kind in STATIC_KINDS:
            body = self._text("text")
            return Static(self.kind, body, self.properties.get("text.en") or body, self.hidden_by)
        return self._field()

    def _group(self) -> Group:
        if self.component.get("path"):
            raise self._refusal("`path` is not supported; remove it, answers are not nested")
        label = self._text("label")
        components = self.component.get("components", [])
        return Group(
            label,
            self.properties.get("label.en") or label,
            self.reading.items(components, self.hidden_by, self.depth + 1),
            self.hidden_by,
        )

    def _field(self) -> Field:
        key = self.component.get("key")
        if not isinstance(key, str) or not _NAME.fullmatch(key):
            raise self._refusal(
                "the key must begin with a letter and hold Latin letters, digits and _ only"
            )
        rules = self._rules()
        widget = self._widget()
        label, description = self._text("label"), self._text("description")
        field = Field(
            key=key,
            kind=self.kind,
            label=label or key,
            label_en=self.properties.get("label.en") or label or key,
            description=description,
            description_en=self.properties.get("description.en") or description,
            widget=widget,
            required=self._flag(rules, "required"),
            default=self.component.get("defaultValue"),
            options=self._options(),
            choices=self.component.get("valuesKey") or None,
            variable=self._switch("variable"),
            min_length=self._whole(rules, "minLength"),
            max_length=self._whole(rules, "maxLength"),
            pattern=self._pattern(rules),
            format=self._format(rules),
            minimum=self._number(rules, "min"),
            maximum=self._number(rules, "max"),
            decimals=self._whole(self.component, "decimalDigits") or 0,
            readonly=self._flag(self.component, "readonly")
            or self._flag(self.component, "disabled"),
            hidden_by=self.hidden_by,
            properties=self.properties,
        )
        if self.kind in CHOICE_KINDS and not (field.options or field.choices or widget):
            raise self._refusal("there is nothing to choose from; give `values` or `valuesKey`")
        return field

    def _rules(self) -> Mapping[str, Any]:
        rules = self.component.get("validate") or {}
        if not isinstance(rules, Mapping):
            raise self._refusal("`validate` must be an object")
        known = _VALIDATE.get(self.kind, frozenset({"required"}))
        self._only(rules, known, "validate.")
        if self.kind == "datetime" and self.component.get("subtype", "date") != "date":
            raise self._refusal("only dates are supported; set the subtype `date`")
        return rules

    def _properties(self) -> Mapping[str, str]:
        properties = self.component.get("properties") or {}
        if not isinstance(properties, Mapping):
            raise self._refusal("`properties` must be an object")
        return {
            str(name): ("true" if value else "false") if isinstance(value, bool) else str(value)
            for name, value in properties.items()
        }

    def _condition(self) -> Conditions:
        condition = self.component.get("conditional") or {}
        if not isinstance(condition, Mapping):
            raise self._refusal("`conditional` must be an object")
        self._only(condition, frozenset({"hide"}), "conditional.")
        text = condition.get("hide")
        if text in (None, ""):
            return ()
        try:
            return (parse_condition(text if isinstance(text, str) else str(text)),)
        except ExpressionError as error:
            reason = sentence("{what}: {message}", what="conditional.hide", message=error.message)
            raise Fault(self.name, reason, error.rule) from error

    def _widget(self) -> str | None:
        widget = self.properties.get("widget") or None
        if widget is not None and widget not in WIDGETS:
            known = ", ".join(sorted(WIDGETS))
            raise self._refusal(
                "there is no widget {widget!r}; use one of {known}", widget=widget, known=known
            )
        return widget

    def _options(self) -> tuple[Option, ...]:
        values = self.component.get("values") or []
        if not isinstance(values, list):
            raise self._refusal("`values` must be a list")
        options = tuple(self._option(value) for value in values)
        if len({str(option.value) for option in options}) < len(options):
            raise self._refusal("two of its `values` are equal")
        return options

    def _option(self, value: Any) -> Option:
        if not isinstance(value, Mapping) or not isinstance(value.get("value"), str | int | float):
            raise self._refusal("each of its `values` needs a `value` and a `label`")
        self._only(value, frozenset({"label", "labelEn", "value"}), "values.")
        label = str(value.get("label") or value["value"])
        return Option(value["value"], label, str(value.get("labelEn") or label))

    def _pattern(self, rules: Mapping[str, Any]) -> str | None:
        pattern = rules.get("pattern")
        if not pattern:
            return None
        try:
            re.compile(str(pattern))
        except re.error as error:
            raise self._refusal(
                "its pattern is not a regular expression: {error}", error=str(error)
            ) from error
        if len(str(pattern)) > LONGEST_PATTERN or _NESTED_REPETITION.search(str(pattern)):
            # (a+)+ takes longer than a person's patience on a text made for it.
            raise self._refusal("its pattern repeats a repetition or is too long; simplify it")
        return str(pattern)

    def _format(self, rules: Mapping[str, Any]) -> str | None:
        kind = rules.get("validationType")
        if kind in (None, "", "custom"):
            return None
        if kind not in FORMATS:
            raise self._refusal(
                "the validation type {kind!r} is not supported; use email or phone",
                kind=str(kind),
            )
        return str(kind)

    def _text(self, name: str) -> str:
        text = self.component.get(name) or ""
        if not isinstance(text, str):
            raise self._refusal("`{name}` must be text", name=name)
        if text.startswith("=") or "{{" in text:
            raise self._refusal(
                "`{name}` is an expression; only plain text is supported", name=name
            )
        return text

    def _flag(self, source: Mapping[str, Any], name: str) -> bool:
        value = source.get(name, False)
        if not isinstance(value, bool):
            raise self._refusal(
                "`{name}` must be true or false; use conditional.hide instead", name=name
            )
        return value

    def _switch(self, name: str) -> bool:
        value = self.properties.get(name, "false").lower()
        if value not in ("true", "false"):
            raise self._refusal("`properties.{name}` must be true or false", name=name)
        return value == "true"

    def _whole(self, source: Mapping[str, Any], name: str) -> int | None:
        number = self._number(source, name)
        if number is None:
            return None
        if number < 0 or number != int(number):
            raise self._refusal("`{name}` must be a whole number, not below 0", name=name)
        return int(number)

    def _number(self, source: Mapping[str, Any], name: str) -> Decimal | None:
        value = source.get(name)
        if value is None or value == "":
            return None
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise self._refusal("`{name}` must be a number", name=name) from None
        if isinstance(value, bool) or not number.is_finite():
            raise self._refusal("`{name}` must be a number", name=name)
        return number

    def _only(self, source: Mapping[str, Any], known: frozenset[str], within: str = "") -> None:
        for name in source:
            if name not in known:
                raise self._refusal("`{name}` is not supported; remove it", name=f"{within}{name}")

    def _refusal(self, template: str, **facts: Fact) -> Fault:
        return Fault(self.name, Sentence(template, facts))
