"""Ids, flows and gateways: whether a token can get everywhere and everywhere get on."""

from collections.abc import Iterator
from typing import Any

from engine.check.context import Context
from engine.check.diagram import FLOW_NODES, Diagram, Flow, Node, Scope, child, text
from engine.sentences import Sentence, sentence
from engine.xml import BPMN, name_of, namespace_of

# Where a token does not stay: it goes on within the same move.
_AT_ONCE = frozenset(
    {
        *("task", "serviceTask", "scriptTask", "sendTask", "businessRuleTask"),
        *("exclusiveGateway", "inclusiveGateway", "parallelGateway"),
        *("startEvent", "intermediateThrowEvent"),
    }
)
_MOST_SHOWN = 5


def check_structure(context: Context) -> None:
    _processes(context)
    for diagram in context.diagrams:
        _ids(context, diagram)
        _dangling(context, diagram)
        for scope in diagram.scopes:
            _start(context, diagram, scope)
            _reachable(context, diagram, scope)
            _ends(context, diagram, scope)
            _circles(context, diagram, scope)
            for node in scope.nodes.values():
                _directions(context, diagram, node)
                _ways_out(context, diagram, node)


def _processes(context: Context) -> None:
    seen: dict[str, str] = {}
    for diagram in context.diagrams:
        for process in diagram.processes:
            identity = process.get("id", "")
            if identity in seen and seen[identity] != diagram.file:
                context.report.add(
                    diagram.file,
                    identity,
                    "id.duplicate",
                    sentence(
                        "{file} has a process with the id {identity!r} too; rename one",
                        file=seen[identity],
                        identity=identity,
                    ),
                )
            seen[identity] = diagram.file
            if process.get("isExecutable") == "false":
                context.report.add(
                    diagram.file,
                    identity,
                    "process.not-executable",
                    sentence("the process is not executable and will not run; tick Executable"),
                )


def _ids(context: Context, diagram: Diagram) -> None:
    for element in diagram.root.iter():
        if namespace_of(element) != BPMN or element.get("id"):
            continue
        if name_of(element) in FLOW_NODES | {"process"}:
            context.report.add(
                diagram.file,
                None,
                "id.missing",
                sentence(
                    "line {line}: a {name} has no id; give it one",
                    line=element.sourceline,
                    name=name_of(element),
                ),
            )


def _dangling(context: Context, diagram: Diagram) -> None:
    for flow in diagram.dangling:
        context.report.add(
            diagram.file,
            flow.get("id"),
            "flow.dangling",
            sentence(
                "the flow from {source!r} to {target!r} does not join two elements of "
                "one process or sub-process; draw it again",
                source=flow.get("sourceRef"),
                target=flow.get("targetRef"),
            ),
        )


def _start(context: Context, diagram: Diagram, scope: Scope) -> None:
    begins = scope.of_kind("startEvent") or _instantiating(scope)
    if scope.nodes and not begins:
        context.report.add(
            diagram.file,
            scope.id or None,
            "process.no-start",
            sentence("there is no start event; add one and draw a flow from it"),
        )


def _instantiating(scope: Scope) -> list[str]:
    """What a process begins with in the place of a start event."""
    return [
        node.id
        for node in scope.of_kind("receiveTask", "eventBasedGateway")
        if node.element.get("instantiate") == "true"
    ]


def _links(scope: Scope, kind: str) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for node in scope.of_kind(kind):
        definition = child(node.element, "linkEventDefinition")
        if definition is not None:
            name = definition.get("name") or node.element.get("name") or ""
            found.setdefault(name, []).append(node)
    return found


def _successors(scope: Scope) -> dict[str, set[str]]:
    """Where a token can go from each node, links and boundary events included."""
    ways = {
        node.id: {flow.target.id for flow in node.outgoing}
        | {boundary.id for boundary in node.boundaries}
        for node in scope.nodes.values()
    }
    caught = _links(scope, "intermediateCatchEvent")
    for name, throws in _links(scope, "intermediateThrowEvent").items():
        for throw in throws:
            ways[throw.id] |= {catch.id for catch in caught.get(name, [])[:1]}
    return ways


def _reachable(context: Context, diagram: Diagram, scope: Scope) -> None:
    begin = [
        node.id
        for node in scope.nodes.values()
        if node.kind == "startEvent" or node.is_event_subprocess
    ] + _instantiating(scope)
    if not scope.of_kind("startEvent"):
        return
    ways, seen = _successors(scope), set(begin)
    while begin:
        begin = [target for node in begin for target in ways[node] if target not in seen]
        seen.update(begin)
    for node in scope.nodes.values():
        host = node.element.get("attachedToRef")
        if node.id not in seen and not (host in scope.nodes and node.kind == "boundaryEvent"):
            context.report.add(
                diagram.file,
                node.id,
                "flow.unreachable",
                sentence("no token can ever come here; draw a flow to it or remove it"),
            )


def _ends(context: Context, diagram: Diagram, scope: Scope) -> None:
    severity = None if scope.of_kind("endEvent") else "warning"
    for node in scope.nodes.values():
        if node.outgoing or node.kind == "endEvent" or node.is_event_subprocess:
            continue
        if node.kind == "intermediateThrowEvent" and "link" in node.definitions:
            continue
        context.report.add(
            diagram.file,
            node.id,
            "flow.dead-end",
            sentence(
                "nothing leads on from here; draw a flow to the next element or to an end event"
            ),
            severity,
        )


def _circles(context: Context, diagram: Diagram, scope: Scope) -> None:
    """Find the circles that nothing leads out of and where nothing waits: a run never ends there.

    A call or a sub-process counts as one that may wait.
    """
    if not scope.of_kind("startEvent"):
        return
    ways = _successors(scope)
    back: dict[str, list[str]] = {node: [] for node in ways}
    for node, targets in ways.items():
        for target in targets:
            back[target].append(node)
    good = [node for node in ways if not ways[node] or _may_wait(scope.nodes[node])]
    done = set(good)
    while good:
        good = [before for node in good for before in back[node] if before not in done]
        done.update(good)
    for first in ways:
        path: dict[str, None] = {}
        node = first
        while node not in done and node not in path:
            path[node] = None
            node = min(ways[node])
        if node in path:
            ids = list(path)
            _circle(context, diagram, scope, ids[ids.index(node) :])
        done.update(path)


def _may_wait(node: Node) -> bool:
    return node.kind not in _AT_ONCE


def _circle(context: Context, diagram: Diagram, scope: Scope, ids: list[str]) -> None:
    context.report.add(
        diagram.file,
        ids[0],
        "flow.endless",
        sentence(
            "line {line}: {ids} go round without end: no way leads out, and nothing there waits; "
            "draw a way out",
            line=scope.nodes[ids[0]].element.sourceline,
            ids=", ".join(ids[:_MOST_SHOWN]) + (", …" if len(ids) > _MOST_SHOWN else ""),
        ),
    )


def _directions(context: Context, diagram: Diagram, node: Node) -> None:
    if node.incoming and node.kind in ("startEvent", "boundaryEvent"):
        message = sentence(
            "a flow leads into it, but it is where a path begins; let the flow end elsewhere"
        )
    elif node.outgoing and node.kind == "endEvent":
        message = sentence(
            "a flow leaves it, but it is where a path ends; use an intermediate event"
        )
    else:
        return
    context.report.add(diagram.file, node.id, "flow.direction", message)


def _ways_out(context: Context, diagram: Diagram, node: Node) -> None:
    default = node.element.get("default")
    if default and default not in {flow.id for flow in node.outgoing}:
        context.report.add(
            diagram.file,
            node.id,
            "gateway.default",
            sentence(
                "the default flow {default!r} does not leave it; mark one that does",
                default=default,
            ),
        )
    for message in _without_default(node):
        context.report.add(diagram.file, node.id, "gateway.no-default", message)
    for flow in _idle_conditions(node):
        context.report.add(
            diagram.file,
            flow.id,
            "flow.condition-ignored",
            sentence("its condition is never asked; remove the condition"),
        )
    if node.kind == "eventBasedGateway":
        _event_targets(context, diagram, node)


def _without_default(node: Node) -> Iterator[Sentence]:
    others = [flow for flow in node.outgoing if flow.id != node.element.get("default")]
    unconditional = [flow for flow in others if not text(flow.condition)]
    has_default = len(others) < len(node.outgoing)
    if node.kind in ("parallelGateway", "eventBasedGateway", "complexGateway"):
        return
    if node.kind == "exclusiveGateway" and len(node.outgoing) > 1 and unconditional:
        names = ", ".join(flow.id for flow in unconditional)
        yield sentence(
            "the flow {names} has no condition and is not the default; give it one or mark it",
            names=names,
        )
    elif others and not unconditional and not has_default:
        yield sentence(
            "if no condition holds, the case would break here; mark one flow as the default"
        )


def _idle_conditions(node: Node) -> Iterator[Flow]:
    for flow in node.outgoing:
        asked = node.kind not in ("parallelGateway", "eventBasedGateway")
        if text(flow.condition) and (not asked or flow.id == node.element.get("default")):
            yield flow


def _loops(element: Any) -> bool:
    return any(name_of(item).endswith("LoopCharacteristics") for item in element)


def _event_targets(context: Context, diagram: Diagram, node: Node) -> None:
    for flow in node.outgoing:
        awaited = flow.target.kind in ("intermediateCatchEvent", "receiveTask")
        if not awaited or _loops(flow.target.element):
            context.report.add(
                diagram.file,
                node.id,
                "gateway.event-target",
                sentence(
                    "{id} stands after it, but only catching events and receive tasks without a "
                    "loop may",
                    id=flow.target.id,
                ),
            )
