"""Every place of a diagram that holds an expression, so that no rule forgets one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from engine.check.diagram import (
    FLOW_NODES,
    Diagram,
    camunda,
    child,
    extensions,
    is_bpmn,
    is_camunda,
    mapped,
    owner,
    text,
)
from engine.expressions import (
    Expression,
    ExpressionError,
    Script,
    parse,
    parse_script,
    template,
    variable,
)
from engine.nouns import REFERRED
from engine.sentences import Sentence, sentence
from engine.xml import BPMN, name_of, namespace_of

Reader = Callable[[str], Expression | Script]
# The places an expression may stand in, and what they are called.
TEXT_ATTRIBUTES = {
    "assignee": sentence("assignee"),
    "candidateGroups": sentence("candidateGroups"),
    "candidateUsers": sentence("candidateUsers"),
    "dueDate": sentence("dueDate"),
    "priority": sentence("priority"),
    "decisionRef": sentence("decisionRef"),
}
TIMES = {
    "timeDate": sentence("timeDate"),
    "timeDuration": sentence("timeDuration"),
    "timeCycle": sentence("timeCycle"),
}
FORMULAS = {
    "conditionExpression": sentence("conditionExpression"),
    "condition": sentence("condition"),
    "completionCondition": sentence("completionCondition"),
    "loopCondition": sentence("loopCondition"),
    "loopCardinality": sentence("loopCardinality"),
}
_COLLECTION = sentence("collection")
_PASSED = {"in": sentence("camunda:in"), "out": sentence("camunda:out")}


@dataclass(frozen=True, slots=True)
class Place:
    """A text that is an expression, a template or a script; `what` names it for people.

    `process` is the one whose variables it reads. `read` is None when the text is not understood,
    and `error` then says why.
    """

    element: str | None
    process: str | None
    what: Sentence
    text: str
    read: Expression | Script | None
    error: ExpressionError | None
    line: int

    @property
    def notes(self) -> frozenset[str]:
        if isinstance(self.read, Script):
            return frozenset().union(*(line.notes for _, _, line in self.read.lines))
        return self.read.notes if self.read else frozenset()

    @property
    def compared(self) -> frozenset[tuple[str, Any]]:
        """The variables with a value written out that they are held against."""
        if isinstance(self.read, Script):
            return frozenset().union(*(line.compared for _, _, line in self.read.lines))
        return self.read.compared if self.read else frozenset()


def places(diagram: Diagram) -> Iterator[Place]:
    """Yield all places of a file, in its order."""
    for element in diagram.root.iter():
        for what, written, reader in _texts(element):
            yield _place(diagram, element, what, written, reader)


def _place(diagram: Diagram, element: Any, what: Sentence, written: str, reader: Reader) -> Place:
    read: Expression | Script | None = None
    error: ExpressionError | None = None
    try:
        read = reader(written)
    except ExpressionError as caught:
        error = caught
    # What a call hands back is worked out among the variables of the called process.
    inside = element.get("calledElement") if what == _PASSED["out"] else diagram.process_of(element)
    return Place(owner(element), inside, what, written, read, error, element.sourceline)


def _texts(element: Any) -> Iterator[tuple[Sentence, str, Reader]]:
    name, space = name_of(element), namespace_of(element)
    if space != BPMN:
        return
    if name in FORMULAS and text(element):
        yield FORMULAS[name], text(element), parse
    elif name in TIMES and text(element):
        yield TIMES[name], text(element), template
    elif name == "script" and text(element):
        yield sentence("script"), element.text, parse_script
    elif name in ("message", "signal") and element.get("name"):
        yield sentence("name of the {kind}", kind=REFERRED[name]), element.get("name"), template
    elif name == "loopDataInputRef" and text(element):
        yield _COLLECTION, text(element), parse
    elif name == "multiInstanceLoopCharacteristics" and camunda(element, "collection"):
        yield _COLLECTION, str(camunda(element, "collection")), parse
    elif name in FLOW_NODES:
        yield from _attributes(element)
        yield from _mappings(element)


def _attributes(element: Any) -> Iterator[tuple[Sentence, str, Reader]]:
    if element.get("calledElement"):
        yield sentence("called element"), element.get("calledElement"), template
    for attribute, what in TEXT_ATTRIBUTES.items():
        written = camunda(element, attribute)
        if written:
            yield what, written, template


def _mappings(element: Any) -> Iterator[tuple[Sentence, str, Reader]]:
    for kind in ("inputParameter", "outputParameter"):
        for parameter in mapped(element, kind):
            what = _parameter(kind, parameter.get("name", ""))
            for written in _values(parameter):
                yield what, written, template
    for item in [*extensions(element, "in", "out"), *_nested_mappings(element)]:
        what = _PASSED[name_of(item)]
        if item.get("sourceExpression"):
            yield what, item.get("sourceExpression"), template
        elif item.get("source"):
            yield what, item.get("source"), variable


def _parameter(kind: str, name: str) -> Sentence:
    if kind == "inputParameter":
        return sentence("input {name}", name=name) if name else sentence("input")
    return sentence("output {name}", name=name) if name else sentence("output")


def _nested_mappings(element: Any) -> Iterator[Any]:
    """Signal events carry camunda:in inside their event definition."""
    for definition in element:
        if is_bpmn(definition, "signalEventDefinition"):
            yield from extensions(definition, "in")


def _values(holder: Any) -> Iterator[str]:
    """The texts of a parameter: its own, or those of the list or map in it."""
    found = False
    for item in holder.iter():
        if is_camunda(item, "value") or is_camunda(item, "entry"):
            found = True
            if text(item):
                yield text(item)
    own = text(holder)
    if own and not found and child(holder, "list") is None and child(holder, "map") is None:
        yield own
