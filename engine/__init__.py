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
from engine.forms import CHOICE_KINDS, Field, Group, Item, Option, Static, fields_of, read_fields
from engine.forms import Fault as FormFault
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
    "CHOICE_KINDS",
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
    "Field",
    "Finding",
    "FormFault",
    "Group",
    "Item",
    "Message",
    "Mould",
    "NotWaiting",
    "OpenTask",
    "OperationError",
    "Operations",
    "Option",
    "Outcome",
    "Process",
    "Refused",
    "Rule",
    "Sentence",
    "Static",
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
    "fields_of",
    "go_back",
    "inspect",
    "load_decisions",
    "migrate",
    "pack",
    "parse",
    "read_fields",
    "read_manifest",
    "restored",
    "sentence_of",
    "start",
    "tick",
    "unpack",
]
