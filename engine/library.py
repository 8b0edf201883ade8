"""The shelf of diagrams: a whole set is parsed and checked once, then never changes."""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from engine import xml
from engine.canonical import content_key
from engine.decisions import Decision, load_decisions
from engine.dialect import (
    describe_elements,
    describe_processes,
    plain_attributes,
    put_in_place,
    refusals,
    refuse_camunda_8,
    spell_out,
    translate,
)
from engine.errors import Broken, Refused, refuse
from engine.forms import read_form
from engine.model import Element, Finding, Process
from engine.sentences import sentence, sentence_of
from engine.specs.parser import DialectParser

__all__ = ["VersionSet", "content_key"]


class VersionSet:
    """A set of diagrams, tables and forms, parsed once; immutable.

    `key` is the content key of the whole set. `specs` are SpiffWorkflow specifications by process
    id, for the engine alone.
    """

    key: str
    processes: Mapping[str, Process]
    elements: Mapping[tuple[str, str], Element]
    decisions: Mapping[str, Decision]
    forms: Mapping[str, dict[str, Any]]
    specs: Mapping[str, Any]

    def __init__(self, key: str) -> None:
        self.key = key
        self.processes, self.elements, self.specs = {}, {}, {}
        self.decisions, self.forms = {}, {}

    @classmethod
    def load(cls, files: Mapping[str, bytes], key: str = "") -> "VersionSet":
        """Parse a set of files by path (`appeal/appeal.bpmn`, `forms/reply/draft.form`).

        `key` is the content key it goes by, where it was counted before: a newer program may count
        it otherwise.
        Raise `Refused` with everything that is wrong, each finding naming element and remedy.
        """
        made = _Shelf()
        for path in sorted(files):
            made.add(path, files[path])
        made.finish()
        shelf = cls(key or content_key(files))
        shelf.processes, shelf.elements = made.processes, made.elements
        shelf.decisions, shelf.forms, shelf.specs = made.decisions, made.forms, made.specs
        return shelf

    def element(self, process: str, element: str) -> Element:
        """Return what the diagram says of an element; KeyError when there is none."""
        return self.elements[process, element]

    def started_by(self, name: str, kind: str = "message") -> list[str]:
        """Return the processes that begin by that message or signal."""
        return [p.id for p in self.processes.values() if name in p.starts(kind)]

    def file_of(self, process: str) -> str:
        """Return the path of the diagram a process is drawn in."""
        return self.processes[process].file

    def spec(self, process: str) -> Any:
        """Return the specification of a process, or raise `Broken`."""
        if process not in self.specs:
            raise Broken(
                None, sentence("there is no process {process} in this version set", process=process)
            )
        return self.specs[process]


class _Shelf:
    """A version set while it is being put together."""

    def __init__(self) -> None:
        self.processes: dict[str, Process] = {}
        self.elements: dict[tuple[str, str], Element] = {}
        self.decisions: dict[str, Decision] = {}
        self.forms: dict[str, dict[str, Any]] = {}
        self.specs: dict[str, Any] = {}
        self.findings: list[Finding] = []
        self.diagrams: list[tuple[str, Any]] = []

    def add(self, path: str, data: bytes) -> None:
        try:
            if path.endswith(".bpmn"):
                self._add_diagram(path, xml.read(data, path))
            elif path.endswith(".dmn"):
                self._add_decisions(path, data)
            elif path.endswith(".form"):
                self.forms[form_key(path)] = read_form(data, path)
        except Refused as refused:
            self.findings.extend(refused.findings)

    def finish(self) -> None:
        called = {call for process in self.processes.values() for call in process.calls}
        for path, root in self.diagrams:
            try:
                self._parse(path, root, called)
            except Refused as refused:
                self.findings.extend(refused.findings)
            except ValidationException as error:
                self.findings.append(
                    Finding(path, None, "diagram.malformed", "error", sentence_of(error))
                )
        self._check_calls()
        if self.findings:
            raise Refused(tuple(self.findings))

    def _add_diagram(self, path: str, root: Any) -> None:
        if xml.namespace_of(root) != xml.BPMN:
            raise refuse(
                path, None, "diagram.malformed", sentence("this is not a BPMN 2.0 diagram")
            )
        for layout in root.findall(f"{{{xml.BPMNDI}}}BPMNDiagram"):
            root.remove(layout)
        refuse_camunda_8(root, path)
        plain_attributes(root)
        refused = refusals(root, path)
        spell_out(root)
        put_in_place(root, path)
        for process in describe_processes(root, path):
            if process.id in self.processes:
                raise refuse(
                    path,
                    process.id,
                    "id.duplicate",
                    sentence(
                        "{file} has a process {id} already; rename one of them",
                        file=self.processes[process.id].file,
                        id=process.id,
                    ),
                )
            self.processes[process.id] = process
        for element in describe_elements(root):
            self.elements[element.process, element.id] = element
        if refused:
            raise Refused(tuple(refused))
        self.diagrams.append((path, translate(root, path)))

    def _add_decisions(self, path: str, data: bytes) -> None:
        for decision in load_decisions(data, path):
            if decision.id in self.decisions:
                raise refuse(
                    path,
                    decision.id,
                    "id.duplicate",
                    sentence("there is a decision {id} already", id=decision.id),
                )
            self.decisions[decision.id] = decision

    def _parse(self, path: str, root: Any, called: set[str]) -> None:
        parser = DialectParser()
        parser.add_bpmn_xml(root, path)
        for process_id in parser.process_parsers:
            # A pool that is only there to be looked at may be empty or hold anything.
            if self.processes[process_id].executable or process_id in called:
                self.specs[process_id] = parser.get_spec(process_id)

    def _check_calls(self) -> None:
        for path, root in self.diagrams:
            for call in root.iter(f"{{{xml.BPMN}}}callActivity"):
                called = call.get("calledElement", "")
                if called and "${" not in called and called not in self.processes:
                    self.findings.append(
                        Finding(
                            path,
                            call.get("id"),
                            "call.unknown",
                            "error",
                            sentence(
                                "the called process {called} is in none of the files; "
                                "correct calledElement or add the diagram",
                                called=called,
                            ),
                        )
                    )


def form_key(path: str) -> str:
    """Return the key of a form: its path under `forms/` without the ending."""
    inside = path.partition("forms/")[2] or path
    return inside.removesuffix(".form")
