"""Events: starts, ends, throws, catches, and those on the boundary of an activity."""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.model import Again, Message
from engine.specs.base import Node, Trigger
from engine.specs.definitions import (
    Coded,
    Condition,
    Definition,
    Error,
    Memory,
    Nothing,
    Signal,
    Together,
)
from engine.specs.operations import call_operation
from engine.specs.timers import Timer
from engine.token import Token
from engine.variables import assign, visible


class Catching(Node):
    """Waits until its event happens."""

    catches_events = True

    definition: Definition
    event_element: str | None = None  # the id a reader of the diagram knows the event by

    @property
    def known_as(self) -> str | None:
        return self.event_element or self.shown

    @property
    def place(self) -> str:
        return self.known_as or self.name

    def _update_hook(self, my_task: Token) -> bool:
        self.enter(my_task)
        if isinstance(self.definition, Nothing):
            return True
        self.definition.arm(my_task, my_task.internal_data)
        self.wait(my_task)
        return False

    def arm(self, around: Token, kept: Mapping[str, Any] | None = None) -> None:
        """Lie in wait at an activity or an event-based gateway."""
        token = Token(around.workflow, self, around, TaskState.FUTURE)
        token.quiet = True
        token.internal_data.update(kept or {})
        token.workflow.top_workflow.acting = self.place
        self.definition.arm(token, token.internal_data)
        self.wait(token)

    def wait(self, token: Token) -> None:
        token.become(TaskState.WAITING)
        token.workflow.top_workflow.event_manager.add_task(token)

    def starts_by(self, trigger: Trigger) -> bool:
        return self.instantiates and self.definition.hears(*trigger)

    def watch(self, token: Token) -> None:
        """Variables have changed; a conditional event may happen by that."""
        top = token.workflow.top_workflow
        top.acting, waiting = self.place, top.event_manager.tasks
        for part, memory in list(self.definition.awaited(token)):
            if token.id in waiting and part.changed(token, memory):
                self.fire(token, memory, {})

    def fire(self, token: Token, memory: Memory, payload: Mapping[str, Any]) -> None:
        """What it waits for, or the part of it with that memory, has happened."""
        if not self.definition.happens(token, memory):
            assign(token, payload)
            return
        token.workflow.top_workflow.event_manager.remove_task(token)
        if token.quiet:
            self.wake(token)
        assign(token, payload)
        token.become(TaskState.READY)

    def wake(self, token: Token) -> None:
        """Leave the event-based gateway, which ends the wait of the others behind it."""
        gateway = token.parent
        token.detach()
        if not (gateway.task_spec.awaits_all and gateway.children):
            gateway.complete()
        token.quiet = False
        self.enter(token)


class StartEvent(Catching, defaults.StartEvent):
    """Begins a process at once; one with a timer waits for it.

    Each time of a repeating timer is an instance of its own, so the next one is asked for.
    """

    instantiates = True

    def begin(self, token: Token, trigger: Trigger | None = None) -> None:
        """Start here: what triggered it has just happened, a time is still to come."""
        waits = any(isinstance(part, Timer | Condition) for part in self.definition.parts)
        if isinstance(self.definition, Together) or (waits and trigger is None):
            super().begin(token, trigger)
        else:
            self.enter(token)
            token.become(TaskState.READY)

    def enter(self, token: Token) -> None:
        if self._repeats(token):
            top = token.workflow.top_workflow
            token.internal_data.update(top.timer)
            top.timer = {}
        super().enter(token)

    def fire(self, token: Token, memory: Memory, payload: Mapping[str, Any]) -> None:
        if self._repeats(token):
            top = token.workflow.top_workflow
            following = self.definition.again(memory)
            if following is not None:
                top.again = Again(dict(top.data), following)
        super().fire(token, memory, payload)

    def _repeats(self, token: Token) -> bool:
        """Whether a timer starts the whole instance here, and nothing inside it."""
        workflow = token.workflow
        whole = _whole(workflow) is workflow.top_workflow
        return whole and isinstance(self.definition, Timer)


class CatchEvent(Catching, defaults.IntermediateCatchEvent):
    """An intermediate catch event; one with a repeating timer sends a token on each time."""

    def fire(self, token: Token, memory: Memory, payload: Mapping[str, Any]) -> None:
        if isinstance(self.definition, Timer) and not token.quiet:
            self.repeat(token)
        super().fire(token, memory, payload)

    def repeat(self, token: Token) -> None:
        following = self.definition.again(token.internal_data)
        if following is None:
            return
        waiting = Token(token.workflow, self, token.workflow.task_tree, TaskState.FUTURE)
        waiting.internal_data.update(following)
        self.arrive(waiting)


class ReceiveTask(Catching, defaults.ReceiveTask):
    """Waits for a message."""


class BoundaryEvent(Catching, defaults.BoundaryEvent):
    """Lies in wait while its activity is open; armed again when it does not interrupt.

    An interruption cancels the activity in the same breath, so that nothing automatic inside it
    can still run, and the stock engine's orphaned sub-workflows cannot arise.
    """

    cancel_activity: bool

    def wake(self, token: Token) -> None:
        activity = token.parent
        token.detach()
        token.quiet = False
        if self.cancel_activity:
            workflow = token.workflow
            activity.cancel()
            if self.guards_scope:
                for other in workflow.task_tree.children:
                    if other is not token:
                        other.cancel()
        else:
            self.arm_again(token, activity)
        self.enter(token)

    def arm_again(self, token: Token, activity: Token) -> None:
        memory = self.definition.again(token.internal_data)
        if memory is not None:
            self.arm(activity, memory)


class Throwing(Node):
    """Says something: a message, a signal, an error, an escalation, or nothing."""

    definition: Definition
    topic: str | None = None
    result_variable: str | None = None

    def _run_hook(self, my_task: Token) -> bool | None:
        if self.topic is not None:
            return call_operation(my_task, self.topic, self.result_variable)
        return True

    def _on_complete(self, my_task: Token) -> None:
        payload = {key: my_task.data[key] for key in self.inputs_mapped}
        self.finish(my_task)
        # It has completed; should a catcher interrupt, this must not be cancelled as well.
        my_task.restate(TaskState.STARTED)
        my_task.quiet = True
        for part in self.definition.parts:
            if my_task.in_place and self.topic is None:
                self.throw(part, payload, my_task)
        if my_task.in_place:
            self.move_on(my_task)

    def throw(self, part: Definition, payload: Mapping[str, Any], token: Token) -> None:
        """Say one thing."""
        say(part, payload, token)


class ThrowEvent(Throwing, defaults.IntermediateThrowEvent):
    """An intermediate throw event."""


class SendTask(Throwing, defaults.SendTask):
    """Throws a message, or calls an operation that sends something."""


class EndEvent(Throwing, defaults.EndEvent):
    """Ends its path; a terminate ends the whole scope."""

    def throw(self, part: Definition, payload: Mapping[str, Any], token: Token) -> None:
        if part.kind == "terminate":
            token.workflow.top_workflow.end_scope(_whole(token.workflow))
        else:
            super().throw(part, payload, token)


def say(part: Definition, payload: Mapping[str, Any], token: Token) -> None:
    """Say something where `token` stands, to whom it concerns."""
    top = token.workflow.top_workflow
    router = top.event_manager
    name = part.name or ""
    if part.kind == "message" and not router.deliver("message", name, payload):
        top.thrown.append(Message(name, payload))
    elif isinstance(part, Signal):
        payload = {**payload, **_taken_along(part, token)}
        router.deliver("signal", name, payload)
        top.thrown.append(Message(name, payload, "signal"))
    elif isinstance(part, Coded):
        told = part.message if isinstance(part, Error) else ""
        caught = router.raise_code(part.kind, part.code or "", token, told)
        if part.kind == "error" and not caught:
            # Nobody catches it, so it ends the process as an abnormal end should.
            top.end_scope(top)


def _taken_along(signal: Signal, token: Token) -> Mapping[str, Any]:
    engine, variables = token.workflow.script_engine, visible(token)
    taken: dict[str, Any] = {}
    for passing in signal.passed:
        taken.update(passing.value(engine, variables))
    return taken


def _whole(workflow: Any) -> Any:
    """Step out of the wrapper that an event sub-process puts around the rest of its scope."""
    while workflow.parent_token is not None and workflow.parent_token.task_spec.wraps_scope:
        workflow = workflow.parent_token.workflow
    return workflow
