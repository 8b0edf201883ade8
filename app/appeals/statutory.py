"""The terms of one appeal: which rule of the law gives each, and how it was counted.

How many days a rule gives stands in the table of terms; here is only which rule applies.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.appeals import standing
from app.appeals.models import Appeal
from app.deadlines import wording
from app.deadlines.services import Term, calendar, counting, moved_of, term
from app.deadlines.wording import Pair
from app.directory.settings import setting
from app.errors import Misfit

# What a term is for, as `Appeal.terms` names it; those of an answer and of
# reading the file stand with their requests.
REGISTRATION, DECISION, REPLY, EXTENSION = "registration", "decision", "reply", "extension"
ANSWER = "answer"
INSPECTION = "inspection"
ORDER = (REGISTRATION, DECISION, REPLY, EXTENSION)


def reply_rule(session: Session, appeal: Appeal) -> str:
    """The rule that gives the term of the reply."""
    highest = setting(session, "deadlines.highest_official") == "yes"
    return "R18" if appeal.about_migration and highest else "R17"


def decision_rule(appeal: Appeal) -> str:
    """The rule that gives the term of sending the appeal on.

    Within the same days what is not answered on the substance is returned or explained.
    """
    return "R07" if appeal.about_migration else "R06"


def count_registration(session: Session, appeal: Appeal, received_on: date) -> None:
    found = term(session, "R05", received_on)
    appeal.register_by = found.due
    _keep(appeal, REGISTRATION, found)


def count_terms(session: Session, appeal: Appeal, *, extended: bool = False) -> None:
    """Count the terms that run from registration; one that was `extended` stays as it is."""
    start = _start(appeal)
    count = counting(session, str(appeal.key))
    _keep(appeal, DECISION, count(decision_rule(appeal), start))
    reply = count(reply_rule(session, appeal), start)
    appeal.statutory_due_on, due, said = reply.due, reply.due, list[Pair]()
    if appeal.source_due_on is not None and appeal.counted_from is None:
        due, said = _asked_for(appeal.source_due_on, start, reply.due)
    _keep(appeal, REPLY, reply, due=due, said=said)
    if not extended:
        appeal.due_on = due
    _count_internal(session, appeal)


def count_anew(session: Session, appeal: Appeal, today: date, asked: date | None = None) -> None:
    """Set the term of a reopened appeal: the old one while it runs, else that of `reply_rule` anew.

    The law knows no second term. Counted from the day of reopening, the days of its first one are
    what nobody can call late; a day that was `asked` for shortens them, and they are not extended.
    """
    if appeal.due_on is None or appeal.due_on < today:
        appeal.counted_from = today
        count_terms(session, appeal)
        _add(appeal, REPLY, wording.counted_anew(today))
    if asked is not None and appeal.due_on is not None and asked < appeal.due_on:
        appeal.due_on = asked
        _add(appeal, REPLY, wording.demanded(asked), due=asked)
    _count_internal(session, appeal)


def term_if_reopened(session: Session, appeal: Appeal, today: date) -> date:
    """The latest day that the term of an appeal reopened today could have."""
    if appeal.due_on is not None and appeal.due_on >= today:
        return appeal.due_on
    return term(session, reply_rule(session, appeal), today, key=str(appeal.key)).due


def _add(appeal: Appeal, what: str, said: Pair, *, due: date | None = None) -> None:
    """Add a sentence to how a term was counted, and the day it leads to."""
    russian, english = said
    appeal.terms = [
        one
        if one["of"] != what
        else {
            **one,
            "due": due.isoformat() if due else one["due"],
            "reasoning": [*one["reasoning"], russian],
            "reasoning_en": [*one["reasoning_en"], english],
        }
        for one in appeal.terms
    ]


def _asked_for(asked: date, start: date, lawful: date) -> tuple[date, list[Pair]]:
    """The term of who forwarded the appeal shortens the lawful one and never lengthens it."""
    if asked < start:
        return lawful, [wording.asked_too_early(asked)]
    if asked > lawful:
        return lawful, [wording.asked_later(asked)]
    return asked, [wording.asked_earlier(asked)]


def longest(session: Session, appeal: Appeal, days: int | None = None) -> Term:
    """The term with the longest extension the law allows, or with `days` of it."""
    return term(
        session,
        reply_rule(session, appeal),
        _registered(appeal),
        extended=True,
        days=days,
        key=str(appeal.key),
    )


def fewest_days(session: Session, appeal: Appeal, days: int, most: int) -> int:
    """The least number of days, from `days` on, by which the term really ends later than now.

    What falls on days off and moves back from them may end where it ends without an extension.
    """
    count, rule = counting(session, str(appeal.key)), reply_rule(session, appeal)
    start, present = _registered(appeal), appeal.due_on or date.min
    later = (
        number
        for number in range(days, most)
        if count(rule, start, extended=True, days=number).due > present
    )
    return next(later, most)


def most_days(session: Session, appeal: Appeal) -> int:
    """By how many days the law lets the term be extended."""
    plain = term(session, reply_rule(session, appeal), _registered(appeal), key=str(appeal.key))
    return longest(session, appeal).days - plain.days


def note_extension(session: Session, appeal: Appeal, decided: date) -> date:
    """Keep how far the law lets the term be extended, and how far it was; return the new term.

    `decided` may be a day off: the decision names a day of the calendar, as the law counts, and
    its move to a working day follows the setting like that of any term.
    """
    move = moved_of(session, decided, _registered(appeal))
    said = [wording.decided(decided, calendar()), *move.steps, *move.warnings]
    _keep(appeal, EXTENSION, longest(session, appeal), due=move.due, said=said)
    appeal.due_on = move.due
    _count_internal(session, appeal)
    return move.due


def extended_to(session: Session, appeal: Appeal, wanted: date) -> date:
    """The day a term extended to `wanted` would end."""
    return moved_of(session, wanted, _registered(appeal)).due


def _count_internal(session: Session, appeal: Appeal) -> None:
    """The body's own term: some working days before the lawful one, never before registration."""
    days = int(setting(session, "control.internal_days"))
    if not days or appeal.due_on is None:
        appeal.internal_due_on = None
        standing.note_all(session, appeal)
        return
    on, worked = appeal.due_on, calendar()
    for _each in range(days):
        on = worked.previous_working(on)
    appeal.internal_due_on = max(on, _registered(appeal))
    standing.note_all(session, appeal)


def watched(appeal: Appeal, today: date) -> date | None:
    """The term to warn of: the internal one until it has passed, then the lawful one."""
    internal = appeal.internal_due_on
    return internal if internal is not None and today <= internal else appeal.due_on


def due_of(appeal: Appeal, what: str) -> date | None:
    """A term of the appeal as it was counted."""
    return next((date.fromisoformat(one["due"]) for one in appeal.terms if one["of"] == what), None)


def _start(appeal: Appeal) -> date:
    """The day from which the terms run: of registration, or of a reopening after they were over."""
    return appeal.counted_from or _registered(appeal)


def _registered(appeal: Appeal) -> date:
    if appeal.registered_on is None:
        raise Misfit("The appeal is not registered.")
    return appeal.registered_on


def _keep(
    appeal: Appeal, what: str, found: Term, *, due: date | None = None, said: Iterable[Pair] = ()
) -> None:
    counted = line(what, found, due=due, said=list(said))
    appeal.terms = [*(one for one in appeal.terms if one["of"] != what), counted]


def line(
    what: str, found: Term, *, due: date | None = None, said: Sequence[Pair] = ()
) -> dict[str, Any]:
    """A term as a card keeps it, with how it was counted."""
    return {
        "of": what,
        "rule": found.rule,
        "due": (due or found.due).isoformat(),
        "reasoning": [*found.reasoning, *(russian for russian, _english in said)],
        "reasoning_en": [*found.reasoning_en, *(english for _russian, english in said)],
    }


def day_of(line: Mapping[str, Any] | None) -> date | None:
    """The day of a term that was kept."""
    return date.fromisoformat(line["due"]) if line else None
