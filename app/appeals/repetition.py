"""Whether an appeal repeats an earlier one: what is suggested to the registrar, and why.

The law knows no such marks, the bodies' regulations do. Repeated: the same person, the same
question, and the earlier appeal was considered or its term is over. Many times: that has happened
twice. Duplicate: the same text while the earlier one is in work. What was not considered on the
substance (withdrawn, unclear, anonymous) is linked and makes no repetition (art. 11 p. 7).
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.appeals import likeness, policy
from app.appeals.earlier import ADDRESS, EMAIL, NAME, before
from app.appeals.models import Appeal
from app.appeals.terms import today, zone_of
from app.classifier import services as classifier
from app.clock import local
from app.extensions import day_said, gettext
from app.extensions import lazy_gettext as _

PRIMARY, REPEATED, MANY, DUPLICATE = "primary", "repeated", "many", "duplicate"
MARKS = (PRIMARY, REPEATED, MANY, DUPLICATE)
COLLECTIVE = "collective"

#: Questions of the classifier that count as what the text is about.
LIKELIEST = 3
#: Grounds after which the person may write anew as if for the first time.
_CURABLE = frozenset({"anonymous", "unreadable", "unclear"})
_TOGETHER = re.compile(
    r"\bмы\b[^.!?\n]{0,40}\b(?:жители|жильцы|собственники|родители|работники|сотрудники|члены|"
    r"нижеподписавшиеся)|\bнижеподписавши|\bколлективн\w+\s+(?:жалоб|обращени|заявлени)",
    re.IGNORECASE,
)
_BY = {
    EMAIL: _("the same e-mail"),
    ADDRESS: _("the same name and address"),
    NAME: _("the same surname and initials"),
}


@dataclass(frozen=True)
class _Earlier:
    """An earlier appeal of the person on the same matter."""

    appeal: Appeal
    match: str
    near: bool
    over: bool

    @property
    def considered(self) -> bool:
        """Whether writing again makes it a repetition."""
        one = self.appeal
        if one.outcome is None:
            return self.over
        left_open = one.outcome == policy.LEFT and one.outcome_reason in _CURABLE
        return one.outcome != policy.WITHDRAWN and not left_open


def suggestion(session: Session, appeal: Appeal) -> dict[str, Any]:
    """What to put into the form of registration: mark, link and the reason in words."""
    if appeal.number is not None:
        return {}
    values: dict[str, Any] = {}
    reasons = []
    if found := _same_matter(session, appeal):
        values = {"repeated": _mark(found), "earlier": _number(found[0].appeal)}
        reasons.append(_reason(session, found))
    if not appeal.collective and (said := _TOGETHER.search(appeal.text)):
        values[COLLECTIVE] = True
        reasons.append(gettext("Several people write: “%(words)s”.", words=said[0]))
    return {**values, "repeated_reason": "\n".join(reasons)} if reasons else {}


def _same_matter(session: Session, appeal: Appeal) -> list[_Earlier]:
    known = [
        (match, one)
        for match, one in before(session, appeal)
        if one.outcome != policy.VOIDED
        and (one.received_at, one.id) < (appeal.received_at, appeal.id)
    ]
    if not known:
        return []
    day, own = today(session), pairs_of(appeal)
    about = {hit.code for hit in classifier.suggest(appeal.text, LIKELIEST)}
    found = []
    for match, one in known:
        near = likeness.likeness(own, pairs_of(one)) >= likeness.LIKE
        same_question = match != NAME and any(each.code in about for each in one.questions)
        if near or same_question:
            found.append(_Earlier(one, match, near, _over(one, day)))
    return found


def pairs_of(appeal: Appeal) -> likeness.Pairs:
    """What of the text is compared; the names of those who wrote say nothing of its matter."""
    return likeness.pairs(appeal.text, [one.full_name for one in appeal.applicants])


def _over(appeal: Appeal, day: date) -> bool:
    return appeal.due_on is not None and appeal.due_on < day


def _mark(found: list[_Earlier]) -> str:
    times = sum(one.considered for one in found)
    if times:
        return REPEATED if times == 1 else MANY
    in_work = any(one.near and one.appeal.outcome is None for one in found)
    return DUPLICATE if in_work else PRIMARY


def _number(appeal: Appeal) -> str:
    return appeal.number or appeal.receipt


def _reason(session: Session, found: list[_Earlier]) -> str:
    latest = found[0]
    reason: str = gettext(
        "No. %(number)s of %(date)s: %(by)s, %(like)s; %(state)s.",
        number=_number(latest.appeal),
        date=day_said(local(latest.appeal.received_at, zone_of(session)).date()),
        by=_BY[latest.match],
        like=_("nearly the same text") if latest.near else _("the same question"),
        state=_state(latest),
    )
    if len(found) > 1:
        reason += " " + gettext("Such appeals before: %(number)s.", number=len(found))
    return reason


def _state(one: _Earlier) -> str:
    if one.appeal.outcome is None:
        said = _("its term is over") if one.over else _("it is still in work")
    elif one.considered:
        said = _("it has been considered")
    else:
        said = _("it was not considered on the substance")
    return str(said)
