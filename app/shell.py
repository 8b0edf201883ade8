"""Words and filters of every template: icons' address, dates and sizes as a person reads them.

Dates are written by the language of the request and moments in the zone of the body; templates
never format either by hand.
"""

import re
import secrets
from collections.abc import Callable, Hashable
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date, format_datetime
from flask import Flask, request, url_for
from markupsafe import Markup, escape

from app import appearance, clock
from app.directory.values import Body
from app.directory.web import body
from app.extensions import application, asked, gettext, in_language, locale, ngettext, settings

#: A day and its month stay in one line: the space between them does not break.
DAY = {"ru": "d\N{NO-BREAK SPACE}MMMM y", "en": "d\N{NO-BREAK SPACE}MMMM y"}
DAY_SHORT = {"ru": "dd.MM.y", "en": "dd/MM/y"}
MOMENT = {language: f"{pattern}, HH:mm" for language, pattern in DAY.items()}
MOMENT_SHORT = {"ru": "dd.MM.y HH:mm", "en": "dd/MM/y HH:mm"}
NEAR_DAYS = 3
#: Words in Cyrillic with what stands between them: digits, quotes, hyphens, points.
_RUSSIAN = re.compile(
    r"([«„]?[а-яё](?:[а-яё0-9\s«»„“\".,:;!?%&<>№()/–—-]*[а-яё»“])?\.?)", re.IGNORECASE
)
#: Stand in a piece where the address of the page is to; nobody knows them beforehand.
_HERE, _BACK = f"m{secrets.token_hex(16)}m", f"m{secrets.token_hex(16)}m"
#: Numbers of documents, acts and days with what they are made of: № 5, И-81-ОГ/26, 59-ФЗ. The sign
#: after one belongs to it, or a line would begin with a full stop.
_NUMBER = re.compile(
    r"((?:(?:№|\bNo\.)\s[\w/-]*\w|(?<![\w/.@-])(?=[\w/-]*\d)\w+(?:[/-]\w+)+)[.,;:)»]*)"
)
_UNBROKEN = r'<span class="unbroken">\1</span>'


def init_app(app: Flask) -> None:
    """Teach the templates of all rooms the common words."""
    app.extensions["pieces"] = lru_cache(maxsize=1000)(_made)
    app.extensions["lines"] = lru_cache(maxsize=4000)(_line)
    app.jinja_env.filters.update(
        beginning=beginning,
        day=day,
        day_short=day_short,
        moment=moment,
        moment_short=moment_short,
        file_size=file_size,
        days_left=days_left,
        days_words=days_words,
        initials=initials,
        russian_marked=russian_marked,
        unbroken=unbroken,
        paragraphs=paragraphs,
    )
    app.jinja_env.globals.update(
        icon=icon,
        piece=piece,
        static=static,
        with_args=with_args,
        piece_for_here=piece_for_here,
        appearance=appearance.chosen,
        appearances=appearance.KINDS,
        numbered=numbered,
        once=once,
        today=today,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def today() -> date:
    """The day it is at the body."""
    return clock.today(zone())


def zone() -> str:
    """The body's time zone, the default one when the directory cannot be read."""
    return body().zone or settings().default_zone


def day(value: date | datetime | str | None) -> str:
    """A date in full, without a year's "г."; '' for None.

    A date written in ISO form (as step facts carry it) is taken as a date.
    """
    return _date(value, DAY)


def day_short(value: date | datetime | str | None) -> str:
    """A date in digits, for tables."""
    return _date(value, DAY_SHORT)


def moment(value: datetime | None) -> str:
    """Day and minute in the zone of the body."""
    return _moment(value, MOMENT)


def moment_short(value: datetime | None) -> str:
    return _moment(value, MOMENT_SHORT)


def _date(value: date | datetime | str | None, patterns: dict[str, str]) -> str:
    if not value:
        return ""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return str(value)
    if isinstance(value, datetime):
        value = clock.local(value, zone()).date()
    language = locale()
    return _spelt(value, patterns[language], language)


@lru_cache(maxsize=2000)
def _spelt(value: date, pattern: str, language: str) -> str:
    """Lists say the same few days again and again."""
    return str(format_date(value, pattern, locale=language))


def _moment(value: datetime | None, patterns: dict[str, str]) -> str:
    if value is None:
        return ""
    there = clock.local(value, zone()).replace(second=0, microsecond=0, tzinfo=None)
    language = locale()
    return _spelt_to_the_minute(there, patterns[language], language)


@lru_cache(maxsize=2000)
def _spelt_to_the_minute(value: datetime, pattern: str, language: str) -> str:
    return str(format_datetime(value, pattern, locale=language))


def file_size(size: int) -> str:
    """Bytes as a person reads them: "840 KB", "1.2 MB"."""
    if size < 1024:
        return str(gettext("%(number)s bytes", number=size))
    number = size / 1024
    language = locale()
    unit, *larger = _units(language)
    while number >= 1024 and larger:
        number, unit = number / 1024, larger.pop(0)
    text = f"{number:.1f}".rstrip("0").rstrip(".") if number < 10 else f"{number:.0f}"
    return f"{text.replace('.', ',') if language == 'ru' else text}\N{NO-BREAK SPACE}{unit}"


@cache
def _units(language: str) -> tuple[str, ...]:
    with in_language(language):
        return gettext("KB"), gettext("MB"), gettext("GB")


def days_left(due: date | datetime | None) -> int | None:
    """Whole days until `due` by the body's calendar: 0 on the day itself, negative after it."""
    if due is None:
        return None
    if isinstance(due, datetime):
        due = clock.local(due - timedelta(microseconds=1), zone()).date()
    return (due - today()).days


def days_words(left: int) -> str:
    """How long there is to go, or how long it has been overdue, in words."""
    if left == 0:
        return str(gettext("due today"))
    if left > 0:
        return str(ngettext("%(num)s day left", "%(num)s days left", left))
    return str(ngettext("%(num)s day overdue", "%(num)s days overdue", -left))


def beginning(text: str, length: int) -> str:
    """The beginning of a text, to its last whole word; no full stop stands before the dots."""
    if len(text) <= length:
        return text
    words, between, _cut = text[:length].rpartition(" ")
    return (words if between else text[: length - 1]).rstrip(" .,;:…—–-") + "…"


def initials(name: str) -> str:
    """Two letters for the round mark beside a person's name."""
    parts = name.split()
    # An English name has an initial between the first name and the surname: "Elena V. Gromova".
    whole = [part for part in parts if not part.endswith(".")]
    return "".join(part[0] for part in (whole if len(whole) > 1 else parts)[:2]).upper()


def unbroken(text: str) -> Markup:
    """A text whose numbers end no line at a hyphen; as it may be markup, but without tags."""
    return Markup(_NUMBER.sub(_UNBROKEN, str(escape(text))))  # noqa: S704  # it is escaped


def russian_marked(text: str) -> Markup:
    """The same; on an English page the Russian in it, a name or a reason, is marked as such."""
    if locale() != "en":
        return unbroken(text)
    pieces = map(_russian, _NUMBER.split(str(text)))
    return Markup("").join(
        Markup('<span class="unbroken">{}</span>').format(piece) if place % 2 else piece
        for place, piece in enumerate(pieces)
    )


def _russian(text: str) -> Markup:
    parts = _RUSSIAN.split(text)
    return Markup("").join(
        Markup('<span lang="ru">{}</span>').format(part) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )


def paragraphs(text: str) -> Markup:
    """Plain text of an official or an analyst as paragraphs; nothing in it is markup."""
    blocks = [block.strip() for block in str(text).replace("\r", "").split("\n\n")]
    lines = [Markup("<br>").join(map(escape, block.split("\n"))) for block in blocks if block]
    return Markup("").join(Markup("<p>{}</p>").format(line) for line in lines)


def icon(name: str, css: str = "") -> Markup:
    """One icon of the sprite; it is decoration, so the words beside it say the meaning."""
    return _icon(static("vendor/icons.svg"), name, css)


@lru_cache(maxsize=2000)
def _icon(sprite: str, name: str, css: str) -> Markup:
    return Markup(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>'
    ).format(css, sprite, name)


def static(name: str) -> str:
    """The address of a file, worked out once: it is the same on every page."""
    return _static(asked().script_root, name)


@lru_cache(maxsize=1000)
def _static(_root: str, name: str) -> str:
    return url_for("static", filename=name)


def piece(name: str, **told: Hashable) -> Markup:
    """A part of the frame that is the same for everybody, made once for what it is told.

    Its template knows the body, what it is told, and nothing of the request, the session or who
    asks: it could not say them if it tried.
    """
    made: Callable[..., Markup] = application().extensions["pieces"]
    return made(name, locale(), asked().script_root, body(), **told)


def _made(name: str, _language: str, _root: str, of: Body, **told: Hashable) -> Markup:
    words: dict[str, Any] = {
        "body": of,
        "appearances": appearance.KINDS,
        "icon": icon,
        "static": static,
        "url_for": application().url_for,
        **told,
    }
    template = application().jinja_env.get_template(name)
    return Markup(template.make_module(words, shared=True))  # noqa: S704  # it escapes what it is told


def piece_for_here(name: str, **told: Hashable) -> Markup:
    """A piece that leads back to this page: it is the same for everybody but for `here` and `back`.

    In their places stand marks, which give way each time: to the address of the page, and to the
    argument of another that comes back to it.
    """
    here = this_page()
    back = urlencode({"next": here}, safe="/?:@")
    pattern = _pattern(piece(name, here=_HERE, back=_BACK, **told))
    return Markup(pattern % {"here": escape(here), "back": escape(back)})  # noqa: S704  # the rest is a piece


@lru_cache(maxsize=1000)
def _pattern(made: Markup) -> str:
    marked = str(made).replace("%", "%%")
    return marked.replace(_HERE, "%(here)s").replace(_BACK, "%(back)s")


def once(name: str, macro: str, *told: Hashable) -> Markup:
    """What a macro of a template makes of what it is told, made once in each language.

    Like a piece it knows nothing of the request, the session or who asks.
    """
    made: Callable[..., Markup] = application().extensions["lines"]
    return made(name, macro, locale(), asked().script_root, *told)


def _line(name: str, macro: str, _language: str, _root: str, *told: Hashable) -> Markup:
    template = application().jinja_env.get_template(name)
    made: Markup = getattr(template.make_module(), macro)(*told)
    return made


def numbered(endpoint: str, name: str) -> Callable[[int], str]:
    """The addresses of an endpoint that differ in one number only, for the lines of a list."""
    values: dict[str, Any] = {name: 0}
    start, _zero, end = url_for(endpoint, **values).rpartition("0")
    return lambda number: f"{start}{number}{end}"


def with_args(**changed: Any) -> str:
    """The page's address with some query arguments changed; None drops one."""
    arguments = {**request.args.to_dict(flat=False), **changed}
    kept = {name: value for name, value in arguments.items() if value is not None}
    query = urlencode(kept, doseq=True)
    return f"{request.path}?{query}" if query else request.path


def this_page() -> str:
    """The address to come back to: with its arguments when it can be asked for again."""
    of = asked()
    return of.full_path.rstrip("?") if of.method == "GET" else of.path
