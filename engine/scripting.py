"""What a diagram may compute: the small grammar of engine.expressions, and nothing by eval."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.script_engine import (
    BasePythonScriptEngineEnvironment,
    PythonScriptEngine,
)

from engine.expressions import parse, parse_script, template
from engine.variables import visible

# A value of an input or output mapping: text with ${…}, or a list or a map of such values.
Value = str | list[Any] | dict[str, Any] | None


class Grammar(BasePythonScriptEngineEnvironment):
    """SpiffWorkflow asks its environment for every evaluation, so one class closes every door."""

    def __init__(self, now: datetime | None = None) -> None:
        super().__init__()
        self.now = now

    def evaluate(
        self, expression: str, context: Mapping[str, Any], external_context: Any = None
    ) -> Any:
        del external_context
        return parse(expression).evaluate(context, now=self.now)

    def execute(
        self, script: str, context: Mapping[str, Any], external_context: Any = None
    ) -> dict[str, Any]:
        del external_context
        return parse_script(script).evaluate(context, now=self.now)

    def fill(self, value: Value, context: Mapping[str, Any]) -> Any:
        """Evaluate a mapping: a lone `${x}` keeps its type, nothing at all is null."""
        if isinstance(value, list):
            return [self.fill(item, context) for item in value]
        if isinstance(value, dict):
            return {key: self.fill(item, context) for key, item in value.items()}
        return template(value).evaluate(context, now=self.now) if value else None


class ScriptEngine(PythonScriptEngine):
    """Evaluates in the variables a token can see, not in data that travels with the token."""

    environment: Grammar

    def __init__(self, now: datetime | None = None) -> None:
        super().__init__(environment=Grammar(now))

    def validate(self, expression: str) -> None:
        parse(expression)

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        return self.environment.evaluate(expression, visible(task), external_context)

    def execute(self, task: Any, script: str, external_context: Any = None) -> dict[str, Any]:
        return self.environment.execute(script, visible(task), external_context)

    def fill(self, task: Any, value: Value) -> Any:
        return self.environment.fill(value, visible(task))

    def names(self, expression: str) -> frozenset[str]:
        """The variables an expression reads."""
        return parse(expression).names
