"""What people see of a diagram: who does a task, what it tells them, in both languages."""

import re
from typing import Any

from engine.check.context import Context
from engine.check.diagram import Diagram, Node, camunda, child, is_bpmn, properties, text
from engine.check.forms import is_russian
from engine.dialect.elements import lanes_of, role_of
from engine.sentences import sentence
from engine.xml import BPMN, BPMNDI, DI, name_of

_FACT = re.compile(r"\{([A-Za-z]\w*)\}")
_FOR_PEOPLE = ("userTask", "manualTask")
_MOST_NAMED = 5


def check_people(context: Context) -> None:
    for diagram in context.diagrams:
        lanes = {
            id_: role_of(lane)
            for process in diagram.processes
            for id_, lane in lanes_of(process).items()
        }
        for node in diagram.nodes.values():
            if node.kind in _FOR_PEOPLE:
                _task(context, diagram, node, node.id in lanes)
                _known(context, diagram, node, lanes.get(node.id))
        _twins(context, diagram)
        _drawing(context, diagram)
    for decision in context.decisions.values():
        if is_russian(decision.name) and not decision.name_en:
            context.report.add(
                decision.file,
                decision.id,
                "english.missing",
                sentence(
                    "its name has no English twin; "
                    "add a line “name.en: …” to the description of the decision"
                ),
            )


def _known(context: Context, diagram: Diagram, node: Node, lane: str | None) -> None:
    """A task of a role that nobody can have lies in no inbox."""
    groups = camunda(node.element, "candidateGroups") or lane or ""
    if context.roles is None or "${" in groups:
        return
    for role in filter(None, (each.strip() for each in groups.split(","))):
        if role not in context.roles:
            context.report.add(
                diagram.file,
                node.id,
                "role.unknown",
                sentence(
                    "nobody can have the role {role!r}, so the task lies in no inbox; "
                    "use one of {roles}",
                    role=role,
                    roles=", ".join(context.roles),
                ),
            )


def _task(context: Context, diagram: Diagram, node: Node, laned: bool) -> None:
    someone = camunda(node.element, "candidateGroups") or camunda(node.element, "assignee")
    if not laned and not someone:
        context.report.add(
            diagram.file,
            node.id,
            "lane.missing",
            sentence("nobody will get it; put it into a lane or set candidate groups"),
        )
    if not text(child(node.element, "documentation")):
        context.report.add(
            diagram.file,
            node.id,
            "documentation.missing",
            sentence("it does not tell the person what to do; fill in its documentation"),
        )


def _twins(context: Context, diagram: Diagram) -> None:
    for element in diagram.root.iter():
        identity = element.get("id")
        if not identity or not element.tag.startswith(f"{{{BPMN}}}"):
            continue
        own = properties(element)
        russian = {
            "name": element.get("name") if _is_shown(element) else None,
            "documentation": text(child(element, "documentation")),
            "stage": own.get("stage"),
            "next": own.get("next"),
        }
        for name, words in russian.items():
            if is_russian(words) and not own.get(f"{name}.en"):
                context.report.add(
                    diagram.file,
                    identity,
                    "english.missing",
                    sentence("its text has no English twin; add the property {name}.en", name=name),
                )
        for name in ("stage", "next"):
            _facts(context, diagram, identity, own.get(name), own.get(f"{name}.en"))


def _is_shown(element: Any) -> bool:
    # Messages, signals and errors are known to machines by their names.
    return name_of(element) not in ("message", "signal", "error", "escalation")


def _facts(
    context: Context, diagram: Diagram, identity: str, russian: str | None, english: str | None
) -> None:
    texts = [words for words in (russian, english) if words]
    open_brace = any("{" in (rest := _FACT.sub("", words)) or "}" in rest for words in texts)
    differ = len(texts) == 2 and set(_FACT.findall(texts[0])) != set(_FACT.findall(texts[1]))
    if open_brace or differ:
        context.report.add(
            diagram.file,
            identity,
            "stage.names",
            sentence("a brace in its stage text is not a {fact}; write it as {due_on}")
            if open_brace
            else sentence("the two stage texts name different {facts}; name the same ones in both"),
        )


def _drawing(context: Context, diagram: Diagram) -> None:
    drawn = {
        shape.get("bpmnElement")
        for tag in ("BPMNShape", "BPMNEdge")
        for shape in diagram.root.iter(f"{{{BPMNDI}}}{tag}")
        if _has_place(shape)
    }
    flows = [
        item.get("id")
        for scope in diagram.scopes
        for item in scope.element
        if is_bpmn(item, "sequenceFlow") and item.get("id")
    ]
    missing = [identity for identity in [*diagram.nodes, *flows] if identity not in drawn]
    if missing:
        shown = ", ".join(str(each) for each in missing[:_MOST_NAMED])
        if len(missing) > _MOST_NAMED:
            more = len(missing) - _MOST_NAMED
            shown = sentence("{shown} and {more} more", shown=shown, more=more)
        context.report.add(
            diagram.file,
            missing[0],
            "di.missing",
            sentence(
                "not on the drawing: {shown}; open and save the file in the modeler",
                shown=shown,
            ),
        )


def _has_place(shape: Any) -> bool:
    return any(name_of(item) == "Bounds" or item.tag == f"{{{DI}}}waypoint" for item in shape)
