"""BPMN over SpiffWorkflow: state in, outcome out; no clock, no I/O, no database, no web."""

from engine.errors import (
    Broken,
    CannotMigrate,
    EngineError,
    Escalation,
    NotWaiting,
    OperationError,
    Refused,
)
from engine.model import (
    Call,
    Element,
    Finding,
    Message,
    OpenTask,
    Operations,
    Outcome,
    Process,
    Step,
    Subscription,
)

__all__ = [
    "Broken",
    "Call",
    "CannotMigrate",
    "Element",
    "EngineError",
    "Escalation",
    "Finding",
    "Message",
    "NotWaiting",
    "OpenTask",
    "OperationError",
    "Operations",
    "Outcome",
    "Process",
    "Refused",
    "Step",
    "Subscription",
]
