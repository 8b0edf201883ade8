"""Multi-instance activities and standard loops.

The token of the whole stands around the tokens of its instances. The item and the counter are
local to an instance and the numbers of instances to the whole; so an activity may be entered
again and again, which the stock classes refuse ("input item already exists").
"""

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.errors import Broken
from engine.expressions.meter import AN_INSTANCE, spend
from engine.sentences import sentence
from engine.specs.base import Loop, Node
from engine.specs.definitions import Definition
from engine.specs.events import say
from engine.token import Token
from engine.variables import assign, plain

MOST_INSTANCES = 10_000
LONGEST_NUMBER = 18


class Rounds(Loop, Node):
    """What all loops have in common: local counters and one activity inside."""

    task_spec: str  # the name of the activity inside
    item_name: str | None = None
    output_item: str | None = None  # what an instance gives is its own until all are collected

    def start_instance(self, around: Token, index: int, item: Any = None) -> None:
        """Put a token on the activity inside, with its local variables."""
        spec = self.neighbours[self.task_spec]
        spend(AN_INSTANCE)  # loops in loops multiply before the first of them makes a step
        token = Token(around.workflow, spec, around, TaskState.FUTURE)
        token.data["loopCounter"] = index
        if self.item_name is not None:
            token.data[self.item_name] = plain(item, self.item_name)
        spec.arrive(token)

    @property
    def known_as(self) -> str | None:
        shown: str | None = self.neighbours[self.task_spec].shown
        return shown

    @property
    def title(self) -> str:
        return str(self.known_as or self.name)


class MultiInstance(Rounds):
    """A fixed number of instances, one for each item of a list or as many as a number says."""

    collection: str | None = None
    cardinality: str | None = None
    condition: str | None = None
    output_name: str | None = None
    # What is said when an instance has ended and a condition holds: behavior None, One, Complex.
    behavior: tuple[tuple[str, Definition], ...] = ()

    def _update_hook(self, my_task: Token) -> bool:
        self.enter(my_task)
        items = self.items(my_task)
        my_task.data["nrOfInstances"] = len(items)
        my_task.internal_data["done"] = 0
        if not items:
            self.count(my_task, 0)
            return True
        my_task.become(TaskState.STARTED)
        self.start_all(my_task, items)
        return False

    def start_all(self, around: Token, items: list[Any]) -> None:
        raise NotImplementedError

    def next_instance(self, around: Token, done: int) -> None:
        """Start what is to be started after `done` instances have ended."""

    def items(self, around: Token) -> list[Any]:
        """Work out what the instances are for, once, when the activity is entered."""
        evaluate = around.workflow.script_engine.evaluate
        if self.collection is not None:
            items = evaluate(around, self.collection)
            if not isinstance(items, list | tuple):
                raise Broken(
                    self.title,
                    sentence(
                        "the collection {collection} is not a list", collection=self.collection
                    ),
                )
        else:
            number = _whole_number(evaluate(around, self.cardinality))
            if number is None:
                raise Broken(self.title, sentence("the number of instances is not a whole number"))
            items = range(min(number, MOST_INSTANCES + 1))
        if len(items) > MOST_INSTANCES:
            raise Broken(
                self.title,
                sentence(
                    "more than {most} instances are not possible",
                    most=MOST_INSTANCES,
                ),
            )
        return list(items)

    def count(self, around: Token, active: int) -> None:
        around.workflow.top_workflow.variables_changed = True
        around.data["nrOfActiveInstances"] = active
        around.data["nrOfCompletedInstances"] = around.internal_data["done"]

    def instance_ended(self, around: Token, ended: Token) -> None:
        done = around.internal_data["done"] = around.internal_data["done"] + 1
        total = around.data["nrOfInstances"]
        self.count(around, self.still_active(around))
        self.collect(around, ended)
        self.tell(around, ended)
        if not around.in_place:
            return
        if done == total or self.satisfied(ended):
            self.end(around)
        else:
            self.next_instance(around, done)

    def still_active(self, around: Token) -> int:
        return sum(child.task_spec.name == self.task_spec for child in around.children)

    def satisfied(self, ended: Token) -> bool:
        """Evaluate the completion condition in what the ended instance could see."""
        if self.condition is None:
            return False
        return bool(ended.workflow.script_engine.evaluate(ended, self.condition))

    def tell(self, around: Token, ended: Token) -> None:
        """Say what the behavior wants said; who catches it may interrupt the whole."""
        evaluate = ended.workflow.script_engine.evaluate
        for condition, definition in self.behavior:
            if not around.in_place or not evaluate(ended, condition):
                continue
            for part in definition.parts:
                say(part, {}, around)

    def collect(self, around: Token, ended: Token) -> None:
        if self.output_item is not None:
            results = around.internal_data.setdefault("results", [])
            results.append([ended.data["loopCounter"], ended.data.get(self.output_item)])

    def end(self, around: Token) -> None:
        if self.output_name:
            results = sorted(around.internal_data.get("results", []), key=lambda pair: pair[0])
            assign(around, {self.output_name: [value for _, value in results]})
        around.complete()


class ParallelInstances(MultiInstance, defaults.ParallelMultiInstanceTask):
    """All instances at once."""

    def start_all(self, around: Token, items: list[Any]) -> None:
        self.count(around, len(items))
        for index, item in enumerate(items):
            self.start_instance(around, index, item)


class SequentialInstances(MultiInstance, defaults.SequentialMultiInstanceTask):
    """One instance after the other."""

    def start_all(self, around: Token, items: list[Any]) -> None:
        if self.item_name is not None:
            around.internal_data["items"] = [plain(item, self.item_name) for item in items]
        self.next_instance(around, 0)

    def next_instance(self, around: Token, done: int) -> None:
        self.count(around, 1)
        items = around.internal_data.get("items")
        self.start_instance(around, done, items[done] if items else None)


class StandardLoop(Rounds, defaults.StandardLoopTask):
    """Again while the condition holds, at most `maximum` times; tested before or after."""

    condition: str | None
    maximum: int | None
    test_before: bool

    def _update_hook(self, my_task: Token) -> bool:
        self.enter(my_task)
        my_task.internal_data["done"] = 0
        my_task.data["loopCounter"] = 0
        if self.test_before and not self.again(my_task):
            return True
        my_task.become(TaskState.STARTED)
        self.start_instance(my_task, 0)
        return False

    def instance_ended(self, around: Token, ended: Token) -> None:
        del ended
        done = around.internal_data["done"] = around.internal_data["done"] + 1
        around.workflow.top_workflow.variables_changed = True
        around.data["loopCounter"] = done
        if self.again(around):
            self.start_instance(around, done)
        else:
            around.complete()

    def again(self, around: Token) -> bool:
        done = around.internal_data["done"]
        if self.maximum is not None and done >= self.maximum:
            return False
        return self.holds(self.condition, around)


def _whole_number(value: Any) -> int | None:
    """Read a count; a form or a table may give it as text or as 3.0."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value) <= LONGEST_NUMBER:
        return int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    counts = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if counts else None
