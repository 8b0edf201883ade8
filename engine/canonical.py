"""What a set of files says, whatever it looks like: the key that tells two versions apart.

Formatting, comments, the order of attributes, the layout of the drawing, the program that saved
the file and values that are the default anyway do not count; two modelers write them differently.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from engine import xml
from engine.dialect.scopes import NODES
from engine.dialect.spelling import listed_places
from engine.forms import read_form

_LAYOUT = {
    xml.BPMNDI,
    xml.DMNDI,
    xml.DC,
    xml.DI,
    "http://bpmn.io/schema/dmn/biodi/2.0",
    "http://bpmn.io/schema/bpmn/biocolor/1.0",
    "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
    "http://www.omg.org/spec/DMN/20180521/DI/",
    "http://www.omg.org/spec/DMN/20180521/DC/",
}
_TOOLS = {"exporter", "exporterVersion"}
_FORM_TOOLS = {"exporter", "schemaVersion", "executionPlatform", "executionPlatformVersion"}
_MODELER = "http://camunda.org/schema/modeler/1.0"
# What the standard says when nothing is said; some modelers write it out, others leave it away.
_DEFAULTS = {
    ("cancelActivity", "true"),
    ("isInterrupting", "true"),
    ("triggeredByEvent", "false"),
    ("isForCompensation", "false"),
    ("isSequential", "false"),
    ("behavior", "All"),
    ("testBefore", "false"),
    ("parallelMultiple", "false"),
    ("instantiate", "false"),
    ("isClosed", "false"),
    ("startQuantity", "1"),
    ("completionQuantity", "1"),
    ("gatewayDirection", "Unspecified"),
    ("eventGatewayType", "Exclusive"),
    ("local", "false"),
    ("loopType", "None"),
    ("processType", "None"),
    ("cancelRemainingInstances", "true"),
    ("waitForCompletion", "true"),
    ("isCollection", "false"),
    ("isUnlimited", "true"),
    ("isReference", "false"),
    ("mustUnderstand", "false"),
    ("minimum", "0"),
    ("maximum", "1"),
    ("textFormat", "text/plain"),
    ("implementation", "##unspecified"),
    ("implementation", "##WebService"),
    ("hitPolicy", "UNIQUE"),
    ("preferredOrientation", "Rule-as-Row"),
    ("expressionLanguage", "http://www.w3.org/1999/XPath"),
    ("typeLanguage", "http://www.w3.org/2001/XMLSchema"),
}
_CAMUNDA_DEFAULTS = {
    ("async", "false"),
    ("asyncBefore", "false"),
    ("asyncAfter", "false"),
    ("exclusive", "true"),
    ("isStartableInTasklist", "true"),
    ("calledElementBinding", "latest"),
    ("caseBinding", "latest"),
    ("decisionRefBinding", "latest"),
    ("mapDecisionResult", "resultList"),
}
_REDUNDANT = {"incoming", "outgoing"}  # but for the order of what goes out


def content_key(files: Mapping[str, bytes]) -> str:
    """Return the key of a set of files by path: 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.encode() + b"\0")
        digest.update(_content(path, files[path]).encode() + b"\0")
    return digest.hexdigest()


def _content(path: str, data: bytes) -> str:
    if path.endswith(".form"):
        return _form(path, data)
    written: list[str] = []
    root = xml.read(data, path)
    drawn: dict[str, list[str]] = {}
    for flow in root.iter(f"{{{xml.BPMN}}}sequenceFlow"):
        drawn.setdefault(flow.get("sourceRef", ""), []).append(flow.get("id", ""))
    _write(root, written, drawn)
    return "".join(written)


def _form(path: str, data: bytes) -> str:
    form = {name: value for name, value in read_form(data, path).items() if name not in _FORM_TOOLS}
    return json.dumps(form, sort_keys=True, ensure_ascii=False)


def _write(element: Any, written: list[str], drawn: Mapping[str, list[str]]) -> None:
    # Whatever comes from the file is quoted, so that no text can pass for an element.
    written.append(f"<{element.tag!r}")
    for name, value in sorted(element.attrib.items()):
        if _counts(name, value):
            written.append(f" {name!r}={value!r}")
    written.append(f"{_order(element, drawn)}>")
    text = _text(element.text)
    if text:
        written.append(repr(text))
    children = [child for child in element if _says_something(child)]
    # Modelers group elements of one kind; their order within a kind is meant and is kept.
    for child in sorted(children, key=_group) if len(children) > 1 else children:
        _write(child, written, drawn)
    written.append("</>")


def _order(element: Any, drawn: Mapping[str, list[str]]) -> str:
    """The order an element gives its flows, where it is not the one they are drawn in."""
    flows = drawn.get(element.get("id", ""), [])
    places = listed_places(element) if len(flows) > 1 else {}
    listed = sorted(flows, key=lambda flow: places.get(flow, len(places)))
    return f" {listed!r}" if listed != flows else ""


def _counts(name: str, value: str) -> bool:
    namespace, _, local = name.rpartition("}")
    namespace = namespace[1:]
    if namespace in _LAYOUT or namespace in (xml.XSI, _MODELER):
        return False
    if namespace == xml.CAMUNDA:
        return (local, value) not in _CAMUNDA_DEFAULTS
    return bool(namespace) or not (local in _TOOLS or (local, value) in _DEFAULTS)


def _says_something(child: Any) -> bool:
    namespace = xml.namespace_of(child)
    if namespace in _LAYOUT or (namespace == xml.BPMN and xml.name_of(child) in _REDUNDANT):
        return False
    empty = not len(child) and not child.attrib and not _text(child.text)
    return not (empty and xml.name_of(child) == "extensionElements")


def _group(child: Any) -> str:
    if xml.namespace_of(child) == xml.BPMN and (
        xml.name_of(child) in NODES or xml.name_of(child) == "sequenceFlow"
    ):
        return "flow"
    return str(child.tag)


def _text(text: str | None) -> str:
    return "\n".join(line.rstrip() for line in (text or "").strip().splitlines())
