"""The rules of a field: one function for what a page posts and what a script sends.

`clean` gets a value that is present (not None, not '', not an empty list) and returns it in the
one form the rest of the house knows: text without carriage returns, numbers, ISO dates, lists
without repetition. A `Fault` carries the sentences for the person.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from app.formkit.resolver import Resolver
from app.formkit.words import say
from engine import Field

LONGEST_EMAIL = 254
# A pattern is tried on short texts only, so that even a careless one cannot hold a worker.
LONGEST_PATTERN_SUBJECT = 1_000
MOST_VALUES = 1_000

# A mark of direction turns round the line it stands in; a soft hyphen in a word hides it from a
# search and from the mask of names.
_UNSEEN = re.compile("[\xad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_EMAIL = re.compile(r"[^@\s,;:<>()\[\]\\\"]+@[^@\s,;:<>()\[\]\\\"_.]+(\.[^@\s,;:<>()\[\]\\\"_.]+)+")
_PHONE = re.compile(r"\+?[\d\s().-]+")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Fault(Exception):
    """A value breaks a rule; `sentences` say which, in the person's language."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(*sentences)
        self.sentences = list(sentences)


def is_absent(value: Any) -> bool:
    """None, '' (or blanks) and an empty list all mean that nothing was answered."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, list | tuple) and not value)


def missing(field: Field, locale: str) -> str:
    """The sentence for a required field without an answer."""
    return say(_missing_word(field), locale, label=field.text(locale))


def clean(field: Field, value: Any, locale: str, resolver: Resolver) -> Any:
    """Return the value in its one form, or raise `Fault`. A kind without a rule takes anything."""
    return _RULES[field.kind](field, value, locale, resolver)


def spelt_out(text: str) -> str:
    """The text in one spelling, without marks that nobody sees: «и» with a breve is «й»."""
    return _UNSEEN.sub("", unicodedata.normalize("NFC", text))


def text(field: Field, value: Any, locale: str, _resolver: Resolver) -> str:
    if not isinstance(value, str):
        raise Fault(say("text", locale))
    words = spelt_out(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    if _UNPRINTABLE.search(words):
        raise Fault(say("text.control", locale))
    if field.kind == "textfield" and "\n" in words:
        raise Fault(say("text.line", locale))
    faults = [*_length_faults(field, words, locale), *_shape_faults(field, words, locale)]
    if faults:
        raise Fault(*faults)
    return words


def number(field: Field, value: Any, locale: str, _resolver: Resolver) -> int | float:
    amount = _decimal(value, locale)
    whole = amount == amount.to_integral_value()
    if not whole and not field.decimals:
        raise Fault(say("number.whole", locale))
    if not whole and amount != round(amount, field.decimals):
        raise Fault(say("number.decimals", locale, limit=field.decimals))
    if field.minimum is not None and amount < field.minimum:
        raise Fault(say("number.small", locale, limit=f"{field.minimum:f}"))
    if field.maximum is not None and amount > field.maximum:
        raise Fault(say("number.large", locale, limit=f"{field.maximum:f}"))
    return int(amount) if whole else float(amount)


def boolean(_field: Field, value: Any, locale: str, _resolver: Resolver) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise Fault(say("boolean", locale))


def choice(field: Field, value: Any, locale: str, resolver: Resolver) -> Any:
    found = _choices(field, resolver).get(_spelling(value))
    if found is None:
        raise Fault(say("choice", locale))
    return found[0]


def choices(field: Field, value: Any, locale: str, resolver: Resolver) -> list[Any]:
    known = _choices(field, resolver)
    chosen = {_spelling(item): known.get(_spelling(item)) for item in as_list(value, locale)}
    if None in chosen.values():
        raise Fault(say("choice", locale))
    return [found[0] for found in chosen.values() if found]


def day(_field: Field, value: Any, locale: str, _resolver: Resolver) -> str:
    return iso_day(value, locale)


def iso_day(value: Any, locale: str) -> str:
    """Take a date as YYYY-MM-DD only; the other ISO spellings would surprise a reader."""
    if isinstance(value, str) and _ISO_DATE.fullmatch(value.strip()):
        try:
            return date.fromisoformat(value.strip()).isoformat()
        except ValueError:
            pass
    raise Fault(say("date", locale))


def as_list(value: Any, locale: str) -> list[Any]:
    if not isinstance(value, list | tuple) or len(value) > MOST_VALUES:
        raise Fault(say("list", locale))
    return [item for item in value if not is_absent(item)]


def _length_faults(field: Field, words: str, locale: str) -> list[str]:
    length = len(words)
    if field.min_length is not None and length < field.min_length:
        return [say("text.short", locale, length=length, limit=field.min_length)]
    if field.max_length is not None and length > field.max_length:
        return [say("text.long", locale, length=length, limit=field.max_length)]
    return []


def _shape_faults(field: Field, words: str, locale: str) -> list[str]:
    if field.format == "email" and not is_email(words):
        return [say("text.email", locale)]
    if field.format == "phone" and not is_phone(words):
        return [say("text.phone", locale)]
    if field.pattern and not _matches(field.pattern, words):
        own = field.properties.get("pattern.message" if locale != "en" else "pattern.message.en")
        return [own or say("text.pattern", locale)]
    return []


def is_email(words: str) -> bool:
    """Whether a letter could be addressed so; whether it arrives only sending can tell."""
    return (
        len(words) <= LONGEST_EMAIL
        and ".." not in words
        and not words.startswith(".")
        and _EMAIL.fullmatch(words) is not None
    )


def is_phone(words: str) -> bool:
    digits = sum(character.isdigit() for character in words)
    return _PHONE.fullmatch(words) is not None and 5 <= digits <= 15


def _matches(pattern: str, words: str) -> bool:
    return len(words) <= LONGEST_PATTERN_SUBJECT and re.fullmatch(pattern, words) is not None


def _decimal(value: Any, locale: str) -> Decimal:
    written = str(value).replace(" ", "").replace("\u00a0", "").replace(",", ".")
    try:
        amount = Decimal(written) if len(written) <= 40 else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    # Beyond these the number is a mistake, and arithmetic with its exponent would cost a worker.
    if not amount.is_finite() or not -15 <= amount.adjusted() <= 15:
        raise Fault(say("number", locale))
    return amount


def _choices(field: Field, resolver: Resolver) -> Mapping[str, tuple[Any]]:
    """The values one may choose, by spelling: a page can only post text."""
    known = {_spelling(option.value): (option.value,) for option in field.options}
    if field.choices:
        known |= {_spelling(value): (value,) for value, _ in resolver.choices(field.choices)}
    return known


def _spelling(value: Any) -> str:
    return value.strip() if isinstance(value, str) else str(value)


def _missing_word(field: Field) -> str:
    if field.widget in ("files", "document"):
        return "required.files"
    if field.widget == "resolution-list":
        return "required.rows"
    if field.kind == "checkbox":
        return "required.checkbox"
    return "required.choice" if field.kind in ("radio", "select", "checklist") else "required"


Rule = Callable[[Field, Any, str, Resolver], Any]

_RULES: Mapping[str, Rule] = {
    "textfield": text,
    "textarea": text,
    "number": number,
    "checkbox": boolean,
    "radio": choice,
    "select": choice,
    "checklist": choices,
    "datetime": day,
}
