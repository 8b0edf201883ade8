"""Counting a term: from a rule, a day and what the body chose to the last day, step by step."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.deadlines import wording
from app.deadlines.calendar import ONE_DAY, Calendar
from app.deadlines.models import Policy, Rule, Term
from app.deadlines.wording import Pair


@dataclass(frozen=True)
class Move:
    """Where a last day goes: `due`, why (`steps`), and what to beware of (`warnings`)."""

    due: date
    steps: tuple[Pair, ...] = ()
    warnings: tuple[Pair, ...] = ()


def moved(last: date, start: date, policy: Policy, calendar: Calendar) -> Move:
    """Move a last day that is not worked as the body chose; never before `start`."""
    if calendar.is_working(last):
        return Move(last)
    if policy.nonworking_last_day == "none":
        return Move(last, (wording.not_moved(),))
    back, warnings = policy.nonworking_last_day == "previous", tuple[Pair, ...]()
    found = calendar.previous_working(last) if back else calendar.next_working(last)
    if found < start:
        warnings = (wording.no_working_day_before(start),)
        found, back = calendar.next_working(last), False
    return Move(found, (wording.moved(found, back=back),), warnings)


class Count:
    """One term being counted; it remembers each step as a pair of sentences."""

    def __init__(self, rule: Rule, start: date, policy: Policy, calendar: Calendar) -> None:
        self.rule = rule
        self.start = start
        self.policy = policy
        self.calendar = calendar
        self.steps: list[Pair] = [wording.rule_says(rule)]
        self.warnings: list[Pair] = []
        self.years: set[int] = set()

    def plain(self, days: int) -> Term:
        """Count `days` from the start."""
        last = self._run(days)
        return self._term(days, last, self._shift(last))

    def extended(self, extension: int) -> Term:
        """Count the whole term and `extension` days more.

        The first term is not moved before the days are added, unless the body chose so: moving
        it back would take days away from the citizen's wait that the law allows the body.
        """
        base = self._run(self.rule.days)
        if self.policy.extension_base == "shifted":
            base = self._shift(base)
        last = base + timedelta(days=extension)
        self._say(wording.extended(extension, base + ONE_DAY, last, self.calendar))
        return self._term(self.rule.days + extension, last, self._shift(last))

    def _run(self, days: int) -> date:
        # The end of an earlier term is over when it is extended: its last day never counts twice.
        same_day = self.policy.start == "same_day" and self.rule.starts_from != "term"
        first = self.start if same_day else self.start + ONE_DAY
        last = first + timedelta(days=days - 1)
        self._say(wording.counted(days, first, last, self.calendar))
        return last

    def _shift(self, last: date) -> date:
        move = moved(last, self.start, self.policy, self.calendar)
        self.steps += move.steps
        self.warnings += move.warnings
        self.years |= {last.year, move.due.year}
        return move.due

    def _term(self, days: int, last: date, due: date) -> Term:
        unknown = [year for year in self.years if not self.calendar.knows(year)]
        warnings = [*self.warnings, *wording.unknown_years(unknown)]
        reasoning = [*self.steps, *warnings]
        return Term(
            rule=self.rule.id,
            start=self.start,
            due=due,
            days=days,
            unshifted=last,
            shifted_from=last if due != last else None,
            reasoning=tuple(russian for russian, _ in reasoning),
            reasoning_en=tuple(english for _, english in reasoning),
            warnings=tuple(russian for russian, _ in warnings),
            warnings_en=tuple(english for _, english in warnings),
        )

    def _say(self, step: Pair) -> None:
        self.steps.append(step)
