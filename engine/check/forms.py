"""Forms: what nobody can show, keys used twice, texts in one language."""

from collections.abc import Mapping
from typing import Any

from engine.check.context import Context
from engine.forms import faults_of
from engine.sentences import sentence


def components(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """All components of a form in order, groups opened; what is not an object is left out."""
    found: list[Mapping[str, Any]] = []
    waiting = [schema]
    while waiting:
        item = waiting.pop()
        if item is not schema:
            found.append(item)
        inside = item.get("components")
        if isinstance(inside, list):
            waiting += [each for each in reversed(inside) if isinstance(each, dict)]
    return found


def process_variables(schema: Mapping[str, Any]) -> set[str]:
    """The fields whose answers become process data."""
    return {
        str(item["key"])
        for item in components(schema)
        if item.get("key") and str(_properties(item).get("variable")).lower() == "true"
    }


def check_forms(context: Context) -> None:
    for key, schema in context.forms.items():
        file, seen = context.form_files[key], set[str]()
        for fault in faults_of(schema):
            context.report.add(file, fault.place, fault.rule, fault.reason)
        for item in components(schema):
            name = item.get("key")
            if isinstance(name, str) and name in seen:
                context.report.add(
                    file,
                    name,
                    "form.duplicate-key",
                    sentence("two fields have the key {name!r}; rename one", name=name),
                )
            seen.add(str(name))
            _english(context, file, item)


def _english(context: Context, file: str, item: Mapping[str, Any]) -> None:
    properties = _properties(item)
    for name in ("label", "description", "text"):
        if is_russian(item.get(name)) and not properties.get(f"{name}.en"):
            _twin(context, file, _place(item), f"{name}.en")
    values = item.get("values")
    for value in values if isinstance(values, list) else ():
        if isinstance(value, dict) and is_russian(value.get("label")) and not value.get("labelEn"):
            _twin(
                context,
                file,
                _place(item),
                sentence("labelEn of the value {value!r}", value=value.get("value")),
            )


def _twin(context: Context, file: str, element: str | None, name: str) -> None:
    context.report.add(
        file,
        element,
        "english.missing",
        sentence("its text has no English twin; add the property {name}", name=name),
    )


def is_russian(words: Any) -> bool:
    """Only a text with Cyrillic letters needs a twin; `E-mail` reads the same in both."""
    return isinstance(words, str) and any("а" <= letter <= "я" for letter in words.lower())


def _properties(item: Mapping[str, Any]) -> Mapping[str, Any]:
    properties = item.get("properties")
    return properties if isinstance(properties, dict) else {}


def _place(item: Mapping[str, Any]) -> str | None:
    name = item.get("key") or item.get("id")
    return str(name) if name else None
