"""What the last check of the public pages found: accessibility.json, written by the check itself.

`make accessibility` writes it: the day, the tools with their versions, the figures of each page.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

RESULT = Path(__file__).with_name("accessibility.json")


@dataclass(frozen=True)
class Page:
    """Findings of the tools, marks of Lighthouse out of 100, bytes of a first visit.

    Lighthouse and bytes are None where they were not measured.
    """

    address: str
    axe: int
    pa11y: int
    accessibility: int | None = None
    practices: int | None = None
    performance: int | None = None
    size: int | None = None


@dataclass(frozen=True)
class Checked:
    on: date
    tools: dict[str, str]
    pages: tuple[Page, ...]

    @property
    def findings(self) -> int:
        return sum(page.axe + page.pa11y for page in self.pages)


@cache
def checked() -> Checked:
    """The last result."""
    found = json.loads(RESULT.read_text(encoding="utf-8"))
    return Checked(
        on=date.fromisoformat(found["on"]),
        tools=found["tools"],
        pages=tuple(Page(**page) for page in found["pages"]),
    )
