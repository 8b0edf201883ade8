"""BPMN over SpiffWorkflow: state in, outcome out; no clock, no I/O, no database, no web."""

from engine.check.rules import RULES, Rule
from engine.check.run import check
from engine.decisions import Decision, DecisionError, load_decisions
from engine.errors import (
    ENDLESS,
    REASONS,
    STUCK,
    Broken,
    CannotMigrate,
    EngineError,
    Escalation,
    NotWaiting,
    OperationError,
    Refused,
    failed,
    fault,
)
from engine.expressions import Expression, ExpressionError, parse
from engine.library import VersionSet, content_key
from engine.manifest import element_templates, read_manifest
from engine.migration import go_back, migrate
from engine.model import (
    Again,
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
from engine.moulds import Mould
from engine.packing import Unusable, pack, unpack
from engine.runtime import complete, deliver, inspect, start, tick
from engine.sentences import Sentence, restored, sentence_of

__all__ = [
    "ENDLESS",
    "REASONS",
    "RULES",
    "STUCK",
    "Again",
    "Broken",
    "Call",
    "CannotMigrate",
    "Decision",
    "DecisionError",
    "Element",
    "EngineError",
    "Escalation",
    "Expression",
    "ExpressionError",
    "Finding",
    "Message",
    "Mould",
    "NotWaiting",
    "OpenTask",
    "OperationError",
    "Operations",
    "Outcome",
    "Process",
    "Refused",
    "Rule",
    "Sentence",
    "Step",
    "Subscription",
    "Unusable",
    "VersionSet",
    "check",
    "complete",
    "content_key",
    "deliver",
    "element_templates",
    "failed",
    "fault",
    "go_back",
    "inspect",
    "load_decisions",
    "migrate",
    "pack",
    "parse",
    "read_manifest",
    "restored",
    "sentence_of",
    "start",
    "tick",
    "unpack",
]
