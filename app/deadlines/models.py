"""Values of the deadlines room: what a rule says, what a body chose, what came out."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Start = Literal["next_day", "same_day"]
Shift = Literal["previous", "next", "none"]
Base = Literal["unshifted", "shifted"]


@dataclass(frozen=True)
class Policy:
    """What the law leaves open and a body decides; the defaults are safe under every reading.

    `start`: whether the day of registration counts. `nonworking_last_day`: where a last day that
    is not worked goes. `extension_base`: whether an extension is added to the term as counted or
    to the term as shifted.
    """

    start: Start = "next_day"
    nonworking_last_day: Shift = "previous"
    extension_base: Base = "unshifted"


@dataclass(frozen=True)
class Rule:
    """One row of the table of terms. Days are calendar days; `since` and `until` are inclusive."""

    id: str
    days: int
    starts_from: str
    extension_days: int
    since: date | None
    until: date | None
    norm: str
    norm_en: str
    note: str
    note_en: str

    def in_force(self, on: date) -> bool:
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


@dataclass(frozen=True)
class Term:
    """A term counted out.

    `due` is the last day of the term. `unshifted` is the day it would be by counting alone, and
    `shifted_from` is that day when it was moved, else None. `days` are all the days counted, an
    extension included. `reasoning` holds sentences in Russian, warnings among them.
    """

    rule: str
    start: date
    due: date
    days: int
    unshifted: date
    shifted_from: date | None
    reasoning: tuple[str, ...]
    reasoning_en: tuple[str, ...] = field(default=())
    warnings: tuple[str, ...] = ()
    warnings_en: tuple[str, ...] = ()

    def sentences(self, locale: str) -> tuple[str, ...]:
        return self.reasoning_en if locale == "en" else self.reasoning
