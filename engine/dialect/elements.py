"""What a diagram says of its elements, read from the file as it was drawn."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from engine.dialect.mappings import extension
from engine.dialect.scopes import is_node
from engine.model import Element, Process
from engine.xml import BPMN, CAMUNDA, name_of

_OPERATION = re.compile(r"\$\{\s*([A-Za-z]\w*(?:\.[A-Za-z]\w*)*)\s*\}")
_TEXTS = ("documentation", "documentation.en", "name.en")


def describe_processes(root: Any, file: str) -> list[Process]:
    """Describe the processes of a file."""
    # Read once: a file may hold thousands of either.
    names = {
        kind: {each.get("id"): each.get("name", "") for each in root.iterfind(f"{{{BPMN}}}{kind}")}
        for kind in ("message", "signal")
    }
    return [_process(node, file, names) for node in root.iter(f"{{{BPMN}}}process")]


def describe_elements(root: Any) -> Iterator[Element]:
    """Describe every flow node of a file."""
    for process in root.iter(f"{{{BPMN}}}process"):
        lanes = lanes_of(process)
        process_id = process.get("id", "")
        for node in process.iter():
            if is_node(node) and node.get("id"):
                yield _element(node, process_id, lanes.get(node.get("id")))


def properties_of(node: Any) -> dict[str, str]:
    """Return the `camunda:property` values of a node by name."""
    return {
        entry.get("name", ""): entry.get("value", "")
        for block in extension(node, "properties")
        for entry in block.iterfind(f"{{{CAMUNDA}}}property")
    }


def listener_of(node: Any) -> str | None:
    """Return the operation that receives the answers of a user task."""
    for listener in extension(node, "taskListener"):
        if listener.get("event") == "complete":
            return operation_in(listener.get("delegateExpression"))
    return None


def operation_in(expression: str | None) -> str | None:
    """Return the operation that `${room.verb}` names; None when it says anything else."""
    found = _OPERATION.fullmatch((expression or "").strip())
    return found.group(1) if found else None


def topic_of(node: Any) -> str | None:
    """Return the operation a node calls; an event carries it on its message."""
    topic = node.get(f"{{{CAMUNDA}}}topic")
    if topic is None:
        message = node.find(f"{{{BPMN}}}messageEventDefinition")
        topic = message.get(f"{{{CAMUNDA}}}topic") if message is not None else None
    return topic or None


def groups_of(node: Any) -> tuple[str, ...]:
    """Return the candidate groups of a task."""
    groups = node.get(f"{{{CAMUNDA}}}candidateGroups", "")
    return tuple(group.strip() for group in groups.split(",") if group.strip())


def _process(node: Any, file: str, names: Mapping[str, Mapping[str, str]]) -> Process:
    calls = [call.get("calledElement", "") for call in node.iter(f"{{{BPMN}}}callActivity")]
    process_id = node.get("id", "")
    return Process(
        id=process_id,
        name=node.get("name") or process_id,
        name_en=properties_of(node).get("name.en"),
        file=file,
        executable=node.get("isExecutable", "true") == "true",
        message_starts=_starts(node, "message", names["message"]),
        calls=tuple(dict.fromkeys(call for call in calls if call)),
        signal_starts=_starts(node, "signal", names["signal"]),
    )


def _starts(process: Any, kind: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """Name the messages or signals that start a process."""
    attribute, tag = f"{kind}Ref", f"{{{BPMN}}}{kind}EventDefinition"
    found = [
        holder.get(attribute)
        for node in _beginnings(process)
        for holder in (node, *node.iterfind(tag))
    ]
    return tuple(dict.fromkeys(names[reference] for reference in found if reference in names))


def _beginnings(process: Any) -> Iterator[Any]:
    """Yield start events, receive tasks that instantiate, and what such a gateway leads to."""
    yield from process.iterfind(f"{{{BPMN}}}startEvent")
    yield from process.iterfind(f"{{{BPMN}}}receiveTask[@instantiate='true']")
    gateways = {
        gateway.get("id")
        for gateway in process.iterfind(f"{{{BPMN}}}eventBasedGateway[@instantiate='true']")
    }
    behind = {
        flow.get("targetRef")
        for flow in process.iterfind(f"{{{BPMN}}}sequenceFlow")
        if flow.get("sourceRef") in gateways
    }
    yield from (node for node in process if node.get("id") in behind)


def _element(node: Any, process: str, lane: Any) -> Element:
    properties = properties_of(node)
    role = role_of(lane)
    return Element(
        id=node.get("id"),
        process=process,
        kind=name_of(node),
        name=node.get("name") or "",
        name_en=properties.get("name.en"),
        documentation=(node.findtext(f"{{{BPMN}}}documentation") or "").strip(),
        documentation_en=properties.get("documentation.en"),
        lane=(lane.get("name") or lane.get("id")) if lane is not None else None,
        roles=groups_of(node) or ((role,) if role else ()),
        form_key=node.get(f"{{{CAMUNDA}}}formKey"),
        listener=listener_of(node),
        topic=topic_of(node),
        properties={name: value for name, value in properties.items() if name not in _TEXTS},
    )


def lanes_of(process: Any) -> dict[str, Any]:
    """Map element ids to the innermost lane they stand in, inside sub-processes too."""
    found: dict[str, Any] = {}
    for lane in process.iter(f"{{{BPMN}}}lane"):
        for reference in lane.iterfind(f"{{{BPMN}}}flowNodeRef"):
            found[(reference.text or "").strip()] = lane
    for node in process.iter():
        if is_node(node) and node.get("id") not in found:
            around = node.getparent()
            if around.get("id") in found:
                found[node.get("id")] = found[around.get("id")]
    return found


def role_of(lane: Any) -> str | None:
    """A lane's name is for people; its role is a property, else its id without the word lane."""
    if lane is None:
        return None
    named: str | None = properties_of(lane).get("role")
    if named:
        return named
    lane_id = lane.get("id") or ""
    return str(lane_id).removesuffix("_lane").removeprefix("Lane_").removeprefix("lane_") or None
