"""Values of the classifier room."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Double, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model

QUESTION = 4
SUBQUESTION = 5


@dataclass(frozen=True)
class Node:
    """One entry of the classifier.

    `number` is what clerks call it by: the number of the question, for a sub-question both with
    a dot. `path` is the full path of names, the node's own among them. Only `assignable` nodes
    may be given to an appeal; a `retired` one, which only an older edition knows, stays with those
    that have it. A footnote says what the node must not be chosen without.
    """

    code: str
    number: str
    name: str
    path: str
    level: int
    assignable: bool
    footnote: str | None = None
    footnote_en: str | None = None
    retired: bool = False

    @property
    def segments(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.code.split("."))


@dataclass(frozen=True)
class Hit(Node):
    """A node that was found: the higher the score the better, `words` are what led to it.

    `times` is how often clerks of this body gave it to texts with one of the most telling words.
    """

    score: float = 0.0
    words: tuple[str, ...] = ()
    times: int = 0


@dataclass(frozen=True)
class Chosen:
    """How well a question fits a text by what clerks chose before.

    `share` is from 0 to 1; `times` is how often it was chosen with one of the words that tell most.
    """

    share: float
    times: int
    words: tuple[str, ...]


class LearnedWord(Model):
    """How often clerks gave a question to texts with a word; of the word a number is kept only.

    `weight` grows with every choice, by more the later it is: `learning` divides it by what one of
    today weighs. The number 0 stands for any text at all.
    """

    __tablename__ = "classifier_learned"

    word: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(24), primary_key=True)
    weight: Mapped[float] = mapped_column(Double)
    times: Mapped[int] = mapped_column()


@dataclass(frozen=True)
class Edition:
    """One edition of the classifier; `valid_to`, its last day, is None while nothing ends it."""

    name: str
    valid_from: date
    valid_to: date | None
    folder: Path
