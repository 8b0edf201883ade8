"""Values of the classifier room."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

QUESTION = 4
SUBQUESTION = 5


@dataclass(frozen=True)
class Node:
    """One entry of the classifier.

    `number` is what clerks call it by: the number of the question, for a sub-question both with
    a dot. `path` is the full path of names, the node's own among them. Only `assignable` nodes
    may be given to an appeal. A footnote says what the node must not be chosen without.
    """

    code: str
    number: str
    name: str
    path: str
    level: int
    assignable: bool
    footnote: str | None = None
    footnote_en: str | None = None

    @property
    def segments(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.code.split("."))


@dataclass(frozen=True)
class Hit(Node):
    """A node that was found: the higher the score the better, `words` are what led to it."""

    score: float = 0.0
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edition:
    """One edition of the classifier; `valid_to` is inclusive, None while it is in force."""

    name: str
    valid_from: date
    valid_to: date | None
    folder: Path
