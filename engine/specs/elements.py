"""One small parser for each kind of element: from its XML to its spec."""

import re
from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser

from engine.dialect import child_of, mapped, passings
from engine.dialect.elements import listener_of, topic_of
from engine.dialect.mappings import texts
from engine.dialect.refusals import code_of
from engine.dialect.scopes import ADDED, GUARDS, WRAPS
from engine.errors import Refused, refuse
from engine.sentences import Sentence, sentence
from engine.specs import loops
from engine.specs.events import BoundaryEvent
from engine.specs.reading import (
    camunda,
    compiled,
    definition_named,
    definition_of,
    filled,
    message_named,
    script,
)
from engine.specs.tasks import HIGHEST_PRIORITY, MAPPINGS, OperationTask
from engine.xml import BPMN

FIRST_ENDED = "nrOfCompletedInstances == 1"
_WHOLE = re.compile(r"[0-9]{1,9}")


class ElementParser(TaskParser):
    """Makes one spec; the scope's parser connects it."""

    @property
    def bpmn_attributes(self) -> dict[str, Any]:
        return {"bpmn_name": self.node.get("name")}

    def create_task(self) -> Any:
        return self.spec_class(self.spec, self.bpmn_id, **self.bpmn_attributes)

    def parse_node(self) -> Any:
        self.task = self.create_task()
        if self.node.get(ADDED) is None:
            self.task.shown = self.bpmn_id
        else:
            # The ends of what was put around a scope cost no turn that a reader could count.
            self.task.at_once = not isinstance(self.task, BoundaryEvent)
        self.task.inputs_mapped = self._mapped("inputParameter")
        self.task.outputs_mapped = self._mapped("outputParameter")
        self._add_loop()
        return self.task

    def refuse(self, rule: str, message: Sentence) -> Refused:
        return refuse(self.filename, self.bpmn_id, rule, message)

    def expression(self, text: str | None) -> str | None:
        return compiled(text, self.filename, self.bpmn_id) if text else None

    def text(self, text: str | None) -> str | None:
        return filled(text, self.filename, self.bpmn_id) if text else None

    def _mapped(self, tag: str) -> dict[str, Any]:
        found = mapped(self.node, tag)
        for value in found.values():
            for text in texts(value):
                self.text(text)
        return found

    # -- loops ---------------------------------------------------------------------------------

    def _add_loop(self) -> None:
        many = child_of(self.node, "multiInstanceLoopCharacteristics")
        again = child_of(self.node, "standardLoopCharacteristics")
        if many is not None:
            self._add_instances(many)
        elif again is not None:
            self._add_rounds(again)

    def _surround(self, make: Any, **attributes: Any) -> Any:
        """Put a loop around the spec: the loop takes the id, the spec becomes its child."""
        inner = self.spec.task_specs.pop(self.bpmn_id)
        loop = make(self.spec, self.bpmn_id, task_spec=f"{self.bpmn_id} [child]", **attributes)
        inner.name = loop.task_spec
        self.spec.task_specs[inner.name] = inner
        self.task = loop
        return loop

    def _add_instances(self, many: Any) -> None:
        collection = camunda(many, "collection") or many.findtext(_bpmn("loopDataInputRef"))
        cardinality = many.findtext(_bpmn("loopCardinality"))
        if not collection and not cardinality:
            raise self.refuse(
                "loop.missing",
                sentence("say how often: set camunda:collection or loopCardinality"),
            )
        sequential = many.get("isSequential") == "true"
        make = loops.SequentialInstances if sequential else loops.ParallelInstances
        loop = self._surround(make)
        loop.collection = self.expression(collection)
        loop.cardinality = self.expression(cardinality)
        loop.condition = self.expression(many.findtext(_bpmn("completionCondition")))
        loop.item_name = camunda(many, "elementVariable") or _item(many, "inputDataItem")
        loop.output_name = many.findtext(_bpmn("loopDataOutputRef"))
        loop.output_item = _item(many, "outputDataItem") if loop.output_name else None
        loop.behavior = tuple(self._behavior(many))

    def _behavior(self, many: Any) -> Iterator[tuple[str, Any]]:
        """Read when the instances say something, and what."""
        behavior = many.get("behavior", "All")
        every, first = many.get("noneBehaviorEventRef"), many.get("oneBehaviorEventRef")
        if behavior == "None" and every:
            yield "true", definition_named(self.node, every, self.filename)
        elif behavior == "One" and first:
            yield FIRST_ENDED, definition_named(self.node, first, self.filename)
        elif behavior == "Complex":
            for entry in many.iterfind(_bpmn("complexBehaviorDefinition")):
                event = child_of(entry, "event")
                if event is not None:
                    condition = self.expression(entry.findtext(_bpmn("condition"))) or "true"
                    yield condition, definition_of(event, self.filename)

    def _add_rounds(self, again: Any) -> None:
        condition = self.expression(again.findtext(_bpmn("loopCondition")))
        maximum = again.get("loopMaximum")
        if maximum is not None and not _WHOLE.fullmatch(maximum):
            raise self.refuse(
                "loop.missing", sentence("the maximum of a loop is a whole number, such as 3")
            )
        if condition is None and maximum is None:
            raise self.refuse(
                "loop.missing", sentence("say how long: set a loop condition or a maximum")
            )
        self._surround(
            loops.StandardLoop,
            maximum=int(maximum) if maximum is not None else None,
            condition=condition,
            test_before=again.get("testBefore") == "true",
        )


class EventParser(ElementParser):
    """Events that wait."""

    def create_task(self) -> Any:
        definition = definition_of(self.node, self.filename)
        return self.with_definition(definition)

    def with_definition(self, definition: Any, **attributes: Any) -> Any:
        task = self.spec_class(
            self.spec,
            self.bpmn_id,
            event_definition=definition,
            **attributes,
            **self.bpmn_attributes,
        )
        task.definition = definition
        return task


class BoundaryParser(EventParser):
    """Events on the boundary; one made from an event sub-process watches over its whole scope."""

    def create_task(self) -> Any:
        definition = definition_of(self.node, self.filename)
        if definition.kind in ("none", "terminate"):
            raise self.refuse("event.missing", sentence("choose what the boundary event waits for"))
        # An error leaves nothing to go on with, whatever the diagram says.
        interrupts = self.node.get("cancelActivity") != "false" or definition.kind == "error"
        task = self.with_definition(definition, cancel_activity=interrupts)
        guards = self.node.get(GUARDS)
        if guards is not None:
            task.guards_scope = True
            task.event_element = guards
            task.handler = self.bpmn_id.removesuffix("__on")
        return task


class ThrowParser(EventParser):
    """Events that say something; a message may be sent by an operation instead."""

    def create_task(self) -> Any:
        message = child_of(self.node, "messageEventDefinition")
        code = code_of(message) if message is not None else None
        if code is not None:
            raise self.refuse(
                "topic.missing",
                sentence("instead of camunda:{code} name an operation by camunda:topic", code=code),
            )
        task = super().create_task()
        task.topic = topic_of(self.node)
        return task


class SendParser(EventParser):
    """Send tasks: an operation, or a message."""

    def create_task(self) -> Any:
        topic = topic_of(self.node)
        reference = self.node.get("messageRef")
        if topic is None and reference is None:
            raise self.refuse(
                "topic.missing",
                sentence(
                    'a send task needs camunda:type="external" and camunda:topic, or a message'
                ),
            )
        if topic is not None:
            definition = definition_of(self.node, self.filename)
        else:
            definition = message_named(self.node, reference, self.filename)
        task = self.with_definition(definition)
        task.topic = topic
        task.result_variable = camunda(self.node, "resultVariable")
        return task


class ReceiveParser(EventParser):
    """Receive tasks."""

    def create_task(self) -> Any:
        task = self.with_definition(
            message_named(self.node, self.node.get("messageRef"), self.filename)
        )
        task.instantiates = self.node.get("instantiate") == "true"
        return task


class UserTaskParser(ElementParser):
    """Tasks for people."""

    def create_task(self) -> Any:
        task = super().create_task()
        task.assignee = self.text(camunda(self.node, "assignee"))
        task.groups = self.text(camunda(self.node, "candidateGroups"))
        task.due_date = self.text(camunda(self.node, "dueDate"))
        task.priority = self._priority(camunda(self.node, "priority"))
        task.listener = listener_of(self.node)
        return task

    def _priority(self, text: str | None) -> str | None:
        if text is not None and "{" not in text and not _is_priority(text):
            raise self.refuse(
                "priority.malformed",
                sentence(
                    "{text!r} is not a whole number between 0 and {most} or ${{…}}",
                    text=text,
                    most=HIGHEST_PRIORITY,
                ),
            )
        return self.text(text)


class OperationParser(ElementParser):
    """Service tasks."""

    def create_task(self) -> Any:
        topic = topic_of(self.node)
        code = code_of(self.node)
        if topic is None or camunda(self.node, "type") not in (None, "external"):
            instead = (
                sentence("instead of camunda:{code}", code=code)
                if code
                else sentence("with the name of an operation")
            )
            raise self.refuse(
                "topic.missing",
                sentence(
                    'a service task needs camunda:type="external" and camunda:topic {instead}',
                    instead=instead,
                ),
            )
        task = super().create_task()
        task.topic = topic
        task.result_variable = camunda(self.node, "resultVariable")
        return task


class ScriptParser(ElementParser):
    """Script tasks."""

    def create_task(self) -> Any:
        text = self.node.findtext(_bpmn("script")) or ""
        return self.spec_class(
            self.spec,
            self.bpmn_id,
            script=script(text, self.filename, self.bpmn_id),
            **self.bpmn_attributes,
        )


class DecisionParser(OperationParser):
    """Business-rule tasks: a decision table, or an operation."""

    def create_task(self) -> Any:
        decision = camunda(self.node, "decisionRef")
        if decision is None:
            if topic_of(self.node) is None:
                raise self.refuse(
                    "decision.missing", sentence("a business-rule task needs camunda:decisionRef")
                )
            self.spec_class = OperationTask
            return super().create_task()
        task = self.spec_class(self.spec, self.bpmn_id, **self.bpmn_attributes)
        task.decision = self.text(decision)
        task.result_variable = camunda(self.node, "resultVariable")
        task.mapping = camunda(self.node, "mapDecisionResult") or "resultList"
        if task.mapping not in MAPPINGS:
            raise self.refuse(
                "decision.mapping",
                sentence(
                    "{mapping!r} is not one of {listed}",
                    mapping=task.mapping,
                    listed=", ".join(MAPPINGS),
                ),
            )
        return task


class SubProcessParser(ElementParser):
    """Embedded sub-processes; their inside is parsed by a parser of their own."""

    def create_task(self) -> Any:
        inside = type(self.process_parser)(
            self.process_parser.parser,
            self.node,
            self.process_parser.nsmap,
            {},
            filename=self.filename,
        )
        task = self.spec_class(
            self.spec, self.bpmn_id, subworkflow_spec=self.bpmn_id, **self.bpmn_attributes
        )
        task.body = inside.get_spec()
        task.wraps_scope = self.node.get(WRAPS) == "true"
        return task


class CallParser(ElementParser):
    """Call activities."""

    def create_task(self) -> Any:
        called = self.text(self.node.get("calledElement"))
        if not called:
            raise self.refuse(
                "call.missing", sentence("say which process is called: calledElement")
            )
        task = self.spec_class(
            self.spec, self.bpmn_id, subworkflow_spec=called, **self.bpmn_attributes
        )
        task.called = called
        task.passed_in = passings(self.node, "in")
        task.passed_out = passings(self.node, "out")
        for passing in (*task.passed_in, *task.passed_out):
            self.text(passing.expression)
        return task


class EventGatewayParser(ElementParser):
    """Event-based gateways."""

    def create_task(self) -> Any:
        task = self.spec_class(
            self.spec, self.bpmn_id, event_definition=None, **self.bpmn_attributes
        )
        task.instantiates = self.node.get("instantiate") == "true"
        task.awaits_all = self.node.get("eventGatewayType") == "Parallel"
        return task


def _is_priority(text: str) -> bool:
    return _WHOLE.fullmatch(text) is not None and int(text) <= HIGHEST_PRIORITY


def _bpmn(tag: str) -> str:
    return f"{{{BPMN}}}{tag}"


def _item(many: Any, tag: str) -> str | None:
    item = child_of(many, tag)
    return item.get("name") or item.get("id") if item is not None else None
