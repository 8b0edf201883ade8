"""The history of a card: lines of the journal in words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.access.services import list_people
from app.appeals.particulars import DAY, FIELDS, OF_QUESTION, Field, said
from app.appeals.policy import LEFT_REASONS
from app.audit import actions
from app.audit.services import Entry
from app.correspondence.names import on_behalf_of
from app.desk.words import (
    ACTIONS,
    ACTORS,
    CHANNEL_NAMES,
    DECISIONS,
    GROUNDS,
    KINDS,
    NOTICES,
    OUTCOMES,
    REPEATED,
    TASKS,
    WAYS,
    acted,
    spelling,
)
from app.extensions import lazy_gettext as _
from app.extensions import locale
from app.shell import day_short

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


def _people(value: Any) -> str:
    names = ("last_name", "first_name", "middle_name")
    return "; ".join(" ".join(filter(None, (one.get(each) for each in names))) for one in value)


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
    "reason": (_("reason"), spelling(LEFT_REASONS)),
    "remark": (_("remark"), str),
    "comment": (_("comment"), str),
    "question": (_("question"), str),
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


def staff_name(value: Any) -> Any:
    """Marks a field that holds a login: `_in_words` says the name."""
    return value


def _flag(value: Any) -> Any:
    return _("yes") if value else _("no")


def _of_field(one: Field) -> Callable[[Any], Any]:
    if one.name == "executor":
        return staff_name
    return day_short if one.kind == DAY else lambda value: said(one, value) or "—"


#: Field of a card that was changed -> its label and how the value is spelt.
CHANGED: Mapping[str, tuple[Any, Callable[[Any], Any]]] = {
    **{one.name: (one.label, _of_field(one)) for one in (*FIELDS.values(), *OF_QUESTION)},
    "kind": (_("Kind"), spelling(KINDS)),
    "summary": (_("Summary"), str),
    "place": (_("Place"), str),
    "repeated": (_("Repetition"), spelling(REPEATED)),
    "comment": (_("Comment"), str),
    "reply_channel": (_("Reply"), spelling(WAYS)),
    "addressee": (_("Addressed to"), str),
    "collective": (_("Collective appeal"), _flag),
    "about_migration": (_("About migration"), _flag),
    "to_manager": (_("Manager"), staff_name),
    "complained_person": (_("Complains of"), staff_name),
    "complained_other": (_("Complains of"), staff_name),
    "source_organisation": (_("Forwarded by"), str),
    "source_number": (_("Number of its letter"), str),
    "source_date": (_("Date of its letter"), day_short),
    "source_due_on": (_("Its own term"), day_short),
    "last_name": (_("Surname"), str),
    "first_name": (_("First name"), str),
    "middle_name": (_("Patronymic"), str),
    "name": (_("Name of the organisation"), str),
    "represented": (_("On whose behalf"), str),
    "email": (_("E-mail"), str),
    "phone": (_("Telephone"), str),
    "postal_address": (_("Postal address"), str),
    "questions": (_("Questions"), _listed),
    "co_applicants": (_("Co-authors"), _people),
    "channel": (_("How it came"), spelling(CHANNEL_NAMES)),
    "executor": (_("Executor"), staff_name),
    "text": (_("What to do"), str),
    "due_on": (_("Term"), day_short),
    "case_index": (_("Case of the nomenclature"), str),
    "volume": (_("Volume"), str),
    "leaves": (_("Leaves"), str),
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
        Told(one.at, _who(one, staff), actions.name_of(one.action), _details(one, staff))
        for one in entries
    ]
    return lines[::-1]


def _who(entry: Entry, staff: Staff) -> Any:
    absent = entry.details.get("instead_of")
    if not absent:
        return staff(entry.actor)
    return acted(staff(entry.actor), on_behalf_of(str(staff(str(absent))), locale()))


def _details(entry: Entry, staff: Staff) -> tuple[tuple[Any, Any, bool], ...]:
    given = {key: value for key, value in entry.details.items() if value not in (None, "", [], 0)}
    shown = [
        (DETAILS[key][0], DETAILS[key][1](value), key in DATES)
        for key, value in given.items()
        if key in DETAILS
    ]
    if executor := given.get("executor"):
        shown.insert(0, (_("executor"), staff(str(executor)), False))
    return (*shown, *_changes(entry.details, staff))


def _changes(details: Mapping[str, Any], staff: Staff) -> Iterable[tuple[Any, Any, bool]]:
    """What stood in each changed field before, and what stands there after."""
    before, after = details.get("before") or {}, details.get("after") or {}
    for name, value in after.items():
        if name in CHANGED:
            label, spell = CHANGED[name]
            old, new = (_in_words(spell, one, staff) for one in (before.get(name), value))
            yield label, f"{old} → {new}", False


def _in_words(spell: Callable[[Any], Any], value: Any, staff: Staff) -> str:
    if value in (None, "", []):
        return "—"
    return str(staff(value) if spell is staff_name else spell(value))
