"""The journal as a file, in the words of its page."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from app.access import policy
from app.access.services import Person, list_people
from app.appeals.services import called, masked_entries
from app.audit import services as audit
from app.audit.actions import name_of
from app.audit.services import Entry, Filter
from app.clock import local
from app.directory.services import current_body
from app.extensions import gettext, locale
from app.extensions import lazy_gettext as _
from app.reports.books import Book, Wanted, day_of, offer
from app.reports.sheets import DAY, NUMBER, Column, Row
from app.studio.words import actor_name, key_name, value_name

ALL = 10_000
READERS = frozenset({"administrator", policy.AUDITOR})


def journal_filter(given: Wanted) -> Filter:
    """What was chosen on the page of the journal."""
    zone = current_body().zone
    since, until = day_of(given.get("since", "")), day_of(given.get("until", ""))
    return Filter(
        actor=given.get("actor", "").strip(),
        action=given.get("action", ""),
        subject=given.get("subject", "").strip(),
        since=_midnight(since, zone),
        until=_midnight(None if until is None else date.fromordinal(until.toordinal() + 1), zone),
    )


def _rows(person: Person, given: Wanted) -> Iterator[Row]:
    wanted, zone, last = journal_filter(given), current_body().zone, 0
    language = locale()
    names = {one.login: one.said("name", language) for one in list_people(limit=ALL, left=True)}
    while found := audit.following(wanted, last):
        last = found[-1].id
        shown = masked_entries(person, found)
        numbers = called({one.subject for one in shown if one.subject})
        for one in shown:
            at = local(one.at, zone)
            yield (
                one.id,
                one.seq,
                at.date(),
                f"{at:%H:%M:%S}",
                one.actor,
                names.get(one.actor) or actor_name(one.actor),
                str(one.details.get("instead_of") or ""),
                name_of(one.action),
                one.action,
                one.subject,
                numbers.get(one.subject or "", ""),
                told(one),
            )


def told(entry: Entry) -> str:
    """What a line says beside who and what: each detail on a line, a change as before and after."""
    details = dict(entry.details)
    before, after = details.pop("before", None) or {}, details.pop("after", None) or {}
    lines = [f"{key_name(key)}: {_said(key, value)}" for key, value in details.items()]
    for key in dict.fromkeys([*before, *after]):
        old, new = (_said(key, one.get(key)) for one in (before, after))
        lines.append(f"{key_name(key)}: {old} → {new}")
    return "\n".join(lines)


def _said(key: str, value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "—"
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if isinstance(value, Mapping):
        return "; ".join(f"{key_name(name)}: {_said(name, one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(_said(key, one) for one in value)
    return value_name(key, str(value)) or str(value)


def _midnight(day: date | None, zone: str) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), ZoneInfo(zone))


offer(
    Book(
        code="audit",
        title=_("Journal of actions"),
        columns=(
            Column(_("Line no."), 10, NUMBER),
            Column(_("Place in the chain"), 10, NUMBER),
            Column(_("Day"), 12, DAY),
            Column(_("Time"), 10),
            Column(_("Login"), 16),
            Column(_("Who"), 26),
            Column(_("In place of"), 16),
            Column(_("What happened"), 34),
            Column(_("Code of the action"), 26),
            Column(_("About what"), 16),
            Column(_("Number of the appeal"), 18),
            Column(_("Details"), 60),
        ),
        may=lambda person: bool(person.roles & READERS),
        count=lambda _person, given: audit.count(journal_filter(given)),
        rows=_rows,
    )
)
