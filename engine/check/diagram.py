"""A BPMN file as the rules look at it: scopes with their nodes and flows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.dialect import is_global_task
from engine.xml import BPMN, CAMUNDA, name_of, namespace_of

TASKS = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "scriptTask",
        "sendTask",
        "receiveTask",
        "businessRuleTask",
    }
)
SCOPES = frozenset({"process", "subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES = TASKS | {"callActivity"} | (SCOPES - {"process"})
EVENTS = frozenset(
    {
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
    }
)
GATEWAYS = frozenset(
    {
        "exclusiveGateway",
        "inclusiveGateway",
        "parallelGateway",
        "eventBasedGateway",
        "complexGateway",
    }
)
FLOW_NODES = ACTIVITIES | EVENTS | GATEWAYS


@dataclass
class Node:
    """A flow node with its flows; `kind` is the local tag name."""

    id: str
    kind: str
    element: Any
    scope: "Scope"
    incoming: list["Flow"] = field(default_factory=list)
    outgoing: list["Flow"] = field(default_factory=list)
    boundaries: list["Node"] = field(default_factory=list)

    @property
    def definitions(self) -> list[str]:
        """Local names of the event definitions, without their common ending."""
        return [
            name_of(child).removesuffix("EventDefinition")
            for child in self.element
            if name_of(child).endswith("EventDefinition")
        ]

    @property
    def is_event_subprocess(self) -> bool:
        return bool(self.element.get("triggeredByEvent") == "true")


@dataclass
class Flow:
    """A sequence flow whose two ends are known."""

    id: str
    element: Any
    source: Node
    target: Node

    @property
    def condition(self) -> Any:
        return child(self.element, "conditionExpression")


@dataclass
class Scope:
    """A process or a sub-process; `process` is the id of the process around it."""

    id: str
    element: Any
    process: str
    nodes: dict[str, Node] = field(default_factory=dict)

    def of_kind(self, *kinds: str) -> list[Node]:
        return [node for node in self.nodes.values() if node.kind in kinds]


class Diagram:
    """One file. Dangling flows are kept aside for the rule that reports them."""

    def __init__(self, file: str, root: Any) -> None:
        self.file = file
        self.root = root
        self.scopes: list[Scope] = []
        self.nodes: dict[str, Node] = {}
        self.dangling: list[Any] = []
        self._declared: dict[str, dict[str, Any]] = {}
        self.processes = [item for item in root if is_bpmn(item, "process")]
        self.callable = [*self.processes, *filter(is_global_task, root)]
        for process in self.processes:
            self._scope(process, process.get("id", ""))
        for scope in self.scopes:
            self._connect(scope)

    def _scope(self, element: Any, process: str) -> None:
        scope = Scope(element.get("id", ""), element, process)
        self.scopes.append(scope)
        for item in element:
            kind = name_of(item)
            if namespace_of(item) == BPMN and kind in FLOW_NODES:
                node = Node(item.get("id", ""), kind, item, scope)
                scope.nodes[node.id] = node
                self.nodes.setdefault(node.id, node)
                if kind in SCOPES:
                    self._scope(item, process)

    def _connect(self, scope: Scope) -> None:
        for item in scope.element:
            if is_bpmn(item, "sequenceFlow"):
                source = scope.nodes.get(item.get("sourceRef", ""))
                target = scope.nodes.get(item.get("targetRef", ""))
                if source is None or target is None:
                    self.dangling.append(item)
                    continue
                flow = Flow(item.get("id", ""), item, source, target)
                source.outgoing.append(flow)
                target.incoming.append(flow)
        for node in scope.of_kind("boundaryEvent"):
            host = scope.nodes.get(node.element.get("attachedToRef", ""))
            if host is not None:
                host.boundaries.append(node)

    def declared(self, kind: str) -> dict[str, Any]:
        """Messages, signals, errors or escalations of the file by id."""
        if kind not in self._declared:
            self._declared[kind] = {
                item.get("id", ""): item for item in self.root if is_bpmn(item, kind)
            }
        return self._declared[kind]

    def process_of(self, element: Any) -> str | None:
        """The id of the process an element stands in."""
        while element is not None:
            if is_bpmn(element, "process"):
                identity: str | None = element.get("id")
                return identity
            element = element.getparent()
        return None


def is_bpmn(element: Any, name: str) -> bool:
    return name_of(element) == name and namespace_of(element) == BPMN


def is_camunda(element: Any, name: str) -> bool:
    return name_of(element) == name and namespace_of(element) == CAMUNDA


def camunda(element: Any, name: str) -> str | None:
    """An attribute of Camunda's namespace; an empty one counts as absent."""
    return element.get(f"{{{CAMUNDA}}}{name}") or None


def child(element: Any, name: str) -> Any:
    return next((item for item in element if name_of(item) == name), None)


def text(element: Any) -> str:
    return (element.text or "").strip() if element is not None else ""


def extensions(element: Any, *names: str) -> Iterator[Any]:
    """Camunda's extension elements of an element, those directly under it."""
    for holder in element:
        if is_bpmn(holder, "extensionElements"):
            for item in holder:
                if namespace_of(item) == CAMUNDA and name_of(item) in names:
                    yield item


def properties(element: Any) -> dict[str, str]:
    """All camunda:property of an element."""
    return {
        item.get("name", ""): item.get("value", "")
        for holder in extensions(element, "properties")
        for item in holder
        if is_camunda(item, "property")
    }


def mapped(element: Any, name: str) -> Iterator[Any]:
    """The inputParameter or outputParameter elements of an element."""
    for holder in extensions(element, "inputOutput"):
        yield from (item for item in holder if is_camunda(item, name))


def owner(element: Any) -> str | None:
    """The id of the flow node, flow or process an element belongs to."""
    while element is not None:
        if namespace_of(element) == BPMN and (
            name_of(element) in FLOW_NODES | SCOPES | {"sequenceFlow", "message"}
        ):
            identity: str | None = element.get("id")
            return identity
        element = element.getparent()
    return None
