"""How long an appeal is kept: `processes/control/retention.dmn` read through the engine.

A term begins with the year after the one in which consideration ended, as terms of keeping do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

import engine
from app.appeals.models import Appeal
from app.errors import Invalid
from app.extensions import lazy_gettext as _
from app.workflow import registry, shelf

DECISION = "retention"
SHIPPED = Path(__file__).parents[2] / "processes" / "control" / "retention.dmn"

registry.decision(
    DECISION,
    asked=[{"kind": "statement", "repeated": "no", "outcome": "answered"}],
    outputs={
        "years": {"type": "integer", "required": True},
        "norm": {"type": "string", "required": True},
    },
)


@dataclass(frozen=True)
class Keeping:
    """`years` to keep, None = always; `norm` says by which rule, in Russian and in English."""

    years: int | None
    norm: str
    norm_en: str


class Retention:
    """The table as the body has published it."""

    def __init__(self, decision: engine.Decision) -> None:
        self._decision = decision

    def of(self, appeal: Appeal) -> Keeping:
        """How long an appeal is kept; Invalid when the table does not say."""
        asked = {
            "kind": appeal.kind,
            "repeated": appeal.repeated,
            "outcome": appeal.outcome or "",
        }
        try:
            return _keeping(self._decision.evaluate(asked))
        except (engine.EngineError, KeyError, TypeError, ValueError) as error:
            message = _("The table of keeping cannot be asked: %(reason)s", reason=str(error))
            raise Invalid(message) from error


def retention(session: Session) -> Retention:
    """The table of the active version; a version that draws none follows the shipped one."""
    version = shelf.version_set(session, shelf.active_version(session))
    found = version.decisions.get(DECISION)
    return Retention(found) if found is not None else shipped()


def shipped() -> Retention:
    """The table that comes with the product."""
    loaded = engine.load_decisions(SHIPPED.read_bytes(), SHIPPED.name)
    return Retention(next(one for one in loaded if one.id == DECISION))


def kept_until(ended_on: date, years: int) -> date:
    """The last day of keeping: the end of the n-th whole year after that of the end."""
    return date(ended_on.year + years, 12, 31)


def _keeping(answer: Any) -> Keeping:
    if not isinstance(answer, Mapping):
        raise TypeError("no row of the table fits")
    years = answer["years"]
    if isinstance(years, bool) or not isinstance(years, int | float) or not 0 <= years <= 100:
        raise ValueError(f"{years!r} is not a number of years")
    norm = str(answer["norm"])
    return Keeping(int(years) or None, norm, str(answer.get("norm_en") or norm))
