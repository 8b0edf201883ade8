"""Builds our specs from translated diagrams, through SpiffWorkflow's parser.

The stock process parser follows the flows recursively, so a long diagram overflows the stack, and
sorts branches by where they are drawn, so moving a shape changes what happens. This one makes the
elements first and connects them in the order of the file.
"""

from typing import Any

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.specs.base import TaskSpec

from engine.dialect import child_of
from engine.dialect.scopes import is_node
from engine.dialect.spelling import listed_places
from engine.errors import Refused
from engine.model import Finding
from engine.sentences import Sentence, sentence
from engine.specs import elements as parsers
from engine.specs import events, gateways, scopes, tasks
from engine.specs.base import Flow
from engine.specs.reading import compiled

_AWAITED = (events.CatchEvent, events.ReceiveTask)


class ScopeParser(ProcessParser):
    """Parses one process or sub-process."""

    def create_spec(self) -> scopes.ProcessSpec:
        return scopes.ProcessSpec(
            name=self.bpmn_id, description=self.get_name(), filename=self.filename
        )

    def _parse(self) -> None:
        self.spec = self.create_spec()
        self.defaults = {child.get("id"): child.get("default") for child in self.node}
        self.leaving: dict[str, list[Flow]] = {}
        self.arriving: dict[str, list[str]] = {}
        findings: list[Finding] = []
        for step in (self._make, self._attach, self._connect):
            for child in self.node:
                try:
                    step(child)
                except Refused as refused:
                    findings.extend(refused.findings)
            if findings:
                raise Refused(tuple(findings))
        for name, flows in self.leaving.items():
            self.spec.task_specs[name].flows = self._in_order(name, flows)
        for name, arrivals in self.arriving.items():
            self.spec.task_specs[name].arrivals = tuple(arrivals)
        self.spec.joins_inclusively = any(
            getattr(spec, "waits_for_all_others", False) for spec in self.spec.task_specs.values()
        )
        if self.spec.start_event() is None:
            raise self._refuse(
                self.node, "start.missing", sentence("nothing begins here; add a start event")
            )

    def _make(self, child: Any) -> None:
        if is_node(child):
            self.parse_node(child)

    def _attach(self, child: Any) -> None:
        if child.tag != full_tag("boundaryEvent"):
            return
        activity = self.spec.task_specs.get(child.get("attachedToRef"))
        if activity is None:
            raise self._refuse(
                child, "boundary.detached", sentence("the boundary event is attached to nothing")
            )
        activity.boundary = (*activity.boundary, child.get("id"))

    def _connect(self, child: Any) -> None:
        if child.tag != full_tag("sequenceFlow"):
            return
        known = self.spec.task_specs
        source, target = known.get(child.get("sourceRef")), known.get(child.get("targetRef"))
        if source is None or target is None:
            raise self._refuse(
                child,
                "flow.dangling",
                sentence("the sequence flow does not join two elements of one scope"),
            )
        if isinstance(source, gateways.EventBasedGateway) and not isinstance(target, _AWAITED):
            raise self._refuse(
                self.get_node_by_id(source.name),
                "gateway.event-target",
                sentence(
                    "{name} stands after it, but only catching events and receive tasks without a "
                    "loop may",
                    name=target.name,
                ),
            )
        condition = child_of(child, "conditionExpression")
        text = (condition.text or "").strip() if condition is not None else None
        if text:
            compiled(text, self.filename, child.get("id"))
        default = self.defaults.get(source.name) == child.get("id")
        flow = Flow(child.get("id"), target.name, text or None, default)
        self.leaving.setdefault(source.name, []).append(flow)
        self.arriving.setdefault(target.name, []).append(flow.id)
        TaskSpec.connect(source, target)

    def _in_order(self, name: str, flows: list[Flow]) -> tuple[Flow, ...]:
        """Put flows into the order the element lists them in, else that of the file."""
        places = listed_places(self.get_node_by_id(name))
        return tuple(sorted(flows, key=lambda flow: places.get(flow.id, len(places))))

    def _refuse(self, node: Any, rule: str, message: Sentence) -> Refused:
        return Refused((Finding(self.filename, node.get("id"), rule, "error", message),))


class DialectParser(BpmnParser):
    """SpiffWorkflow's parser with our classes.

    Messages, errors and the like are read where they are used; data stores and correlations,
    which the stock parser insists on understanding, mean nothing here.
    """

    PROCESS_PARSER_CLASS = ScopeParser
    OVERRIDE_PARSER_CLASSES = {
        full_tag(tag): classes
        for tag, classes in {
            "startEvent": (parsers.EventParser, events.StartEvent),
            "endEvent": (parsers.ThrowParser, events.EndEvent),
            "intermediateCatchEvent": (parsers.EventParser, events.CatchEvent),
            "intermediateThrowEvent": (parsers.ThrowParser, events.ThrowEvent),
            "boundaryEvent": (parsers.BoundaryParser, events.BoundaryEvent),
            "receiveTask": (parsers.ReceiveParser, events.ReceiveTask),
            "sendTask": (parsers.SendParser, events.SendTask),
            "task": (parsers.ElementParser, tasks.NoneTask),
            "manualTask": (parsers.UserTaskParser, tasks.ManualTask),
            "userTask": (parsers.UserTaskParser, tasks.UserTask),
            "serviceTask": (parsers.OperationParser, tasks.OperationTask),
            "scriptTask": (parsers.ScriptParser, tasks.ScriptTask),
            "businessRuleTask": (parsers.DecisionParser, tasks.DecisionTask),
            "subProcess": (parsers.SubProcessParser, scopes.SubProcess),
            "callActivity": (parsers.CallParser, scopes.CallActivity),
            "exclusiveGateway": (parsers.ElementParser, gateways.ExclusiveGateway),
            "inclusiveGateway": (parsers.ElementParser, gateways.InclusiveGateway),
            "parallelGateway": (parsers.ElementParser, gateways.ParallelGateway),
            "eventBasedGateway": (parsers.EventGatewayParser, gateways.EventBasedGateway),
        }.items()
    }

    def add_bpmn_xml(self, bpmn: Any, filename: str | None = None) -> None:
        for process in bpmn.iterfind(full_tag("process")):
            self.create_parser(process, filename)
