"""What has to hold before a reply is signed, looked at one by one and told in words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.access.services import Person, people
from app.appeals import earlier, notices
from app.appeals.models import Appeal, Applicant, Reply
from app.appeals.terms import today
from app.correspondence.shapes import LetterView
from app.directory import services as directory
from app.extensions import lazy_gettext as _

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<!\d)(?:\+7|8)[\s(-]*\d{3}[\s)-]*\d{3}[\s-]*\d{2}[\s-]*\d{2}(?!\d)")
#: Passports, insurance and tax numbers of persons: a reply needs none of them.
_PAPERS = re.compile(
    r"(?<![\d-])(?:\d{2}\s?\d{2}\s(?:№\s?)?\d{6}|\d{3}-\d{3}-\d{3}[\s-]\d{2}|\d{12})(?![\d-])"
)
#: A person in full; «Уважаемый Иван Петрович» is no name in full, and officials have initials.
_IN_FULL = re.compile(
    r"(?<![\w-])(?!Уважаем)([А-ЯЁ][а-яё-]+)\s+([А-ЯЁ][а-яё]+\s+[А-ЯЁ][а-яё]+"
    r"(?:вич(?:а|у|ем|е)?|(?:вн|чн)(?:а|ы|е|у|ой|ою)))(?![\w-])"
)
# Looked for at every word: «Соседка Тихоновой Анне» holds two pairs.
_PAIR = re.compile(r"(?<![\w-])(?=([А-ЯЁ][а-яё-]{3,})\s+([А-ЯЁ](?:[а-яё]{2,}|\.)))")
_UNFILLED = re.compile(r"\{[^{}\n]{1,60}\}|_{3,}|\[(?:\.\.\.|…|укажите[^\]]*)\]", re.IGNORECASE)
_ENDING = re.compile(r"(?:ого|ому|ой|ою|ым|ом|ем|ых|ам|а|у|е|ы|и|ю|я|й|ь)$")
MOST_NAMES = 60


@dataclass(frozen=True)
class Check:
    """One thing looked at; `detail` says what is wrong, `where` which part of the card mends it.

    `where`: reply, particulars, overview.
    """

    name: str
    title: Any
    passed: bool
    detail: Any = ""
    where: str = "reply"


def checks(
    session: Session, appeal: Appeal, row: Reply, letter: LetterView, person: Person
) -> list[Check]:
    """All that is looked at, in the order a signatory reads."""
    found = [
        _questions(appeal, row),
        _addressee(appeal, letter),
        _channel(appeal, letter),
        _filled(row),
        _nobody_elses(session, appeal, row),
    ]
    if "signatory" in person.roles:
        signs = directory.signs_on(session, person.login, today(session))
        detail = "" if signs else _("Your authority to sign is over or has not begun.")
        found.append(Check("authority", _("The signatory has the authority"), signs, detail))
    return found


def _questions(appeal: Appeal, row: Reply) -> Check:
    given = {str(one.get("code")) for one in row.results if one.get("result")}
    lacking = [one.name for one in appeal.questions if one.code not in given]
    detail = _("No result: %(names)s", names="; ".join(lacking)) if lacking else ""
    return Check("questions", _("Every question has an answer"), not lacking, detail)


def _addressee(appeal: Appeal, letter: LetterView) -> Check:
    wanted = notices.addressee(appeal)
    same = letter.addressee.name == wanted.name
    detail = "" if same else _("The card names another applicant than the letter.")
    return Check("addressee", _("The letter goes to the applicant"), same, detail, "overview")


def _channel(appeal: Appeal, letter: LetterView) -> Check:
    wanted = notices.addressee(appeal)
    by_mail = wanted.channel == "email"
    asked = (wanted.channel, wanted.email if by_mail else wanted.postal_address)
    to = letter.addressee
    written = (to.channel, to.email if by_mail else to.postal_address)
    passed = asked == written and bool(asked[1])
    detail = "" if passed else _("The way or the address of the reply differs from the card.")
    return Check("channel", _("The way of sending and the address are right"), passed, detail)


def _filled(row: Reply) -> Check:
    places = sorted(set(_UNFILLED.findall(f"{row.subject}\n{row.text}")))
    detail = _("Not filled in: %(places)s", places=", ".join(places)) if places else ""
    return Check("filled", _("Nothing in the text is left to be filled in"), not places, detail)


def _nobody_elses(session: Session, appeal: Appeal, row: Reply) -> Check:
    known = _names(session, appeal, row.text)
    strange = [*_contacts(session, appeal, row.text), *known, *_in_full(session, appeal, row.text)]
    strange = list(dict.fromkeys(strange))
    detail = _("Look at: %(what)s", what=", ".join(strange)) if strange else ""
    return Check("others", _("No data of other persons"), not strange, detail)


def _contacts(session: Session, appeal: Appeal, text: str) -> Iterator[str]:
    """E-mails and telephones neither the applicant's nor the body's, numbers of anyone's papers."""
    body, own = directory.body(session), appeal.main_applicant
    boxes = {earlier.email_key(one) for one in (body.email, own.email) if one}
    for one in dict.fromkeys(_EMAIL.findall(text)):
        if earlier.email_key(one.rstrip(".")) not in boxes:
            yield one
    numbers = {_digits(one) for one in (body.phone, own.phone) if one}
    for one in dict.fromkeys(_PHONE.findall(text)):
        if _digits(one) not in numbers:
            yield one
    yield from dict.fromkeys(_PAPERS.findall(text))


def _digits(phone: str) -> str:
    return re.sub(r"\D", "", phone)[-10:]


def _names(session: Session, appeal: Appeal, text: str) -> Iterator[str]:
    """Names of applicants of other appeals, in whatever case the text spells them."""
    own = {_stem(one.last_name) for one in appeal.applicants if one.position == 0}
    pairs = [pair for pair in dict.fromkeys(_PAIR.findall(text)) if _stem(pair[0]) not in own]
    if not pairs:
        return
    same = [
        and_(
            Applicant.name_key.like(f"{_stem(surname)}%"),
            func.substr(Applicant.first_name, 1, 1) == first[0],
        )
        for surname, first in pairs[:MOST_NAMES]
    ]
    rows = session.scalars(
        select(Applicant)
        .where(or_(*same), or_(Applicant.appeal_id != appeal.id, Applicant.position > 0))
        .limit(MOST_NAMES)
    )
    known = {(_stem(one.last_name), one.first_name[:1]) for one in rows}
    for surname, first in pairs:
        if (_stem(surname), first[0]) in known:
            yield f"{surname} {first}"


def _in_full(session: Session, appeal: Appeal, text: str) -> Iterator[str]:
    """People named with their patronymic who are neither the applicant nor of the staff."""
    own = {_stem(one.last_name) for one in appeal.applicants if one.position == 0}
    for surname, others in list(dict.fromkeys(_IN_FULL.findall(text)))[:MOST_NAMES]:
        stem = _stem(surname)
        staff = people(session, stem, left=True) if stem not in own else ()
        if stem not in own and not any(_stem(one.name.partition(" ")[0]) == stem for one in staff):
            yield f"{surname} {others}"


def _stem(surname: str) -> str:
    """A surname without its case, spelt as the keys of applicants are."""
    folded = surname.casefold().replace("ё", "е").strip()
    return _ENDING.sub("", folded) if len(folded) > 4 else folded
