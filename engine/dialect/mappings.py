"""What stands in the extension elements: input and output mappings, what a call passes."""

from dataclasses import dataclass
from typing import Any

from engine.scripting import Value
from engine.xml import BPMN, CAMUNDA, name_of, namespace_of


@dataclass(frozen=True)
class Passing:
    """One `camunda:in` or `camunda:out`: everything, a variable, or the value of an expression."""

    everything: bool
    source: str | None
    expression: str | None
    target: str

    def value(self, engine: Any, variables: dict[str, Any]) -> dict[str, Any]:
        if self.everything:
            return dict(variables)
        if self.expression is not None:
            return {self.target: engine.environment.fill(self.expression, variables)}
        return {self.target: variables.get(self.source or "")}


def extension(node: Any, tag: str) -> list[Any]:
    """Return the camunda elements of that name directly under the node's extensions."""
    return list(node.iterfind(f"{{{BPMN}}}extensionElements/{{{CAMUNDA}}}{tag}"))


def child_of(node: Any, tag: str) -> Any:
    """Return the first BPMN child of that name, or None."""
    return node.find(f"{{{BPMN}}}{tag}")


def mapped(node: Any, tag: str) -> dict[str, Value]:
    """Read `inputParameter` or `outputParameter`: text with `${…}`, or a list or a map."""
    found: dict[str, Value] = {}
    for block in extension(node, "inputOutput"):
        for parameter in block.iterfind(f"{{{CAMUNDA}}}{tag}"):
            found[parameter.get("name", "")] = _value(parameter)
    return found


def passings(node: Any, tag: str) -> tuple[Passing, ...]:
    """Read `camunda:in` or `camunda:out`; a business key has no meaning here."""
    found = []
    for element in extension(node, tag):
        if element.get("businessKey") is not None:
            continue
        found.append(
            Passing(
                everything=element.get("variables") == "all",
                source=element.get("source", "").strip() or None,
                expression=element.get("sourceExpression") or None,
                target=element.get("target", "").strip(),
            )
        )
    return tuple(found)


def texts(value: Value) -> list[str]:
    """Return every text of a mapped value, each of which may hold expressions."""
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts(item)]
    return [value] if value else []


def _value(element: Any) -> Value:
    for child in element:
        if namespace_of(child) != CAMUNDA:
            continue
        if name_of(child) == "list":
            return [_value(item) for item in child]
        if name_of(child) == "map":
            return {entry.get("key", ""): _value(entry) for entry in child}
    return (element.text or "").strip()
