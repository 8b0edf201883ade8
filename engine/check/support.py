"""What the engine does not do, and settings that would silently have no effect."""

from collections.abc import Iterator
from typing import Any

from engine.check.context import Context
from engine.check.diagram import Diagram, Node, camunda, extensions
from engine.dialect.refusals import refusals
from engine.xml import name_of

_ATTRIBUTES = {
    "class": "use camunda:type=external with a topic",
    "expression": "use camunda:type=external with a topic, or a script task",
    "delegateExpression": "use camunda:type=external with a topic",
    "resource": "write the script into the diagram",
    "formRef": "name the form by its key, camunda:formKey",
    "variableMappingClass": "use camunda:in and camunda:out",
    "variableMappingDelegateExpression": "use camunda:in and camunda:out",
    "caseRef": "call a process",
}
_EXTENSIONS = {
    "formData": "draw the form under forms/ and name it by camunda:formKey",
    "field": "use camunda:inputParameter",
}
_IGNORED = ("followUpDate", "candidateUsers", "calledElementBinding", "calledElementVersion")


def check_support(context: Context) -> None:
    for diagram in context.diagrams:
        context.report.take(tuple(refusals(diagram.root, diagram.file)))
        for node in diagram.nodes.values():
            for what, remedy in _settings(node.element):
                context.report.add(
                    diagram.file,
                    node.id,
                    "attribute.unsupported",
                    f"{what} has no effect here; {remedy}",
                )
            _ignored(context, diagram, node)


def _settings(element: Any) -> Iterator[tuple[str, str]]:
    for attribute, remedy in _ATTRIBUTES.items():
        if camunda(element, attribute):
            yield f"camunda:{attribute}", remedy
    if name_of(element) == "scriptTask" and camunda(element, "resultVariable"):
        yield "camunda:resultVariable", "write the name before the =, as in total = a + b"
    for definition in element:
        # A throwing event may carry the same attributes inside its definition.
        for attribute in ("class", "expression", "delegateExpression"):
            if name_of(definition).endswith("EventDefinition") and camunda(definition, attribute):
                yield f"camunda:{attribute}", _ATTRIBUTES[attribute]
    for item in extensions(element, *_EXTENSIONS):
        yield f"camunda:{name_of(item)}", _EXTENSIONS[name_of(item)]


def _ignored(context: Context, diagram: Diagram, node: Node) -> None:
    for attribute in _IGNORED:
        value = camunda(node.element, attribute)
        if value and (attribute, value) != ("calledElementBinding", "latest"):
            context.report.add(
                diagram.file,
                node.id,
                "attribute.ignored",
                f"camunda:{attribute} is not read; remove it",
            )
