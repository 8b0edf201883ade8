"""Tasks: for people, for operations, for scripts and for decision tables."""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin

from engine.errors import Broken
from engine.sentences import sentence
from engine.specs.base import Node
from engine.specs.operations import call_operation
from engine.token import Token
from engine.variables import assign, plain, visible

HIGHEST_PRIORITY = 1_000_000
# What camunda:mapDecisionResult may say.
MAPPINGS = ("singleEntry", "singleResult", "collectEntries", "resultList")


class NoneTask(Node, defaults.NoneTask):
    """A task without a kind passes at once; the stock class waits for a person."""

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.manual = False


class UserTask(Node, defaults.UserTask):
    """Waits for a person; the texts are evaluated whenever the open tasks are listed."""

    assignee: str | None = None
    groups: str | None = None
    due_date: str | None = None
    priority: str | None = None
    listener: str | None = None

    def _update_hook(self, my_task: Token) -> bool:
        self.enter(my_task)
        if self.due_date is not None:
            # A due date may be a duration, which counts from here.
            my_task.internal_data["since"] = my_task.workflow.top_workflow.now.isoformat()
        return True


class ManualTask(UserTask, defaults.ManualTask):
    """Work done away from the computer; a person says when it is done."""


class OperationTask(Node, defaults.ServiceTask):
    """Calls a registered operation."""

    topic: str
    result_variable: str | None = None

    def _run_hook(self, my_task: Token) -> bool | None:
        return call_operation(my_task, self.topic, self.result_variable)


class ScriptTask(Node, defaults.ScriptTask):
    """Sets variables by lines `name = expression`."""

    script: str

    def _run_hook(self, my_task: Token) -> bool:
        assign(my_task, my_task.workflow.script_engine.execute(my_task, self.script))
        return True


class DecisionTask(Node, BpmnSpecMixin):
    """Asks a decision table and keeps the answer in the form the diagram wants."""

    decision: str
    result_variable: str | None = None
    mapping: str = "resultList"

    def _run_hook(self, my_task: Token) -> bool:
        top = my_task.workflow.top_workflow
        table = top.decisions.get(self.decision)
        if table is None:
            raise Broken(
                self.shown or self.name,
                sentence("there is no decision {decision}", decision=self.decision),
            )
        found = table.evaluate(visible(my_task), now=top.now)
        value = self.shape(found if isinstance(found, list) else [found])
        if self.result_variable:
            assign(my_task, {self.result_variable: value})
        if self.outputs_mapped:
            my_task.data["decisionResult"] = plain(value, "decisionResult")
        return True

    def shape(self, rows: list[Mapping[str, Any]]) -> Any:
        """Apply camunda:mapDecisionResult."""
        if self.mapping == "resultList":
            return [dict(row) for row in rows]
        if self.mapping == "collectEntries":
            return [self._only(row) for row in rows]
        if len(rows) > 1:
            raise Broken(
                self.shown or self.name,
                sentence(
                    "the decision {decision} gave {count} rows where {mapping} wants one; use "
                    "collectEntries or resultList",
                    decision=self.decision,
                    count=len(rows),
                    mapping=self.mapping,
                ),
            )
        if self.mapping == "singleResult":
            return dict(rows[0]) if rows else None
        return self._only(rows[0]) if rows else None

    def _only(self, row: Mapping[str, Any]) -> Any:
        if len(row) > 1:
            raise Broken(
                self.shown or self.name,
                sentence(
                    "the decision {decision} has {count} outputs where {mapping} wants one; use "
                    "singleResult or resultList",
                    decision=self.decision,
                    count=len(row),
                    mapping=self.mapping,
                ),
            )
        return next(iter(row.values()), None)
