"""What can go wrong in the engine, named for what happened."""

from engine.model import Finding


class EngineError(Exception):
    """Anything the engine itself refuses or fails at."""


class Refused(EngineError):
    """A file cannot be loaded. Each finding names the element and says what to do about it."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("; ".join(describe(finding) for finding in findings))
        self.findings = findings


class Broken(EngineError):
    """A move failed half-way. Nothing of it may be kept; the stored state is still good."""

    def __init__(self, element: str | None, reason: str) -> None:
        super().__init__(f"{element}: {reason}" if element else reason)
        self.element = element
        self.reason = reason


class NotWaiting(EngineError):
    """The task is not open, or nobody waits for that message."""


class CannotMigrate(EngineError):
    """The instance has to finish on the version it runs on; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


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


def refuse(file: str, element: str | None, rule: str, message: str) -> Refused:
    """Make a refusal with a single finding."""
    return Refused((Finding(file, element, rule, "error", message),))
