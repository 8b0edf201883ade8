"""Processes and sub-processes: missing start events, and event sub-processes.

An event sub-process watches over the scope it stands in. SpiffWorkflow's own do not interrupt
that scope and change the shared specification, so here the rest of the scope is wrapped in a
sub-process, and the event becomes a boundary event on it that leads to an ordinary sub-process.
"""

from typing import Any

from lxml import etree

from engine.dialect.links import add_flow
from engine.errors import refuse
from engine.sentences import sentence
from engine.xml import BPMN, name_of, namespace_of

ADDED = "added"
WRAPS = "wraps"
GUARDS = "guards"
NODES = frozenset(
    {
        *("task", "userTask", "manualTask", "serviceTask", "scriptTask", "sendTask"),
        *("receiveTask", "businessRuleTask", "callActivity", "subProcess", "startEvent"),
        *("endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"),
        *("exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"),
        *("complexGateway", "transaction", "adHocSubProcess"),
    }
)


def is_node(element: Any) -> bool:
    """Whether an XML element is a flow node of BPMN."""
    return namespace_of(element) == BPMN and name_of(element) in NODES


def give_starts(root: Any) -> None:
    """A scope without a start event begins with everything that no flow leads to."""
    for scope in scopes_of(root):
        if scope.find(f"{{{BPMN}}}startEvent") is not None or is_event_subprocess(scope):
            continue
        targets = {flow.get("targetRef") for flow in scope.iterfind(f"{{{BPMN}}}sequenceFlow")}
        first = [node for node in scope if _may_begin(node) and node.get("id") not in targets]
        empty = name_of(scope) == "subProcess" and not any(map(is_node, scope))
        if not first and not empty:
            continue
        start = _add(scope, "startEvent", f"{scope.get('id')}__start")
        for node in first:
            add_flow(scope, f"{node.get('id')}__first", start, node)


def wrap_event_subprocesses(root: Any, file: str) -> None:
    """Turn event sub-processes into boundary events.

    Outer scopes come first, so that an event sub-process has given away what it waits for before
    its own inside is wrapped for those that stand in it.
    """
    for scope in scopes_of(root):
        watchers = [node for node in scope if is_event_subprocess(node)]
        for watcher in watchers:
            if watcher.find(f"{{{BPMN}}}startEvent") is None:
                raise refuse(
                    file,
                    watcher.get("id"),
                    "start.missing",
                    sentence(
                        "an event sub-process begins with a start event that says what it waits for"
                    ),
                )
        if watchers:
            main = _wrap(scope, watchers)
            for watcher in watchers:
                _attach(scope, main, watcher)


def scopes_of(root: Any) -> list[Any]:
    """Return every process and sub-process, outer before inner."""
    return list(root.iter(f"{{{BPMN}}}process", f"{{{BPMN}}}subProcess"))


def is_event_subprocess(node: Any) -> bool:
    return name_of(node) == "subProcess" and node.get("triggeredByEvent") == "true"


def _may_begin(node: Any) -> bool:
    return is_node(node) and name_of(node) != "boundaryEvent" and not is_event_subprocess(node)


def _wrap(scope: Any, watchers: list[Any]) -> Any:
    """Move all other nodes and flows of a scope into a sub-process of their own."""
    scope_id, watching = scope.get("id"), set(watchers)
    moved = [
        child
        for child in scope
        if child not in watching and (is_node(child) or name_of(child) == "sequenceFlow")
    ]
    main = _add(scope, "subProcess", f"{scope_id}__main")
    main.set(WRAPS, "true")
    main.extend(moved)
    start = _add(scope, "startEvent", f"{scope_id}__begin")
    end = _add(scope, "endEvent", f"{scope_id}__end")
    add_flow(scope, f"{scope_id}__in", start, main)
    add_flow(scope, f"{scope_id}__out", main, end)
    return main


def _attach(scope: Any, main: Any, watcher: Any) -> None:
    """Let the start event of an event sub-process watch over `main`."""
    watcher_id = watcher.get("id")
    del watcher.attrib["triggeredByEvent"]
    start = watcher.find(f"{{{BPMN}}}startEvent")
    event = _add(scope, "boundaryEvent", f"{watcher_id}__on")
    event.set("attachedToRef", main.get("id"))
    event.set("cancelActivity", start.get("isInterrupting", "true"))
    event.set(GUARDS, start.get("id"))
    if start.get("parallelMultiple") == "true":
        event.set("parallelMultiple", "true")
    for definition in list(start):
        if name_of(definition).endswith("EventDefinition"):
            event.append(definition)
    end = _add(scope, "endEvent", f"{watcher_id}__end")
    add_flow(scope, f"{watcher_id}__caught", event, watcher)
    add_flow(scope, f"{watcher_id}__done", watcher, end)


def _add(scope: Any, tag: str, element_id: str) -> Any:
    return etree.SubElement(scope, f"{{{BPMN}}}{tag}", {"id": element_id, ADDED: "true"})
