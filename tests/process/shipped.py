"""What the shipped set says, read from its XML and JSON without the engine's help.

Coverage is counted against this, so that a flow nobody walks is noticed even if the engine lost it.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).parents[2]
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"
DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
DMNDI = "{https://www.omg.org/spec/DMN/20191111/DMNDI/}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"

NODES = frozenset(
    [
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "scriptTask",
        "sendTask",
        "receiveTask",
        "businessRuleTask",
        "callActivity",
        "subProcess",
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
        "exclusiveGateway",
        "inclusiveGateway",
        "parallelGateway",
        "eventBasedGateway",
    ]
)


@dataclass(frozen=True)
class Flow:
    """A sequence flow of one process; `scope` is the process or sub-process it is drawn in."""

    id: str
    process: str
    scope: str
    source: str
    target: str


@cache
def files():
    """Every file of the set, named as a version set names it."""
    found = {}
    for path in sorted((ROOT / "processes").rglob("*")):
        if path.suffix in (".bpmn", ".dmn"):
            found[path.relative_to(ROOT / "processes").as_posix()] = path.read_bytes()
    for path in sorted((ROOT / "forms").rglob("*.form")):
        found[path.relative_to(ROOT).as_posix()] = path.read_bytes()
    return found


@cache
def trees(ending):
    return {name: etree.fromstring(data) for name, data in files().items() if name.endswith(ending)}


def diagrams():
    return trees(".bpmn")


def tables():
    return trees(".dmn")


@cache
def forms():
    """Form-js schemas by form key."""
    return {
        name.removeprefix("forms/").removesuffix(".form"): json.loads(data)
        for name, data in files().items()
        if name.endswith(".form")
    }


def tag(element):
    return etree.QName(element).localname


def nodes(process):
    """Every flow node of a process, those in sub-processes too."""
    return [node for node in process.iter() if isinstance(node.tag, str) and tag(node) in NODES]


def processes():
    return [process for root in diagrams().values() for process in root.iter(f"{BPMN}process")]


def tasks():
    """The user tasks of every process."""
    return [task for process in processes() for task in process.iter(f"{BPMN}userTask")]


def properties(element):
    """The camunda properties of an element by name."""
    return {
        entry.get("name"): entry.get("value")
        for entry in element.iterfind(
            f"{BPMN}extensionElements/{CAMUNDA}properties/{CAMUNDA}property"
        )
    }


@cache
def flows():
    """Every sequence flow, and every jump from a link event to its counterpart."""
    return (*_drawn(), *_links())


def _links():
    for process in processes():
        ends = {}
        for link in process.iter(f"{BPMN}linkEventDefinition"):
            event = link.getparent()
            side = "catch" if tag(event) == "intermediateCatchEvent" else "throw"
            ends.setdefault((event.getparent().get("id"), link.get("name")), {}).setdefault(
                side, []
            ).append(event.get("id"))
        for (scope, _name), sides in ends.items():
            (catch,) = sides["catch"]
            for throw in sides["throw"]:
                yield Flow(f"{throw}_to_{catch}", process.get("id"), scope, throw, catch)


def _drawn():
    return tuple(
        Flow(
            id=flow.get("id"),
            process=process.get("id"),
            scope=flow.getparent().get("id"),
            source=flow.get("sourceRef"),
            target=flow.get("targetRef"),
        )
        for process in processes()
        for flow in process.iter(f"{BPMN}sequenceFlow")
    )


def boundary_events():
    return {
        (process.get("id"), event.get("id"))
        for process in processes()
        for event in process.iter(f"{BPMN}boundaryEvent")
    }


def decision_rows():
    """(decision id, number of the row, counted from 1) of every row of every table."""
    return {
        (decision.get("id"), number)
        for root in tables().values()
        for decision in root.iter(f"{DMN}decision")
        for number, _rule in enumerate(decision.iter(f"{DMN}rule"), start=1)
    }


def components(schema):
    """Everything that stands on a form, groups opened."""
    for component in schema["components"]:
        yield component
        yield from components(component) if "components" in component else ()


def fields(schema):
    """What a form asks."""
    return (component for component in components(schema) if "key" in component)


def variables_of(form_key):
    """The keys of a form whose answers become process data."""
    return {
        field["key"]
        for field in fields(forms()[form_key])
        if field.get("properties", {}).get("variable") == "true"
    }


def form_decisions():
    """(process, task, answer) of every answer that a gateway may look at."""
    return {
        (process.get("id"), task.get("id"), option["value"])
        for process in processes()
        for task in process.iter(f"{BPMN}userTask")
        for field in fields(forms()[task.get(f"{CAMUNDA}formKey")])
        if field["key"] in variables_of(task.get(f"{CAMUNDA}formKey"))
        for option in field.get("values", ())
    }


@cache
def loops():
    """The flows that close a loop: found by going through each scope from its beginning."""
    closing = []
    for scope in {flow.scope for flow in flows()}:
        ways = {}
        for flow in flows():
            if flow.scope == scope:
                ways.setdefault(flow.source, []).append(flow)
        targets = {flow.target for found in ways.values() for flow in found}
        for first in [node for node in ways if node not in targets]:
            closing += _closing(ways, first)
    return frozenset(closing)


def _closing(ways, first):
    found, on_the_way, done = [], [], set()

    def visit(node):
        on_the_way.append(node)
        for flow in ways.get(node, ()):
            if flow.target in on_the_way:
                found.append(flow)
            elif flow.target not in done:
                visit(flow.target)
        on_the_way.pop()
        done.add(node)

    visit(first)
    return found
