"""Rules of the directory that need no database: number templates, folding, known settings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from app.errors import Invalid
from app.extensions import lazy_gettext as _

_PLACE = re.compile(r"\{(\w+)(?::(0\d{1,2}))?\}")
#: The least contrast with white of a colour that letters are written in and on: on the palest
#: tint of itself, which pages use as a ground, 4.5 is left of it (WCAG 2.2, 1.4.3).
READABLE = 5.8
_PLACES = frozenset({"prefix", "n", "yy", "yyyy"})


@dataclass(frozen=True)
class Known:
    """A setting the house knows: `kind` is number_template, choice, line, text, email or zone."""

    key: str
    kind: str
    default: Any
    label: Any
    hint: Any = ""
    choices: tuple[tuple[str, Any], ...] = ()


SERIES: Mapping[str, str] = {
    "receipt": "П-{yyyy}-{n:06}",
    "appeal": "{prefix}-{n}-ОГ/{yy}",
    "outgoing": "ОГ-{n}/{yy}",
    "act": "А-{n}/{yy}",
}

KNOWN: tuple[Known, ...] = (
    Known("numbers.receipt", "number_template", SERIES["receipt"], _("Number of a receipt")),
    Known(
        "numbers.appeal", "number_template", SERIES["appeal"], _("Registration number of an appeal")
    ),
    Known(
        "numbers.outgoing", "number_template", SERIES["outgoing"], _("Number of an outgoing letter")
    ),
    Known("numbers.act", "number_template", SERIES["act"], _("Number of an act")),
    Known(
        "reply_email_zone",
        "choice",
        "warn",
        _("Reply addresses outside the Russian domain zones"),
        _("What the form does when a citizen gives an e-mail address outside .ru, .рф and .su."),
        (
            ("any", _("Accept")),
            ("warn", _("Accept with a warning")),
            ("ru_only", _("Ask for another address")),
        ),
    ),
    Known(
        "letters.outside_signature",
        "choice",
        "no",
        _("Signature made elsewhere"),
        _("Whether a letter leaves only with a detached signature that the signatory has made."),
        (
            ("no", _("Not needed")),
            ("yes", _("Letters wait for it")),
        ),
    ),
    Known(
        "deadlines.start",
        "choice",
        "next_day",
        _("First day of a term"),
        _("The law does not say whether the day of registration counts."),
        (
            ("next_day", _("The day after registration")),
            ("same_day", _("The day of registration")),
        ),
    ),
    Known(
        "deadlines.nonworking",
        "choice",
        "previous",
        _("When the last day of a term is not worked"),
        _("The law is silent here too; the working day before is safe under every reading."),
        (
            ("previous", _("The term ends on the working day before")),
            ("next", _("The term ends on the next working day")),
            ("none", _("The term ends on that very day")),
        ),
    ),
    Known(
        "deadlines.extension_base",
        "choice",
        "unshifted",
        _("An extension is added"),
        "",
        (
            ("unshifted", _("To the term as counted, before it was moved from a day off")),
            ("shifted", _("To the term as moved from a day off")),
        ),
    ),
    Known(
        "deadlines.highest_official",
        "choice",
        "no",
        _("The body serves the highest official of a region"),
        _("Such a body considers appeals about violations of migration law in 20 days."),
        (("no", _("No")), ("yes", _("Yes"))),
    ),
    Known(
        "control.internal_days",
        "choice",
        "0",
        _("Internal term"),
        _(
            "How many working days before the lawful term the reply has to be ready. Reminders and "
            "the inbox follow the internal term; it is counted when a term is set or changed."
        ),
        (("0", _("None")), *((str(days), str(days)) for days in range(1, 11))),
    ),
    Known(
        "control.digest_hour",
        "choice",
        "10",
        _("Hour of the daily digest of reminders"),
        _("By the clock of the body, on working days."),
        tuple((str(hour), f"{hour}:00") for hour in range(7, 13)),
    ),
    Known(
        "codes.years",
        "choice",
        "1",
        _("How long an access code opens a closed appeal"),
        _("Afterwards the citizen is told to write to the body; the code never opens it again."),
        (
            ("1", _("A year after the end")),
            ("3", _("Three years after the end")),
            ("0", _("Until the appeal is erased")),
        ),
    ),
    Known(
        "rights.unit",
        "choice",
        "no",
        _("The people of a unit see each other's appeals"),
        _("Those that were assigned to anybody of the unit or of the units below it."),
        (("no", _("No")), ("yes", _("Yes"))),
    ),
    Known(
        "duties.own_report",
        "choice",
        "no",
        _("An executor may accept a report of their own"),
        _("Only a body with a single official needs this."),
        (("no", _("No")), ("yes", _("Yes"))),
    ),
    Known(
        "flood.free",
        "choice",
        "20",
        _("Appeals of one address in an hour without a check"),
        _(
            "Above that the browser does a sum before it sends; a person notices a second's delay. "
            "An office or a library may send from one address for many people."
        ),
        tuple((number, number) for number in ("5", "10", "20", "50", "100")),
    ),
    Known(
        "flood.effort",
        "choice",
        "medium",
        _("How hard the sum is"),
        "",
        (("light", _("Easy")), ("medium", _("Medium")), ("hard", _("Hard, during an attack"))),
    ),
    Known(
        "flood.wait",
        "choice",
        "30",
        _("How long who has no scripts waits instead, in seconds"),
        "",
        tuple((number, number) for number in ("10", "30", "60", "120")),
    ),
    Known(
        "flood.slow",
        "choice",
        "10",
        _("Appeals of one address in an hour after such a wait"),
        "",
        tuple((number, number) for number in ("3", "10", "30")),
    ),
    Known(
        "flood.most",
        "choice",
        "0",
        _("Appeals of one address in an hour at most"),
        "",
        (
            ("0", _("As the installation says")),
            *((number, number) for number in ("10", "30", "100", "300")),
        ),
    ),
)


def known(key: str) -> Known | None:
    return next((one for one in KNOWN if one.key == key), None)


def checked_setting(key: str, value: Any) -> Any:
    """The value to keep under a known key; raises Invalid naming the key."""
    rule = known(key)
    if rule is None:
        return value
    if rule.kind == "number_template":
        return checked_template(key, str(value))
    if rule.choices and value not in dict(rule.choices):
        raise Invalid(fields={key: [_("Choose one of the listed values.")]})
    return value


def checked_template(key: str, template: str) -> str:
    """Refuse a template whose numbers could not be told apart or would show their own braces."""
    template = template.strip()
    names = {name for name, _pad in _PLACE.findall(template)}
    rest = _PLACE.sub("", template)
    if "n" not in names:
        complaint = _("The template needs {n}, the number itself.")
    elif not names & {"yy", "yyyy"}:
        complaint = _("The template needs {yy} or {yyyy}: numbers start anew each year.")
    elif names - _PLACES or "{" in rest or "}" in rest:
        complaint = _("The template may hold only {n}, {n:06}, {yy}, {yyyy} and {prefix}.")
    elif len(template) > 60:
        complaint = _("The template is longer than 60 characters.")
    else:
        return template
    raise Invalid(fields={key: [complaint]})


def spell_number(template: str, n: object, on: date, prefix: str) -> str:
    """Fill a number template in; the pad of {n:06} is a least width."""
    values = {"n": n, "yyyy": on.year, "yy": f"{on.year % 100:02}", "prefix": prefix}
    return _PLACE.sub(lambda m: format(values[m[1]], m[2] or ""), template)


def fold(text: str) -> str:
    """Make texts comparable: one case, ё as е, single spaces."""
    return " ".join(text.casefold().replace("ё", "е").split())


def checked_body(values: Mapping[str, Any]) -> dict[str, str]:
    """Trim the body's own data and refuse what letters and terms could not be made with."""
    clean = {key: str(value or "").strip() for key, value in values.items()}
    problems: dict[str, list[Any]] = {}
    if not clean.get("name", "?"):
        problems["name"] = [_("Name the body.")]
    if clean.get("zone", "UTC") not in available_timezones():
        problems["zone"] = [_("There is no such time zone; an example: Europe/Moscow.")]
    if clean.get("email") and "@" not in clean["email"]:
        problems["email"] = [_("This is not an e-mail address.")]
    if clean.get("color"):
        clean["color"] = clean["color"].lower()
        if complaint := _color_complaint(clean["color"]):
            problems["color"] = [complaint]
    if problems:
        raise Invalid(fields=problems)
    return clean


def _color_complaint(color: str) -> Any:
    """What is wrong with the colour of buttons and links, '' when it serves."""
    if not re.fullmatch("#[0-9a-f]{6}", color):
        return _("Write the colour as # and six digits, e.g. #17498a.")
    if contrast_with_white(color) < READABLE:
        return _("White letters cannot be read on this colour: choose a darker one.")
    return ""


def contrast_with_white(color: str) -> float:
    """How much a colour `#rrggbb` differs from white, 1 to 21 (WCAG 2.2, relative luminance)."""
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    luminance = sum(
        share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
    )
    return 1.05 / (luminance + 0.05)
