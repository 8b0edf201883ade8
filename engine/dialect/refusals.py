"""What the engine does not do is refused by name, with what to draw instead."""

from collections.abc import Iterator
from typing import Any

from engine.dialect.elements import operation_in
from engine.dialect.mappings import child_of
from engine.dialect.names import RULE, malformed_names
from engine.dialect.scopes import is_event_subprocess, is_node
from engine.errors import refuse
from engine.model import Finding
from engine.sentences import Sentence, sentence
from engine.xml import BPMN, CAMUNDA, name_of, namespace_of

DEEPEST_SCOPE = 30
_COMPENSATION = sentence("compensation; draw the way back as tasks after an error event")
_ELEMENTS = {
    "complexGateway": sentence("a complex gateway; draw inclusive or parallel gateways instead"),
    "adHocSubProcess": sentence(
        "an ad-hoc sub-process; draw the order, or a multi-instance activity"
    ),
    "transaction": sentence("a transaction; draw a sub-process with an error boundary event"),
    "cancelEventDefinition": sentence("a cancel event; use an error event on a sub-process"),
    "compensateEventDefinition": _COMPENSATION,
    "choreographyTask": sentence("choreography; draw a process"),
}
_EXTENSIONS = {
    "executionListener": sentence("an execution listener; put a service task into the flow"),
    "connector": sentence("a connector; use a service task with camunda:type external and a topic"),
    "script": sentence("a script in a mapping; use an expression ${…} or a script task"),
    "errorEventDefinition": sentence("an error expression; let the operation raise the error"),
    "inConnector": sentence("a connector; use a service task with a topic"),
}
_LISTENER = sentence(
    "the engine knows only task listeners with event complete and a delegate expression "
    "${room.verb}; remove this one"
)
_LISTENS = sentence("a listener names one operation and nothing else: ${room.verb}")
_ONCE = sentence("only a task, a sub-process or a call can be done several times; remove the loop")
_BY_ITS_EVENT = sentence(
    "an event sub-process is done as often as its event happens; remove the loop"
)
_NESTED = sentence(
    "sub-processes are nested deeper than {most} levels; call a process", most=DEEPEST_SCOPE
)
_WAITING = sentence("an event sub-process starts with an event that waits; choose its kind")
_PLAIN = sentence("a sub-process starts with a plain start event; remove what it waits for")
_ONE_START = sentence("a sub-process has one start event; remove the others")
_LOOPS = ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")
_DEFINITIONS = ("EventDefinition", "eventDefinitionRef")
_NO_ACTIVITY = ("Event", "Gateway")
_CODE = ("class", "expression", "delegateExpression")
_FIXED = ("topic", "formKey")
_ZEEBE = "http://camunda.org/schema/zeebe/1.0"
_PLATFORM = "{http://camunda.org/schema/modeler/1.0}executionPlatform"

# The element, the rule it breaks, and what to say of it.
Remark = tuple[str | None, str, Sentence]


def refuse_camunda_8(root: Any, file: str) -> None:
    """Name a diagram of the younger Camunda as one: each of its settings alone says little."""
    foreign = any(
        namespace_of(element) == _ZEEBE or any(_ZEEBE in name for name in element.attrib)
        for element in root.iter()
    )
    if foreign or root.get(_PLATFORM) == "Camunda Cloud":
        told = sentence(
            "this is a diagram for Camunda 8 (zeebe), and diagrams of Camunda 7 are read here; "
            "create it in the modeler as one for Camunda 7"
        )
        raise refuse(file, None, "unsupported", told)


def refusals(root: Any, file: str) -> list[Finding]:
    """List what in a diagram the engine will not execute."""
    return [
        Finding(file, element, rule, "error", message) for element, rule, message in _look(root)
    ]


def _look(root: Any) -> Iterator[Remark]:
    seen: set[str] = set()
    for element in root.iter():
        name, namespace = name_of(element), namespace_of(element)
        here = _id_of(element)
        for message in malformed_names(element):
            yield here, RULE, message
        if namespace == BPMN:
            yield from _duplicate(element, seen)
            if not element.get("id") and (is_node(element) or name == "process"):
                yield here, "id.missing", sentence("a {name} has no id; give it one", name=name)
            if name in _ELEMENTS:
                yield here, "unsupported", _not_done(_ELEMENTS[name])
            if element.get("isForCompensation") == "true":
                yield here, "unsupported", _not_done(_COMPENSATION)
            if name == "subProcess":
                yield from _starts(element)
            yield from _repeated(element, here)
            if name == "subProcess" and _scopes_around(element) == DEEPEST_SCOPE:
                yield here, "xml.too-deep", _NESTED
            yield from _quantities(element, here)
            yield from _fixed(element, here)
        elif namespace == CAMUNDA:
            yield from _camunda(element, name, here)


def _not_done(what: Sentence) -> Sentence:
    return sentence("the engine does not do {what}", what=what)


def _scopes_around(element: Any) -> int:
    return sum(1 for _ in element.iterancestors(f"{{{BPMN}}}subProcess"))


def _starts(scope: Any) -> Iterator[Remark]:
    """What begins a sub-process: one start event, which waits only in an event sub-process."""
    starts = scope.findall(f"{{{BPMN}}}startEvent")
    watches = is_event_subprocess(scope)
    for start in starts:
        waits = any(name_of(part).endswith(_DEFINITIONS) for part in start)
        if waits != watches:
            yield start.get("id"), "event.start", _WAITING if watches else _PLAIN
        elif len(starts) > 1:
            yield start.get("id"), "event.start", _ONE_START


def _repeated(element: Any, here: str | None) -> Iterator[Remark]:
    if not any(child_of(element, loop) is not None for loop in _LOOPS):
        return
    if name_of(element).endswith(_NO_ACTIVITY):
        yield here, "unsupported", _ONCE
    elif is_event_subprocess(element):
        yield here, "unsupported", _BY_ITS_EVENT


def _duplicate(element: Any, seen: set[str]) -> Iterator[Remark]:
    element_id = element.get("id")
    if element_id is None:
        return
    if element_id in seen:
        twice = sentence("two elements have the id {element_id}; rename one", element_id=element_id)
        yield element_id, "id.duplicate", twice
    seen.add(element_id)


def _quantities(element: Any, here: str | None) -> Iterator[Remark]:
    for attribute in ("startQuantity", "completionQuantity"):
        if element.get(attribute, "1") != "1":
            remedy = sentence(
                "the engine does not do token quantities; remove {attribute}", attribute=attribute
            )
            yield here, "unsupported", remedy


def _fixed(element: Any, here: str | None) -> Iterator[Remark]:
    for attribute in _FIXED:
        name = element.get(f"{{{CAMUNDA}}}{attribute}", "")
        if "${" in name or "#{" in name:
            remedy = sentence(
                "camunda:{attribute} is a fixed name, not an expression; write it out",
                attribute=attribute,
            )
            yield here, "unsupported", remedy


def _camunda(element: Any, name: str, here: str | None) -> Iterator[Remark]:
    if name in _EXTENSIONS:
        yield here, "unsupported", _not_done(_EXTENSIONS[name])
    if name == "taskListener" and (
        element.get("event") != "complete" or element.get("delegateExpression") is None
    ):
        yield here, "unsupported", _LISTENER
    elif name == "taskListener" and operation_in(element.get("delegateExpression")) is None:
        yield here, "expression.unsafe", _LISTENS


def code_of(node: Any) -> str | None:
    """Name the attribute by which a node asks for Java code, if it does."""
    return next((name for name in _CODE if node.get(f"{{{CAMUNDA}}}{name}") is not None), None)


def _id_of(element: Any) -> str | None:
    while element is not None:
        if element.get("id") is not None and namespace_of(element) == BPMN:
            return str(element.get("id"))
        element = element.getparent()
    return None
