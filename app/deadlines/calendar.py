"""The production calendar: which days are worked.

A year is known from a file of the installation (`DATA_DIR/calendar/<year>.json`) or from the
`holidays` package, which carries the Government's transfers and working Saturdays. Any other
year is guessed: weekends and the holidays of art. 112 of the Labour Code.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import holidays

from app.errors import Invalid
from app.extensions import lazy_gettext as _

ONE_DAY = timedelta(days=1)
SATURDAY = 5
# The package knows the transfers of every year it lists; before 2005 the list has gaps, and
# there was no 59-ФЗ to count by.
EARLIEST_KNOWN = 2005

_WEEKEND = ("выходной", "day off")
_HOLIDAYS: Mapping[tuple[int, int], tuple[str, str]] = {
    **{(1, day): ("Новогодние каникулы", "New Year holidays") for day in (1, 2, 3, 4, 5, 6, 8)},
    (1, 7): ("Рождество Христово", "Christmas"),
    (2, 23): ("День защитника Отечества", "Defender of the Fatherland Day"),
    (3, 8): ("Международный женский день", "International Women's Day"),
    (5, 1): ("Праздник Весны и Труда", "Spring and Labour Day"),
    (5, 9): ("День Победы", "Victory Day"),
    (6, 12): ("День России", "Russia Day"),
    (11, 4): ("День народного единства", "Unity Day"),
}


@dataclass(frozen=True)
class Year:
    """What differs in one year from the plain week; `known` tells whether it is more than a guess.

    `off` maps days that are not worked to their names (Russian, English); `worked` are Saturdays
    and Sundays that are.
    """

    year: int
    known: bool
    off: Mapping[date, tuple[str, str]]
    worked: frozenset[date]


class Calendar:
    """The calendar of one installation; `folder` holds its own years or is None.

    It looks for the file of a year once: a use case counts all its days by one calendar.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._years: dict[int, Year] = {}

    def knows(self, year: int) -> bool:
        return self._year(year).known

    def year(self, year: int) -> Year:
        """One year as terms are counted by it."""
        return self._year(year)

    def is_working(self, day: date) -> bool:
        found = self._year(day.year)
        if day in found.worked:
            return True
        return day.weekday() < SATURDAY and day not in found.off

    def name(self, day: date) -> tuple[str, str] | None:
        """Why a day is not worked, in Russian and English; None for a working day."""
        return None if self.is_working(day) else self._year(day.year).off.get(day, _WEEKEND)

    def next_working(self, day: date) -> date:
        """The first working day after `day`."""
        return self._nearest(day, ONE_DAY)

    def previous_working(self, day: date) -> date:
        """The last working day before `day`."""
        return self._nearest(day, -ONE_DAY)

    def _nearest(self, day: date, step: timedelta) -> date:
        day += step
        while not self.is_working(day):
            day += step
        return day

    def _year(self, year: int) -> Year:
        if year not in self._years:
            self._years[year] = self._found(year)
        return self._years[year]

    def _found(self, year: int) -> Year:
        if self._folder is not None:
            path = self._folder / f"{year}.json"
            if path.is_file():
                seen = path.stat()
                return _from_file(path, year, (seen.st_mtime_ns, seen.st_size))
        return _from_package(year) if year in _known_years() else _guessed(year)


@lru_cache(maxsize=64)
def _from_package(year: int) -> Year:
    # `observed` brings the transfers of art. 112; the labels come in the language asked for.
    russian = holidays.country_holidays("RU", years=year, language="ru")
    english = holidays.country_holidays("RU", years=year, language="en_US")
    off = {day: (name, english.get(day) or name) for day, name in russian.items()}
    worked = frozenset(day for day in _weekends(year) if russian.is_working_day(day))
    return Year(year, known=True, off=off, worked=worked)


@lru_cache(maxsize=1)
def _known_years() -> frozenset[int]:
    package = holidays.country_holidays("RU")
    return frozenset(year for year in package.special_public_holidays if year >= EARLIEST_KNOWN)


@lru_cache(maxsize=64)
def _guessed(year: int) -> Year:
    off = {date(year, month, day): names for (month, day), names in _HOLIDAYS.items()}
    return Year(year, known=False, off=off, worked=frozenset())


@lru_cache(maxsize=64)
def _from_file(path: Path, year: int, _seen: tuple[int, int]) -> Year:
    """Read `{"days_off": {date: name} or [date], "working_days": [date]}`.

    Weekends need not be listed. The time of the last change and the size are part of the key, so
    that an edited file counts at once, also where the file system's clock stands for some
    milliseconds.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        listed = content["days_off"]
        names = listed if isinstance(listed, dict) else dict.fromkeys(listed, _WEEKEND[0])
        off = {_day_of(text, year): (str(name), str(name)) for text, name in names.items()}
        worked = frozenset(_day_of(text, year) for text in content.get("working_days", []))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = _(
            "The calendar file %(file)s cannot be read: %(reason)s",
            file=path.name,
            reason=f"{type(error).__name__} {error}",
        )
        raise Invalid(message) from error
    return Year(year, known=True, off=off, worked=worked)


def _day_of(text: Any, year: int) -> date:
    day = date.fromisoformat(text)
    if day.year != year:
        raise ValueError(f"{text} is not in {year}")
    return day


def _weekends(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        if day.weekday() >= SATURDAY:
            yield day
        day += ONE_DAY


def is_countable(day: date) -> bool:
    """Whether terms can be counted from a day without leaving the calendar of the machine."""
    return MINYEAR < day.year < MAXYEAR - 1
