"""Events, timers and loops: whether each says what it waits for, in a way that can be read."""

from datetime import UTC, datetime
from typing import Any

from engine.check.context import Context
from engine.check.diagram import ACTIVITIES, Diagram, Node, Scope, camunda, child, text
from engine.check.places import TIMES
from engine.nouns import REFERRED
from engine.sentences import Sentence, sentence
from engine.specs.timers import NotATime, after, as_moment, read_schedule
from engine.xml import name_of

# The day a literal time is tried on; only the shape of the text matters.
_ANY_DAY = datetime(2026, 1, 31, tzinfo=UTC)
_REFERENCES = {
    "messageEventDefinition": ("messageRef", "message"),
    "signalEventDefinition": ("signalRef", "signal"),
    "errorEventDefinition": ("errorRef", "error"),
    "escalationEventDefinition": ("escalationRef", "escalation"),
}
# Without a reference these catch everything, or throw something nobody can name.
_MAY_BE_NAMELESS = {"error", "escalation"}


def check_events(context: Context) -> None:
    for diagram in context.diagrams:
        for scope in diagram.scopes:
            _links(context, diagram, scope)
        for node in diagram.nodes.values():
            _definition(context, diagram, node)
            _attached(context, diagram, node)
            _references(context, diagram, node)
            _times(context, diagram, node)
            _loop(context, diagram, node)


def _definition(context: Context, diagram: Diagram, node: Node) -> None:
    if node.kind in ("intermediateCatchEvent", "boundaryEvent") and not node.definitions:
        context.report.add(
            diagram.file,
            node.id,
            "event.missing",
            sentence(
                "it does not say what it waits for; choose a message, a timer or another kind"
            ),
        )
    for definition in node.element:
        if name_of(definition) == "conditionalEventDefinition" and not text(
            child(definition, "condition")
        ):
            context.report.add(
                diagram.file,
                node.id,
                "condition.missing",
                sentence("the event has no condition; write one, ${…}"),
            )


def _attached(context: Context, diagram: Diagram, node: Node) -> None:
    if node.kind != "boundaryEvent":
        return
    host = node.scope.nodes.get(node.element.get("attachedToRef", ""))
    if host is None or host.kind not in ACTIVITIES:
        context.report.add(
            diagram.file,
            node.id,
            "boundary.detached",
            sentence("it is not attached to a task or sub-process; put it on the border of one"),
        )


def _references(context: Context, diagram: Diagram, node: Node) -> None:
    for definition in node.element:
        found = _REFERENCES.get(name_of(definition))
        if found:
            _reference(context, diagram, node, definition, *found)
    if node.kind == "receiveTask":
        _reference(context, diagram, node, node.element, "messageRef", "message")


def _reference(
    context: Context, diagram: Diagram, node: Node, element: Any, attribute: str, kind: str
) -> None:
    reference = element.get(attribute)
    declared = diagram.declared(kind)
    if reference in declared:
        if kind in ("message", "signal") and not declared[reference].get("name"):
            context.report.add(
                diagram.file,
                node.id,
                f"{kind}.missing",
                sentence(
                    "the {kind} {reference!r} has no name; name it, it is known by that",
                    kind=REFERRED[kind],
                    reference=reference,
                ),
            )
        return
    if not reference and (kind in _MAY_BE_NAMELESS or camunda(element, "topic")):
        return
    if reference:
        message = sentence(
            "it refers to the {kind} {reference!r}, which is not in the file; choose or create one",
            kind=REFERRED[kind],
            reference=reference,
        )
    else:
        message = sentence("it refers to no {kind}; choose or create one", kind=REFERRED[kind])
    context.report.add(diagram.file, node.id, f"{kind}.missing", message)


def _times(context: Context, diagram: Diagram, node: Node) -> None:
    for definition in node.element:
        if name_of(definition) == "timerEventDefinition":
            written = [text(item) for item in definition if name_of(item) in TIMES and text(item)]
            if not written:
                context.report.add(
                    diagram.file,
                    node.id,
                    "timer.missing",
                    sentence("it does not say when; write a date, P3D or R3/PT24H"),
                )
            for time in written:
                if "${" not in time and not _is_schedule(time):
                    _bad_time(
                        context,
                        diagram,
                        node,
                        sentence(
                            "{time!r} is not a date, P3D, R3/PT24H or an expression ${{…}}",
                            time=time,
                        ),
                    )
    due = camunda(node.element, "dueDate")
    if due and "${" not in due and not _is_due(due):
        _bad_time(
            context,
            diagram,
            node,
            sentence("the due date {due!r} is not a date, P3D or an expression ${{…}}", due=due),
        )


def _bad_time(context: Context, diagram: Diagram, node: Node, message: Sentence) -> None:
    context.report.add(diagram.file, node.id, "timer.malformed", message)


def _is_schedule(time: str) -> bool:
    try:
        read_schedule(time, _ANY_DAY)
    except NotATime:
        return False
    return True


def _is_due(time: str) -> bool:
    try:
        after(_ANY_DAY, time) if time.startswith("P") else as_moment(time)
    except NotATime:
        return False
    return True


def _loop(context: Context, diagram: Diagram, node: Node) -> None:
    many = child(node.element, "multiInstanceLoopCharacteristics")
    again = child(node.element, "standardLoopCharacteristics")
    if many is not None:
        said = camunda(many, "collection") or any(
            text(child(many, name)) for name in ("loopCardinality", "loopDataInputRef")
        )
        message = sentence(
            "it says neither over what nor how many times; set its collection or cardinality"
        )
    elif again is not None:
        said = again.get("loopMaximum") or text(child(again, "loopCondition"))
        message = sentence("it does not say how long to repeat; set a condition or a maximum")
    else:
        return
    if not said:
        context.report.add(diagram.file, node.id, "loop.missing", message)


def _links(context: Context, diagram: Diagram, scope: Scope) -> None:
    named: dict[str, dict[str, list[Node]]] = {}
    for node in scope.of_kind("intermediateThrowEvent", "intermediateCatchEvent"):
        definition = child(node.element, "linkEventDefinition")
        if definition is not None:
            name = definition.get("name") or node.element.get("name") or ""
            named.setdefault(name, {}).setdefault(node.kind, []).append(node)
    for name, kinds in named.items():
        throws = kinds.get("intermediateThrowEvent", [])
        catches = kinds.get("intermediateCatchEvent", [])
        if not catches:
            lonely = throws
            message = sentence("nothing catches the link {name!r}; add the other half", name=name)
        elif not throws:
            lonely = catches
            message = sentence("nothing leads to the link {name!r}; add the other half", name=name)
        else:
            lonely = catches[1:]
            message = sentence("the link {name!r} is caught twice; rename one", name=name)
        for node in lonely:
            context.report.add(diagram.file, node.id, "link.unmatched", message)
