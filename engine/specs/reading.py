"""Reads values out of a node and refuses, at load, what could only fail later."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from engine.dialect.mappings import child_of, passings
from engine.errors import refuse
from engine.expressions import ExpressionError, parse, parse_script, template
from engine.nouns import REFERRED
from engine.sentences import sentence, sentence_of
from engine.specs import definitions
from engine.specs.timers import NotATime, Timer, read_schedule
from engine.xml import CAMUNDA, name_of

_THROWN = ("intermediateThrowEvent", "endEvent")


def compiled(text: str, file: str, element: str | None) -> str:
    """Return the text of an expression that can be evaluated, or refuse it."""
    return _checked(parse, text, file, element)


def filled(text: str, file: str, element: str | None) -> str:
    """Return a text with `${…}` in it that can be evaluated, or refuse it."""
    return _checked(template, text, file, element)


def script(text: str, file: str, element: str | None) -> str:
    """Return a script that can be run, or refuse it."""
    return _checked(parse_script, text, file, element)


def camunda(node: Any, attribute: str) -> str | None:
    """Return a camunda attribute; an empty one counts as absent."""
    value = node.get(f"{{{CAMUNDA}}}{attribute}")
    return str(value).strip() or None if value is not None else None


def definition_of(node: Any, file: str) -> definitions.Definition:
    """Read what an event waits for or says."""
    found = [child for child in node if name_of(child).endswith("EventDefinition")]
    if not found:
        return definitions.Nothing()
    read = [_definition(node, definition, file) for definition in found]
    if len(read) == 1:
        return read[0]
    together = node.get("parallelMultiple") == "true"
    return definitions.Together(read) if together else definitions.Several(read)


def _definition(node: Any, definition: Any, file: str) -> definitions.Definition:
    reader = _READERS.get(name_of(definition))
    if reader is None:
        raise refuse(
            file,
            node.get("id"),
            "unsupported",
            sentence("{name} is not supported", name=name_of(definition)),
        )
    return reader(node, definition, file)


def definition_named(node: Any, reference: str, file: str) -> definitions.Definition:
    """Read the event definition that stands outside the processes under that id."""
    for child in node.getroottree().getroot():
        if child.get("id") == reference and name_of(child).endswith("EventDefinition"):
            return _definition(node, child, file)
    raise refuse(
        file,
        node.get("id"),
        "event.missing",
        sentence("the event definition {reference} is not in the file", reference=reference),
    )


def message_named(node: Any, reference: str | None, file: str) -> definitions.Message:
    """Make the message a node refers to."""
    return definitions.Message(_name(node, "message", reference, file))


def _checked(read: Any, text: str, file: str, element: str | None) -> str:
    try:
        read(text)
    except ExpressionError as error:
        raise refuse(
            file,
            element,
            error.rule,
            sentence("“{text}”: {error}", text=text, error=sentence_of(error)),
        ) from error
    return text


def _message(node: Any, definition: Any, file: str) -> definitions.Definition:
    reference = definition.get("messageRef")
    if not reference and name_of(node) in _THROWN and camunda(definition, "topic"):
        return definitions.Nothing()  # an operation sends it
    return message_named(node, reference, file)


def _signal(node: Any, definition: Any, file: str) -> definitions.Definition:
    made = definitions.Signal(_name(node, "signal", definition.get("signalRef"), file))
    made.passed = passings(definition, "in")
    for passing in made.passed:
        if passing.expression is not None:
            filled(passing.expression, file, node.get("id"))
    return made


def _error(node: Any, definition: Any, file: str) -> definitions.Definition:
    code = _code(node, "error", definition.get("errorRef"), "errorCode", file)
    made = definitions.Error(code, code)
    declared = _declared(node, "error", definition.get("errorRef"))
    made.message = (camunda(declared, "errorMessage") if declared is not None else None) or ""
    made.code_variable = camunda(definition, "errorCodeVariable")
    made.message_variable = camunda(definition, "errorMessageVariable")
    return made


def _escalation(node: Any, definition: Any, file: str) -> definitions.Definition:
    code = _code(node, "escalation", definition.get("escalationRef"), "escalationCode", file)
    made = definitions.Escalated(code, code)
    made.code_variable = camunda(definition, "escalationCodeVariable")
    return made


def _terminate(node: Any, definition: Any, file: str) -> definitions.Definition:
    del node, definition, file
    return definitions.Terminate()


def _condition(node: Any, definition: Any, file: str) -> definitions.Definition:
    condition = child_of(definition, "condition")
    text = (condition.text or "").strip() if condition is not None else ""
    if not text:
        raise refuse(
            file,
            node.get("id"),
            "condition.missing",
            sentence("the conditional event has no condition"),
        )
    return definitions.Condition(compiled(text, file, node.get("id")))


def _timer(node: Any, definition: Any, file: str) -> definitions.Definition:
    for tag in ("timeDate", "timeDuration", "timeCycle"):
        value = child_of(definition, tag)
        text = (value.text or "").strip() if value is not None else ""
        if text:
            return Timer(node.get("id"), _time(text, file, node.get("id")))
    raise refuse(
        file, node.get("id"), "timer.missing", sentence("the timer has no date, duration or cycle")
    )


def _time(text: str, file: str, element: str) -> str:
    """Check a timer: an expression is evaluated later, ISO text can be read now."""
    if "${" in text or "#{" in text:
        return filled(text, file, element)
    try:
        read_schedule(text, datetime(2000, 1, 1, tzinfo=UTC))
    except NotATime as error:
        raise refuse(
            file,
            element,
            "timer.malformed",
            sentence(
                "{error}; write P3D, R3/PT24H, an ISO date or ${{variable}} (cron is not "
                "supported)",
                error=sentence_of(error),
            ),
        ) from error
    return text


def _declared(node: Any, tag: str, reference: str | None) -> Any:
    return _declarations(node.getroottree().getroot()).get((tag, reference))


@lru_cache(maxsize=2)
def _declarations(root: Any) -> dict[tuple[str, str | None], Any]:
    """Index the messages, signals, errors and escalations of a diagram while it is parsed."""
    found: dict[tuple[str, str | None], Any] = {}
    for item in root:
        found.setdefault((name_of(item), item.get("id")), item)
    return found


def _name(node: Any, tag: str, reference: str | None, file: str) -> str:
    declared = _declared(node, tag, reference)
    name = declared.get("name") if declared is not None else None
    if not name:
        raise refuse(
            file,
            node.get("id"),
            f"{tag}.missing",
            sentence("choose a {kind} with a name for this element", kind=REFERRED[tag]),
        )
    return _fixed(node, tag, str(name), file)


def _code(node: Any, tag: str, reference: str | None, attribute: str, file: str) -> str | None:
    """Return the code an error or escalation is known by; none at all catches every code."""
    if not reference:
        return None
    declared = _declared(node, tag, reference)
    if declared is None:
        raise refuse(
            file,
            node.get("id"),
            f"{tag}.missing",
            sentence("the {kind} {reference} is missing", kind=REFERRED[tag], reference=reference),
        )
    code = declared.get(attribute) or declared.get("name")
    return _fixed(node, tag, code, file) if code else None


def _fixed(node: Any, tag: str, name: str, file: str) -> str:
    """Refuse a name that asks to be worked out: throwers and catchers meet by the text itself."""
    if "${" in name or "#{" in name:
        remedy = sentence(
            "a {kind} is known by a fixed name, not by an expression; write the name out",
            kind=REFERRED[tag],
        )
        raise refuse(file, node.get("id"), "unsupported", remedy)
    return name


_READERS = {
    "messageEventDefinition": _message,
    "signalEventDefinition": _signal,
    "errorEventDefinition": _error,
    "escalationEventDefinition": _escalation,
    "terminateEventDefinition": _terminate,
    "conditionalEventDefinition": _condition,
    "timerEventDefinition": _timer,
}
