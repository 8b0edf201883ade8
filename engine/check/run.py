"""All rules over one set, in the order in which a person would want to hear of them."""

from collections.abc import Mapping
from typing import Any

from engine.check.asked import check_asked
from engine.check.context import Context
from engine.check.events import check_events
from engine.check.files import load
from engine.check.forms import check_forms
from engine.check.names import check_names, check_values
from engine.check.people import check_people
from engine.check.references import check_references
from engine.check.report import Report
from engine.check.structure import check_structure
from engine.check.support import check_support
from engine.check.texts import check_texts
from engine.dialect.refusals import refusals
from engine.errors import Refused
from engine.library import VersionSet
from engine.model import Finding
from engine.sentences import sentence, sentence_of

# The library below the engine parses files in its own way and raises what comes.
_BEYOND_THE_RULES = (AttributeError, LookupError, RecursionError, TypeError, ValueError)
_FAMILIES = (
    check_structure,
    check_support,
    check_events,
    check_references,
    check_texts,
    check_forms,
    check_names,
    check_values,
    check_people,
    check_asked,
)


def check(
    files: Mapping[str, bytes],
    manifest: Mapping[str, Any] | None = None,
    *,
    portable: bool = False,
) -> tuple[Finding, ...]:
    """Check a set of files as one; paths are relative, a form lies under `forms/`.

    `manifest` is what `engine.manifest.read_manifest` returns. With `portable`, what Camunda's own
    language lacks is noted too. Findings come file by file, errors and warnings mixed.
    """
    context = Context(Report(), manifest=manifest, portable=portable)
    load(context, files)
    for family in _FAMILIES:
        family(context)
    context.report.leave_out(_only_shown(context), _refused(context))
    if not any(finding.severity == "error" for finding in context.report.findings):
        _load(context, files)
    return tuple(sorted(context.report.findings, key=lambda finding: finding.file))


def _only_shown(context: Context) -> set[tuple[str, str]]:
    """Find what stands in a pool beside an executable one that is not executable nor called."""
    calls = {
        node.element.get("calledElement", "")
        for diagram in context.diagrams
        for node in diagram.nodes.values()
    }
    if any("${" in called for called in calls):
        return set()
    return {
        (diagram.file, element.get("id"))
        for diagram in context.diagrams
        if any(_runs(process) for process in diagram.processes)
        for process in diagram.processes
        if not _runs(process) and process.get("id") not in calls
        for element in process.iterdescendants()
    }


def _runs(process: Any) -> bool:
    return bool(process.get("isExecutable", "true") == "true")


def _refused(context: Context) -> set[Finding]:
    """What the engine refuses wherever it stands."""
    return {
        finding for diagram in context.diagrams for finding in refusals(diagram.root, diagram.file)
    }


def _load(context: Context, files: Mapping[str, bytes]) -> None:
    """Whatever the engine itself would refuse is an error here too, whichever rule forgot it."""
    try:
        VersionSet.load(files)
    except _BEYOND_THE_RULES as error:
        context.report.add(
            context.diagrams[0].file if context.diagrams else "",
            None,
            "diagram.malformed",
            sentence(
                "the engine cannot read the set ({error}); save the files from the modeler again",
                error=sentence_of(error),
            ),
        )
    except Refused as refused:
        context.report.take(
            tuple(
                finding
                for finding in refused.findings
                if not (context.lone and finding.rule == "call.unknown")
            )
        )
