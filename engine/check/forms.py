"""Forms: what nobody can show, keys used twice, texts in one language, answers nobody takes."""

import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from engine.check.context import Context
from engine.check.diagram import camunda, extensions
from engine.check.references import listener
from engine.forms import Fault, Field, faults_of, fields_of, read_fields
from engine.sentences import sentence

#: A number field that takes more values than this is no scale; nobody lists them.
LONGEST_SCALE = 100


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
    for key, name, inputs in _asked(context):
        for field in fields_in(context.forms[key]):
            if taken := inputs.get(field.key, {}).get("values"):
                _answers(context, context.form_files[key], field, name, taken)


def _asked(context: Context) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """The forms whose answers an operation gets: form key, name of the operation, its inputs."""
    for diagram in context.diagrams:
        for node in diagram.nodes.values():
            key = camunda(node.element, "formKey")
            for item in extensions(node.element, "taskListener"):
                name = listener(item)
                operation = (context.operations or {}).get(name or "")
                if key in context.forms and operation and operation["kind"] == "listener":
                    yield str(key), str(name), operation["inputs"]


def fields_in(schema: Mapping[str, Any]) -> tuple[Field, ...]:
    """The questions of a form; none where it cannot be read, which is said already."""
    try:
        return tuple(fields_of(read_fields(schema)))
    except Fault:
        return ()


def _answers(
    context: Context, file: str, field: Field, operation: str, taken: Collection[Any]
) -> None:
    known, offered = [str(one) for one in taken], _offered(field)
    if offered is None:
        told = sentence(
            "the operation {operation!r} takes only {known} here; offer these as radio or select, "
            "or give the question another key",
            operation=operation,
            known=", ".join(known),
        )
        context.report.add(file, field.key, "form.answer", told)
    foreign = [one for one in offered or () if one not in known]
    if foreign:
        told = sentence(
            "the operation {operation!r} does not take {foreign} here, only {known}; remove them, "
            "or give the question another key",
            operation=operation,
            foreign=", ".join(foreign),
            known=", ".join(known),
        )
        context.report.add(file, field.key, "form.answer", told)


def _offered(field: Field) -> list[str] | None:
    """The answers that can be given to a question; None where they cannot be counted up."""
    if field.widget or field.choices or field.many:
        return None
    if field.options:
        return [str(option.value) for option in field.options]
    if field.kind != "number" or field.minimum is None or field.maximum is None:
        return None
    # With decimal places there is no end of answers between two whole ones.
    if field.decimals:
        return None
    first, last = math.ceil(field.minimum), math.floor(field.maximum)
    return [str(one) for one in range(first, last + 1)] if last - first < LONGEST_SCALE else None


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
