"""What crosses the engine's border: frozen values, friendly to JSON, free of SpiffWorkflow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from engine.sentences import Sentence


@dataclass(frozen=True)
class Finding:
    """One remark about a diagram, a table or a form, with its remedy in plain words."""

    file: str
    element: str | None
    rule: str
    severity: str
    message: Sentence


@dataclass(frozen=True)
class Element:
    """What the diagram says of one flow node.

    `kind` is the local tag name (`userTask`, `startEvent`, …). `roles` are the candidate groups
    or, where there are none, the role of the lane. `listener` is the operation that receives the
    answers of a user task; `topic` the operation that a service, send or business-rule task calls.
    """

    id: str
    process: str
    kind: str
    name: str
    name_en: str | None
    documentation: str
    documentation_en: str | None
    lane: str | None
    roles: tuple[str, ...]
    form_key: str | None
    listener: str | None
    topic: str | None
    properties: Mapping[str, str]


@dataclass(frozen=True)
class Process:
    """One process of a version set; `calls` are the ids of the processes it calls."""

    id: str
    name: str
    name_en: str | None
    file: str
    executable: bool
    message_starts: tuple[str, ...]
    calls: tuple[str, ...]
    signal_starts: tuple[str, ...] = ()

    def starts(self, kind: str) -> tuple[str, ...]:
        """The names of the messages or of the signals that start it."""
        return self.message_starts if kind == "message" else self.signal_starts


@dataclass(frozen=True)
class OpenTask:
    """One user or manual task waiting for a person.

    `id` is stable for the life of the task. `process` is the process the element is drawn in,
    which for a task inside a call activity is the called one. `due_at` is aware and in UTC; a due
    date without a time means the end of that day. `variables` are all that the task can see.
    """

    id: str
    element: str
    process: str
    assignee: str | None
    roles: tuple[str, ...]
    due_at: datetime | None
    priority: int
    variables: Mapping[str, Any]


@dataclass(frozen=True)
class Subscription:
    """A name the instance waits for; `kind` is `message` or `signal`."""

    kind: str
    name: str
    element: str
    process: str


@dataclass(frozen=True)
class Step:
    """A token entered, completed or left (`cancelled`) a flow node during this move.

    `task` ties the two ends of one stay together. `facts` is what an operation or a listener
    returned under the reserved key `public`.
    """

    task: str
    element: str
    process: str
    event: str
    at: datetime
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Message:
    """A message that the instance threw and that nobody inside it caught.

    Or, by its `kind`, a `signal`, which is for everybody: who waited inside has heard it already.
    """

    name: str
    payload: Mapping[str, Any]
    kind: str = "message"


@dataclass(frozen=True)
class Again:
    """What the next instance begins with where a repeating timer starts a process.

    `timer` is opaque: when it is due next and how often still.
    """

    variables: Mapping[str, Any]
    timer: Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """Everything the caller must keep, show or send after one move.

    `state` is opaque and holds no specification. `next_due_at` is the earliest pending timer.
    `stuck` names an element when the instance can never move again, which is an incident.
    `again` asks the caller to start the process once more, with that; it then waits for its time.
    """

    state: bytes
    tasks: tuple[OpenTask, ...]
    subscriptions: tuple[Subscription, ...]
    next_due_at: datetime | None
    steps: tuple[Step, ...]
    thrown: tuple[Message, ...]
    ended: bool
    variables: Mapping[str, Any]
    stuck: str | None
    again: Again | None = None


@dataclass(frozen=True)
class Call:
    """What an operation is told about the place it is called from."""

    element: str
    process: str
    task: str
    variables: Mapping[str, Any]
    now: datetime


class Operations(Protocol):
    """The port through which diagrams act on the world; service tasks and complete listeners."""

    def call(self, name: str, inputs: Mapping[str, Any], call: Call) -> Mapping[str, Any]:
        """Do the operation `name` inside the caller's transaction and return a small mapping.

        Raise `OperationError` for an error the diagram may catch, `Escalation` for an escalation;
        anything else breaks the move.
        """
