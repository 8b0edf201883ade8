"""BPMN over SpiffWorkflow: state in, outcome out; no clock, no I/O, no database, no web."""

from engine.decisions import Decision, DecisionError
from engine.errors import (
    Broken,
    CannotMigrate,
    EngineError,
    Escalation,
    NotWaiting,
    OperationError,
    Refused,
)
from engine.library import VersionSet, content_key
from engine.migration import migrate
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
from engine.runtime import complete, deliver, inspect, start, tick

__all__ = [
    "Broken",
    "Call",
    "CannotMigrate",
    "Decision",
    "DecisionError",
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
    "VersionSet",
    "complete",
    "content_key",
    "deliver",
    "inspect",
    "migrate",
    "start",
    "tick",
]
