"""The files of a set, read and sorted; what cannot be read is reported and left out."""

from collections.abc import Mapping

from engine.check.context import Context
from engine.check.diagram import Diagram
from engine.decisions import read_decisions
from engine.dialect import plain_attributes, put_in_place, refuse_camunda_8
from engine.errors import Refused
from engine.forms import read_form
from engine.sentences import sentence
from engine.xml import BPMN, name_of, namespace_of, read

FORMS = "forms/"


def load(context: Context, files: Mapping[str, bytes]) -> None:
    """Read `.bpmn`, `.dmn` and `.form` files; others are none of our business."""
    for file in sorted(files):
        try:
            if file.endswith(".bpmn"):
                _diagram(context, file, files[file])
            elif file.endswith(".dmn"):
                _decisions(context, file, files[file])
            elif file.endswith(".form"):
                _form(context, file, files[file])
        except Refused as refused:
            context.report.take(refused.findings)


def form_key(file: str) -> str:
    """`forms/reply/draft.form` is known to diagrams as `reply/draft`."""
    return file.rpartition(FORMS)[2].removesuffix(".form")


def _diagram(context: Context, file: str, data: bytes) -> None:
    root = read(data, file)
    if name_of(root) != "definitions" or namespace_of(root) != BPMN:
        context.report.add(
            file,
            None,
            "diagram.malformed",
            sentence("this is not BPMN 2.0; save it as BPMN 2.0 from the modeler"),
        )
        return
    refuse_camunda_8(root, file)
    plain_attributes(root)
    put_in_place(root, file)
    diagram = Diagram(file, root)
    if not diagram.processes:
        context.report.add(
            file, None, "process.none", sentence("there is no process in it; draw one")
        )
    context.diagrams.append(diagram)


def _decisions(context: Context, file: str, data: bytes) -> None:
    decisions, findings = read_decisions(data, file)
    context.report.take(findings)
    for decision in decisions:
        if decision.id in context.decisions:
            other = context.decisions[decision.id].file
            context.report.add(
                file,
                decision.id,
                "id.duplicate",
                sentence(
                    "{other} has a decision with the id {id!r} too; rename one of them",
                    other=other,
                    id=decision.id,
                ),
            )
        context.decisions[decision.id] = decision


def _form(context: Context, file: str, data: bytes) -> None:
    schema = read_form(data, file)
    context.forms[form_key(file)] = schema
    context.form_files[form_key(file)] = file
