"""What can go wrong in the engine, named for what happened."""

import traceback
from pathlib import Path

from engine.model import Finding
from engine.sentences import Sentence, sentence


class EngineError(Exception):
    """Anything the engine itself refuses or fails at."""


class Refused(EngineError):
    """A file cannot be loaded. Each finding names the element and says what to do about it."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("; ".join(describe(finding) for finding in findings))
        self.findings = findings


class Broken(EngineError):
    """A move failed half-way. Nothing of it may be kept; the stored state is still good."""

    def __init__(self, element: str | None, reason: Sentence) -> None:
        place = element and sentence("{place}: {message}", place=element, message=reason)
        super().__init__(place or reason)
        self.element = element
        self.reason = reason


class NotWaiting(EngineError):
    """The task is not open, or nobody waits for that message."""


#: Why a process stands still although nothing has gone wrong.
STUCK = sentence("The process can never move on from here.")
ENDLESS = sentence("Processes start or answer one another without end.")


def fault(kind: str, error: str) -> Sentence:
    """Say that the engine itself has failed: the kind of error, and where it was raised.

    The text of such an error is left out: it may repeat the data that it met.
    """
    return sentence("{kind}: {error}", kind=kind, error=error)


def line_of(error: Exception) -> str:
    """The line of code that raised an error: `codec.py:120`."""
    code, line = list(traceback.walk_tb(error.__traceback__))[-1]
    return f"{Path(code.f_code.co_filename).name}:{line}"


def failed(element: str | None, operation: str, kind: str, error: str) -> Broken:
    """What becomes of an error of the host's own inside an operation, said in the same way."""
    return Broken(
        element,
        sentence(
            "{operation}: {kind}: {error}",
            operation=operation,
            kind=kind,
            error=error,
        ),
    )


class CannotMigrate(EngineError):
    """The instance has to finish on the version it runs on.

    `rule` says why (a key of `REASONS`), `reason` the same in English. `element` and `other` are
    ids in the diagram of `process`; `detail` is what the engine met.
    """

    def __init__(
        self,
        rule: str,
        *,
        process: str,
        element: str | None = None,
        other: str | None = None,
        detail: Sentence | None = None,
    ) -> None:
        self.rule = rule
        self.process = process
        self.element = element
        self.other = other
        self.detail = detail
        self.reason = REASONS[rule].format(
            element=element, other=other, process=process, detail=detail or ""
        )
        super().__init__(self.reason)


#: Why an instance cannot go over to another version.
REASONS = {
    "process.gone": "the process {process}, which runs, is not in the new version",
    "element.gone": "{element}, where the instance stands, is not in the new version",
    "element.kind": "{element}, where the instance stands, is of another kind in the new version",
    "element.repeated": "{element}, where the instance stands, is repeated in another way "
    "in the new version",
    "element.moved": "{element} is open more than once and is in another sub-process "
    "in the new version",
    "flow.gone": "a branch has come to {element} by a flow that is not in the new version",
    "join.starved": "{other} waits for a branch over {element}, which was never begun",
    "join.complete": "nothing is left that {element} would wait for, and nothing would take "
    "the instance on from there",
    "branch.doubled": "{element} and {other} are both open, but in the new version one comes "
    "after the other and would be done twice",
    "stuck": "nothing could ever happen at {element} in the new version",
    "data": "{element} cannot be worked out: {detail}",
}


class OperationError(Exception):
    """Raised by an operation; becomes a BPMN error with that code."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message


class Escalation(Exception):
    """Raised by an operation; becomes a BPMN escalation with that code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def describe(finding: Finding) -> str:
    """Put a finding into one sentence for a log or a message."""
    place = f"{finding.file}, {finding.element}" if finding.element else finding.file
    return f"{place}: {finding.message}"


def refuse(file: str, element: str | None, rule: str, message: Sentence) -> Refused:
    """Make a refusal with a single finding."""
    return Refused((Finding(file, element, rule, "error", message),))
