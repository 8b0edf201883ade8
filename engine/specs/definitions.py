"""What an event waits for or says. Timers have a module of their own."""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions import (
    ConditionalEventDefinition,
    ErrorEventDefinition,
    EscalationEventDefinition,
    MessageEventDefinition,
    MultipleEventDefinition,
    NoneEventDefinition,
    SignalEventDefinition,
    TerminateEventDefinition,
)

from engine.dialect import Passing
from engine.token import Token
from engine.variables import visible


class Definition:
    """The questions an event is asked; each kind answers those that concern it."""

    rearms = True  # a non-interrupting event may happen again
    kind = "none"
    name: str | None = None

    @property
    def parts(self) -> tuple["Definition", ...]:
        """The definitions it is made of; most are just one."""
        return (self,)

    def arm(self, token: Token) -> None:
        """Begin to wait."""

    def hears(self, kind: str, name: str) -> bool:
        """Whether a message or signal of that name is what it waits for."""
        return kind == self.kind and name == self.name

    def names_code(self, kind: str, code: str | None) -> bool:
        """Whether it catches an error or escalation with that code; None asks for any code."""
        del kind, code
        return False

    def told(self, code: str, message: str) -> Mapping[str, Any]:
        """What catching an error or escalation puts into the variables."""
        del code, message
        return {}

    def changed(self, token: Token) -> bool:
        """Variables have changed: whether the event happens by that."""
        del token
        return False


class Nothing(Definition, NoneEventDefinition):
    """A none event."""


class Named(Definition):
    """A message or a signal, known by its name."""


class Message(Named, MessageEventDefinition):
    kind = "message"


class Signal(Named, SignalEventDefinition):
    kind = "signal"
    passed: tuple[Passing, ...] = ()  # what a throwing signal takes along


class Coded(Definition):
    """An error or an escalation; without a code it catches every code."""

    code: str | None
    code_variable: str | None = None
    message_variable: str | None = None

    def names_code(self, kind: str, code: str | None) -> bool:
        return kind == self.kind and (self.code or None) == code

    def told(self, code: str, message: str) -> Mapping[str, Any]:
        told = {self.code_variable: code, self.message_variable: message}
        return {name: value for name, value in told.items() if name}


class Error(Coded, ErrorEventDefinition):
    kind = "error"
    message: str = ""


class Escalated(Coded, EscalationEventDefinition):
    kind = "escalation"


class Terminate(Definition, TerminateEventDefinition):
    kind = "terminate"


class Several(Definition, MultipleEventDefinition):
    """More than one definition: caught when any of them happens, thrown all together."""

    kind = "several"

    @property
    def parts(self) -> tuple[Definition, ...]:
        return tuple(self.event_definitions)

    def arm(self, token: Token) -> None:
        for part in self.parts:
            part.arm(token)

    def hears(self, kind: str, name: str) -> bool:
        return any(part.hears(kind, name) for part in self.parts)

    def names_code(self, kind: str, code: str | None) -> bool:
        return any(part.names_code(kind, code) for part in self.parts)

    def told(self, code: str, message: str) -> Mapping[str, Any]:
        named = [part for part in self.parts if isinstance(part, Coded)]
        return {name: value for part in named for name, value in part.told(code, message).items()}

    def changed(self, token: Token) -> bool:
        return any(part.changed(token) for part in self.parts)


class Condition(Definition, ConditionalEventDefinition):
    """Happens when its condition becomes true; a condition that stays true happens once."""

    kind = "conditional"
    expression: str

    def arm(self, token: Token) -> None:
        # It may hold already; the next look at the conditions will tell.
        token.workflow.top_workflow.variables_changed = True

    def changed(self, token: Token) -> bool:
        true = self._true(token)
        happened = true and not token.internal_data.get("was_true")
        token.internal_data["was_true"] = true
        return happened

    def _true(self, token: Token) -> bool:
        engine = token.workflow.script_engine
        variables = visible(token)
        # Until all its variables are set, a condition simply does not hold yet.
        if not engine.names(self.expression) <= variables.keys():
            return False
        return bool(engine.environment.evaluate(self.expression, variables))
