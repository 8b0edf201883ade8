"""A running process instance: SpiffWorkflow's workflow, hardened, and moved by a virtual clock."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.errors import Broken
from engine.model import Again, Call, Message, Operations, Step
from engine.routing import Router
from engine.scripting import ScriptEngine
from engine.sentences import sentence
from engine.token import ROOT, Token
from engine.variables import visible

MOST_STEPS = 10_000
DEEPEST_CALL = 50
DEEPEST_PASSING = 20
FACTS = "public"

Observer = Callable[[str, str, str], None]


class Scope:
    """The inside of a sub-process or of a called process: what a token asks of its workflow.

    Not a stock sub-workflow, which is much more to make and finds all it knows by searching.
    """

    completed = False

    def __init__(self, spec: Any, token: Token) -> None:
        around = token.workflow
        self.spec = spec
        self.parent_token = token
        self.top_workflow = around.top_workflow
        self.shares_data = not token.task_spec.calls
        self.process = around.process if self.shares_data else spec.name
        self.depth = self._depth(around)
        self.data: dict[str, Any] = {}
        self.tasks: dict[str, Token] = {}
        self.task_tree = Token(self, spec.start, None, TaskState.COMPLETED, ROOT)

    @property
    def script_engine(self) -> Any:
        return self.top_workflow.script_engine

    def _depth(self, around: Any) -> int:
        depth: int = around.depth
        if self.parent_token.task_spec.wraps_scope:
            return depth  # not a level that anybody has drawn
        depth += 1
        if depth > DEEPEST_CALL:
            raise Broken(
                self.parent_token.task_spec.name,
                sentence(
                    "processes are nested more than {most} levels deep; one may call itself",
                    most=DEEPEST_CALL,
                ),
            )
        return depth


class Instance(BpmnWorkflow):
    """The whole of one process instance while it makes one move.

    It is built from the stored state, moved, read and thrown away, so that an exception can
    leave nothing half-done behind. `now` is what every timer and `now()` go by.
    """

    shares_data = False
    parent_token = None

    def __init__(
        self,
        spec: Any,
        processes: Mapping[str, Any],
        *,
        now: datetime,
        operations: Operations | None,
        decisions: Mapping[str, Any],
        observer: Observer | None = None,
    ) -> None:
        # Not the stock constructor: it makes listeners, locks and managers that nobody asks for,
        # which takes longer than completing a task.
        self.number = 0
        self.agenda: deque[Token] = deque()
        self.passing = 0
        self.process = spec.name
        self.spec = spec
        self.subprocess_specs = processes
        self.subprocesses: dict[str, Scope] = {}
        self.completed = False
        self.data: dict[str, Any] = {}
        self.tasks: dict[str, Token] = {}
        self.script_engine = ScriptEngine(now)
        self.event_manager = Router(self)
        self.task_tree = Token(self, spec.start, None, TaskState.COMPLETED, ROOT)
        self.now = now
        self.operations = operations
        self.decisions = decisions
        self.observer = observer
        self.steps: list[Step] = []
        self.thrown: list[Message] = []
        self.facts: dict[Any, Mapping[str, Any]] = {}
        self.variables_changed = False
        self.trigger: tuple[str, str] | None = None  # what started it, until that is used
        self.timer: Mapping[str, Any] = {}  # what the start has waited for already, until used
        self.again: Again | None = None
        self.raised: Exception | None = None  # what an operation failed with
        self.steps_left = MOST_STEPS
        self.acting: str | None = None  # the element whose turn it is, for messages

    def next_number(self) -> int:
        """Count on: a smaller number means earlier, also across save and load."""
        self.number += 1
        return self.number

    # -- what is where -------------------------------------------------------------------------

    def scopes(self) -> Iterator[Any]:
        """Yield the instance and the inside of every open sub-process and call, outer first."""
        yield self
        yield from self.subprocesses.values()

    def tokens(self) -> Iterator[Token]:
        """Yield every open token of every scope."""
        for scope in self.scopes():
            for token in scope.tasks.values():
                if token.state < TaskState.COMPLETED:
                    yield token

    def find(self, token_id: str) -> Token | None:
        """Return the open token with that id (32 hexadecimal digits)."""
        for scope in self.scopes():
            token: Token | None = scope.tasks.get(token_id)
            if token is not None and token.open:
                return token
        return None

    # -- moving --------------------------------------------------------------------------------

    def place(self, workflow: Any, spec: Any, by: str | None = None) -> Token:
        """Put a new token on an element and let it arrive."""
        token = Token(workflow, spec, workflow.task_tree, TaskState.FUTURE)
        if by is not None and spec.counts_arrivals:
            token.internal_data["by"] = by
        spec.arrive(token)
        return token

    def enter_scope(self, token: Token, spec: Any) -> Scope:
        """Open the inside of a sub-process or call; the caller places the first token."""
        scope = Scope(spec, token)
        self.subprocesses[token.id] = scope
        return scope

    def run(self) -> None:
        """Let everything automatic happen, until only people, events and timers are left."""
        while True:
            self.watch_conditions()
            if self.agenda:
                self._step(self.agenda.popleft())
            elif not self._fire_inclusive_joins():
                return

    def pass_through(self, token: Token) -> None:
        """Let what the translation added act in the same breath, unless that goes too deep."""
        if self.passing == DEEPEST_PASSING:
            self.agenda.append(token)
            return
        self.passing += 1
        token.run()
        self.passing -= 1

    def _step(self, token: Token) -> None:
        # A terminate event or an interruption may have taken the token away meanwhile.
        if token.state != TaskState.READY or not token.in_place:
            return
        self.acting = token.task_spec.known_as or self.acting
        self.steps_left -= 1
        if self.steps_left < 0:
            raise Broken(
                self.acting,
                sentence(
                    "more than {most} steps in one move; a loop in the diagram never waits",
                    most=MOST_STEPS,
                ),
            )
        token.run()

    def _fire_inclusive_joins(self) -> bool:
        """An inclusive join looks at all other tokens, so it is asked only when they rest."""
        for scope in self.scopes():
            if not scope.spec.joins_inclusively:
                continue
            for token in scope.task_tree.children:
                waits = token.state == TaskState.WAITING and token.task_spec.waits_for_all_others
                if waits and token.task_spec.fire_if_complete(token):
                    return True
        return False

    def watch_conditions(self) -> None:
        """Let conditional events see that variables have changed."""
        if not self.variables_changed:
            return
        self.variables_changed = False
        for token in list(self.event_manager.tasks.values()):
            if token.id in self.event_manager.tasks:
                token.task_spec.watch(token)

    # -- leaving -------------------------------------------------------------------------------

    def close_if_empty(self, workflow: Any) -> None:
        """End a scope when its last token is gone."""
        if len(workflow.tasks) > 1 or workflow.completed:
            return
        workflow.completed = True
        if workflow.parent_token is not None:
            token = workflow.parent_token
            token.task_spec.inside_ended(token, workflow)
            self.subprocesses.pop(token.id, None)
            token.complete()

    def end_scope(self, workflow: Any) -> None:
        """Cancel all that is open in a scope and end it as if it had come to its end."""
        for token in list(workflow.task_tree.children):
            token.cancel()
        self.close_if_empty(workflow)

    def cancel_inside(self, token: Token) -> None:
        """Cancel what goes on inside the sub-process or call that `token` stands on."""
        scope = self.subprocesses.pop(token.id, None)
        if scope is not None:
            for inner in list(scope.task_tree.children):
                inner.cancel()

    def dissolve(self) -> None:
        """Cut the circles in which tokens and scopes hold one another, at the end of all.

        So they are freed at once. The garbage collector, which has to find a circle first, walks
        the whole application for it every few moves and costs as much as the moves themselves.
        """
        for scope in list(self.scopes()):
            for token in scope.tasks.values():
                token.part()
            scope.tasks.clear()
            scope.task_tree = None
        self.subprocesses.clear()
        self.event_manager.workflow = None

    # -- telling -------------------------------------------------------------------------------

    def record(self, event: str, token: Token) -> None:
        """Note that a token entered, completed or left an element that is in the diagram."""
        element = token.task_spec.shown
        if element is None:
            return
        facts = self.facts.pop(token.id, {}) if event == "completed" else {}
        process = token.workflow.process
        self.steps.append(Step(token.id, element, process, event, self.now, facts))
        if self.observer is not None:
            self.observer(event, element, process)

    def call(self, token: Token, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Call an operation; keep its facts for the step and return the rest of its answer."""
        spec = token.task_spec
        if self.operations is None:
            raise Broken(
                spec.shown, sentence("the operation {name} cannot be called here", name=name)
            )
        call = Call(
            spec.shown or spec.name,
            token.workflow.process,
            token.id,
            dict(visible(token)),
            self.now,
        )
        try:
            answer = dict(self.operations.call(name, inputs, call) or {})
        except Exception as raised:
            self.raised = raised  # the caller's own, and not ours to speak of
            raise
        facts = answer.pop(FACTS, None)
        if facts:
            self.facts[token.id] = {**self.facts.get(token.id, {}), **facts}
        return answer
