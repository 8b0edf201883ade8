"""The history of a card: lines of the journal in words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.access.services import list_people
from app.audit import actions
from app.audit.services import Entry
from app.desk.words import (
    ACTIONS,
    ACTORS,
    CHANNEL_NAMES,
    DECISIONS,
    GROUNDS,
    NOTICES,
    OUTCOMES,
    TASKS,
    WAYS,
    spelling,
)
from app.extensions import lazy_gettext as _
from app.extensions import locale

MOST_PEOPLE = 10_000
DATES = frozenset({"due_on", "on"})


@dataclass(frozen=True)
class Told:
    """One line of the history; `details` are (label, value, whether the value is an ISO date)."""

    at: datetime
    who: Any
    what: str
    details: tuple[tuple[Any, Any, bool], ...]


def _listed(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


#: Key of a line's details -> its label and how the value is spelt. What is not here is for
#: machines (numbers of rows, checksums) and is not shown on the card.
DETAILS: Mapping[str, tuple[Any, Callable[[Any], Any]]] = {
    "receipt": (_("receipt"), str),
    "number": (_("number"), str),
    "begun": (_("action"), spelling(ACTIONS)),
    "decision": (_("decision"), spelling(DECISIONS)),
    "due_on": (_("term"), str),
    "days": (_("days"), str),
    "ground": (_("ground"), spelling(GROUNDS)),
    "reason": (_("reason"), str),
    "remark": (_("remark"), str),
    "comment": (_("comment"), str),
    "questions": (_("questions"), _listed),
    "organisation": (_("body"), str),
    "channel": (_("channel"), spelling({**CHANNEL_NAMES, **WAYS})),
    "notice": (_("notice"), spelling(NOTICES)),
    "outcome": (_("outcome"), spelling(OUTCOMES)),
    "quality": (_("mark"), str),
    "files": (_("files"), str),
    "title": (_("document"), str),
    "element": (_("task"), spelling(TASKS)),
    "on": (_("day"), str),
    "track": (_("track number"), str),
}


class Staff:
    """Names by login, read once for a page and only when somebody is named."""

    def __init__(self) -> None:
        self._known: dict[str, str] | None = None

    def __call__(self, login: str | None) -> Any:
        if not login or login in ACTORS:
            return ACTORS.get(login or "", "")
        if self._known is None:
            everybody, language = list_people(limit=MOST_PEOPLE, left=True), locale()
            self._known = {one.login: one.said("name", language) for one in everybody}
        return self._known.get(login, login)


def told(entries: Iterable[Entry], staff: Staff) -> list[Told]:
    """The journal of an appeal as people read it, latest first."""
    lines = [
        Told(one.at, staff(one.actor), actions.name_of(one.action), _details(one, staff))
        for one in entries
    ]
    return lines[::-1]


def _details(entry: Entry, staff: Staff) -> tuple[tuple[Any, Any, bool], ...]:
    given = {key: value for key, value in entry.details.items() if value not in (None, "", [], 0)}
    shown = [
        (DETAILS[key][0], DETAILS[key][1](value), key in DATES)
        for key, value in given.items()
        if key in DETAILS
    ]
    if executor := given.get("executor"):
        shown.insert(0, (_("executor"), staff(str(executor)), False))
    return tuple(shown)
