"""SpiffWorkflow as it comes, on the same translated diagrams: the yardstick of our repairs.

Nothing here is used to run the house. `bench` measures against it, and the tests of the repairs
show on it what goes wrong without them. Expressions and operations are the same on both sides.
"""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.util.task import TaskState

from engine import xml
from engine.dialect import child_of, extension, mapped, put_in_place, translate
from engine.scripting import Grammar

SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"

Answer = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]


class StockGrammar(Grammar):
    """Our expressions, and operations that put what they return into the data of the task."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer

    def execute(
        self, script: str, context: Mapping[str, Any], external_context: Any = None
    ) -> dict[str, Any]:
        found = super().execute(script, context, external_context)
        if isinstance(context, dict):
            context.update(found)
        return found

    def call_service(
        self, context: dict[str, Any], operation_name: str = "", operation_params: Any = None
    ) -> str:
        inputs = {name: param["value"] for name, param in (operation_params or {}).items()}
        context.update(self.answer(operation_name, inputs))
        return "{}"


class Stock:
    """A set of diagrams in the stock parser, workflow and serializer."""

    def __init__(self, files: Mapping[str, bytes], process: str, answer: Answer) -> None:
        parser = SpiffBpmnParser()
        for path in sorted(files):
            if path.endswith(".bpmn"):
                root = xml.read(files[path], path)
                put_in_place(root, path)
                parser.add_bpmn_xml(_adapted(translate(root, path)), path)
        self.spec = parser.get_spec(process)
        self.subprocesses = parser.get_subprocess_specs(process)
        self.engine = PythonScriptEngine(environment=StockGrammar(answer))
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))

    def start(self, variables: Mapping[str, Any]) -> BpmnWorkflow:
        """Start an instance and run it up to the first task for a person."""
        workflow = BpmnWorkflow(self.spec, self.subprocesses, script_engine=self.engine)
        workflow.task_tree.data.update(variables)
        workflow.do_engine_steps()
        return workflow

    def open_tasks(self, workflow: BpmnWorkflow) -> list[Any]:
        """Return the tasks that wait for a person."""
        return list(workflow.get_tasks(state=TaskState.READY, manual=True))

    def complete(self, workflow: BpmnWorkflow, element: str, data: Mapping[str, Any]) -> None:
        """Complete the first open task of an element."""
        names = (element, f"{element} [child]")
        task = next(t for t in self.open_tasks(workflow) if t.task_spec.name in names)
        task.set_data(**data)
        task.run()
        workflow.do_engine_steps()

    def send(self, workflow: BpmnWorkflow, name: str) -> None:
        """Deliver a message."""
        workflow.send_event(BpmnEvent(MessageEventDefinition(name), payload={}))
        workflow.do_engine_steps()

    def save(self, workflow: BpmnWorkflow) -> str:
        return str(self.serializer.serialize_json(workflow))

    def load(self, state: str) -> BpmnWorkflow:
        workflow = self.serializer.deserialize_json(state)
        workflow.script_engine = self.engine
        return workflow


def _adapted(root: Any) -> Any:
    """Write our dialect the way the stock parser reads it."""
    root = deepcopy(root)
    for process in root.iter(f"{{{xml.BPMN}}}process"):
        _tell_apart(process)
    for node in root.iter(f"{{{xml.BPMN}}}serviceTask"):
        _operator(node)
    for many in root.iter(f"{{{xml.BPMN}}}multiInstanceLoopCharacteristics"):
        _instances(many)
    for tag in ("timeDate", "timeDuration", "timeCycle"):
        for timer in root.iter(f"{{{xml.BPMN}}}{tag}"):
            text = (timer.text or "").strip()
            timer.text = text if text.startswith("${") else json.dumps(text)
    return root


def _tell_apart(process: Any) -> None:
    """Give sub-processes names of their own: to the stock parser they are processes of the set."""
    named = {one.get("id") for one in process.iter(f"{{{xml.BPMN}}}subProcess")}
    for node in process.iter(etree.Element):
        for name in ("id", "sourceRef", "targetRef", "attachedToRef"):
            if node.get(name) in named:
                node.set(name, f"{process.get('id')}_{node.get(name)}")


def _operator(node: Any) -> None:
    extensions = child_of(node, "extensionElements")
    if extensions is None:
        extensions = etree.SubElement(node, f"{{{xml.BPMN}}}extensionElements")
    topic = node.get(f"{{{xml.CAMUNDA}}}topic")
    operator = etree.SubElement(
        extensions, f"{{{SPIFF}}}serviceTaskOperator", id=topic, resultVariable="_result"
    )
    parameters = etree.SubElement(operator, f"{{{SPIFF}}}parameters")
    for name, value in mapped(node, "inputParameter").items():
        text = value if isinstance(value, str) and value.startswith("${") else json.dumps(value)
        etree.SubElement(parameters, f"{{{SPIFF}}}parameter", id=name, type="str", value=text)
    for block in extension(node, "inputOutput"):
        extensions.remove(block)


def _instances(many: Any) -> None:
    collection = many.get(f"{{{xml.CAMUNDA}}}collection")
    item = many.get(f"{{{xml.CAMUNDA}}}elementVariable")
    if item:
        data = etree.Element(f"{{{xml.BPMN}}}inputDataItem", id=item, name=item)
        many.insert(0, data)
    if collection:
        reference = etree.Element(f"{{{xml.BPMN}}}loopDataInputRef")
        reference.text = collection.strip().removeprefix("${").removesuffix("}")
        many.insert(0, reference)
