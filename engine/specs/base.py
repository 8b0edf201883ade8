"""What every element does: let a token arrive, act, and send tokens on.

The stock specs predict the tasks that may follow, copy all data from task to task and synchronise
by looking at the history in the tree. Here a token is made when a sequence flow is taken, carries
no data and leaves nothing behind, so that every later repair can be small.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.errors import Broken
from engine.scripting import Value
from engine.sentences import Sentence, sentence
from engine.token import Token
from engine.variables import assign, plain, visible

# What starts an instance: its kind, `message` or `signal`, and its name.
Trigger = tuple[str, str]

_NAME = re.compile(r"\$\{\s*([A-Za-z]\w*)\s*\}")


@dataclass(frozen=True)
class Flow:
    """A sequence flow out of an element."""

    id: str
    target: str
    condition: str | None
    default: bool


class Loop:
    """Marks the specs that stand around the instances of one activity."""

    def instance_ended(self, around: Token, ended: Token) -> None:
        """Go on after one instance has ended."""
        raise NotImplementedError


class Node:
    """Mixed in before a SpiffWorkflow spec class; the parser fills the attributes."""

    shown: str | None = None  # the id in the diagram; None for what the translation added
    flows: tuple[Flow, ...] = ()
    arrivals: tuple[str, ...] = ()
    boundary: tuple[str, ...] = ()
    inputs_mapped: Mapping[str, Value] = {}
    outputs_mapped: Mapping[str, Value] = {}
    calls = False
    counts_arrivals = False
    waits_for_all_others = False
    guards_scope = False
    catches_events = False
    races = False
    awaits_all = False
    instantiates = False
    wraps_scope = False
    at_once = False  # added by the translation: acts in the breath in which a token comes
    handler: str | None = None
    name: str
    _wf_spec: Any

    @property
    def known_as(self) -> str | None:
        """The id a reader of the diagram knows the element by; None for what was added to it."""
        return self.shown

    @property
    def neighbours(self) -> Mapping[str, Any]:
        """The specs of the same scope by name."""
        specs: Mapping[str, Any] = self._wf_spec.task_specs
        return specs

    def belong_to(self, scope: Any) -> None:
        """Become an element of a scope other than by the stock constructor."""
        self._wf_spec = scope

    # -- SpiffWorkflow's protocol --------------------------------------------------------------

    def test(self) -> None:
        """Structure is checked once, at load; the stock class checks it for every task."""

    def _predict(self, my_task: Any, *args: Any, **kwargs: Any) -> None:
        """Predict nothing: what lies ahead is in the specification already."""

    def _update(self, my_task: Token) -> None:
        self.arrive(my_task)

    def _update_hook(self, my_task: Token) -> bool:
        """A token has arrived. Return True when the element can act."""
        self.enter(my_task)
        return True

    def _run_hook(self, my_task: Token) -> bool | None:
        """Act. Return True when done."""
        del my_task
        return True

    def _on_complete(self, my_task: Token) -> None:
        self.leave(my_task)

    def _on_error(self, my_task: Token) -> None:
        """Nobody listens to the stock event; the exception tells whoever moves the instance."""

    # -- arriving ------------------------------------------------------------------------------

    def arrive(self, token: Token) -> None:
        """Let a token come in; it gets its turn when the element can act."""
        if self._update_hook(token):
            token.become(TaskState.READY)

    def begin(self, token: Token, trigger: Trigger | None = None) -> None:
        """Start the process here, by what the element waits for."""
        self.arrive(token)
        if trigger is not None:
            token.workflow.top_workflow.event_manager.deliver(*trigger, {})

    def starts_by(self, trigger: Trigger) -> bool:
        """Whether a process begins here when that happens."""
        del trigger
        return False

    def enter(self, token: Token) -> None:
        """Note the arrival, make the local variables and arm the boundary events."""
        top = token.workflow.top_workflow
        top.acting = self.known_as or top.acting
        if self.inputs_mapped:
            engine = token.workflow.script_engine
            for name, value in self.inputs_mapped.items():
                token.data[name] = plain(engine.fill(token, value), name)
        token.workflow.top_workflow.record("entered", token)
        for name in self.boundary:
            self.neighbours[name].arm(token)

    # -- leaving -------------------------------------------------------------------------------

    def leave(self, token: Token) -> None:
        """The element has done its work: tell so and move on."""
        self.finish(token)
        self.move_on(token)

    def finish(self, token: Token) -> None:
        """Disarm the boundary events, map the outputs, note the completion."""
        for child in token.children:
            child.cancel()
        self.map_outputs(token)
        token.workflow.top_workflow.record("completed", token)

    def move_on(self, token: Token) -> None:
        """Take the token away and send new ones along the flows that are chosen."""
        workflow, around = token.workflow, token.parent
        if isinstance(around.task_spec, Loop):
            token.remove()
            around.task_spec.instance_ended(around, token)
            return
        chosen = self.choose(token)
        token.remove()
        for flow in chosen:
            workflow.top_workflow.place(workflow, self.neighbours[flow.target], flow.id)
        if not chosen:
            workflow.top_workflow.close_if_empty(workflow)

    def map_outputs(self, token: Token) -> None:
        """Evaluate the output mapping in the local variables; set what it names outside.

        A value that is merely the name of a variable, such as a result of an operation, stands
        for that variable; what the operation did not return becomes null.
        """
        if not self.outputs_mapped:
            return
        engine = token.workflow.script_engine
        seen = dict(visible(token))
        outputs: dict[str, Any] = {}
        for name, value in self.outputs_mapped.items():
            variable = _NAME.fullmatch(value) if isinstance(value, str) else None
            if variable is not None:
                outputs[name] = seen.get(variable.group(1))
            elif isinstance(value, str) and value in token.data:
                outputs[name] = token.data[value]
            else:
                outputs[name] = engine.environment.fill(value, seen)
            if name not in token.data:
                seen[name] = outputs[name]  # a later output may build on it
        assign(token, outputs, outside=True)

    def choose(self, token: Token) -> list[Flow]:
        """Take every flow without a condition and every one whose condition holds.

        The default flow is taken when no condition holds; where there is none and no flow is
        taken at all, the instance would silently stop, so that is an error.
        """
        chosen = [
            flow for flow in self.flows if not flow.default and self.holds(flow.condition, token)
        ]
        conditional = any(flow.condition is not None for flow in chosen)
        if not conditional:
            chosen += [flow for flow in self.flows if flow.default]
        if not chosen and self.flows:
            raise Broken(self.shown or self.name, self.nowhere_to_go())
        return chosen

    def nowhere_to_go(self) -> Sentence:
        return sentence("no outgoing flow has a condition that holds; give it a default flow")

    def holds(self, condition: str | None, token: Token) -> bool:
        """Evaluate a condition; no condition always holds."""
        if condition is None:
            return True
        return bool(token.workflow.script_engine.evaluate(token, condition))
