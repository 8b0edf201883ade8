"""What the doors see of an act on a selection of the inbox."""

from dataclasses import dataclass

from app.appeals.cards.campaign import HeldMail, LetterLine, RunView
from app.appeals.cards.common import AppealRef
from app.appeals.cards.work import TaskItem


@dataclass(frozen=True)
class ChosenLine:
    """An item of a selection; `letter` where the act is about a letter, which is looked through."""

    item: TaskItem
    letter: LetterLine | None


@dataclass(frozen=True)
class ResultLine:
    """What became of one item; `reason` says why it was refused, or what was taken back of it."""

    item: int
    title: str
    title_en: str | None
    appeal: AppealRef
    outcome: str
    reason: str

    def named(self, locale: str) -> str:
        return self.title_en if locale == "en" and self.title_en else self.title


@dataclass(frozen=True)
class BulkPage:
    """An act on a selection, line by line."""

    run: RunView
    lines: tuple[ResultLine, ...]
    held: HeldMail
