"""Timers: an ISO 8601 date, duration or repeating interval, read off a virtual clock."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

import isodate
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition

from engine.errors import Broken, EngineError
from engine.sentences import Datum, sentence, sentence_of
from engine.specs.definitions import HAPPENED, Definition, Memory
from engine.token import Token

_REPEATING = re.compile(r"R([0-9]{0,6})/(.+)", re.IGNORECASE)
FOREVER = -1


class NotATime(EngineError):
    """A text is not an ISO 8601 date, duration or repeating interval."""


@dataclass(frozen=True)
class Schedule:
    """When a timer is due first, how often it repeats (-1: without end) and after how long."""

    due: datetime
    times: int
    interval: str | None


def read_schedule(text: str, now: datetime) -> Schedule:
    """Work out a schedule from ISO 8601 text: a date, `P3D`, `R3/PT24H`, `R/2026-01-01/P1D`."""
    text = str(text).strip()
    repeating = _REPEATING.fullmatch(text)
    if repeating is None:
        return Schedule(_moment(text, now), 1, None)
    times = int(repeating.group(1)) if repeating.group(1) else FOREVER
    parts = repeating.group(2).split("/")
    if len(parts) == 1:
        return Schedule(after(now, parts[0]), times, parts[0])
    if len(parts) == 2 and _is_duration(parts[1]):
        return Schedule(_date(parts[0]), times, parts[1])
    if len(parts) == 2 and _is_duration(parts[0]):
        # Repetitions that end at a moment: the last of them falls on it.
        return Schedule(_before(_date(parts[1]), times - 1, parts[0]), times, parts[0])
    raise NotATime(
        sentence("{text} is not an ISO 8601 repeating interval such as R3/PT24H", text=Datum(text))
    )


def after(moment: datetime, duration: str) -> datetime:
    """Add an ISO 8601 duration to a moment; months and years follow the calendar."""
    if not _is_duration(duration):
        raise NotATime(
            sentence("{duration} is not an ISO 8601 duration such as P3D", duration=Datum(duration))
        )
    try:
        result: datetime = moment + isodate.parse_duration(duration)
    except (isodate.ISO8601Error, OverflowError, ValueError) as error:
        raise NotATime(
            sentence("{duration} is not an ISO 8601 duration such as P3D", duration=Datum(duration))
        ) from error
    return result


def _before(moment: datetime, times: int, duration: str) -> datetime:
    try:
        first: datetime = moment - max(times, 0) * isodate.parse_duration(duration)
    except (isodate.ISO8601Error, OverflowError, ValueError) as error:
        raise NotATime(
            sentence(
                "{duration} cannot be counted {times} times back from a date",
                duration=Datum(duration),
                times=times,
            )
        ) from error
    return first


def as_moment(value: Any, *, end_of_day: bool = False) -> datetime:
    """Read an ISO date or time as aware UTC; a bare date means its first or its last moment."""
    return _date(str(value).strip(), end_of_day=end_of_day)


def _moment(text: str, now: datetime) -> datetime:
    return after(now, text) if _is_duration(text) else _date(text)


def _is_duration(text: str) -> bool:
    return text[:1] in ("P", "p")


@lru_cache(maxsize=1024)
def _date(text: str, *, end_of_day: bool = False) -> datetime:
    try:
        if len(text) <= 10:
            start = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
            return start + timedelta(days=1, microseconds=-1) if end_of_day else start
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (OverflowError, ValueError) as error:
        raise NotATime(
            sentence("{text} is not an ISO 8601 date, such as 2026-01-31T09:00Z", text=Datum(text))
        ) from error


class Timer(Definition, TimerEventDefinition):
    """Waits for a moment; the due time is worked out when the token arrives and then kept."""

    kind = "timer"
    expression: str

    def arm(self, token: Token, memory: Memory) -> None:
        if "due" in memory:
            return  # it is set and goes on
        text = token.workflow.script_engine.fill(token, self.expression)
        try:
            schedule = read_schedule(text, token.workflow.top_workflow.now)
        except NotATime as error:
            raise Broken(
                token.task_spec.place,
                sentence("the timer cannot be set: {error}", error=sentence_of(error)),
            ) from error
        memory["due"] = schedule.due.isoformat()
        if schedule.interval is not None:
            memory["left"] = schedule.times
            memory["every"] = schedule.interval

    def again(self, memory: Memory) -> Memory | None:
        """Return the memory of a repeating timer that goes on, or None when it is over."""
        left, every = memory.get("left"), memory.get("every")
        if every is None or left is None or left in (0, 1):
            return None
        due = datetime.fromisoformat(memory["due"])
        following = after(due, every)
        if following <= due:
            raise NotATime(sentence("a repeating timer needs an interval above zero"))
        left = left if left == FOREVER else left - 1
        return {"due": following.isoformat(), "left": left, "every": every}


def due_of(token: Token) -> datetime | None:
    """Return when the timer of a waiting token is due, or None where it waits for no time."""
    memory = set_first(token)
    return datetime.fromisoformat(memory["due"]) if memory is not None else None


def set_first(token: Token) -> Memory | None:
    """Return the memory of the timer of a waiting token, of several the one that is due first."""
    own = token.internal_data
    if "parts" not in own:
        return own if "due" in own else None
    timers = [part for part in own["parts"] if "due" in part and HAPPENED not in part]
    return min(timers, key=lambda part: datetime.fromisoformat(part["due"]), default=None)
