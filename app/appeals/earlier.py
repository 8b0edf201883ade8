"""Other appeals of the same person: what the registrar has to see before calling one the first.

People spell themselves differently from letter to letter, so names are compared by surname and
initial, addresses by their words, e-mails without regard to case.
"""

import re
from collections.abc import Callable, Collection, Iterable
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.orm import Session, selectinload

from app.appeals.cards import RelatedAppeal
from app.appeals.models import Appeal, Applicant
from app.appeals.policy import folded, in_short
from app.session import notes

MOST = 20
CANDIDATES = 200
# How sure it is that two applicants are one person, from the surest.
EMAIL, ADDRESS, NAME = "email", "address", "name"
MATCHES = (EMAIL, ADDRESS, NAME)

# What an address may have or lack without becoming another one.
_NOISE_WORDS = (
    "г гор город пос поселок пгт с село дер деревня хутор станица обл область р район рн край респ "
    "республика ул улица пер переулок пр просп проспект проезд бульвар бул шоссе ш площадь пл "
    "мкр мкрн микрорайон д дом к корп корпус стр строение лит литера кв квартира ком комната рф "
    "россия"
)
_NOISE = frozenset(_NOISE_WORDS.split())
_SHORTENED = re.compile(r"\b(?:пр-(?:к?т|д)|р-н|б-р|ст-ца|пер-к|пл-дь|респ-ка)\b")
_SYNONYMS = {"спб": "санкт петербург", "мск": "москва", "наб": "набережная"}
_LEAST_WORDS = 3
#: What a list of them shows.
_LINE: tuple[Any, ...] = (Appeal.id, Appeal.number, Appeal.receipt, Appeal.received_at)
_LINE += (Appeal.confined, Appeal.summary, Appeal.text, Appeal.outcome, Appeal.outcome_reason)
#: By what an applicant is known again (`how`).
_KNOWN_BY: tuple[Any, ...] = (Applicant.appeal_id, Applicant.email_key, Applicant.name_key)
_KNOWN_BY += (Applicant.last_name, Applicant.first_name, Applicant.middle_name)
_KNOWN_BY += (Applicant.postal_address,)
#: The surname and the initials of a name given in parts.
Spelling = Callable[..., tuple[str, str]]
# Domains of one mail service, where one name is one box.
_YANDEX = frozenset({"ya.ru", "yandex.com", "yandex.by", "yandex.kz"})


def _spelt(*name: str) -> tuple[str, str]:
    """The surname and the initials, whichever field of the form they were written into."""
    words = re.findall(r"\w[\w-]*", folded(" ".join(name)))
    place = next((at for at, word in enumerate(words) if len(word) > 1), None)
    if place is None:
        return "", ""
    return words[place], "".join(word[0] for at, word in enumerate(words) if at != place)


def other_appeals(session: Session, appeal: Appeal) -> tuple[RelatedAppeal, ...]:
    """Appeals that seem to come from the same applicants, the latest first."""
    found = _matches(session, appeal)
    # A list of twenty needs neither their applicants nor their questions, nor rows to be watched.
    rows = session.execute(select(*_LINE).where(Appeal.id.in_(found))) if found else ()
    lines = {row.id: row for row in rows}
    return tuple(_view(match, lines[one]) for one, match in found.items())


def before(session: Session, appeal: Appeal) -> list[tuple[str, Appeal]]:
    """The same as rows, each with how its writer was known again; looked up once a use case."""
    known: dict[int, list[tuple[str, Appeal]]] = notes(session).setdefault(before, {})
    if appeal.id not in known:
        found = _matches(session, appeal)
        rows = session.scalars(_whole(found)) if found else ()
        cards = {one.id: one for one in rows}
        known[appeal.id] = [(match, cards[one]) for one, match in found.items()]
    return known[appeal.id]


def _matches(session: Session, appeal: Appeal) -> dict[int, str]:
    """The ids of the latest of them, each with how its writer was known again."""
    own = appeal.applicants
    found: dict[int, str] = {}
    # Hundreds of namesakes are spelt in a few ways.
    spelt = cache(_spelt)
    for row in session.execute(_candidates(appeal.id, own)):
        if len(found) == MOST and row.appeal_id not in found:
            break
        match = min((how(each, row, spelt) for each in own), key=_rank)
        if match and _rank(match) < _rank(found.get(row.appeal_id, "")):
            found[row.appeal_id] = match
    return found


def how(one: Applicant, other: Applicant | Row[Any], spelt: Spelling = _spelt) -> str:
    """By what two applicants seem to be the same; '' when they do not.

    The other may be a row of what tells that alone: two hundred of them are looked at.
    """
    if one.email_key and one.email_key == other.email_key:
        return EMAIL
    if not same_name(one, other, spelt):
        return ""
    return ADDRESS if same_address(one.postal_address, other.postal_address) else NAME


def person_key(applicant: Applicant) -> str:
    """Surname and initial, or the name of an organisation, in one spelling."""
    if applicant.name:
        return " ".join(re.findall(r"\w+", folded(applicant.name)))[:120]
    surname, initials = _spelt(*_name(applicant))
    return f"{surname} {initials[:1]}".strip()[:120]


def email_key(address: str) -> str:
    """The box an address means: without case, a tag after “+”, other names of one service."""
    local, _at, domain = folded(address).rpartition("@")
    if not local:
        return folded(address)[:254]
    local = local.partition("+")[0] or local
    return f"{local}@{'yandex.ru' if domain in _YANDEX else domain}"[:254]


def same_address(one: str, other: str) -> bool:
    """Whether two addresses say the same house and flat, one perhaps with less around them."""
    fewer, more = sorted((_words(one), _words(other)), key=len)
    # House and flat are told apart by their order alone.
    return (
        len(fewer) >= _LEAST_WORDS
        and set(fewer) <= set(more)
        and _in_order([word for word in fewer if word[0].isdigit()], more)
    )


def same_name(one: Applicant, other: Applicant | Row[Any], spelt: Spelling = _spelt) -> bool:
    """Whether two spellings may be one person: «Петров И. И.», «Петров Иван Иванович»."""
    if not one.name_key or one.name_key != other.name_key:
        return False
    patronymics = {spelt(*_name(each))[1][1:2] for each in (one, other)}
    return "" in patronymics or len(patronymics) == 1


def _name(applicant: Applicant | Row[Any]) -> tuple[str, str, str]:
    return applicant.last_name, applicant.first_name, applicant.middle_name


def _words(address: str) -> list[str]:
    found = list[str]()
    plain = _SHORTENED.sub(" ", folded(address))
    for word in re.findall(r"\d+|[^\W\d_]+", plain):
        if word in _NOISE or (len(word) == 6 and word.isdigit()):
            continue
        if len(word) == 1 and word.isalpha() and found and found[-1].isdigit():
            found[-1] += word  # house 5а
        else:
            found += _SYNONYMS.get(word, word).split()
    return found


def _in_order(few: Iterable[str], many: Iterable[str]) -> bool:
    rest = iter(many)
    return all(word in rest for word in few)


def _candidates(appeal_id: int, own: Iterable[Applicant]) -> Select[Any]:
    names = {each.name_key for each in own} - {""}
    emails = {each.email_key for each in own} - {""}
    return (
        select(*_KNOWN_BY)
        .where(
            Applicant.appeal_id != appeal_id,
            or_(Applicant.name_key.in_(names), Applicant.email_key.in_(emails)),
        )
        .order_by(Applicant.appeal_id.desc())
        .limit(CANDIDATES)
    )


def _whole(ids: Collection[int]) -> Select[Appeal]:
    return (
        select(Appeal)
        .where(Appeal.id.in_(ids))
        .options(selectinload(Appeal.questions), selectinload(Appeal.applicants))
    )


def _rank(match: str) -> int:
    return MATCHES.index(match) if match else len(MATCHES)


def _view(match: str, appeal: Row[Any]) -> RelatedAppeal:
    return RelatedAppeal(
        id=appeal.id,
        number=appeal.number or appeal.receipt,
        received_at=appeal.received_at,
        # That there is another appeal has to be known; what it says stays in its circle.
        summary="" if appeal.confined else in_short(appeal.summary or appeal.text),
        match=match,
        outcome=appeal.outcome,
        ended=appeal.outcome_reason == "ended",
    )
