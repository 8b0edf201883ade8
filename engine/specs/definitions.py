"""What an event waits for or says. Timers have a module of their own.

What a definition has to remember while its token waits (the due time, whether a condition was
true) is in a mapping of its own: the token's internal data, or, where an event has several
definitions, one of the mappings that the token keeps under `parts`.
"""

from collections.abc import Iterator, Mapping
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

Memory = dict[str, Any]
HAPPENED = "happened"


class Definition:
    """The questions an event is asked; each kind answers those that concern it."""

    kind = "none"
    name: str | None = None

    @property
    def parts(self) -> tuple["Definition", ...]:
        """The definitions it is made of; most are just one."""
        return (self,)

    def arm(self, token: Token, memory: Memory) -> None:
        """Begin to wait, or go on with what `memory` says already."""

    def awaited(self, token: Token) -> Iterator[tuple["Definition", Memory]]:
        """Yield each part that has yet to happen, with its memory."""
        yield self, token.internal_data

    def happens(self, token: Token, memory: Memory) -> bool:
        """The part with that memory has happened: whether the whole event has by that."""
        del token, memory
        return True

    def again(self, memory: Memory) -> Memory | None:
        """What to remember for the next time, or None when there is none."""
        del memory
        return {}

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

    def changed(self, token: Token, memory: Memory) -> bool:
        """Variables have changed: whether the event happens by that."""
        del token, memory
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

    def arm(self, token: Token, memory: Memory) -> None:
        memories = memory.setdefault("parts", [{} for _ in self.parts])
        for part, own in zip(self.parts, memories, strict=True):
            if HAPPENED not in own:
                part.arm(token, own)

    def awaited(self, token: Token) -> Iterator[tuple[Definition, Memory]]:
        for part, own in zip(self.parts, token.internal_data["parts"], strict=True):
            if HAPPENED not in own:
                yield part, own

    def happens(self, token: Token, memory: Memory) -> bool:
        del token
        memory[HAPPENED] = True
        return True

    def again(self, memory: Memory) -> Memory | None:
        following = [
            self._next(part, own) for part, own in zip(self.parts, memory["parts"], strict=True)
        ]
        return None if self.over(following) else {"parts": following}

    def over(self, memories: list[Memory]) -> bool:
        """Whether it can never happen again."""
        return all(HAPPENED in own for own in memories)

    def hears(self, kind: str, name: str) -> bool:
        return any(part.hears(kind, name) for part in self.parts)

    @staticmethod
    def _next(part: Definition, own: Memory) -> Memory:
        if HAPPENED not in own:
            return own
        following = part.again(own)
        return {HAPPENED: True} if following is None else following


class Together(Several):
    """More than one definition, caught when the last of them has happened."""

    def happens(self, token: Token, memory: Memory) -> bool:
        memory[HAPPENED] = True
        return all(HAPPENED in own for own in token.internal_data["parts"])

    def over(self, memories: list[Memory]) -> bool:
        return any(HAPPENED in own for own in memories)


class Condition(Definition, ConditionalEventDefinition):
    """Happens when its condition becomes true; a condition that stays true happens once."""

    kind = "conditional"
    expression: str

    def arm(self, token: Token, memory: Memory) -> None:
        del memory
        # It may hold already; the next look at the conditions will tell.
        token.workflow.top_workflow.variables_changed = True

    def again(self, memory: Memory) -> Memory | None:
        return {"was_true": True} if memory.get("was_true") else {}

    def changed(self, token: Token, memory: Memory) -> bool:
        true = self._true(token)
        happened = true and not memory.get("was_true")
        memory["was_true"] = true
        return happened

    def _true(self, token: Token) -> bool:
        engine = token.workflow.script_engine
        variables = visible(token)
        # Until all its variables are set, a condition simply does not hold yet.
        if not engine.names(self.expression) <= variables.keys():
            return False
        return bool(engine.environment.evaluate(self.expression, variables))
