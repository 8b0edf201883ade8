"""Sub-processes and called processes."""

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.util.task import TaskState

from engine.dialect.mappings import Passing
from engine.errors import Broken
from engine.sentences import Datum, sentence
from engine.specs.base import Node, Trigger
from engine.token import Token
from engine.variables import assign, plain, visible


class ProcessSpec(BpmnProcessSpec):
    """The elements of one process or sub-process."""

    joins_inclusively = False  # most scopes need not be asked whenever everything rests

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        # The stock class begins with elements of its own, whose names a diagram may have as ids.
        self.task_specs.clear()

    def start_event(self, trigger: Trigger | None = None) -> Any:
        """What begins by that trigger, or the start without an event, or else the only start."""
        if trigger is not None:
            for spec in self.task_specs.values():
                if isinstance(spec, Node) and spec.starts_by(trigger):
                    return spec
        starts = self.bpmn_start_events
        plain_starts = [start for start in starts if start.definition.kind == "none"]
        found = plain_starts or starts
        return found[0] if found else None

    def begins_alone(self) -> bool:
        """Whether it can begin without a message or a signal."""
        specs = [spec for spec in self.task_specs.values() if isinstance(spec, Node)]
        for spec in specs:
            if isinstance(spec, SubProcess) and spec.wraps_scope:
                return spec.body.begins_alone()
        starts = [start for start in self.bpmn_start_events if start.shown is not None]
        if not starts:
            return not any(spec.instantiates for spec in specs if spec.shown is not None)
        kinds = [{part.kind for part in start.definition.parts} for start in starts]
        return any(not kind & {"message", "signal"} for kind in kinds)


class SubProcess(Node, defaults.SubWorkflowTask):
    """An embedded sub-process; it shares the variables of its process."""

    body: ProcessSpec

    def _update_hook(self, my_task: Token) -> bool:
        self.enter(my_task)
        my_task.become(TaskState.STARTED)
        top = my_task.workflow.top_workflow
        scope = top.enter_scope(my_task, self.body)
        trigger = self._trigger(top)
        start = self.body.start_event(trigger)
        start.begin(Token(scope, start, scope.task_tree, TaskState.FUTURE), trigger)
        return False

    def _trigger(self, top: Any) -> Trigger | None:
        """What started the process, where this wraps all of it."""
        trigger: Trigger | None = top.trigger if self.wraps_scope else None
        top.trigger = None
        return trigger

    def inside_ended(self, token: Token, scope: Any) -> None:
        """Nothing to bring out: the variables were the process's own all along."""


class CallActivity(Node, defaults.CallActivity):
    """Calls a process, which has variables of its own: what is passed in and out."""

    calls = True
    called: str
    passed_in: tuple[Passing, ...] = ()
    passed_out: tuple[Passing, ...] = ()

    def _update_hook(self, my_task: Token) -> bool:
        self.enter(my_task)
        my_task.become(TaskState.STARTED)
        top = my_task.workflow.top_workflow
        engine = my_task.workflow.script_engine
        process = engine.fill(my_task, self.called)
        spec = top.subprocess_specs.get(process)
        if spec is None:
            raise Broken(
                self.shown or self.name,
                sentence("the called process {process} does not exist", process=Datum(process)),
            )
        variables = visible(my_task)
        scope = top.enter_scope(my_task, spec)
        for passing in self.passed_in:
            for name, value in passing.value(engine, variables).items():
                scope.data[name] = plain(value, name)
        top.variables_changed = True
        start = spec.start_event()
        start.begin(Token(scope, start, scope.task_tree, TaskState.FUTURE))
        return False

    def inside_ended(self, token: Token, scope: Any) -> None:
        engine = token.workflow.script_engine
        for passing in self.passed_out:
            assign(token, passing.value(engine, scope.data))
