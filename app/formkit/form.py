"""A compiled form: what it asks, what it takes, what it shows."""

import copy
import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from app.formkit import conditions, rules, widgets
from app.formkit.bound import BoundForm, Choices
from app.formkit.errors import FormInvalid, UnsupportedForm
from app.formkit.resolver import Resolver
from engine import Field, FormFault, Item, fields_of, read_fields

_LOCAL = {"label": "label.en", "description": "description.en", "text": "text.en"}


class Form:
    """One form of one version set.

    `items` is the layout (fields, groups, texts); `fields` are its questions in order. A form is
    shared between requests and holds nothing of any of them.
    """

    def __init__(self, source: Mapping[str, Any], key: str) -> None:
        self.key = key
        self.items: tuple[Item, ...] = _read(source, key)
        self.fields: tuple[Field, ...] = tuple(fields_of(self.items))
        self.schema = source

    def field(self, key: str) -> Field:
        """Return the field of that key, or raise `KeyError`."""
        return {field.key: field for field in self.fields}[key]

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return a value for every field: what is known already, else the form's default."""
        return {field.key: _value(field, given) for field in self.fields}

    def bind(
        self,
        values: Mapping[str, Any],
        *,
        locale: str,
        choices: Choices | None = None,
        data: Any | None = None,
    ) -> BoundForm:
        """Make the form ready for a page.

        `data` is what the page posted (a MultiDict) or None; `choices` are lists by name for
        `valuesKey`, by widget or by field key, as (value, label).
        """
        known = {**values, **self.values(values)}
        return BoundForm(self.items, known, locale=locale, choices=choices or {}, data=data)

    def validate(
        self,
        answers: Mapping[str, Any],
        *,
        locale: str,
        resolve: Resolver,
        values: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the clean answers, or raise `FormInvalid` with a sentence for each wrong field.

        A key that was not sent keeps its value from `values` or the form's default; null and ''
        mean "no answer" and come back as None (a list as []). Keys that the form does not have and
        hidden fields are dropped; a read-only field keeps its value whatever was sent. `values` may
        hold names that are no fields, for conditions to look at.
        """
        seen: dict[str, Any] = {**(values or {}), **self.values(values or {}), **answers}
        cleaned: dict[str, Any] = {}
        errors: dict[str, list[str]] = {}
        for field in self.fields:
            if conditions.holds_any(field.hidden_by, seen):
                seen[field.key] = None
                continue
            sent = field.key in answers and not field.readonly
            value = answers[field.key] if sent else _value(field, values or {})
            if not sent and not field.required:
                # What the house put there itself is not judged again, however odd it is.
                if not rules.is_absent(value):
                    cleaned[field.key] = value
                continue
            try:
                cleaned[field.key] = seen[field.key] = _clean(field, value, locale, resolve)
            except rules.Fault as fault:
                errors[field.key] = fault.sentences
        if errors:
            raise FormInvalid(errors)
        return cleaned

    def people(self, answers: Mapping[str, Any]) -> list[str]:
        """The logins that answers name, not checked yet, so that they can be asked for at once."""
        named = []
        for field in self.fields:
            value = answers.get(field.key)
            if field.widget == "person":
                named.append(value)
            elif field.widget == "resolution-list" and isinstance(value, list | tuple):
                named += [row.get("executor") for row in value if isinstance(row, Mapping)]
        return [login for login in named if isinstance(login, str) and login]

    def variables(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answers that become process data (`properties.variable`)."""
        return {
            field.key: answers[field.key]
            for field in self.fields
            if field.variable and field.key in answers
        }

    def schema_for(
        self, values: Mapping[str, Any], locale: str, choices: Choices | None = None
    ) -> dict[str, Any]:
        """Return the schema for a script: one language, lists of choices written out.

        `values` are shown as the fields' defaults, so that the schema alone can draw the form.
        """
        shown = copy.deepcopy(dict(self.schema))
        known = self.values(values)
        for component in _components(shown):
            _speak(component, locale)
            key = component.get("key")
            if key in known:
                component["defaultValue"] = known[key]
            listed = (choices or {}).get(component.pop("valuesKey", None) or "", ())
            if listed:
                component["values"] = component.get("values", []) + [
                    {"value": value, "label": label} for value, label in listed
                ]
        return shown


def compile_form(source: Mapping[str, Any], key: str) -> Form:
    """Compile a form-js schema; `UnsupportedForm` names what cannot be compiled.

    Equal schemas share one form, so that each version set costs its memory once. A schema is not
    to be changed afterwards: it is known again by its identity.
    """
    return _compiled_once(_Same(source), key)


def _read(source: Mapping[str, Any], key: str) -> tuple[Item, ...]:
    try:
        return read_fields(source)
    except FormFault as fault:
        raise UnsupportedForm(key, fault.place, fault.reason) from fault


class _Same:
    """A schema as a key: itself and no other, since writing it out takes longer than the rest."""

    def __init__(self, source: Mapping[str, Any]) -> None:
        self.source = source

    def __hash__(self) -> int:
        return id(self.source)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.source is self.source


@lru_cache(maxsize=512)
def _compiled_once(same: _Same, key: str) -> Form:
    return _compiled(json.dumps(same.source, sort_keys=True, ensure_ascii=False), key)


@lru_cache(maxsize=512)
def _compiled(text: str, key: str) -> Form:
    return Form(json.loads(text), key)


def _value(field: Field, given: Mapping[str, Any]) -> Any:
    value = given.get(field.key)
    if value is None:
        value = field.default
    if isinstance(value, date):
        value = value.isoformat()[:10]
    if isinstance(value, tuple | set | frozenset):
        value = list(value)
    return field.empty if value is None else value


def _clean(field: Field, value: Any, locale: str, resolve: Resolver) -> Any:
    if rules.is_absent(value):
        if field.required:
            raise rules.Fault(rules.missing(field, locale))
        return field.empty
    found = (widgets if field.widget else rules).clean(field, value, locale, resolve)
    # A row without content is dropped, and an unticked box that must be ticked is no answer.
    if field.required and (found is False or found == []):
        raise rules.Fault(rules.missing(field, locale))
    return found


def _components(source: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for component in source.get("components", ()):
        yield component
        yield from _components(component)


def _speak(component: dict[str, Any], locale: str) -> None:
    properties = component.get("properties") or {}
    for name, english in _LOCAL.items():
        if locale == "en" and properties.get(english):
            component[name] = properties[english]
    for option in component.get("values") or ():
        english_label = option.pop("labelEn", None)
        if locale == "en" and english_label:
            option["label"] = english_label
