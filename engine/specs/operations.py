"""How a token calls an operation, and what becomes of its answer or its error."""

from collections.abc import Mapping
from typing import Any

from engine.errors import Broken, Escalation, OperationError
from engine.sentences import sentence
from engine.token import Token
from engine.variables import assign, plain


def call_operation(token: Token, name: str, result_variable: str | None) -> bool | None:
    """Call an operation with the mapped inputs.

    Return True when the element is done, None when the error or escalation that the operation
    raised was caught by an event that took the token away.
    """
    spec, top = token.task_spec, token.workflow.top_workflow
    inputs = {key: token.data[key] for key in spec.inputs_mapped}
    try:
        answer = top.call(token, name, inputs)
    except (OperationError, Escalation) as raised:
        return raise_from(token, raised)
    take_answer(token, answer, result_variable)
    return True


def raise_from(token: Token, raised: OperationError | Escalation) -> bool | None:
    """Turn what an operation raised into an event; return as `call_operation` does."""
    spec, router = token.task_spec, token.workflow.top_workflow.event_manager
    kind = "error" if isinstance(raised, OperationError) else "escalation"
    message = raised.message if isinstance(raised, OperationError) else ""
    caught = router.raise_code(kind, raised.code, token, message)
    if kind == "error" and not caught:
        raise Broken(
            spec.shown or spec.name,
            sentence(
                "the error {code} ({raised}) is caught by nobody; attach an error boundary "
                "event to this element or to a scope around it",
                code=raised.code,
                raised=str(raised),
            ),
        ) from raised
    return True if token.in_place else None


def take_answer(token: Token, answer: Mapping[str, Any], result_variable: str | None) -> None:
    """Put an answer where the diagram wants it; without any wish its values become variables."""
    if result_variable:
        assign(token, {result_variable: dict(answer)})
    if token.task_spec.outputs_mapped:
        token.data.update({name: plain(value, name) for name, value in answer.items()})
    elif not result_variable:
        assign(token, answer)
