"""Forms, operations, decisions and processes that a diagram names have to be there."""

from collections.abc import Mapping
from typing import Any

from engine.check.context import Context
from engine.check.diagram import Diagram, Node, camunda, child, extensions, mapped
from engine.dialect.elements import operation_in
from engine.sentences import sentence, together

_CALLERS = ("serviceTask", "sendTask", "businessRuleTask")


def check_references(context: Context) -> None:
    _partial(context)
    for diagram in context.diagrams:
        for node in diagram.nodes.values():
            _form(context, diagram, node)
            _call(context, diagram, node)
            _decision(context, diagram, node)
            _service(context, diagram, node)
            _listeners(context, diagram, node)


def topic(node: Node) -> str | None:
    """The operation a node calls; a throwing event may carry it in its message definition."""
    definition = child(node.element, "messageEventDefinition")
    return camunda(node.element, "topic") or (
        camunda(definition, "topic") if definition is not None else None
    )


def listener(element: Any) -> str | None:
    """The operation named by a listener; None where it is refused for naming something else."""
    return operation_in(element.get("delegateExpression"))


def _partial(context: Context) -> None:
    lacking = []
    if not context.forms:
        lacking.append(sentence("forms"))
    if context.manifest is None:
        lacking.append(sentence("the manifest operations.json"))
    if lacking and context.diagrams:
        context.report.add(
            context.diagrams[0].file,
            None,
            "check.partial",
            sentence(
                "there is no sign of {lacking} beside the diagrams, so the rules about them "
                "were skipped; check the whole folder",
                lacking=together(lacking),
            ),
        )


def _form(context: Context, diagram: Diagram, node: Node) -> None:
    key = camunda(node.element, "formKey")
    if key and context.forms and key not in context.forms:
        context.report.add(
            diagram.file,
            node.id,
            "form.unknown",
            sentence(
                "there is no form {key!r}; add forms/{key}.form or correct the form key", key=key
            ),
        )


def _call(context: Context, diagram: Diagram, node: Node) -> None:
    if node.kind != "callActivity":
        return
    called = (node.element.get("calledElement") or "").strip()
    if not called:
        context.report.add(
            diagram.file,
            node.id,
            "call.missing",
            sentence("it does not say which process it calls; set its called element"),
        )
    elif "${" not in called and called not in context.process_ids():
        context.report.add(
            diagram.file,
            node.id,
            "call.unknown",
            sentence(
                "the process {called!r} is not in the set; add its file or correct the id",
                called=called,
            ),
            "warning" if context.lone else None,
        )


def _decision(context: Context, diagram: Diagram, node: Node) -> None:
    decision = camunda(node.element, "decisionRef")
    if node.kind != "businessRuleTask" or not decision or "${" in decision:
        return
    if decision not in context.decisions:
        context.report.add(
            diagram.file,
            node.id,
            "decision.unknown",
            sentence(
                "the decision {decision!r} is not in the set; add its .dmn or correct the id",
                decision=decision,
            ),
            "warning" if context.lone else None,
        )


def _service(context: Context, diagram: Diagram, node: Node) -> None:
    operation = topic(node)
    if operation:
        _operation(context, diagram, node, operation, "service")
        return
    if node.kind not in _CALLERS:
        return
    if node.kind == "sendTask" and node.element.get("messageRef"):
        return
    if node.kind == "businessRuleTask" and camunda(node.element, "decisionRef"):
        return
    if node.kind == "businessRuleTask":
        rule, remedy = "decision.missing", sentence("set camunda:decisionRef")
    else:
        rule, remedy = "topic.missing", sentence("set camunda:type=external and a topic")
    if node.kind == "sendTask":
        remedy = sentence("choose a message, or {remedy}", remedy=remedy)
    context.report.add(
        diagram.file, node.id, rule, sentence("it does not say what to do; {remedy}", remedy=remedy)
    )


def _listeners(context: Context, diagram: Diagram, node: Node) -> None:
    listeners = [
        item for item in extensions(node.element, "taskListener") if item.get("event") == "complete"
    ]
    for item in listeners:
        operation = listener(item)
        if operation is not None:
            _operation(context, diagram, node, operation, "listener")
    if len(listeners) > 1:
        context.report.add(
            diagram.file,
            node.id,
            "operation.kind",
            sentence("a task has one complete listener; let one operation do it all"),
        )


def _operation(context: Context, diagram: Diagram, node: Node, name: str, kind: str) -> None:
    if context.operations is None:
        return
    operation = context.operations.get(name)
    if operation is None:
        context.report.add(
            diagram.file,
            node.id,
            "operation.unknown",
            sentence(
                "there is no operation {name!r}; choose one of the manifest operations.json",
                name=name,
            ),
        )
        return
    if operation["kind"] != kind:
        place = {
            "service": sentence("a service task"),
            "listener": sentence("a complete listener of a user task"),
        }
        context.report.add(
            diagram.file,
            node.id,
            "operation.kind",
            sentence(
                "the operation {name!r} is made for {place}; use another",
                name=name,
                place=place[operation["kind"]],
            ),
        )
    elif kind == "service":
        _inputs(context, diagram, node, name, operation["inputs"])


def _inputs(
    context: Context, diagram: Diagram, node: Node, name: str, known: Mapping[str, Any]
) -> None:
    given = {item.get("name", "") for item in mapped(node.element, "inputParameter")}
    for missing in sorted(item for item in known if known[item].get("required")):
        if missing not in given:
            context.report.add(
                diagram.file,
                node.id,
                "operation.input",
                sentence(
                    "the operation {name!r} requires the input {missing!r}; add it",
                    name=name,
                    missing=missing,
                ),
            )
    for foreign in sorted(given - set(known)):
        context.report.add(
            diagram.file,
            node.id,
            "operation.input",
            sentence(
                "the operation {name!r} does not know the input {foreign!r}; remove or rename it",
                name=name,
                foreign=foreign,
            ),
        )
