"""Names that nothing sets.

A false alarm is worse than a missed one, so where a diagram may get names that nobody can see from
here (the answer of an unknown operation, the payload of a message) the rule keeps silent about that
process.
"""

import copy
import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.check.context import Context
from engine.check.diagram import (
    Diagram,
    Node,
    camunda,
    child,
    extensions,
    is_bpmn,
    mapped,
    properties,
    text,
)
from engine.check.forms import fields_in, process_variables
from engine.check.references import listener, topic
from engine.expressions import Script
from engine.expressions.values import same
from engine.forms import Field
from engine.sentences import sentence

# What the engine itself supplies inside loops.
_SUPPLIED = frozenset(
    {
        "loopCounter",
        "nrOfInstances",
        "nrOfActiveInstances",
        "nrOfCompletedInstances",
        "nrOfTerminatedInstances",
    }
)
# Calls in calls are followed so far; beyond that the rule keeps silent.
_LONGEST_CHAIN, _MOST_CALLS = 10, 500
_WAITING = ("messageEventDefinition", "signalEventDefinition")
_CODES = ("errorCodeVariable", "errorMessageVariable", "escalationCodeVariable")


@dataclass
class Names:
    """What is known to be set in one process; `opaque` when more may be set unseen."""

    known: set[str] = field(default_factory=lambda: set(_SUPPLIED))
    opaque: bool = False

    def take(self, other: "Names") -> bool:
        """Take over another process's names; tell whether that changed anything."""
        before = (len(self.known), self.opaque)
        self.known |= other.known
        self.opaque |= other.opaque
        return before != (len(self.known), self.opaque)


def check_names(context: Context) -> None:
    names = _collect(context)
    for diagram, place in context.places:
        if place.process not in names or place.read is None:
            continue
        node = diagram.nodes.get(place.element or "")
        if node is not None and place.what.startswith("output ") and _unknown(context, node):
            continue  # it reads the answer of an operation that nobody describes
        if place.read.names:
            _look(context, diagram, place.element, names[place.process], place.read.names)
    for diagram in context.diagrams:
        for node in diagram.nodes.values():
            decision = context.decisions.get(camunda(node.element, "decisionRef") or "")
            if decision and node.kind == "businessRuleTask":
                _look(context, diagram, node.id, names[node.scope.process], decision.names)


def check_values(context: Context) -> None:
    """Find what a variable is held against although no form offers it.

    Only where forms alone set the variable, and each of them by a list of options.
    """
    bare = copy.copy(context)
    bare.forms = {key: {} for key in context.forms}
    others, asked = _collect(bare), _asked(context)
    if any(_everything(node.element, way) for node in _callers(context) for way in ("in", "out")):
        return
    for diagram, place in context.places:
        process = place.process or ""
        for name, value in sorted(place.compared, key=str):
            fields = asked.get((process, name), [])
            elsewhere = others[process] if process in others else Names(opaque=True)
            if not fields or elsewhere.opaque or name in elsewhere.known or value is None:
                continue
            offered = [option.value for field in fields for option in field.options]
            if all(map(_closed, fields)) and not any(same(value, one) for one in offered):
                told = sentence(
                    "line {line}: {what}: no form offers {value!r} for {name}, only {offered}; "
                    "correct one of them",
                    line=place.line,
                    what=place.what,
                    value=value,
                    name=name,
                    offered=", ".join(dict.fromkeys(map(str, offered))),
                )
                context.report.add(diagram.file, place.element, "value.unknown", told)


def _closed(field: Field) -> bool:
    """Whether a question has no answers but its options."""
    return bool(field.options) and not (field.readonly or field.many or field.choices)


def _asked(context: Context) -> dict[tuple[str, str], list[Field]]:
    """The questions whose answers become process data, by process and key."""
    found: dict[tuple[str, str], list[Field]] = {}
    for diagram in context.diagrams:
        for node in diagram.nodes.values():
            form = context.forms.get(camunda(node.element, "formKey") or "", {})
            for one in fields_in(form):
                if one.variable:
                    found.setdefault((node.scope.process, one.key), []).append(one)
    return found


def _callers(context: Context) -> Iterator[Node]:
    for diagram in context.diagrams:
        yield from (node for node in diagram.nodes.values() if node.kind == "callActivity")


def _called(node: Node) -> list[str]:
    """The operations a node calls."""
    called = [topic(node)]
    called += [
        listener(item)
        for item in extensions(node.element, "taskListener")
        if item.get("event") == "complete"
    ]
    return [name for name in called if name]


def _unknown(context: Context, node: Node) -> bool:
    return any(name not in (context.operations or {}) for name in _called(node))


def _look(
    context: Context, diagram: Diagram, element: str | None, names: Names, read: Iterable[str]
) -> None:
    if names.opaque:
        return
    for name in sorted(set(read) - names.known):
        close = _close(context, name, names)
        hint = (
            sentence("did you mean {name}?", name=close[0])
            if close
            else sentence("correct it, or list it in `variables`")
        )
        context.report.add(
            diagram.file,
            element,
            "variable.unknown",
            sentence("nothing sets the name {name}; {hint}", name=name, hint=hint),
        )


def _close(context: Context, name: str, names: Names) -> list[str]:
    """Guess what was meant; a guess costs time, and nobody reads hundreds of them."""
    context.guesses -= 1
    if context.guesses < 0:
        return []
    return difflib.get_close_matches(name, sorted(names.known - _SUPPLIED), 1, 0.8)


def _collect(context: Context) -> dict[str, Names]:
    names = {
        process.get("id", ""): Names()
        for diagram in context.diagrams
        for process in diagram.processes
    }
    thrown = _payloads(context)
    for diagram in context.diagrams:
        for process in diagram.processes:
            names[process.get("id", "")].known |= _declared(process) or set()
        for node in diagram.nodes.values():
            _Node(context, diagram, node, names[node.scope.process], thrown).collect()
    for _, place in context.places:
        if place.process in names and isinstance(place.read, Script):
            names[place.process].known |= place.read.assigned
    _pass_on(context, names)
    return names


class _Node:
    """What one node sets in its process."""

    def __init__(
        self,
        context: Context,
        diagram: Diagram,
        node: Node,
        names: Names,
        thrown: dict[str, set[str]],
    ) -> None:
        self.context = context
        self.diagram = diagram
        self.node = node
        self.element = node.element
        self.names = names
        self.thrown = thrown

    def collect(self) -> None:
        element = self.element
        declared = _declared(element)
        self.names.known |= declared or set()
        for parameter in [*mapped(element, "inputParameter"), *mapped(element, "outputParameter")]:
            self.names.known.add(parameter.get("name", ""))
        for variable in (camunda(element, "resultVariable"), *self._codes(), *self._items()):
            self.names.known.add(variable or "")
        if declared is None:
            self._form()
            self._operations()
            self._decision()
            self._payload()

    def _codes(self) -> Iterator[str | None]:
        for definition in self.element:
            yield from (camunda(definition, name) for name in _CODES)

    def _items(self) -> Iterator[str | None]:
        loop = child(self.element, "multiInstanceLoopCharacteristics")
        if loop is None:
            return
        yield camunda(loop, "elementVariable")
        for tag in ("inputDataItem", "outputDataItem"):
            item = child(loop, tag)
            if item is not None:
                yield from (item.get("name"), item.get("id"))
        results = child(loop, "loopDataOutputRef")
        if results is not None:
            yield text(results)

    def _form(self) -> None:
        key = camunda(self.element, "formKey")
        if not key:
            return
        schema = self.context.forms.get(key)
        if schema is None:
            self.names.opaque = True
        else:
            self.names.known |= process_variables(schema)

    def _operations(self) -> None:
        # With output parameters only those are kept; without any, all is.
        keeps_all = next(mapped(self.element, "outputParameter"), None) is None
        for name in _called(self.node):
            operation = (self.context.operations or {}).get(name)
            if operation is not None:
                self.names.known |= set(operation["outputs"])
            elif keeps_all:
                self.names.opaque = True

    def _decision(self) -> None:
        reference = camunda(self.element, "decisionRef")
        if self.node.kind != "businessRuleTask" or not reference:
            return
        self.names.known.add("decisionResult")
        decision = self.context.decisions.get(reference)
        if decision is not None:
            self.names.known |= set(decision.outputs)
        elif not camunda(self.element, "resultVariable"):
            self.names.opaque = True

    def _payload(self) -> None:
        for name in _caught(self.diagram, self.node):
            if name in self.thrown:
                self.names.known |= self.thrown[name]
            else:
                self.names.opaque = True


def _declared(element: Any) -> set[str] | None:
    """The names listed in the property `variables`, or None where there is no such property."""
    listed = properties(element).get("variables")
    return None if listed is None else set(listed.replace(",", " ").split())


def _caught(diagram: Diagram, node: Node) -> Iterator[str]:
    """The messages and signals whose payload becomes process data at this node."""
    if node.kind == "receiveTask":
        yield _message_name(diagram, "message", node.element.get("messageRef"))
    if node.kind in ("startEvent", "intermediateCatchEvent", "boundaryEvent"):
        yield from _named(diagram, node)


def _named(diagram: Diagram, node: Node) -> Iterator[str]:
    for definition in node.element:
        for tag in _WAITING:
            if is_bpmn(definition, tag):
                kind = tag.removesuffix("EventDefinition")
                yield _message_name(diagram, kind, definition.get(f"{kind}Ref"))


def _message_name(diagram: Diagram, kind: str, reference: str | None) -> str:
    declared = diagram.declared(kind).get(reference or "")
    return (declared.get("name") or "") if declared is not None else ""


def _payloads(context: Context) -> dict[str, set[str]]:
    """What the set itself sends along with each message or signal."""
    found: dict[str, set[str]] = {}
    for diagram in context.diagrams:
        for node in diagram.nodes.values():
            if node.kind in ("intermediateThrowEvent", "endEvent"):
                sent = list(_named(diagram, node))
            elif node.kind == "sendTask":
                sent = [_message_name(diagram, "message", node.element.get("messageRef"))]
            else:
                continue
            given = {item.get("name", "") for item in mapped(node.element, "inputParameter")}
            for name in filter(None, sent):
                found.setdefault(name, set()).update(given)
    return found


def _pass_on(context: Context, names: dict[str, Names]) -> None:
    """Carry names through call activities until nothing new comes, both ways."""
    calls = list(_calls(context, names))
    for _ in range(_LONGEST_CHAIN):
        changed = len(calls) > _MOST_CALLS
        for caller, called, element in calls[:_MOST_CALLS]:
            changed |= called.take(_given(element, "in", caller))
            changed |= caller.take(_given(element, "out", called))
        if not changed:
            return
    for other in names.values():
        other.opaque = True


def _calls(context: Context, names: dict[str, Names]) -> Iterator[tuple[Names, Names, Any]]:
    """The caller, the called process and the call activity of each call within the set."""
    for diagram in context.diagrams:
        for node in diagram.nodes.values():
            if node.kind != "callActivity":
                continue
            caller, called = names[node.scope.process], node.element.get("calledElement")
            if called in names:
                yield caller, names[called], node.element
            elif _everything(node.element, "out"):
                caller.opaque = True
            if "${" in (called or ""):
                # Whichever process this calls may get anything from here.
                for other in names.values():
                    other.opaque = True


def _everything(element: Any, direction: str) -> bool:
    return any(item.get("variables") == "all" for item in extensions(element, direction))


def _given(element: Any, direction: str, source: Names) -> Names:
    if _everything(element, direction):
        return Names(set(source.known), source.opaque)
    return Names({item.get("target", "") for item in extensions(element, direction)})
