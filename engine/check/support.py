"""What the engine does not do, and settings that would silently have no effect."""

from collections.abc import Iterator
from typing import Any

from engine.check.context import Context
from engine.check.diagram import camunda, extensions, owner
from engine.check.places import FORMULAS
from engine.dialect.refusals import refusals
from engine.sentences import Sentence, sentence
from engine.xml import CAMUNDA, name_of, namespace_of

_ATTRIBUTES = {
    "class": sentence("use camunda:type=external with a topic"),
    "expression": sentence("use camunda:type=external with a topic, or a script task"),
    "delegateExpression": sentence("use camunda:type=external with a topic"),
    "resource": sentence("write the script into the diagram"),
    "formRef": sentence("name the form by its key, camunda:formKey"),
    "formHandlerClass": sentence("name the form by its key, camunda:formKey"),
    "variableMappingClass": sentence("use camunda:in and camunda:out"),
    "variableMappingDelegateExpression": sentence("use camunda:in and camunda:out"),
    "caseRef": sentence("call a process"),
}
_EXTENSIONS = {
    "formData": sentence("draw the form under forms/ and name it by camunda:formKey"),
    "formProperty": sentence("draw the form under forms/ and name it by camunda:formKey"),
    "field": sentence("use camunda:inputParameter"),
}
# What the engine reads, and what concerns only the job executor, the history and the task list of
# another engine. Whatever else Camunda knows would have no effect without anybody being told.
_READ = frozenset(
    {
        *("assignee", "candidateGroups", "dueDate", "priority", "formKey", "type", "topic"),
        *("resultVariable", "decisionRef", "mapDecisionResult", "collection", "elementVariable"),
        *("errorCodeVariable", "errorMessageVariable", "escalationCodeVariable", "errorMessage"),
    }
)
_OF_NO_MATTER = frozenset(
    {
        *("async", "asyncBefore", "asyncAfter", "exclusive", "jobPriority", "taskPriority"),
        *("historyTimeToLive", "versionTag", "isStartableInTasklist", "diagramRelationId"),
        *("candidateStarterGroups", "candidateStarterUsers"),
        *("modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon"),
    }
)
_LANGUAGES = ("", "juel", "feel")
_BINDINGS = frozenset({"calledElementBinding", "decisionRefBinding", "caseBinding"})


def check_support(context: Context) -> None:
    for diagram in context.diagrams:
        context.report.take(tuple(refusals(diagram.root, diagram.file)))
        for element in diagram.root.iter():
            for what, remedy in _settings(element):
                context.report.add(
                    diagram.file,
                    owner(element),
                    "attribute.unsupported",
                    sentence("{what} has no effect here; {remedy}", what=what, remedy=remedy),
                )
            for what in _unread(element):
                context.report.add(
                    diagram.file,
                    owner(element),
                    "attribute.ignored",
                    sentence("camunda:{what} is not read; remove it", what=what),
                )


def _settings(element: Any) -> Iterator[tuple[str, Sentence]]:
    for attribute, remedy in _ATTRIBUTES.items():
        if camunda(element, attribute):
            yield f"camunda:{attribute}", remedy
    if name_of(element) == "scriptTask" and camunda(element, "resultVariable"):
        yield "camunda:resultVariable", sentence("write the name before the =, as in total = a + b")
    language = element.get("language", "")
    if name_of(element) in FORMULAS and language.lower() not in _LANGUAGES:
        yield sentence("the language {language}", language=language), sentence("write ${…}")
    for item in extensions(element, *_EXTENSIONS):
        yield f"camunda:{name_of(item)}", _EXTENSIONS[name_of(item)]


def _unread(element: Any) -> Iterator[str]:
    if namespace_of(element) == CAMUNDA:
        if name_of(element) in ("in", "out"):
            if element.get("local") == "true":
                yield f"{name_of(element)} local"
            if element.get("businessKey"):
                yield f"{name_of(element)} businessKey"
        return
    for name, value in element.attrib.items():
        attribute = name.removeprefix(f"{{{CAMUNDA}}}")
        if attribute == name or attribute in _READ | _OF_NO_MATTER or attribute in _ATTRIBUTES:
            continue
        if value and not (attribute in _BINDINGS and value == "latest"):
            yield attribute
