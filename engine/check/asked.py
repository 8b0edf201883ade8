"""What the application needs of a set by itself: processes it begins, answers it can use."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from engine.check.context import Context
from engine.check.diagram import camunda
from engine.decisions import Decision
from engine.errors import EngineError
from engine.sentences import Sentence, sentence, sentence_of


def check_asked(context: Context) -> None:
    manifest = context.manifest or {}
    for name in manifest.get("processes", []):
        if name not in context.process_ids():
            told = sentence(
                "the application begins the process {name!r} by itself, and it is not in the set; "
                "add its file",
                name=name,
            )
            context.report.add(f"{name}/{name}.bpmn", name, "process.missing", told)
    for name, spec in manifest.get("decisions", {}).items():
        decision = context.decisions.get(name)
        if decision is None:
            continue  # the one that was shipped is asked then
        for inputs in spec["asked"]:
            for problem in _problems(decision, inputs, spec["outputs"]):
                told = sentence(
                    "the application asks it by {asked}: {problem}",
                    asked=", ".join(f"{key} = {value}" for key, value in inputs.items()),
                    problem=problem,
                )
                context.report.add(decision.file, name, "decision.answer", told)
    if context.manifest is not None and context.diagrams:
        _unasked(context, manifest.get("decisions", {}), whole=bool(manifest.get("processes")))


def _unasked(context: Context, own: Collection[str], *, whole: bool) -> None:
    """Find the decisions that nobody asks: one that was renamed would be passed over in silence.

    Only a whole set, which the application begins, has to hold its `own`.
    """
    named = {
        camunda(node.element, "decisionRef") or ""
        for diagram in context.diagrams
        for node in diagram.nodes.values()
    }
    if any("${" in name for name in named):
        return
    required = {each.id for one in context.decisions.values() for each in one.requires}
    gone = [name for name in own if whole and name not in context.decisions]
    for name, decision in context.decisions.items():
        if name in named or name in required or name in own:
            continue
        if gone:
            told = sentence(
                "nothing asks this decision, and the application would go on by the shipped "
                "{gone}; give it back its id or remove it",
                gone=", ".join(gone),
            )
        else:
            told = sentence("nothing asks this decision; name it in a task or remove it")
        severity = None if gone else "warning"
        context.report.add(decision.file, name, "decision.unasked", told, severity)


def _problems(
    decision: Decision, inputs: Mapping[str, Any], outputs: Mapping[str, Any]
) -> Iterator[Sentence]:
    try:
        answer = decision.evaluate(inputs)
    except EngineError as error:
        yield sentence_of(error)
        return
    rows = [answer] if isinstance(answer, dict) else answer
    if not rows:
        yield sentence("no row fits; add one")
    for row in rows:
        for name, wanted in outputs.items():
            given = row.get(name)
            if given in (None, ""):
                if wanted.get("required"):
                    yield sentence("the answer lacks {name!r}; fill it in", name=name)
            elif not _fits(given, wanted):
                yield sentence(
                    "{name!r} is {given!r}, but it must be {wanted}",
                    name=name,
                    given=given,
                    wanted=_wanted(wanted),
                )


def _fits(given: Any, wanted: Mapping[str, Any]) -> bool:
    if wanted["type"] == "integer":
        number = isinstance(given, int | float) and not isinstance(given, bool)
        return number and 0 <= given == int(given)
    if wanted["type"] == "date":
        return _is_day(given)
    return given in wanted.get("values", [given])


def _is_day(given: Any) -> bool:
    try:
        return bool(date.fromisoformat(str(given)))
    except ValueError:
        return False


def _wanted(wanted: Mapping[str, Any]) -> str:
    if "values" in wanted:
        return sentence("one of {values}", values=", ".join(wanted["values"]))
    if wanted["type"] == "date":
        return sentence("a day like 2026-01-31")
    return sentence("a whole number, not less than zero")
