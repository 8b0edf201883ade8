"""Counts of days put together into the bars of a chart: days, weeks or months."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

LONGEST_BY_DAY, LONGEST_BY_WEEK = 21, 26 * 7


@dataclass(frozen=True)
class Bar:
    """What fell on the days from `since` to `until`, both included."""

    since: date
    until: date
    count: int


def bars(days: Mapping[date, int], since: date, until: date) -> tuple[Bar, ...]:
    """The whole period in equal steps, empty ones too; few enough of them to be read."""
    steps = list(_steps(since, until))
    counts = [0] * len(steps)
    place = 0
    for day in sorted(one for one in days if since <= one <= until):
        while day > steps[place][1]:
            place += 1
        counts[place] += days[day]
    return tuple(Bar(*step, count) for step, count in zip(steps, counts, strict=True))


def _steps(since: date, until: date) -> Iterator[tuple[date, date]]:
    length, first = (until - since).days + 1, since
    while first <= until:
        if length <= LONGEST_BY_DAY:
            last = first
        elif length <= LONGEST_BY_WEEK:
            last = first + timedelta(days=6 - first.weekday())
        else:
            last = (first.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        yield first, min(last, until)
        first = last + timedelta(days=1)
