"""The manifest of operations: what diagrams may ask of the application, in words for the analyst.

    {"operations": {"appeals.register": {
        "kind": "service" | "listener",
        "summary": {"ru": "…", "en": "…"},
        "inputs":  {"appeal": {"type": "string", "required": true, "ru": "…", "en": "…"}},
        "outputs": {"number": {"type": "string", "ru": "…", "en": "…"}},
        "errors":  {"no-number": {"ru": "…", "en": "…"}}}},
     "roles": ["registrar", …],
     "processes": ["appeal", …],
     "decisions": {"terms": {
        "asked": [{"rule": "R05"}],
        "outputs": {"days": {"type": "integer", "required": true}}}}}

The inputs of a listener are answers of its form; `values` beside the `type` of one are all that
the operation takes there. `roles` may be absent: then nobody says which there are. `processes`
are those that the application begins by itself and no set may lack, `decisions` those that it asks
by itself: by what inputs, and what it needs of the answer (`type` integer, string or date).
The application writes it, `check` and the modeler read it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from engine.errors import Refused
from engine.misreadings import misread
from engine.model import Finding
from engine.sentences import Sentence, sentence

KINDS = ("service", "listener")
LANGUAGES = ("ru", "en")
_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_SCHEMA = "https://unpkg.com/@camunda/element-templates-json-schema/resources/schema.json"


def read_manifest(data: bytes, file: str = "operations.json") -> Mapping[str, Any]:
    """Read and check a manifest; parts that may be absent come back empty. Raises `Refused`."""
    try:
        manifest = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Refused(
            (_finding(file, None, sentence("this is not JSON: {error}", error=misread(error))),)
        ) from error
    problems = tuple(_finding(file, name, message) for name, message in _problems(manifest))
    if problems:
        raise Refused(problems)
    return {
        "operations": {
            name: {"inputs": {}, "outputs": {}, "errors": {}, **operation}
            for name, operation in manifest["operations"].items()
        },
        "roles": manifest.get("roles"),
        "processes": manifest.get("processes", []),
        "decisions": manifest.get("decisions", {}),
    }


def element_templates(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write the element templates that Camunda Modeler offers for service tasks.

    Listeners have none: the modeler's templates cannot set a task listener.
    """
    return [
        _template(name, operation)
        for name, operation in sorted(manifest["operations"].items())
        if operation["kind"] == "service"
    ]


def _template(name: str, operation: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "$schema": _SCHEMA,
        "name": operation["summary"]["ru"],
        "id": f"priyomnaya.{name}",
        "description": f"{operation['summary']['en']} ({name})",
        "appliesTo": ["bpmn:ServiceTask", "bpmn:SendTask"],
        "properties": [
            _hidden("camunda:type", "external"),
            _hidden("camunda:topic", name),
            *(_input(key, field) for key, field in operation.get("inputs", {}).items()),
            *(_output(key, field) for key, field in operation.get("outputs", {}).items()),
        ],
    }


def _hidden(attribute: str, value: str) -> dict[str, Any]:
    return {
        "type": "Hidden",
        "value": value,
        "binding": {"type": "property", "name": attribute},
    }


def _input(name: str, field: Mapping[str, Any]) -> dict[str, Any]:
    required = bool(field.get("required"))
    written: dict[str, Any] = {
        "label": field["ru"],
        "description": f"{field['en']} ({name}: {field['type']})",
        "type": "String",
        "binding": {"type": "camunda:inputParameter", "name": name},
    }
    if required:
        written |= {"value": f"${{{name}}}", "constraints": {"notEmpty": True}}
    else:
        written["optional"] = True
    return written


def _output(name: str, field: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "label": field["ru"],
        "description": f"{field['en']} ({name}: {field['type']})",
        "type": "String",
        "optional": True,
        "binding": {"type": "camunda:outputParameter", "source": f"${{{name}}}"},
    }


def _problems(manifest: Any) -> Iterator[tuple[str | None, Sentence]]:
    operations = manifest.get("operations") if isinstance(manifest, dict) else None
    if not isinstance(operations, dict):
        yield None, sentence("there is no object `operations`; write the manifest anew")
        return
    roles = manifest.get("roles", [])
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        yield None, sentence("`roles` must be a list of names")
    for name, operation in operations.items():
        for message in _wrong(name, operation):
            yield name, message


def _wrong(name: str, operation: Any) -> Iterator[Sentence]:
    if not _NAME.fullmatch(name):
        yield sentence("an operation is called room.verb, in small Latin letters")
    if not isinstance(operation, dict):
        yield sentence("an operation is an object")
        return
    if operation.get("kind") not in KINDS:
        yield sentence("`kind` is one of {kinds}", kinds=", ".join(KINDS))
    if not _spoken(operation.get("summary")):
        yield sentence("`summary` holds the texts `ru` and `en`")
    for part in ("inputs", "outputs", "errors"):
        entries = operation.get(part, {})
        if not isinstance(entries, dict):
            yield sentence("`{part}` is an object", part=part)
            continue
        for key, entry in entries.items():
            yield from _wrong_entry(part, key, entry)


def _wrong_entry(part: str, key: str, entry: Any) -> Iterator[Sentence]:
    if not _spoken(entry):
        yield sentence("`{part}.{key}` holds the texts `ru` and `en`", part=part, key=key)
    elif part != "errors" and not isinstance(entry.get("type"), str):
        yield sentence("`{part}.{key}` holds a `type`", part=part, key=key)
    elif not _listed(entry.get("values", [])):
        yield sentence(
            "`{part}.{key}.values` is a list of texts or whole numbers", part=part, key=key
        )


def _spoken(entry: Any) -> bool:
    return isinstance(entry, dict) and all(
        isinstance(entry.get(language), str) and entry[language] for language in LANGUAGES
    )


def _listed(values: Any) -> bool:
    return isinstance(values, list | tuple) and all(type(one) in (str, int) for one in values)


def _finding(file: str, operation: str | None, message: Sentence) -> Finding:
    return Finding(file, operation, "manifest.malformed", "error", message)
