"""How personal data look to those who do not need them: «И*** П.», «+7 *** ** 21».

A view is masked as a whole, whatever door shows it: fields of an applicant by what they are, and
every other text of the appeal (a title of a file, a salutation, a reason in the history) by the
names and addresses that the card knows. What a citizen wrote of themselves or of others and the
card does not know stays as it was written.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache, cached_property, lru_cache, partial
from typing import Any, TypeVar, cast

from app.appeals.models import Appeal, Applicant

View = TypeVar("View")
NAMES, CONTACTS, FILES = "names", "contacts", "files"
KINDS = frozenset({NAMES, CONTACTS, FILES})
STARS = "***"

#: Fields that hold people of the body or words of the house, not of the citizen.
_OF_THE_HOUSE = frozenset(
    {
        *("action", "actor", "approved_by", "asked_by", "asked_by_name", "asked_for_name"),
        *("assignee", "assignee_name", "author", "author_name"),
        *("away", "instead_of", "instead_of_name", "signed_for"),
        *("check_code", "code", "complained_of", "control_off_by", "created_by"),
        *("decided_by", "decided_by_name", "decided_for_name", "element", "recorded_for_name"),
        *("executor", "executor_name", "key", "kind", "login", "media_type", "number"),
        *("organisation", "process", "receipt", "registered_by", "roles", "rule", "sha256"),
        *("signatory", "signatory_name", "state", "to_manager", "track", "unit"),
    }
)
#: What holds no words, as the fields of views are annotated.
_PLAIN = frozenset(
    {"int", "bool", "date", "datetime", "int | None", "date | None", "datetime | None"}
)
_LEAST_STEM, _RARE_STEM = 3, 6
_VOWELS = "аеёийоуыьэюя"
#: What a Russian name ends with in its cases.
_ENDINGS = (
    "ами|ого|ому|ого|ыми|ими|ем|ём|ей|ею|ой|ою|ом|ую|ые|ый|ым|ых|ий|ие|им|их|ая|яя|юю|ью|ия|ии|"
    "ам|ах|а|е|ё|и|й|о|у|ы|ь|ю|я"
)


def masked_word(word: str) -> str:
    return f"{word[:1]}{STARS}" if word else ""


def masked_name(applicant: Applicant) -> str:
    """«И*** П.» of a person; the name of an organisation is nobody's personal data."""
    if applicant.name:
        return applicant.name
    initial = f"{applicant.first_name.strip()[:1]}." if applicant.first_name.strip() else ""
    return " ".join(filter(None, (masked_word(applicant.last_name.strip()), initial)))


def masked_phone(phone: str) -> str:
    """«+7 *** ** 21»: its country and its end, by which two telephones are told apart."""
    digits = re.sub(r"\D", "", phone)
    if len(digits) < 5:  # nothing would be left to hide
        return STARS if phone else ""
    start = f"+{digits[0]}" if phone.strip().startswith("+") else digits[0]
    return f"{start} {STARS} ** {digits[-2:]}"


def masked_email(email: str) -> str:
    local, at, _domain = email.partition("@")
    return f"{local[:1]}{STARS}@{STARS}" if at else masked_word(email)


def masked_address(address: str) -> str:
    return STARS if address else ""


#: Field -> its kind of data and its mask, wherever a view or the values of a form hold it.
_FIELDS: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "last_name": (NAMES, masked_word),
    "first_name": (NAMES, masked_word),
    "middle_name": (NAMES, masked_word),
    "represented": (NAMES, masked_word),
    "name_genitive": (NAMES, masked_word),
    "name_dative": (NAMES, masked_word),
    "email": (CONTACTS, masked_email),
    "phone": (CONTACTS, masked_phone),
    "postal_address": (CONTACTS, masked_address),
    **dict.fromkeys(
        ("street", "house", "building", "flat", "fias", "coordinates"), (CONTACTS, masked_address)
    ),
}


@dataclass(frozen=True)
class _Known:
    """What the card knows of an applicant, as it is spelt in texts, and what stands there instead.

    `beginning` is what any spelling of it holds, folded or, of a telephone, in digits: to see that
    a text does not hold it takes a hundredth of the time in which a pattern is made.
    """

    beginning: str
    pattern: Callable[[], re.Pattern[str]]
    mask: Callable[[str], str]
    digits: bool = False

    def hidden(self, text: str) -> str:
        if self.beginning not in (_digits(text) if self.digits else _folded(text)):
            return text
        return self.pattern().sub(lambda found: self.mask(found[0]), text)


@lru_cache(maxsize=1000)
def _folded(text: str) -> str:
    """Lists say the same titles and stages again and again."""
    return text.casefold().replace("ё", "е")


@lru_cache(maxsize=1000)
def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


class Mask:
    """Hides from views of one appeal the kinds of personal data named by `hidden`.

    Who may know the names works on the appeal: to them its texts stay as they were written, for an
    executor has to read where to go and whom to call.
    """

    def __init__(self, appeal: Appeal, hidden: Iterable[str]) -> None:
        self._hidden = frozenset(hidden)
        self._full = {
            one.full_name: masked_name(one)
            for one in appeal.applicants
            if NAMES in self._hidden and one.full_name
        }
        self._applicants = appeal.applicants

    def __call__(self, view: View) -> View:
        """The view with what is hidden masked; everything else as it was."""
        return cast("View", self._shown(view)) if self._hidden & {NAMES, CONTACTS} else view

    def text(self, text: str) -> str:
        """A text with what the card knows of the applicants masked in it."""
        if text in self._full:
            return self._full[text]
        for known in self._known:
            text = known.hidden(text)
        return text

    @cached_property
    def _known(self) -> tuple[_Known, ...]:
        hides = NAMES in self._hidden
        return tuple(_known(self._applicants, self._hidden)) if hides else ()

    def _shown(self, value: Any, name: str = "") -> Any:
        if name in _OF_THE_HOUSE or value is None:
            return value
        if isinstance(value, str):
            return self._field(name, value)
        kind: Any = type(value)
        if names := _telling(kind):
            told = [(key, getattr(value, key)) for key in names]
            shown = {key: self._shown(one, key) for key, one in told}
            changed = {key: shown[key] for key, one in told if shown[key] is not one}
            return replace(value, **changed) if changed else value
        if isinstance(value, Mapping):
            return {key: self._shown(one, str(key)) for key, one in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(self._shown(one, name) for one in value)
        return value

    def _field(self, name: str, value: str) -> str:
        kind, mask = _FIELDS.get(name, ("", None))
        return mask(value) if mask and kind in self._hidden else self.text(value)


@cache
def _telling(kind: type[Any]) -> tuple[str, ...]:
    """The fields of a view that may hold what is masked; none of what is no view."""
    found = fields(kind) if is_dataclass(kind) else ()
    return tuple(
        one.name for one in found if one.name not in _OF_THE_HOUSE and one.type not in _PLAIN
    )


def _known(applicants: Iterable[Applicant], hidden: frozenset[str]) -> Iterable[_Known]:
    """What the card knows of the applicants, the longest first."""
    for one in applicants:
        if CONTACTS in hidden:
            yield from _contacts(one)
        names = {one.last_name, one.first_name, one.middle_name, *one.represented.split()}
        for word in sorted(filter(None, (name.strip() for name in names)), key=len)[::-1]:
            stem = word.rstrip(_VOWELS)[:_LEAST_STEM]
            yield _Known(_folded(stem), partial(_name, word), masked_word)


def _contacts(one: Applicant) -> Iterable[_Known]:
    if one.email:
        spelt = re.escape(one.email)
        yield _Known(_folded(one.email), partial(_either_case, spelt), masked_email)
    digits = _digits(one.phone)[-10:]
    if len(digits) >= 5:  # fewer would hide any number
        yield _Known(digits, partial(_phone, digits), masked_phone, digits=True)
    if address := one.postal_address.split():
        spelt = r"\s+".join(map(re.escape, address))
        yield _Known(_folded(address[0]), partial(_either_case, spelt), masked_address)


def _either_case(spelt: str) -> re.Pattern[str]:
    return re.compile(spelt, re.IGNORECASE)


def _phone(digits: str) -> re.Pattern[str]:
    spelt = r"[\s().-]*".join(digits)
    return re.compile(rf"(?<!\d)(?:\+?\d[\s().-]*)?{spelt}(?!\d)")


@lru_cache(maxsize=2000)
def _name(word: str) -> re.Pattern[str]:
    """A name in any of its cases: «Иванов», «Иванову», «Ивановым».

    A short one is sought with a capital letter only: «Вера», but not «версия» or «вера». Ё is
    sought as Е too.
    """
    stem = word.rstrip(_VOWELS)
    if len(stem) < _LEAST_STEM:
        return re.compile(rf"\b{_either_yo(word)}\b")
    if len(stem) >= _RARE_STEM:
        return re.compile(rf"\b{_either_yo(stem)}(?:{_ENDINGS})?\b", re.IGNORECASE)
    capital = stem[:1].upper() + stem[1:]
    either = "|".join(map(_either_yo, dict.fromkeys((capital, stem.upper()))))
    return re.compile(rf"\b(?:{either})(?i:{_ENDINGS})?\b")


def _either_yo(word: str) -> str:
    """A word for a pattern, in which people write Ё or Е as they like."""
    spelt = re.sub("[её]", "[её]", re.escape(word))
    return re.sub("[ЕЁ]", "[ЕЁ]", spelt)
