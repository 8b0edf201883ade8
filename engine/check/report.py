"""Where rules put what they find."""

from engine.check.rules import RULES
from engine.model import Finding
from engine.sentences import Sentence


class Report:
    """Collects findings in the order of the rules, each finding once."""

    def __init__(self) -> None:
        self._findings: dict[Finding, None] = {}

    def add(
        self,
        file: str,
        element: str | None,
        rule: str,
        message: Sentence,
        severity: str | None = None,
    ) -> None:
        """Note a finding; a rule that is milder in some place says so by `severity`."""
        grave = severity or RULES[rule].severity
        self._findings[Finding(file, element, rule, grave, message)] = None

    def take(self, findings: tuple[Finding, ...]) -> None:
        """Take over what a reader of files has found."""
        self._findings.update(dict.fromkeys(findings))

    def leave_out(self, places: set[tuple[str, str]], but: set[Finding]) -> None:
        """Forget what was found at these places (file and element), but for certain findings."""
        self._findings = {
            finding: None
            for finding in self._findings
            if (finding.file, finding.element) not in places or finding in but
        }

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(self._findings)
