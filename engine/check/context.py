"""All that is checked together: diagrams, decisions, forms and the manifest of one set."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine.check.diagram import Diagram
from engine.check.places import Place, places
from engine.check.report import Report
from engine.decisions import Decision


@dataclass
class Context:
    """`forms` is by form key; `manifest` is None where none lies beside the diagrams."""

    report: Report
    diagrams: list[Diagram] = field(default_factory=list)
    decisions: dict[str, Decision] = field(default_factory=dict)
    forms: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    form_files: dict[str, str] = field(default_factory=dict)
    manifest: Mapping[str, Any] | None = None
    portable: bool = False
    guesses: int = 50

    @cached_property
    def places(self) -> list[tuple[Diagram, Place]]:
        """Every expression of every diagram, read once for all rules."""
        return [(diagram, place) for diagram in self.diagrams for place in places(diagram)]

    @property
    def lone(self) -> bool:
        """One diagram by itself: what it refers to may well exist elsewhere."""
        return len(self.diagrams) == 1 and not (self.decisions or self.forms or self.manifest)

    @property
    def operations(self) -> Mapping[str, Any] | None:
        return None if self.manifest is None else self.manifest["operations"]

    @property
    def roles(self) -> Collection[str] | None:
        """The roles that people may have; None where the manifest does not say."""
        return None if self.manifest is None else self.manifest.get("roles")

    def process_ids(self) -> set[str]:
        """What a call activity may call: processes and global tasks."""
        return {called.get("id", "") for diagram in self.diagrams for called in diagram.callable}
