"""The life of an appeal in the words of the diagrams, read off the steps of its processes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from sqlalchemy.orm import Session

from app.appeals.cards import Stage
from app.appeals.cards.common import UNKNOWN
from app.appeals.finding import key_of
from app.appeals.models import Appeal
from app.appeals.terms import zone_of
from app.workflow.services import (
    StepView,
    latest_stages_of,
    present_steps,
    steps,
    telling_steps_of,
)

_FACT = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})")


def timeline(session: Session, appeal_id: int) -> list[Stage]:
    """All stages of all processes of an appeal, in the order they were entered.

    Only elements with a `stage` in their diagram are stages. Simultaneous stays on one element
    with one text (several executors at work) are one stage.
    """
    found = steps(session, key_of(appeal_id))
    return stages_of(session, session.get_one(Appeal, appeal_id), found)


def stages_of(session: Session, appeal: Appeal, found: Iterable[StepView]) -> list[Stage]:
    """The same from steps already read."""
    return _merged(_stages(found, card_facts(appeal), zone_of(session)))


def present(session: Session, appeal: Appeal) -> list[Stage]:
    """The stages that last, of an appeal held by this use case; all there were, if none does."""
    found = present_steps(session, str(appeal.key))
    stages = _merged(_stages(found, card_facts(appeal), zone_of(session), lasting=True))
    return stages or timeline(session, appeal.id)


def timelines(session: Session, appeals: Sequence[Appeal]) -> dict[int, list[Stage]]:
    """The stages of many appeals by their ids, in one look at the steps."""
    found = telling_steps_of(session, [str(appeal.key) for appeal in appeals])
    return {
        appeal.id: stages_of(session, appeal, found.get(str(appeal.key), ())) for appeal in appeals
    }


def present_of(session: Session, appeals: Sequence[Appeal]) -> dict[int, list[Stage]]:
    """The stages that last, of many appeals by their ids; where none does, the one entered last.

    A list says no more of an appeal, and most of what has ended need not be put into words.
    """
    zone = zone_of(session)
    found = latest_stages_of(session, [str(one.key) for one in appeals])
    shown = {}
    for one in appeals:
        steps = found.get(str(one.key), [])
        stages = _merged(_stages(steps, card_facts(one), zone))
        lasting = [stage for stage in stages if stage.left_at is None]
        shown[one.id] = lasting or stages[-1:]
    return shown


def public(stages: Iterable[Stage]) -> tuple[Stage, ...]:
    """What the citizen may see."""
    return tuple(stage for stage in stages if not stage.confidential)


def card_facts(appeal: Appeal) -> dict[str, Any]:
    """What the card itself knows; a text may name it even before a step has told it."""
    return {
        "receipt": appeal.receipt,
        "number": appeal.number,
        "received_on": appeal.received_at.isoformat(),
        "register_by": appeal.register_by.isoformat(),
        "registered_on": _spelt(appeal.registered_on),
        "due_on": _spelt(appeal.due_on),
    }


def _spelt(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _stages(
    found: Iterable[StepView], known: dict[str, Any], zone: str, *, lasting: bool = False
) -> list[Stage]:
    stages = []
    told: dict[str, Any] = {}
    for step in found:
        words = step.info.properties
        confidential = words.get("confidential", "").strip().lower() in ("true", "1", "yes")
        if not confidential:
            told |= step.facts
        if not words.get("stage") or (lasting and step.left_at is not None):
            continue
        # What this very step told comes first: an old promise must not change under the reader.
        facts = {**known, **told, **step.facts}
        english, after = words.get("stage.en"), words.get("next", "")
        stages.append(
            Stage(
                id=step.element,
                text=filled(words["stage"], facts, "ru", zone),
                text_en=filled(english, facts, "en", zone) if english else None,
                entered_at=step.entered_at,
                left_at=step.left_at,
                facts=step.facts,
                confidential=confidential,
                process=step.process,
                instance_id=step.instance_id,
                next=filled(after, facts, "ru", zone),
                next_en=filled(words.get("next.en", after), facts, "en", zone),
                holders=tuple(words.get("holder", "").split()) or step.info.roles,
            )
        )
    return stages


def _merged(stages: Iterable[Stage]) -> list[Stage]:
    merged: list[Stage] = []
    for stage in stages:
        at = next((i for i, other in enumerate(merged) if _same_stay(other, stage)), None)
        if at is None:
            merged.append(stage)
            continue
        ends = (merged[at].left_at, stage.left_at)
        last = None if None in ends else max(end for end in ends if end)
        merged[at] = replace(merged[at], left_at=last)
    return merged


def _same_stay(earlier: Stage, later: Stage) -> bool:
    overlaps = earlier.left_at is None or later.entered_at < earlier.left_at
    return overlaps and (earlier.process, earlier.id, earlier.text) == (
        later.process,
        later.id,
        later.text,
    )


def filled(text: str, facts: Mapping[str, Any], locale: str, zone: str) -> str:
    """The analyst's text with the facts in their places; an unknown fact leaves an ellipsis."""
    if "{" not in text:
        return text

    def value(found: re.Match[str]) -> str:
        # A fact in words may come in both languages: `reason` and `reason_en`.
        fact = facts.get(f"{found[1]}_{locale}") or facts.get(found[1])
        return shown(fact, locale, zone) or UNKNOWN

    return _FACT.sub(value, text)


def shown(value: Any, locale: str, zone: str) -> str:
    """A fact as people read it: dates and moments in the body's zone and the reader's order."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(shown(each, locale, zone) for each in value)
    text = str(value)
    try:
        if _DAY.fullmatch(text):
            return day(date.fromisoformat(text), locale)
        if _MOMENT.fullmatch(text):
            return day(datetime.fromisoformat(text), locale, zone)
    except ValueError:
        # A number may look like a date that no calendar has.
        return text
    return text


@lru_cache(maxsize=10_000)
def day(value: date | datetime, locale: str, zone: str | None = None) -> str:
    pattern = "dd.MM.yyyy" if locale == "ru" else "d MMMM yyyy"
    if isinstance(value, datetime):
        return str(format_datetime(value, pattern, tzinfo=ZoneInfo(zone or "UTC"), locale=locale))
    return str(format_date(value, pattern, locale=locale))
