"""Expressions in every place: malformed and unsafe ones, and what Camunda would not understand."""

from engine.check.context import Context
from engine.decisions import Decision
from engine.sentences import Sentence, listed, sentence

_PORTABLE = {
    "in": sentence("'in'"),
    "and, or": sentence("'and' and 'or'; write && and ||"),
    "not": sentence("'not'; write !"),
    "functions": sentence("functions"),
    "lists": sentence("lists in brackets"),
    "+ on strings": sentence("'+' on strings"),
    "True, False, None": sentence("True, False and None; write true, false, null"),
}


def check_texts(context: Context) -> None:
    for diagram, place in context.places:
        if place.error is not None:
            context.report.add(
                diagram.file,
                place.element,
                place.error.rule,
                sentence("{what}: {message}", what=place.what, message=place.error.message),
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
            _note(
                context,
                decision.file,
                decision.id,
                sentence("input {name}", name=column.label),
                notes,
            )


def _note(
    context: Context, file: str, element: str | None, what: Sentence, notes: frozenset[str]
) -> None:
    lacking = listed(_PORTABLE[note] for note in sorted(notes))
    context.report.add(
        file,
        element,
        "portable.expression",
        sentence("{what}: Camunda does not understand {lacking}", what=what, lacking=lacking),
    )
