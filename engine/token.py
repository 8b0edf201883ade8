"""One token on the diagram."""

from secrets import token_hex
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

ROOT = "root"


class Token(Task):
    """A SpiffWorkflow task that leaves no history behind and reads no clock.

    The stock task stays in the tree when it is finished, so a rework loop makes the tree deeper
    with every round. A token is removed as soon as it has moved on, which keeps an instance the
    size of what is open in it. The order of events is counted, not timed.

    While `quiet`, a token only lies in wait (an armed boundary event, a branch that waits at a
    join): the element has not been entered yet.

    The stock task knows its relatives by id and looks them up every time; a token knows them.
    """

    parent: Any = None
    state: int = TaskState.FUTURE

    def __init__(
        self,
        workflow: Any,
        task_spec: Any,
        parent: "Token | None",
        state: int,
        token_id: str | None = None,
        number: int | None = None,
    ) -> None:
        """Put a token on the diagram: a new one, or one that was stored with its id and number."""
        # Not the stock constructor, which reads the clock. Text: a UUID object costs more to make
        # and to hash than everything else about a token.
        self.id = token_id or token_hex(16)
        self.workflow = workflow
        self.task_spec = task_spec
        self.state = state
        self.quiet = False
        self.data: dict[str, Any] = {}
        self.internal_data: dict[str, Any] = {}
        self._children: list[Token] = []
        self.last_state_change = number or workflow.top_workflow.next_number()
        workflow.tasks[self.id] = self
        if parent is not None:
            parent.adopt(self)

    @property
    def open(self) -> bool:
        """Whether the token is still on its element."""
        return bool(self.state < TaskState.COMPLETED)

    @property
    def in_place(self) -> bool:
        """Whether nothing has taken the token off the diagram."""
        return self.id in self.workflow.tasks

    @property
    def guards(self) -> bool:
        """Whether it lies in wait over an activity that goes on without it."""
        return bool(
            self.quiet and self.task_spec.catches_events and not self.parent.task_spec.races
        )

    @property
    def arrived_by(self) -> str | None:
        """The sequence flow that brought this token; joins count by it."""
        flow: str | None = self.internal_data.get("by")
        return flow

    def become(self, state: int) -> None:
        """Change the state; what is ready and needs no person gets its turn later."""
        self._set_state(state)

    def restate(self, state: int) -> None:
        """Change the state and nothing else."""
        self.state = state

    def _set_state(self, value: int) -> None:
        self.state = value
        top = self.workflow.top_workflow
        self.last_state_change = top.next_number()
        if value == TaskState.READY and not self.task_spec.manual:
            if self.task_spec.at_once:
                top.pass_through(self)
            else:
                top.agenda.append(self)

    def _inherit_data(self) -> None:
        """Take nothing along: variables belong to the process, not to the token."""

    # -- the tree ------------------------------------------------------------------------------

    @property
    def children(self) -> list["Token"]:
        """The tokens that hang on this one; a copy, since most of what is done takes some away."""
        return self._children.copy()

    def adopt(self, child: "Token") -> None:
        """Become the parent of a token that has none."""
        child.parent = self
        self._children.append(child)

    def release(self, child: "Token") -> None:
        """Stop being the parent of a token."""
        self._children.remove(child)

    def part(self) -> None:
        """Let go of all relatives, when the whole instance is of no use any more."""
        self.parent = None
        self._children.clear()

    def detach(self) -> None:
        """Let the token outlive the activity or gateway it lay in wait at.

        It goes to the end of all tokens too, which keeps them in one order everywhere.
        """
        self.parent.release(self)
        self.workflow.task_tree.adopt(self)
        tasks = self.workflow.tasks
        tasks[self.id] = tasks.pop(self.id)

    def cancel(self) -> None:
        """End the stay here and everything inside, the innermost first."""
        if not self.open or not self.in_place:
            return
        top = self.workflow.top_workflow
        top.cancel_inside(self)
        for child in self.children:
            child.cancel()
        self.state = TaskState.CANCELLED
        if not self.quiet:
            top.record("cancelled", self)
        self.remove()

    def remove(self) -> None:
        """Take the token off the diagram without a word."""
        self.workflow.top_workflow.event_manager.remove_task(self)
        self.parent.release(self)
        self.workflow.tasks.pop(self.id, None)
