"""The same thing in other words: what the standard allows and no modeler of ours writes."""

from typing import Any

from lxml import etree

from engine.xml import BPMN, name_of, namespace_of

_GLOBAL = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}
_REFERENCES = frozenset(
    {
        *("messageRef", "signalRef", "errorRef", "escalationRef", "calledElement", "default"),
        *("attachedToRef", "sourceRef", "targetRef", "oneBehaviorEventRef", "noneBehaviorEventRef"),
    }
)
_FLAGS = frozenset(
    {
        *("triggeredByEvent", "isInterrupting", "cancelActivity", "parallelMultiple"),
        *("isSequential", "testBefore", "instantiate", "isExecutable", "isForCompensation"),
    }
)
_BOOLEANS = {"1": "true", "0": "false", "true": "true", "false": "false"}


def spell_out(root: Any) -> None:
    """Write, in place, every global task as a process."""
    for node in list(root):
        if is_global_task(node):
            _draw_around(root, node)


def plain_attributes(root: Any) -> None:
    """Let references name the id alone, and flags say true or false.

    The standard's own tools write `tns:review`, and XML lets a flag be 1 or 0 as well.
    """
    for element in root.iter():
        for name, value in element.items():
            if name in _FLAGS:
                element.set(name, _BOOLEANS.get(value.strip(), value))
            elif name in _REFERENCES and ":" in value:
                prefix, _, local = value.partition(":")
                if prefix in element.nsmap:
                    element.set(name, local)


def is_global_task(node: Any) -> bool:
    """Whether an element is a task that stands alone and is only ever called."""
    return namespace_of(node) == BPMN and name_of(node) in _GLOBAL


def listed_places(node: Any) -> dict[str, int]:
    """Return where in its list a node has each of its outgoing flows; that order is meant."""
    listed = node.iterfind(f"{{{BPMN}}}outgoing")
    return {
        (flow.text or "").strip().rpartition(":")[2]: place for place, flow in enumerate(listed)
    }


def name_flows(root: Any) -> None:
    """Give an id to every sequence flow without one: joins and defaults go by it."""
    for number, flow in enumerate(root.iter(f"{{{BPMN}}}sequenceFlow")):
        if not flow.get("id"):
            flow.set("id", f"__flow{number}")


def _draw_around(root: Any, node: Any) -> None:
    process = etree.Element(
        f"{{{BPMN}}}process", {"id": node.get("id", ""), "isExecutable": "false"}
    )
    if node.get("name"):
        process.set("name", node.get("name"))
    root.replace(node, process)
    node.tag = f"{{{BPMN}}}{_GLOBAL[name_of(node)]}"
    process.append(node)
