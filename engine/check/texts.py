"""Expressions in every place: malformed and unsafe ones, and what Camunda would not understand."""

from engine.check.context import Context
from engine.decisions import Decision

_PORTABLE = {
    "in": "'in'",
    "and, or": "'and' and 'or'; write && and ||",
    "not": "'not'; write !",
    "functions": "functions",
    "lists": "lists in brackets",
    "+ on strings": "'+' on strings",
    "True, False, None": "True, False and None; write true, false, null",
}


def check_texts(context: Context) -> None:
    for diagram, place in context.places:
        if place.error is not None:
            context.report.add(
                diagram.file,
                place.element,
                place.error.rule,
                f"{place.what}: {place.error.message}",
            )
        if context.portable and place.notes:
            _note(context, diagram.file, place.element, place.what, place.notes)
    if context.portable:
        for decision in context.decisions.values():
            _note_decision(context, decision)


def _note_decision(context: Context, decision: Decision) -> None:
    for column in decision.input_columns:
        notes = column.expression.notes
        if notes:
            _note(context, decision.file, decision.id, f"input {column.label}", notes)


def _note(
    context: Context, file: str, element: str | None, what: str, notes: frozenset[str]
) -> None:
    lacking = ", ".join(_PORTABLE[note] for note in sorted(notes))
    context.report.add(
        file, element, "portable.expression", f"{what}: Camunda does not understand {lacking}"
    )
