"""Acts: papers that the body's people draw up about a case and sign by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.correspondence import blocks, composing, rendering
from app.correspondence.texts import parsed


@dataclass(frozen=True)
class Act:
    """What an act says; `title` follows the word "act", `case` is the sentence on what it is about.

    `people` sign it, each on a line: name and post; `sections` are pairs of heading and text;
    `enclosures` names of files.
    """

    title: str
    on: date
    place: str
    case: str
    people: tuple[str, ...]
    sections: tuple[tuple[str, str], ...]
    enclosures: tuple[str, ...] = ()


def sheet(session: Session, act: Act, language: str) -> dict[str, Any]:
    """All that the printed act shows, as JSON for its Typst template."""
    return {
        **composing.blank(session, language),
        "kind": "signed_act",
        "date": composing.short(parsed(act.on)),
        "title": act.title,
        "place": act.place,
        "case": act.case,
        "people": list(act.people),
        "sections": [_section(heading, text) for heading, text in act.sections],
        "enclosures": list(act.enclosures),
    }


def render(sheet: Mapping[str, Any]) -> bytes:
    """The PDF of an act's sheet."""
    return rendering.render(sheet, moment=clock.now())


def _section(heading: str, text: str) -> dict[str, Any]:
    parts = blocks.parse(text, facts=False)
    return {"heading": heading, "blocks": [composing.block(one) for one in parts]}
