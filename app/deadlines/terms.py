"""The table of terms: `processes/control/terms.dmn` read through the engine."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import engine
from app.deadlines.models import Rule
from app.errors import Invalid, NotFound
from app.extensions import day_said
from app.extensions import lazy_gettext as _
from app.workflow import registry

DECISION = "terms"
SHIPPED = Path(__file__).parents[2] / "processes" / "control" / "terms.dmn"
STARTS = frozenset({"receipt", "registration", "request", "term"})
#: The rules that use cases count by; a table that lacks one stops registration or filing itself.
COUNTED = ("R05", "R06", "R07", "R14", "R17", "R18", "inspection", "valuables")

registry.decision(
    DECISION,
    asked=[{"rule": rule} for rule in COUNTED],
    outputs={
        "days": {"type": "integer", "required": True},
        "starts_from": {"type": "string", "required": True, "values": sorted(STARTS)},
        "extension_days": {"type": "integer"},
        "since": {"type": "date"},
        "until": {"type": "date"},
        "norm": {"type": "string", "required": True},
        "note": {"type": "string", "required": True},
    },
)


class Terms:
    """Rules by id, each in the editions that the table holds."""

    def __init__(self, decision: engine.Decision) -> None:
        self._decision = decision
        self._known: dict[str, list[Rule]] = {}

    def rule(self, rule: str, on: date) -> Rule:
        """Return a rule as it stands on a day.

        Raises NotFound when the table does not have it, Invalid when it was not in force.
        """
        for edition in self._editions(rule):
            if edition.in_force(on):
                return edition
        raise Invalid(
            _("The rule %(rule)s was not in force on %(day)s.", rule=rule, day=day_said(on))
        )

    def _editions(self, rule: str) -> list[Rule]:
        if rule not in self._known:
            editions = [_rule(rule, row) for row in self._rows(rule)]
            if not editions:
                raise NotFound(
                    _("The rule %(rule)s is unknown or gives no term in days.", rule=_shown(rule))
                )
            self._known[rule] = editions
        return self._known[rule]

    def _rows(self, rule: str) -> Iterable[Mapping[str, Any]]:
        try:
            answer = self._decision.evaluate({"rule": rule})
        except engine.EngineError as error:
            message = _("The table of terms cannot be asked: %(reason)s", reason=str(error))
            raise Invalid(message) from error
        return [answer] if isinstance(answer, dict) else answer


def shipped() -> Terms:
    """The table that comes with the product."""
    return _loaded(SHIPPED, SHIPPED.stat().st_mtime_ns)


def published(version: engine.VersionSet) -> Terms:
    """The table of a published version; a version that draws none follows the shipped one."""
    return _drawn(version) or shipped()


@lru_cache(maxsize=16)
def _drawn(version: engine.VersionSet) -> Terms | None:
    found = version.decisions.get(DECISION)
    return None if found is None else Terms(found)


@lru_cache(maxsize=4)
def _loaded(path: Path, _changed: int) -> Terms:
    decisions = {one.id: one for one in engine.load_decisions(path.read_bytes(), path.name)}
    return Terms(decisions[DECISION])


def _rule(rule: str, row: Mapping[str, Any]) -> Rule:
    try:
        return Rule(
            id=rule,
            days=_days(row["days"]),
            starts_from=_start(row["starts_from"]),
            extension_days=_days(row.get("extension_days") or 0),
            since=_day(row.get("since")),
            until=_day(row.get("until")),
            norm=str(row["norm"]),
            norm_en=str(row.get("norm_en") or row["norm"]),
            note=str(row["note"]),
            note_en=str(row.get("note_en") or row["note"]),
        )
    except (KeyError, ValueError) as error:
        message = _(
            "The row of %(rule)s in the table of terms is wrong: %(reason)s",
            rule=rule,
            reason=str(error),
        )
        raise Invalid(message) from error


def _days(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise ValueError(f"{value!r} is not a number of days")
    if not 0 <= value <= 10_000:
        raise ValueError(f"{value!r} days are not a term")
    return int(value)


def _start(value: Any) -> str:
    if value not in STARTS:
        raise ValueError(f"starts_from is {value!r}, not one of {', '.join(sorted(STARTS))}")
    return str(value)


def _day(value: Any) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def _shown(rule: str) -> str:
    return rule[:20]
