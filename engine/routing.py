"""Which waiting token an event reaches.

Messages and signals reach everybody in the instance who waits for that name. Errors and
escalations go outward, from the activity that raised them through the scopes that enclose it, to
the first that catches them; the stock engine broadcasts them to parallel neighbours too.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.bpmn.util.event import EventManager

from engine.token import Token


class Router(EventManager):
    """Keeps the tokens that wait for something and finds those an event is for."""

    tasks: dict[str, Token]

    def sort(self) -> None:
        """Put the waiting tokens into the order in which they began to wait."""
        in_order = sorted(self.tasks.values(), key=lambda token: token.last_state_change)
        self.tasks = {token.id: token for token in in_order}

    def deliver(self, kind: str, name: str, payload: Mapping[str, Any]) -> int:
        """Hand a message or a signal to all who wait for it; return how many that were."""
        catchers = [
            (token, memory)
            for token in self.tasks.values()
            for part, memory in token.task_spec.definition.awaited(token)
            if part.hears(kind, name)
        ]
        reached = 0
        for token, memory in catchers:
            # Catching it may have cancelled the next one in the list.
            if token.id in self.tasks:
                token.workflow.top_workflow.acting = token.task_spec.place
                token.task_spec.fire(token, memory, payload)
                reached += 1
        return reached

    def raise_code(self, kind: str, code: str, token: Token, message: str = "") -> bool:
        """Let the nearest enclosing catcher have an error or escalation; False if none has."""
        for level in _outward(token):
            for wanted in (code, None):  # one that names the code goes before one for all codes
                for catcher, part, memory in _awaiting(level):
                    if part.names_code(kind, wanted):
                        catcher.task_spec.fire(catcher, memory, part.told(code, message))
                        return True
        return False


def _outward(token: Token) -> Iterator[list[Token]]:
    """Yield the catchers that lie in wait, level by level, from `token` to the outermost scope."""
    came_from: Token | None = token
    while came_from is not None:
        workflow = came_from.workflow
        around = came_from
        while around.parent is not workflow.task_tree:
            # An instance of a multi-instance activity: its events are attached to the whole.
            yield [child for child in around.children if child.quiet]
            around = around.parent
        yield [child for child in around.children if child.quiet]
        yield [
            armed
            for main in workflow.task_tree.children
            for armed in main.children
            if armed.quiet
            and armed.task_spec.guards_scope
            and main is not around
            and armed.task_spec.handler != around.task_spec.name
        ]
        came_from = workflow.parent_token


def _awaiting(level: list[Token]) -> Iterator[tuple[Token, Any, dict[str, Any]]]:
    """Yield what the catchers of one level wait for, part by part."""
    for token in level:
        for part, memory in token.task_spec.definition.awaited(token):
            yield token, part, memory
