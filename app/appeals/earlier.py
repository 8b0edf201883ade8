"""Other appeals of the same person: what the registrar has to see before calling one the first.

People spell themselves differently from letter to letter, so names are compared by surname and
initial, addresses by their words, e-mails without regard to case.
"""

import re
from collections.abc import Iterable

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.appeals.cards import RelatedAppeal
from app.appeals.models import Appeal, Applicant
from app.appeals.policy import folded, in_short

MOST = 20
CANDIDATES = 200
# How sure it is that two applicants are one person, from the surest.
EMAIL, ADDRESS, NAME = "email", "address", "name"
MATCHES = (EMAIL, ADDRESS, NAME)

# What an address may have or lack without becoming another one.
_NOISE_WORDS = (
    "г гор город пос поселок с село дер деревня обл область р район рн край респ республика "
    "ул улица пр пер переулок проспект просп д дом к корп корпус кв квартира стр рф россия"
)
_NOISE = frozenset(_NOISE_WORDS.split())
_LEAST_WORDS = 3


def other_appeals(session: Session, appeal: Appeal) -> tuple[RelatedAppeal, ...]:
    """Appeals that seem to come from the same applicants, the latest first."""
    own = appeal.applicants
    found: dict[int, tuple[str, Appeal]] = {}
    for row, other in session.execute(_candidates(appeal.id, own)):
        match = min((how(each, row) for each in own), key=_rank)
        known = found.get(other.id)
        if match and (known is None or _rank(match) < _rank(known[0])):
            found[other.id] = (match, other)
    return tuple(_view(match, other) for match, other in found.values())[:MOST]


def how(one: Applicant, other: Applicant) -> str:
    """By what two applicants seem to be the same; '' when they do not."""
    if one.email_key and one.email_key == other.email_key:
        return EMAIL
    if not one.name_key or one.name_key != other.name_key or not _same_middle(one, other):
        return ""
    return ADDRESS if same_address(one.postal_address, other.postal_address) else NAME


def person_key(applicant: Applicant) -> str:
    """Surname and initial, or the name of an organisation, in one spelling."""
    name = applicant.name or f"{applicant.last_name} {applicant.first_name.strip()[:1]}"
    return folded(name)[:120] if applicant.name or applicant.last_name else ""


def same_address(one: str, other: str) -> bool:
    """Whether two addresses say the same house and flat, one perhaps with less around them."""
    fewer, more = sorted((_words(one), _words(other)), key=len)
    return len(fewer) >= _LEAST_WORDS and fewer <= more


def _words(address: str) -> frozenset[str]:
    words = re.findall(r"\w+", folded(address))
    return frozenset(word for word in words if word not in _NOISE and not _is_index(word))


def _is_index(word: str) -> bool:
    return len(word) == 6 and word.isdigit()


def _same_middle(one: Applicant, other: Applicant) -> bool:
    initials = {folded(each.middle_name)[:1] for each in (one, other)}
    return "" in initials or len(initials) == 1


def _candidates(appeal_id: int, own: Iterable[Applicant]) -> Select[Applicant, Appeal]:
    names = {each.name_key for each in own} - {""}
    emails = {each.email_key for each in own} - {""}
    return (
        select(Applicant, Appeal)
        .join(Appeal, Appeal.id == Applicant.appeal_id)
        .where(
            Applicant.appeal_id != appeal_id,
            or_(Applicant.name_key.in_(names), Applicant.email_key.in_(emails)),
        )
        .order_by(Applicant.appeal_id.desc())
        .limit(CANDIDATES)
    )


def _rank(match: str) -> int:
    return MATCHES.index(match) if match else len(MATCHES)


def _view(match: str, appeal: Appeal) -> RelatedAppeal:
    return RelatedAppeal(
        id=appeal.id,
        number=appeal.number or appeal.receipt,
        received_at=appeal.received_at,
        summary=in_short(appeal.summary or appeal.text),
        match=match,
        outcome=appeal.outcome,
        ended=appeal.outcome_reason == "ended",
    )
