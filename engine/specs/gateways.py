"""Gateways. Joins count the tokens that stand at them, whatever happened before.

The stock joins read the history in the task tree, so inside a loop they fire too early or never.
"""

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.specs.base import Flow, Node, Trigger
from engine.token import Token


class ExclusiveGateway(Node, defaults.ExclusiveGateway):
    """Takes the first flow, in the order of the gateway, whose condition holds."""

    def choose(self, token: Token) -> list[Flow]:
        for flow in self.flows:
            if not flow.default and self.holds(flow.condition, token):
                return [flow]
        default = [flow for flow in self.flows if flow.default]
        return default or super().choose(token)


class Joining(Node):
    """Keeps tokens waiting until the join is complete, then goes on with one of them."""

    counts_arrivals = True
    _reaches: dict[str, frozenset[str]]

    def _update_hook(self, my_task: Token) -> bool:
        if len(self.arrivals) < 2:
            self.enter(my_task)
            return True
        my_task.quiet = True
        my_task.become(TaskState.WAITING)
        return self.arrived(my_task)

    def arrived(self, token: Token) -> bool:
        """One more token waits here. Return True when it may go on at once."""
        raise NotImplementedError

    def may_go_on(self, tokens: list[Token], still: set[Any]) -> bool:
        """Whether tokens of the scope may complete the join, but those that stand `still`."""
        raise NotImplementedError

    def brought_by(self, tokens: Iterable[Token]) -> frozenset[str]:
        """The incoming flows by which any of these tokens may still come."""
        return frozenset().union(*(self.reached_from(token.task_spec) for token in tokens))

    def standing(self, workflow: Any) -> dict[str | None, Token]:
        """Return the oldest waiting token of each incoming flow that has one."""
        oldest: dict[str | None, Token] = {}
        for token in workflow.task_tree.children:
            if token.task_spec is self and token.state == TaskState.WAITING:
                oldest.setdefault(token.arrived_by, token)
        return oldest

    def join(self, going: Token, standing: dict[str | None, Token]) -> None:
        """Let `going` stand for all the others."""
        for token in standing.values():
            if token is not going:
                token.remove()
        going.quiet = False
        self.enter(going)

    def reached_from(self, spec: Any) -> frozenset[str]:
        """The incoming flows of this join that can be reached from an element."""
        cache = self.__dict__.setdefault("_reaches", {})
        if spec.name not in cache:
            cache[spec.name] = self._walk(spec)
        found: frozenset[str] = cache[spec.name]
        return found

    def _walk(self, start: Any) -> frozenset[str]:
        specs = self.neighbours
        seen, pending, reached = {start.name}, [start], set()
        while pending:
            spec = pending.pop()
            outgoing = list(spec.flows)
            for name in spec.boundary:
                outgoing.extend(specs[name].flows)
            for flow in outgoing:
                if flow.target == self.name:
                    reached.add(flow.id)
                elif flow.target not in seen:
                    seen.add(flow.target)
                    pending.append(specs[flow.target])
        return frozenset(reached)


class ParallelGateway(Joining, defaults.ParallelGateway):
    """Joins one token of every incoming flow; splits into all outgoing flows."""

    def may_go_on(self, tokens: list[Token], still: set[Any]) -> bool:
        here = {token.arrived_by for token in tokens if token.task_spec is self}
        coming = self.brought_by(token for token in tokens if token.task_spec not in still)
        return set(self.arrivals) <= here | coming

    def arrived(self, token: Token) -> bool:
        standing = self.standing(token.workflow)
        if len(standing) < len(self.arrivals):
            return False
        self.join(token, standing)
        return True

    def choose(self, token: Token) -> list[Flow]:
        del token
        return list(self.flows)


class InclusiveGateway(Joining, defaults.InclusiveGateway):
    """Joins when no token elsewhere can still reach an incoming flow that has none."""

    waits_for_all_others = True

    def arrived(self, token: Token) -> bool:
        """Wait in any case: the instance asks again when everything else rests."""
        del token
        return False

    def fire_if_complete(self, token: Token) -> bool:
        """Join when the rule of BPMN allows it. Return whether it did."""
        workflow = token.workflow
        standing = self.standing(workflow)
        full = set(standing)
        if len(full) < len(self.arrivals):
            for other in workflow.task_tree.children:
                if other.task_spec is not self and self._awaits(other, full):
                    return False
        self.join(token, standing)
        token.become(TaskState.READY)
        return True

    def may_go_on(self, tokens: list[Token], still: set[Any]) -> bool:
        here = {token.arrived_by for token in tokens if token.task_spec is self}
        full = here | self.brought_by(token for token in tokens if token.task_spec not in still)
        others = (t for t in tokens if t.task_spec in still and t.task_spec is not self)
        return not any(self._awaits(other, full) for other in others)

    def choose(self, token: Token) -> list[Flow]:
        chosen = [f for f in self.flows if not f.default and self.holds(f.condition, token)]
        return chosen or [f for f in self.flows if f.default] or super().choose(token)

    def _awaits(self, other: Token, full: set[str | None]) -> bool:
        """Whether a token elsewhere may still come by an empty flow, and only by empty ones."""
        reached = self.reached_from(other.task_spec)
        return bool(reached) and not reached & full


class EventBasedGateway(Node, defaults.EventBasedGateway):
    """Waits for the first of the events behind it; each of them lies in wait with its own data.

    One that instantiates may be of the parallel type, which waits for all of them.

    The stock gateway keeps one slot for all its timers, so only one of them can ever fire.
    """

    races = True

    def _update_hook(self, my_task: Token) -> bool:
        self.enter(my_task)
        my_task.become(TaskState.STARTED)
        for flow in self.flows:
            self.neighbours[flow.target].arm(my_task)
        return False

    def starts_by(self, trigger: Trigger) -> bool:
        behind = (self.neighbours[flow.target] for flow in self.flows)
        return self.instantiates and any(spec.definition.hears(*trigger) for spec in behind)

    def choose(self, token: Token) -> list[Flow]:
        """The event that happened has gone on already."""
        del token
        return []
